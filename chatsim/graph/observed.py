"""What traces show of a bot, as a graph of its own or marked in another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from chatsim.graph.join import join
from chatsim.graph.model import NOWHERE, EventKind, Graph, Hops, State, StateId, Transition
from chatsim.trace import Callback, ChatState, Event, Hop, Trace, Turn, Wait, Waits

_NOWHERE_YET = Graph()


def observed_graph(traces: Iterable[Trace], onto: Graph = _NOWHERE_YET, *, explored: bool = False) -> Graph:
    """Return *onto* with all that *traces* went through marked as observed, and added where it is not there.

    With *explored* it is marked as explored instead: the traces are those of a search.

    Without *onto* it is the graph of what was seen, and no more.  The guards of a transition that was merely seen are
    not known: those that were asked on the way may have been other transitions'.

    >>> from chatsim.trace import Snapshot, Text
    >>> turn = Turn(event=Text("hi"), hops=(Hop("start", "menu"),), snapshot=Snapshot())
    >>> [(seen.source, seen.target, seen.event) for seen in observed_graph([Trace((turn,))]).transitions]
    [('start', 'menu', 'input')]
    """
    seen = _Seen(onto, {"explored" if explored else "observed": True})
    for trace in traces:
        seen.add(trace)
    return join(onto, seen.graph())


def hops_of(turn: Turn, before: ChatState | None) -> tuple[Hop, ...]:
    """Return the hops of *turn*; of a bot that tells none, the one from the state before to the state after.

    *before* is what was remembered of the turn's chat.
    """
    if turn.hops or turn.error is not None:
        return turn.hops
    source, target = before.state if before is not None else None, turn.state
    return (Hop(source, target),) if source != target and target is not None else ()


def event_kind(event: Event) -> EventKind:
    """Return what kind of event lets a transition happen when *event* arrives.

    >>> from chatsim.trace import Tap
    >>> event_kind(Tap("s", "Small")), event_kind(Callback("{}")), event_kind(Wait(60))
    ('input', 'callback', 'time')
    """
    match event:
        case Callback():
            return "callback"
        case Wait():
            return "time"
        case _:
            return "input"


class _Seen:
    """What was seen so far: states with what the bot waited for there, and transitions, each in the order of seeing."""

    def __init__(self, onto: Graph, mark: dict[str, bool]) -> None:
        self.bot = onto.bot
        self._mark: Any = mark
        self._known = Hops(onto)
        self._declared = {known.id for known in onto.states}
        self._initial: StateId | None = next((state.id for state in onto.states if state.initial), None)
        self._waits: dict[StateId, Waits | None] = {}
        self._transitions: dict[tuple[Hop, EventKind], Transition] = {}

    def graph(self) -> Graph:
        states = [
            State(name, initial=(machine, name) == self._initial, waits=waits, machine=machine, **self._mark)
            for (machine, name), waits in self._waits.items()
        ]
        return Graph(self.bot, tuple(states), tuple(self._transitions.values()))

    def add(self, trace: Trace) -> None:
        self.bot = self.bot or trace.bot
        snapshot = trace.start
        for turn in trace.turns:
            before = snapshot.chats.get(turn.event.chat)
            hops = hops_of(turn, before)
            if before is None and self._initial is None:
                self._initial = next((("", hop.source or NOWHERE) for hop in hops if not hop.machine), None)
            self._add_hops(hops, event_kind(turn.event))
            if turn.error is None and turn.state is not None:
                self._waits[self._where(turn.state)] = turn.waits
            snapshot = turn.snapshot

    def _where(self, state: str) -> StateId:
        """Return which state of that name a chat is in: the bot's own, if it has one, and else that of a plugin.

        A framework with conversations in conversations names the state of the innermost.
        """
        own = ("", state)
        if own in self._waits or own in self._declared:
            return own
        return next((known for known in reversed(self._waits) if known[1] == state), own)

    def _add_hops(self, hops: Iterable[Hop], event: EventKind) -> None:
        """Add *hops*, of which *event* lets the first one happen; the others follow by themselves."""
        for hop in hops:
            self._waits.setdefault((hop.machine, hop.source or NOWHERE), None)
            if hop.target is not None:
                self._waits.setdefault((hop.machine, hop.target), None)
            if (hop, event) not in self._transitions:
                self._transitions[hop, event] = self._transition(hop, event)
            event = "none"

    def _transition(self, hop: Hop, event: EventKind) -> Transition:
        taken = self._known.taken(hop)
        if taken is not None:
            return msgspec.structs.replace(taken, **self._mark)
        source = hop.source or NOWHERE
        target = source if hop.target is None else hop.target
        return Transition(source, target, event, internal=hop.target is None, machine=hop.machine, **self._mark)
