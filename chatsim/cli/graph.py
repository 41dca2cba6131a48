"""``chatsim graph``: a bot's states and transitions as a picture, or as data."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from chatsim.cli.refusal import refusals


class Format(str, Enum):  # noqa: UP042 - typer shows the values of a str enumeration
    """What is written."""

    dot = "dot"
    svg = "svg"
    png = "png"
    pdf = "pdf"
    mermaid = "mermaid"
    plantuml = "plantuml"
    scxml = "scxml"
    json = "json"
    html = "html"


def graph(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET",
            help="A bot, [FOLDER/]MODULE:OBJECT; one as it was at a git revision, REVISION:[FOLDER/]MODULE:OBJECT; or "
            "the file of a graph that was written as json, dot or scxml.",
            show_default=False,
        ),
    ],
    *,
    kind: Annotated[
        Format | None,
        typer.Option(
            "-f", "--format", help="What to write; by default what FILE ends in, else dot.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write to FILE; else to the screen.", show_default=False),
    ] = None,
    coverage: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Colour what conversations reached: coverage data.", show_default=False),
    ] = None,
    explored: Annotated[
        bool, typer.Option("--explored", help="Search the bot, and draw what nothing reaches apart.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Say what differs between two targets, OLD and NEW; exit code 1 if anything.")
    ] = False,
    limit: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Draw at most N boxes, states that follow each other as one; 0: all."),
    ] = 250,
    time_limit: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="How long Graphviz, and a search, may take.")
    ] = 20,
    credentials: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A credential for the bot. May be given again.", show_default=False),
    ] = None,
) -> None:
    """Draw a bot: its states, what each waits for, and what leads from one to the other.

    The graph is read from the bot's table, or from the source of its handlers; nothing of it is run. Where it goes and
    cannot be known is drawn so.
    """
    from chatsim.cli.graphing import Wish, write_graph  # noqa: PLC0415 - `chatsim --help` needs none of it

    with refusals():
        wish = Wish(
            tuple(targets),
            kind.value if kind is not None else "",
            output,
            coverage,
            explored=explored,
            diff=diff,
            limit=limit,
            time_limit=time_limit,
            credentials=tuple(credentials or ()),
        )
        raise typer.Exit(write_graph(wish))
