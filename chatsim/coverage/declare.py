"""What a bot declares, as coverage keeps it: its graph, its files named from the project's folder, and the lines left out."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec

from chatsim.bots.base import Bot, NamesStates
from chatsim.coverage.data import Declared
from chatsim.coverage.exclude import excluded_lines
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.model import Graph, SourceLine, State, Transition

Placed = TypeVar("Placed", State, Transition)


def declared_by(bot: Bot, root: Path) -> Declared | None:
    """Return what *bot* declares, or None where it does not say; files are named from *root* where they lie below it."""
    graph = declared_graph(bot)
    if graph is None and isinstance(bot, NamesStates):
        graph = Graph(states=tuple(State(name, declared=True) for name in bot.state_names()))
    if graph is None:
        return None
    graph = msgspec.structs.replace(
        graph,
        states=tuple(_from(root, state) for state in graph.states),
        transitions=tuple(_from(root, transition) for transition in graph.transitions),
    )
    return Declared(graph, excluded_lines(graph, root), datetime.now(UTC).isoformat())


@lru_cache(maxsize=1_000)
def shown_from(root: Path, file: str) -> str:
    """Return the path *file*, seen from the working folder, as it is seen from *root*; as a whole if it lies elsewhere."""
    path, base = os.path.realpath(file), os.path.realpath(root)
    return Path(os.path.relpath(path, base)).as_posix() if Path(path).is_relative_to(base) else Path(path).as_posix()


def _from(root: Path, part: Placed) -> Placed:
    if part.line is None:
        return part
    return msgspec.structs.replace(part, line=SourceLine(shown_from(root, part.line.file), part.line.line))
