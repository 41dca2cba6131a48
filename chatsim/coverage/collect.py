"""Collect the facts that a conversation shows."""

from __future__ import annotations

from collections.abc import Iterator

from chatsim.coverage.facts import CalledBack, Chosen, Ended, Fact, Followed, Hopped, Moved, Offered, WasIn
from chatsim.trace import Callback, ChatState, Event, Hop, Option, Snapshot, Tap, Text, Trace, Turn, Wait


def facts_of(trace: Trace) -> frozenset[Fact]:
    """Return what *trace* shows of its bot, each fact once.

    >>> hops = (Hop("zero", "menu"), Hop("menu", "paid"))
    >>> turn = Turn(event=Text("hi"), hops=hops, snapshot=Snapshot({"user": ChatState("zero")}), ended=ChatState("paid"))
    >>> sorted(type(fact).__name__ for fact in facts_of(Trace((turn,))))
    ['Ended', 'Followed', 'Hopped', 'Hopped']
    """
    return frozenset(_Collecting(trace.start).facts(trace.turns))


class _Collecting:
    """Goes through the turns of a conversation, and knows what each chat did last and is offered."""

    def __init__(self, start: Snapshot) -> None:
        self.before = start
        self.last: dict[tuple[str, str], Hopped] = {}
        self.offers: dict[str, list[tuple[str, Option]]] = {}

    def facts(self, turns: tuple[Turn, ...]) -> Iterator[Fact]:
        """Yield what *turns* show, some of it more than once."""
        for turn in turns:
            yield from self._arrived(turn)
            after = turn.chat_state
            if turn.hops:
                yield from self._hops(turn.event.chat, turn.hops)
            elif turn.error is None:
                yield from self._moved(turn.event.chat, after.state)
            if turn.ended is not None:
                self._forget(turn.event.chat)
                if after.state is not None:
                    yield Ended(after.state)
            elif after.state is not None:
                yield WasIn(after.state, after.waits)
            yield from self._offered(turn)
            self.before = turn.snapshot

    def _arrived(self, turn: Turn) -> Iterator[Fact]:
        event, before = turn.event, self.before.chats.get(turn.event.chat)
        if before is not None and before.state is not None:
            yield WasIn(before.state, before.waits)
        if isinstance(event, Callback):
            yield from _called_back(before, turn.hops)
        if isinstance(event, Wait):
            return
        for state, option in self.offers.pop(event.chat, ()):
            if _takes(event, option):
                yield Chosen(state, option.title)

    def _hops(self, chat: str, hops: tuple[Hop, ...]) -> Iterator[Fact]:
        for hop in hops:
            hopped = Hopped(hop.source, hop.target, hop.guards, hop.machine)
            yield hopped
            before = self.last.get((chat, hop.machine))
            # After an error the chat goes on from where it was before the turn.
            if before is not None and (before.source if before.target is None else before.target) == hop.source:
                yield Followed(before, hopped)
            self.last[chat, hop.machine] = hopped

    def _moved(self, chat: str, target: str | None) -> Iterator[Fact]:
        before = self.before.chats.get(chat)
        source = before.state if before is not None else None
        if source is not None and target is not None and source != target:
            yield Moved(source, target)

    def _forget(self, chat: str) -> None:
        for key in [key for key in self.last if key[0] == chat]:
            del self.last[key]

    def _offered(self, turn: Turn) -> Iterator[Fact]:
        for reply in turn.replies:
            if not reply.options:
                continue
            at = turn.chat_state if reply.chat == turn.event.chat else turn.snapshot.chats.get(reply.chat)
            state = (at.state if at is not None else None) or ""
            for option in reply.options:
                self.offers.setdefault(reply.chat, []).append((state, option))
                yield Offered(state, option.title)


def _called_back(before: ChatState | None, hops: tuple[Hop, ...]) -> Iterator[Fact]:
    """Yield where a callback came: where the first hop went on, or else where the chat was."""
    if hops and hops[0].source is not None:
        yield CalledBack(hops[0].source, hops[0].machine)
    elif before is not None and before.state is not None:
        yield CalledBack(before.state)


def _takes(event: Event, option: Option) -> bool:
    """Say whether *event* takes *option*.

    What has no id beside its title is chosen by its title, on platforms that deliver a tap as text.
    """
    if isinstance(event, Tap):
        return event.id == option.id and event.title == option.title
    return isinstance(event, Text) and event.text == option.title == option.id
