"""Hold what a bot declares against what the search reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.declaration import Declaration
from chatsim.explore.results.result import Severity
from chatsim.graph.model import NOWHERE, Graph, Hops, State, StateId, Transition


class Unreachable:
    """Finds declared states and transitions that nothing reached."""

    kinds: Mapping[str, Severity] = {"unreachable": "warning"}

    def __init__(self, declaration: Declaration | None = None) -> None:
        self._declaration = declaration or Declaration()

    def begin(self, bot: Bot) -> None:
        """The bot's declared graph is what is asked."""
        self._declaration.turn_to(bot)

    @property
    def _graph(self) -> Graph | None:
        return self._declaration.graph

    def look(self, seen: Seen) -> Iterator[Found]:  # noqa: ARG002 - what is missing is seen at the end
        """Nothing can be said of a single turn."""
        yield from ()

    def close(self, whole: Whole) -> Iterator[Found]:
        """Report what was not reached: a state, or a transition from a state that was."""
        if self._graph is None:
            return
        reached = _Reached(whole, self._graph)
        inconclusive = not whole.covers
        for state in self._graph.states:
            if not state.initial and state.name != NOWHERE and reached.is_missing(state):
                message = f"state {state.title!r} is declared, and nothing reached it{_at(state.line)}"
                yield Found("unreachable", state.title, message, 0, key=state.title, inconclusive=inconclusive)
        for way in self._graph.transitions:
            if not reached.was_taken(way):
                asked = f" (if {' and '.join(way.guards)})" if way.guards else ""
                what = f"the way from {way.source!r} to {way.target!r}{asked}"
                message = f"{what} is declared, and nothing took it{_at(way.line)}"
                key = " ".join(filter(None, (way.machine, way.source, way.target, *way.guards)))
                yield Found("unreachable", way.source, message, 0, key=key, inconclusive=inconclusive)


class _Reached:
    """What a search reached of *graph*.  Of plugins, it speaks of those that ran."""

    def __init__(self, whole: Whole, graph: Graph) -> None:
        hops, known = whole.all_hops(), Hops(graph)
        self._taken = {way.id for hop in hops if (way := known.taken(hop)) is not None}
        self._pairs = {("", *pair) for pair in whole.taken()}
        self._pairs |= {(hop.machine, hop.source, hop.target) for hop in hops}
        self._asked = {(hop.machine, hop.source, hop.target) for hop in hops if hop.guards}
        self._machines = {"", *(hop.machine for hop in hops)}
        self._visited: set[StateId] = {("", name) for name in whole.visited()}
        self._visited |= {(hop.machine, name) for hop in hops for name in (hop.source, hop.target) if name is not None}

    def is_missing(self, state: State) -> bool:
        """Say whether nothing reached *state*."""
        return state.machine in self._machines and state.id not in self._visited

    def was_taken(self, way: Transition) -> bool:
        """Say whether a turn took *way*, or it need not be told that none did, because one of its ends is missing.

        Of several ways with the same ends, guards tell which was taken; where the bot tells none, all of them count.
        """
        ends = [(way.machine, way.source), (way.machine, way.target)]
        if way.target is None or way.internal or not all(end in self._visited for end in ends):
            return True
        pair = (way.machine, way.source, way.target)
        return way.id in self._taken or (pair in self._pairs and pair not in self._asked)


def _at(line: object) -> str:
    return "" if line is None else f" ({line})"
