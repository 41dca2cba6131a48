"""The page of what conversations reached, where the conversations themselves are not at hand."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from chatsim.coverage.data import Coverage
from chatsim.coverage.exclude import Pattern
from chatsim.page.build import bot_view
from chatsim.page.data import Page
from chatsim.page.html import page_html


def coverage_page(coverage: Coverage, root: Path, exclude: Iterable[Pattern] = ()) -> str:
    """Return the page of all bots in *coverage* as HTML.

    Args:
        coverage: What was seen of them, and what they declare.
        root: The project's folder, in which their source is found.
        exclude: What does not count.
    """
    patterns = tuple(exclude)
    bots = [
        bot_view(recorded.reference or str(bot), recorded, exclude=patterns, folder=root)
        for bot, recorded in sorted(coverage.bots.items())
    ]
    return page_html(Page("chatsim coverage", tuple(bots), made=f"chatsim {version('chatsim')}"))
