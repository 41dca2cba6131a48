"""Deliver an event with a fault: the turns that come of it, whatever the bot is.

A turn lists its effects in order and the save last, so that a crash is a position in that list: what stands before it
has happened, what stands after it never does, and what was not saved is forgotten.  Turns of one chat that overlap
are played as their platform would: one after the other where something keeps them apart (`Guards`), and else with both
loading before either saves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from chatsim.bots.base import Guards
from chatsim.delivery.faults import fault_words
from chatsim.errors import SetupError
from chatsim.trace import Call, Delivery, Effect, Event, Fault, Reply, Save, Snapshot, Turn

Step: TypeAlias = Callable[[Snapshot, Event], Turn]


class CannotArrive(SetupError):
    """An event cannot arrive in this way: `what` keeps it from that, and the `cure`."""

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(f"{what}; {cure}" if cure else what)
        self.what = what
        self.cure = cure


class Line(msgspec.Struct, frozen=True):
    """How events reach a bot: what steps it, what keeps turns of one chat apart, and how its process comes back.

    Without `restart` what the bot keeps outside the snapshot outlives a crash.  `take_back` is told how many of the
    last calls outside were not made after all, because the process died before them.
    """

    step: Step
    guards: Guards = msgspec.field(default_factory=Guards)
    restart: Callable[[], object] = lambda: None
    take_back: Callable[[int], object] = lambda _: None


def play(
    line: Line, snapshot: Snapshot, event: Event, fault: Fault, earlier: Snapshot | None = None
) -> tuple[Turn, ...]:
    """Return the turns that come of *event* when it is delivered with *fault* to a bot that remembers *snapshot*.

    They are in the order in which the world sees them, and the last one has the snapshot afterwards.  *earlier* is
    what a stale copy of the store holds.  Raises `CannotArrive` where this fault cannot strike this bot, or this turn.

    >>> from chatsim.trace import Text
    >>> def step(snapshot, event):
    ...     return Turn(event=event, effects=(Reply("Hello!"), Save()), snapshot=snapshot)
    >>> turns = play(Line(step), Snapshot(), Text("hi"), Fault("crash", at="after-send"))
    >>> [[reply.text for reply in turn.replies] for turn in turns]
    [['Hello!'], ['Hello!']]
    """
    return _PLAYS[fault.kind](line, snapshot, event, fault, earlier)


# ---------------------------------------------------------------- the faults, one by one


def _twice(line: Line, snapshot: Snapshot, event: Event, fault: Fault, _: Snapshot | None) -> tuple[Turn, ...]:
    first = line.step(snapshot, event)
    again = line.step(first.snapshot, event)
    return _marked(fault, first, again)


def _reordered(line: Line, snapshot: Snapshot, event: Event, fault: Fault, _: Snapshot | None) -> tuple[Turn, ...]:
    overtaking = line.step(snapshot, _other(event, fault))
    overtaken = line.step(overtaking.snapshot, event)
    return overtaking, *_marked(Fault("reordered"), overtaken)


def _dropped(_line: Line, snapshot: Snapshot, event: Event, fault: Fault, _: Snapshot | None) -> tuple[Turn, ...]:
    return _marked(fault, Turn(event=event, snapshot=snapshot))


def _as_it_is(line: Line, snapshot: Snapshot, event: Event, fault: Fault, _: Snapshot | None) -> tuple[Turn, ...]:
    return _marked(fault, line.step(snapshot, event))


def _restart(line: Line, snapshot: Snapshot, event: Event, fault: Fault, _: Snapshot | None) -> tuple[Turn, ...]:
    line.restart()
    return _marked(fault, line.step(snapshot, event))


def _expired(line: Line, snapshot: Snapshot, event: Event, fault: Fault, _: Snapshot | None) -> tuple[Turn, ...]:
    if event.chat not in snapshot.chats:
        raise CannotArrive("expired: nothing is remembered of the chat yet", "let it begin before")
    others = {chat: state for chat, state in snapshot.chats.items() if chat != event.chat}
    return _marked(fault, line.step(msgspec.structs.replace(snapshot, chats=others), event))


def _with(line: Line, snapshot: Snapshot, event: Event, fault: Fault, _: Snapshot | None) -> tuple[Turn, ...]:
    other = _other(event, fault)
    first = line.step(snapshot, event)
    if line.guards.serial:
        return _marked(fault, first, line.step(first.snapshot, other))
    # Both load before either saves: the second is handled on what the first has made old.
    second = line.step(snapshot, other)
    if not line.guards.versioned:
        return _marked(fault, first, _saved_over(first.snapshot, second))
    return _marked(fault, first, _unsaved(second, first.snapshot), line.step(first.snapshot, other))


def _crash(line: Line, snapshot: Snapshot, event: Event, fault: Fault, _: Snapshot | None) -> tuple[Turn, ...]:
    whole = line.step(snapshot, event)
    if fault.at == "after-save":
        _check_saves(whole, fault)
        attempt = whole
    else:
        attempt = _unsaved(whole, snapshot, _until_crash(whole, fault))
        line.take_back(_calls(whole) - _calls(attempt))
    line.restart()
    return _marked(fault, attempt, line.step(attempt.snapshot, event))


def _store(line: Line, snapshot: Snapshot, event: Event, fault: Fault, earlier: Snapshot | None) -> tuple[Turn, ...]:
    if not line.guards.store:
        cure = "what happens when the process dies before it saves is said with {crash: before-save}"
        raise CannotArrive(
            f"{fault_words(fault)}: this bot has no store of its own, its platform keeps its chats", cure
        )
    if fault.at == "timeout":
        attempt = line.step(snapshot, event)
        _check_saves(attempt, fault)
        unsaved = _unsaved(attempt, snapshot)
        return _marked(fault, unsaved, line.step(unsaved.snapshot, event))
    if earlier is None:
        raise CannotArrive("store: stale: the chat has had no turn that a copy could lack", "let it begin before")
    stale = _with_chat_of(snapshot, earlier, event.chat)
    handled = line.step(stale, event)
    if line.guards.versioned:
        return _marked(fault, _unsaved(handled, snapshot), line.step(snapshot, event))
    return _marked(fault, _saved_over(snapshot, handled))


_PLAYS = {
    "twice": _twice,
    "reordered": _reordered,
    "dropped": _dropped,
    "late": _as_it_is,
    "with": _with,
    "crash": _crash,
    "store": _store,
    "restart": _restart,
    "expired": _expired,
}


# ---------------------------------------------------------------- parts of it


def is_send(effect: Effect) -> bool:
    """Say whether the world outside notices *effect*: a message, or a call.

    >>> is_send(Reply("hi")), is_send(Save())
    (True, False)
    """
    return isinstance(effect, Reply | Call)


def _calls(turn: Turn) -> int:
    return sum(isinstance(effect, Call) for effect in turn.effects)


def _marked(fault: Fault, *turns: Turn) -> tuple[Turn, ...]:
    return tuple(msgspec.structs.replace(turn, delivery=Delivery(fault, part)) for part, turn in enumerate(turns))


def _other(event: Event, fault: Fault) -> Event:
    if fault.other is None:
        raise CannotArrive(f"{fault.kind}: it takes another event", "name it")
    if fault.other.chat != event.chat:
        raise CannotArrive(f"{fault.kind}: both events are of one chat", "let the same person do both")
    return fault.other


def _until_crash(turn: Turn, fault: Fault) -> tuple[Effect, ...]:
    """Return the effects of *turn* that happen before the process dies."""
    if fault.at == "before-save":
        _check_saves(turn, fault)
        return _without_save(turn)
    sends = [index for index, effect in enumerate(turn.effects) if is_send(effect)]
    if fault.nth > len(sends):
        many = f"{len(sends)} message{'s' if len(sends) != 1 else ''} or call{'s' if len(sends) != 1 else ''}"
        cure = (
            f"name one of these: 1 to {len(sends)}"
            if sends
            else "a turn that sends nothing can crash at its save alone"
        )
        raise CannotArrive(f"{fault_words(fault)}: the turn sends {many if sends else 'nothing'}", cure)
    return turn.effects[: sends[fault.nth - 1] + (fault.at == "after-send")]


def _without_save(turn: Turn) -> tuple[Effect, ...]:
    return tuple(effect for effect in turn.effects if not isinstance(effect, Save))


def _check_saves(turn: Turn, fault: Fault) -> None:
    if turn.error is not None:
        what = f"{fault_words(fault)}: the bot fails before it saves: {turn.error.type}: {turn.error.message}"
        raise CannotArrive(what, "mend that first, or let it crash at a send")


def _unsaved(turn: Turn, before: Snapshot, effects: tuple[Effect, ...] | None = None) -> Turn:
    """Return what is left of *turn* when nothing of it was saved: what it sent, and the time that passed."""
    snapshot = msgspec.structs.replace(before, clock=max(before.clock, turn.snapshot.clock))
    kept = _without_save(turn) if effects is None else effects
    return Turn(event=turn.event, effects=kept, snapshot=snapshot, seconds=turn.seconds)


def _with_chat_of(snapshot: Snapshot, other: Snapshot, chat: str) -> Snapshot:
    """Return *snapshot* with what *other* has of *chat*, which may be nothing."""
    chats = {name: state for name, state in snapshot.chats.items() if name != chat}
    if chat in other.chats:
        chats[chat] = other.chats[chat]
    return msgspec.structs.replace(snapshot, chats=chats)


def _saved_over(snapshot: Snapshot, turn: Turn) -> Turn:
    """Return *turn*, which was handled on something older, with what it saves put over *snapshot*."""
    if turn.error is not None:
        return msgspec.structs.replace(turn, snapshot=snapshot)
    return msgspec.structs.replace(turn, snapshot=_with_chat_of(snapshot, turn.snapshot, turn.event.chat))
