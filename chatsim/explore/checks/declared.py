"""Hold what a bot declares against what the search reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.result import Severity
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.model import NOWHERE, Graph


class Unreachable:
    """Finds declared states and transitions that nothing reached."""

    kinds: Mapping[str, Severity] = {"unreachable": "warning"}

    def __init__(self) -> None:
        self._graph: Graph | None = None

    def begin(self, bot: Bot) -> None:
        """Read the bot's declared graph."""
        self._graph = declared_graph(bot)

    def look(self, seen: Seen) -> Iterator[Found]:  # noqa: ARG002 - what is missing is seen at the end
        """Nothing can be said of a single turn."""
        yield from ()

    def close(self, whole: Whole) -> Iterator[Found]:
        """Report what was not reached: a state, or a transition from a state that was."""
        if self._graph is None:
            return
        inconclusive = not whole.covers
        visited, taken = whole.visited(), whole.taken()
        for state in self._graph.states:
            if state.machine or state.initial or state.name in visited or state.name == NOWHERE:
                continue
            message = f"state {state.name!r} is declared, and nothing reached it{_at(state.line)}"
            yield Found("unreachable", state.name, message, 0, key=state.name, inconclusive=inconclusive)
        for way in self._graph.transitions:
            if way.machine or way.target is None or way.source not in visited or way.target not in visited:
                continue
            if (way.source, way.target) not in taken and not way.internal:
                message = (
                    f"the way from {way.source!r} to {way.target!r} is declared, and nothing took it{_at(way.line)}"
                )
                key = f"{way.source} {way.target}"
                yield Found("unreachable", way.source, message, 0, key=key, inconclusive=inconclusive)


def _at(line: object) -> str:
    return "" if line is None else f" ({line})"
