"""Collect the facts that a conversation shows.

Thousands of conversations show the same: each fact is made once, and has a number from then on.  To look a number up
takes a tenth of the time of making the fact and finding it among others.
"""

from __future__ import annotations

from typing import Any

from chatsim.coverage.facts import CalledBack, Chosen, Ended, Fact, Followed, Hopped, Moved, Offered, WasIn
from chatsim.trace import Callback, ChatState, Event, Hop, Option, Reply, Snapshot, Tap, Text, Trace, Turn, Wait

_MOST_KEPT = 10_000
"""How many hops are known by the object that they are, and how many offers as a whole."""


class FactNumbers:
    """Facts, each with the number of its place in `facts`."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._numbers: dict[Any, int] = {}
        self._hops: dict[int, tuple[Hop, int]] = {}
        self._offers: dict[tuple[str, tuple[Option, ...]], tuple[int, ...]] = {}

    def of(self, kind: type[Fact], *parts: Any) -> int:
        """Return the number of the fact of this *kind* that consists of *parts*."""
        number = self._numbers.get((kind, parts))
        if number is None:
            number = self._numbers[kind, parts] = len(self.facts)
            self.facts.append(kind(*parts))
        return number

    def of_hop(self, hop: Hop) -> int:
        """Return the number of the fact that *hop* was taken; a machine tells the same hop by the same object."""
        known = self._hops.get(id(hop))
        if known is not None and known[0] is hop:
            return known[1]
        number = self.of(Hopped, hop.source, hop.target, hop.guards, hop.machine)
        if len(self._hops) < _MOST_KEPT:
            self._hops[id(hop)] = (hop, number)
        return number

    def of_offer(self, state: str, options: tuple[Option, ...]) -> tuple[int, ...]:
        """Return the numbers of the facts that *options* were offered in *state*."""
        numbers = self._offers.get((state, options))
        if numbers is None:
            numbers = tuple([self.of(Offered, state, option.title) for option in options])
            if len(self._offers) < _MOST_KEPT:
                self._offers[state, options] = numbers
        return numbers

    def of_pair(self, first: int, second: int) -> int:
        """Return the number of the fact that one hop followed on another, which are given by their numbers."""
        number = self._numbers.get((first, second))
        if number is None:
            number = self._numbers[first, second] = len(self.facts)
            one, two = self.facts[first], self.facts[second]
            self.facts.append(Followed(one, two))  # type: ignore[arg-type]  # the facts of hops
        return number


def facts_of(trace: Trace) -> frozenset[Fact]:
    """Return what *trace* shows of its bot, each fact once.

    >>> hops = (Hop("zero", "menu"), Hop("menu", "paid"))
    >>> turn = Turn(event=Text("hi"), hops=hops, snapshot=Snapshot({"user": ChatState("zero")}), ended=ChatState("paid"))
    >>> sorted(type(fact).__name__ for fact in facts_of(Trace((turn,))))
    ['Ended', 'Followed', 'Hopped', 'Hopped']
    """
    numbers = FactNumbers()
    return frozenset([numbers.facts[number] for number in shown_by(trace, numbers)])


def shown_by(trace: Trace, numbers: FactNumbers) -> set[int]:
    """Return the *numbers* of the facts that *trace* shows."""
    return _Collecting(trace.start, numbers).collect(trace.turns)


class _Collecting:
    """Goes through the turns of a conversation, and knows what each chat did last and is offered."""

    __slots__ = ("before", "last", "numbers", "offers", "shown")

    def __init__(self, start: Snapshot, numbers: FactNumbers) -> None:
        self.before = start
        self.numbers = numbers
        self.shown = {numbers.of(WasIn, at.state, at.waits) for at in start.chats.values() if at.state is not None}
        self.last: dict[tuple[str, str], tuple[str | None, int]] = {}
        """Where the last hop of a chat's machine led, and its number."""
        self.offers: dict[str, list[tuple[str, Option]]] = {}

    def collect(self, turns: tuple[Turn, ...]) -> set[int]:
        """Return what *turns* show."""
        for turn in turns:
            event = turn.event
            if self.offers and type(event) is not Wait:
                self._choose(event)
            if turn.hops:
                self._hop(event.chat, turn.hops)
            if not turn.hops or type(event) is Callback:
                self._without_hops(turn)
            after = turn.ended or turn.snapshot.chats.get(event.chat)
            if turn.ended is not None:
                self._end(turn, turn.ended)
            elif after is not None and after.state is not None:
                self.shown.add(self.numbers.of(WasIn, after.state, after.waits))
            self._offer(turn, after)
            self.before = turn.snapshot
        return self.shown

    def _without_hops(self, turn: Turn) -> None:
        """Note what hops do not tell: where a callback came, and where a bot went that tells none."""
        before = self.before.chats.get(turn.event.chat)
        if type(turn.event) is Callback:
            self._called_back(before, turn.hops)
        if not turn.hops and turn.error is None:
            self._move(before, turn.ended or turn.snapshot.chats.get(turn.event.chat))

    def _called_back(self, before: ChatState | None, hops: tuple[Hop, ...]) -> None:
        """Note where a callback came: where the first hop went on, or else where the chat was."""
        if hops and hops[0].source is not None:
            self.shown.add(self.numbers.of(CalledBack, hops[0].source, hops[0].machine))
        elif before is not None and before.state is not None:
            self.shown.add(self.numbers.of(CalledBack, before.state, ""))

    def _choose(self, event: Event) -> None:
        for state, option in self.offers.pop(event.chat, ()):
            if _takes(event, option):
                self.shown.add(self.numbers.of(Chosen, state, option.title))

    def _hop(self, chat: str, hops: tuple[Hop, ...]) -> None:
        show, numbers, last = self.shown.add, self.numbers, self.last
        for hop in hops:
            number = numbers.of_hop(hop)
            show(number)
            machine = (chat, hop.machine)
            known = last.get(machine)
            # After an error the chat goes on from where it was before the turn.
            if known is not None and known[0] == hop.source:
                show(numbers.of_pair(known[1], number))
            last[machine] = (hop.source if hop.target is None else hop.target, number)

    def _move(self, before: ChatState | None, after: ChatState | None) -> None:
        source, target = (at.state if at is not None else None for at in (before, after))
        if source is not None and target is not None and source != target:
            self.shown.add(self.numbers.of(Moved, source, target))

    def _end(self, turn: Turn, ended: ChatState) -> None:
        chat = turn.event.chat
        for key in [key for key in self.last if key[0] == chat]:
            del self.last[key]
        # In production it is not told where a machine ended, before it was reset; its last hop led there.
        state = ended.state or next((hop.target for hop in reversed(turn.hops) if not hop.machine), None)
        if state is not None:
            self.shown.add(self.numbers.of(Ended, state))

    def _offer(self, turn: Turn, after: ChatState | None) -> None:
        for reply in turn.effects:
            if type(reply) is Reply and reply.options:
                at = after if reply.chat == turn.event.chat else turn.snapshot.chats.get(reply.chat)
                state = (at.state if at is not None else None) or ""
                self.offers.setdefault(reply.chat, []).extend([(state, option) for option in reply.options])
                self.shown.update(self.numbers.of_offer(state, reply.options))


def _takes(event: Event, option: Option) -> bool:
    """Say whether *event* takes *option*.

    What has no id beside its title is chosen by its title, on platforms that deliver a tap as text.
    """
    if isinstance(event, Tap):
        return event.id == option.id and event.title == option.title
    return isinstance(event, Text) and event.text == option.title == option.id
