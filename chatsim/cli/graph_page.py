"""A graph as a page: to look around in, and to click on."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from chatsim.cli.graph_search import explored_graph
from chatsim.cli.graph_sources import Source
from chatsim.coverage.data import Declared, Recorded
from chatsim.explore.results.result import Exploration
from chatsim.graph.model import Graph
from chatsim.masking import Masking
from chatsim.page.build import bot_view
from chatsim.page.data import Page
from chatsim.page.html import page_html
from chatsim.trace import JsonObject


def graph_page(
    graph: Graph, recorded: Recorded | None, exploration: Exploration | None, credentials: JsonObject | None
) -> str:
    """Return the page of *graph*, as the text of an HTML file.

    Args:
        graph: What is drawn.
        recorded: What conversations reached of it, which colours it.
        exploration: What a search found: its findings are played on the page.
        credentials: Kept out of the source that is shown.
    """
    seen = msgspec.structs.replace(recorded or Recorded(graph.bot), declared=Declared(graph))
    view = bot_view(graph.bot, seen, exploration=exploration, folder=Path.cwd(), masking=Masking(credentials or {}))
    made = f"chatsim {version('chatsim')} · {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    command = "graph" if exploration is None else "explore"
    return page_html(Page(f"chatsim {command} {graph.bot}", (view,), (), made))


def explored_page(found: Exploration, name: str, folder: Path, reference: str, credentials: JsonObject) -> str:
    """Return the page of what a search *found*, as the text of an HTML file.

    Args:
        found: What the search found.
        name: The bot as it was named on the command line.
        folder: Where its module is looked for first.
        reference: Its module and object.
        credentials: What it was given.
    """
    declared = Source(name, reference, folder, credentials=credentials).declared()
    return graph_page(explored_graph(found, declared or Graph(name)), None, found, credentials)
