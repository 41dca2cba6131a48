"""What is wrong with how a bot took a delivery: its outcome equals that of some serial order without the fault, or not.

Everything here is a pure function of the turns that a delivery came to, and of a few more that are tried beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from chatsim.delivery.changes import Deed, Path, deeds, shown
from chatsim.delivery.declared import NOTHING, Declared
from chatsim.delivery.ids import ids_of, with_other_id
from chatsim.delivery.outside import (
    calls_that_change,
    counts_twice,
    has_key,
    is_safe_twice,
    place_of,
    renumbered_replies,
    repeated_calls,
    repeated_replies,
    same_words,
    sent_with,
)
from chatsim.delivery.play import Line, Step
from chatsim.trace import Call, Callback, ChatState, Event, Fault, FaultKind, Snapshot, Start, Turn

ERRORS = ("applied-twice", "lost-update")
"""The kinds that are errors: they are found without being asked for."""
ASKED_FOR = ("redelivery-changes", "crash-repeats", "acts-after-end", "nondeterministic")
"""The kinds that a scenario has to ask for: a warning, or what a test may well expect."""
KINDS_OF: Mapping[FaultKind, tuple[str, ...]] = {
    "twice": ("applied-twice", "redelivery-changes"),
    "crash": ("applied-twice", "crash-repeats"),
    "store": ("lost-update", "crash-repeats"),
    "with": ("lost-update",),
    "late": ("acts-after-end",),
    "restart": ("nondeterministic",),
}
"""What each fault may bring to light."""

_CURES = {
    ("applied-twice", ""): "remember the ids of what was applied, and leave what comes with one of them",
    ("lost-update", ""): (
        "keep others out while an event of a chat is handled, as chatsim's stores do; "
        'if your platform does: chatsim_delivery = {"serial": True}'
    ),
    ("redelivery-changes", ""): "let who is called know it again: by an id, or an Idempotency-Key",
    ("redelivery-changes", "replies"): "leave what comes with an id that was answered",
    (
        "crash-repeats",
        "",
    ): "let who is called know it again: by an id that is the same each time, or an Idempotency-Key",
    ("crash-repeats", "numbers"): "make the number of what it stands for, or draw it a turn before it is told",
    ("nondeterministic", ""): "keep it in the context, or in the variables",
    ("acts-after-end", ""): "leave what comes when all is over",
}

NONSENSE = ("{}", "?")
"""Bodies of webhooks that mean nothing to any bot."""


class Anomaly(msgspec.Struct, frozen=True):
    """What is wrong: the `kind` of finding, in words, and `where`: a variable, or what was called."""

    kind: str
    message: str
    where: str = ""

    @property
    def cure(self) -> str:
        """What can be done about it."""
        return _CURES.get((self.kind, self.where), _CURES.get((self.kind, ""), ""))


class Knowledge(msgspec.Struct, frozen=True):
    """What is known of a bot beside its turns: what its author `declared`, and which `words` stand in its code."""

    declared: Declared = NOTHING
    words: frozenset[str] = frozenset()


class Case(msgspec.Struct, frozen=True):
    """A delivery to be judged: where it began, and the `turns` of its event, without one that overtook it.

    `undisturbed` is what came of the event without the fault, where that cannot be tried any more.
    """

    line: Line
    before: Snapshot
    turns: tuple[Turn, ...]
    known: Knowledge = msgspec.field(default_factory=Knowledge)
    undisturbed: Turn | None = None

    @property
    def fault(self) -> Fault:
        """How the event arrived."""
        delivery = self.turns[0].delivery
        assert delivery is not None, "only what was delivered with a fault is judged"  # noqa: S101
        return delivery.fault

    @property
    def event(self) -> Event:
        """The event."""
        return self.turns[0].event


def anomalies(case: Case) -> Iterator[Anomaly]:
    """Yield what is wrong with how the bot took *case*, less what its author declared to be meant."""
    for judge in _JUDGES.get(case.fault.kind, ()):
        yield from (found for found in judge(case) if found.kind not in case.known.declared.may)


# ---------------------------------------------------------------- applied twice


def applied_twice(case: Case) -> Iterator[Anomaly]:
    """Find what a second delivery did once more, where the bot could have known that it was the same.

    A bot that knows a delivery by nothing cannot tell it from a second event.  What it does on anything that comes,
    counting its turns for example, was not done by this event: that is seen on events that mean nothing.  After an
    end the second one is late, which is another matter.
    """
    first, again = case.turns[0], case.turns[-1]
    if first is again or first.error or again.error or first.ended or _is_unsaved(case) or not saw_id(case):
        return
    controls = _controls(case, first.snapshot)
    by_nothing = [_deeds_of(case, first.snapshot, control) for control in controls]
    done = _done_again(case, first, again)
    meant = {path: deed for path, deed in done.items() if not any(other.get(path) == deed for other in by_nothing)}
    if meant:
        told = ", ".join(_told(path, deed) for path, deed in meant.items())
        yield Anomaly("applied-twice", f"delivered twice, it was applied twice: {told}", ", ".join(map(shown, meant)))
    for call, twin in repeated_calls(first, again):
        same = (call.url, sent_with(call)) == (twin.url, sent_with(twin))
        harmless = same and (is_safe_twice(call) or has_key(call))
        if not harmless and not any(_makes(control, twin) for control in controls):
            place = place_of(call)
            yield Anomaly("applied-twice", f"delivered twice, it called out twice: {place}", place)


def _is_unsaved(case: Case) -> bool:
    """Say whether the first turn was forgotten, so that the second was the first for the bot."""
    return case.fault.kind == "crash" and case.fault.at != "after-save"


def saw_id(case: Case) -> bool:
    """Say whether the bot could know the event by an id: its code names one, or it does something else with another."""
    event = case.event
    ids = ids_of(event)
    if not ids or not isinstance(event, Callback):
        return False
    if any(path[-1] in case.known.words for path, _ in ids):
        return True
    was = _outcome(case.turns[0])
    return any(_outcome(case.line.step(case.before, with_other_id(event, path))) != was for path, _ in ids)


def _outcome(turn: Turn) -> tuple[Any, ...]:
    return turn.snapshot, turn.effects, turn.hops, turn.error


def _controls(case: Case, snapshot: Snapshot) -> list[Turn]:
    """Return what the bot makes of events that mean nothing, where it does not fail on them."""
    tried = (case.line.step(snapshot, msgspec.structs.replace(case.event, body=body)) for body in NONSENSE)
    return [turn for turn in tried if turn.error is None]


def _done_again(case: Case, first: Turn, again: Turn) -> dict[Path, Deed]:
    """Return what both turns did to the same variables: moved, grew, or put there with the same words to the person."""
    once = _deeds_of(case, case.before, first)
    twice = _deeds_of(case, first.snapshot, again)
    both = {path: deed for path, deed in twice.items() if path in once and once[path][0] == deed[0]}
    alike = same_words(first, again)
    return {path: deed for path, deed in both.items() if _is_same(once[path], deed, alike=alike)}


def _is_same(once: Deed, twice: Deed, *, alike: bool) -> bool:
    """Say whether *twice* is *once* done again; what only has another value then is, if the bot said the same (*alike*)."""
    word, much = twice
    if word == "put":
        return alike and much is not None
    return once == twice or (alike and word == "by")


def _deeds_of(case: Case, before: Snapshot, turn: Turn) -> dict[Path, Deed]:
    """Return what *turn* did to the variables, those with which it ended included."""
    before_it = _chat(before, case.event.chat).context
    return deeds(before_it, turn.chat_state.context, case.known.declared.ignore)


def _makes(turn: Turn, call: Call) -> bool:
    return any(place_of(other) == place_of(call) for other in calls_that_change(turn))


def _told(path: Path, deed: Deed) -> str:
    word, much = deed
    if word == "by":
        return f"{shown(path)} changed by {much:g} both times"
    return f"{shown(path)} grew both times" if word == "grew" else f"{shown(path)} was set anew both times"


# ---------------------------------------------------------------- lost updates


def lost_update(case: Case) -> Iterator[Anomaly]:
    """Find that two turns of one chat ended as neither order of them would."""
    fault, guards = case.fault, case.line.guards
    if fault.kind == "with" and not guards.serial and fault.other is not None:
        orders = [(case.event, fault.other), (fault.other, case.event)]
        serial = [_in_order(case.line.step, case.before, *order) for order in orders]
        what = "two events at once: what one of them changed is lost"
    elif fault.kind == "store" and fault.at == "stale" and not guards.versioned:
        serial = [case.line.step(case.before, case.event)]
        what = "handled on a stale copy: what the last turn changed is lost"
    else:
        return
    if any(turn.error for turn in (*case.turns, *serial)):
        return
    now = _kept(case, case.turns[-1].snapshot)
    ways = [_kept(case, turn.snapshot) for turn in serial]
    if now in ways:
        return
    paths = sorted({shown(path) for way in ways for path in deeds(way.context, now.context)})
    where = ", ".join(paths) or "the state"
    yield Anomaly("lost-update", f"{what} ({where}); {guards.store or 'the store'} guards nothing", where)


def _in_order(step: Step, snapshot: Snapshot, first: Event, second: Event) -> Turn:
    turn = step(snapshot, first)
    return turn if turn.error else step(turn.snapshot, second)


def _kept(case: Case, snapshot: Snapshot) -> ChatState:
    """Return the chat, without the variables that count for nothing."""
    chat = _chat(snapshot, case.event.chat)
    kept = {name: value for name, value in chat.context.items() if name not in case.known.declared.ignore}
    return msgspec.structs.replace(chat, context=kept)


def _chat(snapshot: Snapshot, chat: str) -> ChatState:
    return snapshot.chats.get(chat) or ChatState()


# ---------------------------------------------------------------- what shows outside


def redelivery_changes(case: Case) -> Iterator[Anomaly]:
    """Find what a second delivery says, or asks for, once more.

    Messages count where a webhook called: a person who writes something twice is answered twice.
    """
    first, again = case.turns[0], case.turns[-1]
    if first is again or first.error:
        return
    yield from _calls_again("redelivery-changes", "delivered twice", first, again)
    said = repeated_replies(first, again) if isinstance(case.event, Callback) else []
    if said:
        yield Anomaly("redelivery-changes", f"delivered twice, it is answered twice: {said[0].text!r}", "replies")


def crash_repeats(case: Case) -> Iterator[Anomaly]:
    """Find what was asked for outside before a crash, and again after it, or told with another number.

    That a person may read the same twice is so of every bot that sends before it saves, and says nothing about this one.
    """
    attempt, again = case.turns[0], case.turns[-1]
    if attempt is again:
        return
    when = "when the process dies" if case.fault.kind == "crash" else "when the store does not answer"
    when = f"{when} between sending and saving"
    yield from _calls_again("crash-repeats", when, attempt, again)
    for reply, twin in renumbered_replies(attempt, again):
        words = f"it is said with another number each time: {reply.text!r}, {twin.text!r}"
        yield Anomaly("crash-repeats", f"{when}, {words}", "numbers")


def _calls_again(kind: str, when: str, first: Turn, again: Turn) -> Iterator[Anomaly]:
    for call, twin in repeated_calls(first, again):
        if counts_twice(call, twin):
            renamed = "" if call.url == twin.url else ", as another one each time"
            yield Anomaly(kind, f"{when}, it is asked for twice outside: {place_of(call)}{renamed}", place_of(call))


# ---------------------------------------------------------------- after the end


def acts_after_end(case: Case) -> Iterator[Anomaly]:
    """Find that a bot takes what comes after its end.

    That it begins a new conversation with it, as with anything, is what platforms do, and says nothing about this bot.
    """
    turn = case.turns[-1]
    before, after = _kept(case, case.before), _kept(case, turn.snapshot)
    if turn.error or (before == after and turn.ended is None and not calls_that_change(turn)):
        return
    anew = case.line.step(case.before, Start(case.event.chat))
    if (anew.snapshot.chats, anew.replies) != (turn.snapshot.chats, turn.replies):
        where = turn.state or ""
        yield Anomaly("acts-after-end", f"what comes after the end is taken: the chat is in {where!r} then", where)


# ---------------------------------------------------------------- restarts


def restart_changes(case: Case) -> Iterator[Anomaly]:
    """Find that a bot keeps something outside of its snapshot, which is gone when its process came back."""
    turn, before = case.turns[-1], case.undisturbed
    if before is None:
        return
    said = [[reply.text for reply in one.replies] for one in (before, turn)]
    kept = [_kept(case, one.snapshot) for one in (before, turn)]
    if said[0] != said[1]:
        yield Anomaly("nondeterministic", f"after its process came back, the replies are {said[1]}, and else {said[0]}")
    elif (kept[0], before.error, before.effects) != (kept[1], turn.error, turn.effects):
        yield Anomaly("nondeterministic", "after its process came back, the bot does something else")


_JUDGES: Mapping[FaultKind, tuple[Callable[[Case], Iterator[Anomaly]], ...]] = {
    "twice": (applied_twice, redelivery_changes),
    "crash": (applied_twice, crash_repeats),
    "store": (lost_update, crash_repeats),
    "with": (lost_update,),
    "late": (acts_after_end,),
    "restart": (restart_changes,),
}
