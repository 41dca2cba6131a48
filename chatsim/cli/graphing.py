"""What ``chatsim graph`` does: find the graph, mark in it what is asked for, and write it."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from chatsim.cli.bot_names import credentials_of
from chatsim.cli.graph_sources import Source, source_of
from chatsim.errors import SetupError
from chatsim.graph.collapse import collapsed
from chatsim.graph.diff import Difference, difference, in_words
from chatsim.graph.draw import Kind, draw
from chatsim.graph.formats.files import DATA, DIAGRAMS, SUFFIXES
from chatsim.graph.formats.mermaid import MOST_ARROWS
from chatsim.graph.join import undeclared
from chatsim.graph.model import Graph, State
from chatsim.graph.view import Mark, view
from chatsim.jsondata import to_json
from chatsim.trace import JsonObject
from chatsim.visible import visible

if TYPE_CHECKING:
    from chatsim.coverage.data import Recorded
    from chatsim.explore.results.result import Exploration

_IMAGES = ("svg", "png", "pdf")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    targets: tuple[str, ...]
    kind: str = ""
    output: Path | None = None
    coverage: Path | None = None
    explored: bool = False
    diff: bool = False
    limit: int = 250
    time_limit: float = 20.0
    credentials: tuple[str, ...] = ()

    @property
    def format(self) -> str:
        """What is to be written; raises `SetupError` where the file's name does not tell."""
        if self.kind:
            return self.kind
        if self.output is None:
            return "" if self.diff else "dot"
        found = SUFFIXES.get(self.output.suffix.lower())
        if found is None:
            raise SetupError(f"{self.output}: which format is that? Say so with -f, or end it in {', '.join(SUFFIXES)}")
        return found


@dataclass(slots=True)
class _Marked:
    """A graph with its marks, and what there is to say about it."""

    graph: Graph
    marks: dict[Hashable, Mark] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    exploration: Exploration | None = None
    recorded: Recorded | None = None


def write_graph(wish: Wish) -> int:
    """Write what *wish* asks for; return the exit code."""
    wanted = 2 if wish.diff else 1
    if len(wish.targets) != wanted:
        why = "--diff takes two targets, OLD and NEW" if wish.diff else "one target is drawn at a time"
        raise SetupError(f"{why}, and there are {len(wish.targets)}")
    credentials = credentials_of(wish.credentials)
    with ExitStack() as stack:
        sources = [source_of(target, credentials, stack) for target in wish.targets]
        if wish.diff:
            return _differ(sources, wish)
        found = _marked(sources[0], wish)
        page = wish.format == "html"
        _write(_page(found, credentials) if page else _as(wish.format, found, wish), wish)
    _tell(found.notes)
    return 0


def _marked(source: Source, wish: Wish) -> _Marked:
    declared = source.declared()
    if declared is None and not wish.explored:
        raise SetupError(f"{source.name} does not say which states it has; --explored draws what a search finds of it")
    found = _Marked(declared or Graph(source.name))
    if wish.explored:
        _explore(source, found, wish)
    if wish.coverage is not None:
        from chatsim.cli.graph_coverage import coverage_marks, recorded_of  # noqa: PLC0415 - only for those who ask

        found.recorded = recorded_of(wish.coverage, source.reference)
        found.graph, marks = coverage_marks(found.recorded, found.graph)
        found.marks.update(marks)
    return found


def _explore(source: Source, found: _Marked, wish: Wish) -> None:
    """Add to *found* what a search of the bot reaches, and mark what it does not."""
    from chatsim.cli import graph_search  # noqa: PLC0415 - only for those who ask

    found.exploration = graph_search.searched(source, wish.time_limit)
    found.graph = graph_search.explored_graph(found.exploration, found.graph)
    found.notes.append(graph_search.in_words(found.exploration))
    odd = undeclared(found.graph)
    found.marks.update({state.id: "missed" for state in found.graph.states if not state.explored})
    found.marks.update({way.id: "missed" for way in found.graph.transitions if not way.explored})
    for state in odd.states:
        found.marks[state.id] = "undeclared"
        found.notes.append(f"reached, and not declared: state {state.title}")
    for way in odd.transitions:
        found.marks[way.id] = "undeclared"
        target = "?" if way.target is None else way.target
        found.notes.append(f"taken, and not declared: {State(way.source, machine=way.machine).title} → {target}")


def _as(kind: str, found: _Marked, wish: Wish) -> bytes:
    """Return the graph as *kind*; what is only drawn is drawn small enough to be read."""
    drawn = view(found.graph, found.marks)
    if kind in DATA:
        return DATA[kind](drawn, found.graph).encode()
    drawn = collapsed(drawn, wish.limit, MOST_ARROWS - 1 if kind == "mermaid" else 0)
    found.notes.extend(drawn.notes)
    if kind in DIAGRAMS:
        return DIAGRAMS[kind](drawn).encode()
    picture = draw(drawn, cast("Kind", kind), time_limit=wish.time_limit)
    found.notes.extend(picture.notes)
    return picture.data


def _page(found: _Marked, credentials: JsonObject) -> bytes:
    from chatsim.cli.graph_page import graph_page  # noqa: PLC0415 - only for those who ask

    return graph_page(found.graph, found.recorded, found.exploration, credentials).encode()


# ---------------------------------------------------------------- what became of it


def _differ(sources: list[Source], wish: Wish) -> int:
    if wish.format == "html":
        raise SetupError("what differs is drawn as a picture, and not as a page: -o FILE.svg")
    old, new = (_declared(source) for source in sources)
    found = difference(old, new)
    if wish.format == "json":
        _write(_difference_json(found), wish)
    else:
        typer.echo(visible(in_words(found)))
        if wish.format:
            marked = _Marked(found.both, found.marks)
            _write(_as(wish.format, marked, wish), wish)
            _tell(marked.notes)
    return 1 if found.changes else 0


def _declared(source: Source) -> Graph:
    graph = source.declared()
    if graph is None:
        raise SetupError(f"{source.name} does not say which states it has, so that nothing can be compared")
    return graph


def _difference_json(found: Difference) -> bytes:
    names = {"old": found.old.bot, "new": found.new.bot}
    return f"{to_json({**names, 'changes': found.changes})}\n".encode()


# ---------------------------------------------------------------- writing


def _write(data: bytes, wish: Wish) -> None:
    if wish.output is not None:
        try:
            wish.output.write_bytes(data)
        except OSError as error:
            raise SetupError(f"{wish.output}: {error.strerror or error}") from None
        return
    if wish.format in _IMAGES[1:] and sys.stdout.isatty():
        raise SetupError(f"a picture cannot be shown here: write it to a file, -o bot.{wish.format}")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _tell(notes: list[str]) -> None:
    for note in dict.fromkeys(notes):
        typer.echo(visible(note), err=True)
