"""Find what a bot makes of events that come twice, at once, late, or at a process that dies.

What a check tries it tries beside the search: each transition that does something is delivered once more with the
faults that could show there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from chatsim.bots.base import Bot, Guards
from chatsim.delivery.changes import deeds
from chatsim.delivery.declared import NOTHING, Declared, declared_by, guards_of
from chatsim.delivery.oracle import Anomaly, Case, Knowledge, anomalies
from chatsim.delivery.outside import calls_that_change, has_number, place_of
from chatsim.delivery.play import Line
from chatsim.errors import SetupError
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.checks.raised import message_of, place_in
from chatsim.explore.letters import Letter
from chatsim.explore.play.arrivals import Arrival, faulty
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.results.result import Severity
from chatsim.trace import Callback, Event, Fault, Snapshot, Text, Turn, Wait

Play: TypeAlias = Callable[[Moment, Letter], Played]

WORDS = "hello?"
"""What a person writes in the meantime."""
MOST_CALLBACKS = 6
"""How many different callbacks are tried after an end."""
MOST_ENDS = 20
"""How many different ends they are tried after."""


@dataclass(slots=True)
class Pairs:
    """The events that changed something in the moment *node*, each with where it led and which variables it changed."""

    node: int
    changing: list[tuple[Event, tuple[str | None, tuple[str, ...]]]] = field(default_factory=list)


class Deliveries:
    """Delivers what the search plays with faults, and judges what comes of it.  `tried` counts these deliveries.

    Args:
        words: The texts in the bot's code, by which it is known which ids it reads.
        declared: What is declared beside what the bot's author declares.
    """

    kinds: Mapping[str, Severity] = {
        "applied-twice": "error",
        "lost-update": "error",
        "redelivery-changes": "warning",
        "crash-repeats": "warning",
        "acts-after-end": "warning",
    }

    def __init__(self, words: frozenset[str] = frozenset(), declared: Declared | None = None) -> None:
        self.tried = 0
        self._words = words
        self._declared = declared
        self._known = Knowledge(NOTHING, words)
        self._guards = Guards()
        self._done: set[tuple[object, ...]] = set()
        self._pairs = Pairs(-1)
        self._has_lost = False
        self._callbacks: dict[str, Callback] = {}
        self._awaited: dict[str | None, Seen] = {}
        self._ends: dict[str | None, Seen] = {}
        self._order: dict[str | None, int] = {}
        self._moves: dict[str | None, list[Seen]] = {}

    def begin(self, bot: Bot) -> None:
        """Ask what the bot's author declares, and what keeps turns of one chat apart."""
        self._known = Knowledge(declared_by(bot) if self._declared is None else self._declared, self._words)
        self._guards = guards_of(bot)

    # ------------------------------------------------------------ while the search goes on

    def look(self, seen: Seen) -> Iterator[Found]:
        """Deliver the event of *seen* in other ways, where something could come of it."""
        event = seen.letter.event
        if isinstance(seen.letter.delivery, Arrival):
            self.tried += 1
            for found in self._wrong(seen.before, seen.turns, seen.play):
                yield _found(found, _state(seen), seen.before.node, (seen.letter,))
        if seen.letter.delivery is not None or seen.turn.error is not None or isinstance(event, Wait):
            return
        self._note_move(seen)
        changed = seen.before.chat != seen.after.chat or bool(calls_that_change(seen.turn))
        if isinstance(event, Callback) and changed:
            self._callbacks.setdefault(event.body, event)
            self._awaited.setdefault(seen.before.state, seen)
        if seen.turn.ended is not None and len(self._ends) < MOST_ENDS:
            self._ends.setdefault(seen.turn.ended.state, seen)
        for fault in self._faults(seen, changed=changed):
            yield from self._deliver(seen, fault)

    def _note_move(self, seen: Seen) -> None:
        """Note in which order states were met, and where callbacks lead from one to another."""
        for state in (seen.before.state, seen.after.state):
            self._order.setdefault(state, len(self._order))
        moves = isinstance(seen.letter.event, Callback) and seen.before.state not in (None, seen.after.state)
        if moves and seen.before.waits == "input":
            self._moves.setdefault(seen.before.state, []).append(seen)

    def _faults(self, seen: Seen, *, changed: bool) -> Iterator[Fault]:
        """Yield the faults that may show something which they did not show before."""
        event, state, then = seen.letter.event, seen.before.state, seen.after.state
        if isinstance(event, Callback) and changed and self._is_new("twice", state, then, _changed(seen)):
            yield Fault("twice")
        for call in calls_that_change(seen.turn):
            if self._is_new("call", state, place_of(call)):
                yield Fault("crash", at="before-save")
                if not isinstance(event, Callback):
                    yield Fault("twice")
        if has_number(seen.turn) and changed and self._is_new("number", state, then):
            yield Fault("crash", at="before-save")
        if not self._guards.serial and changed and not self._has_lost:
            yield from self._at_once(seen)

    def _at_once(self, seen: Seen) -> Iterator[Fault]:
        """Yield the event together with words, with itself, and with those that changed something else in the moment.

        Words that change nothing are saved as well, over what the event changed.
        """
        if self._pairs.node != seen.before.node:
            self._pairs = Pairs(seen.before.node)
        event, mark = seen.letter.event, (seen.after.state, _changed(seen))
        if self._is_new("words", seen.before.state, mark):
            yield Fault("with", other=Text(WORDS))
        for other, other_mark in ((event, mark), *self._pairs.changing):
            if self._is_new("with", seen.before.state, *sorted([mark, other_mark], key=repr)):
                yield Fault("with", other=other)
        self._pairs.changing.append((event, mark))

    def _is_new(self, *what: object) -> bool:
        if what in self._done:
            return False
        self._done.add(what)
        return True

    def _deliver(self, seen: Seen, fault: Fault) -> Iterator[Found]:
        letter = faulty(seen.letter.event, fault)
        for found in self._judged(seen.before, letter, seen.play):
            self._has_lost = self._has_lost or found.kind == "lost-update"
            yield _found(found, _state(seen), seen.before.node, (letter,))

    def _judged(self, moment: Moment, letter: Letter, play: Play) -> list[Anomaly]:
        """Return what is wrong with how the bot takes *letter*; nothing where it cannot be played again just so."""
        self.tried += 1
        try:
            return list(self._wrong(moment, play(moment, letter), play))
        except SetupError:
            return []

    def _wrong(self, moment: Moment, turns: Played, play: Play) -> Iterator[Anomaly]:
        def step(snapshot: Snapshot, event: Event) -> Turn:
            # What is tried beside a turn has the chance of that turn: the first one, or the one after it.
            depth = moment.depth + (snapshot is not moment.snapshot)
            return play(Moment(snapshot, depth=depth), Letter(event))[-1]

        delivered = tuple(turn for turn in turns if turn.delivery is not None)
        return anomalies(Case(Line(step, self._guards), moment.snapshot, delivered, self._known))

    # ------------------------------------------------------------ at the end

    def close(self, whole: Whole) -> Iterator[Found]:  # noqa: ARG002 - what is needed of the whole was noted
        """Let callbacks come when all is over, and when the chat is forgotten."""
        callbacks = list(self._callbacks.values())[:MOST_CALLBACKS]
        for state, seen in self._ends.items():
            for event in callbacks:
                letter = faulty(event, Fault("late"))
                for found in self._judged(seen.after, letter, seen.play):
                    yield _found(found, state, seen.before.node, (seen.letter, letter))
        if not self._ends:
            yield from self._revived()
        for state, seen in list(self._awaited.items())[:MOST_CALLBACKS]:
            yield from self._forgotten(state, seen)

    def _forgotten(self, state: str | None, seen: Seen) -> Iterator[Found]:
        """Let the callback of *seen* come to a store that has forgotten the chat since: the bot is to live through that."""
        letter = faulty(seen.letter.event, Fault("expired"))
        self.tried += 1
        try:
            error = seen.play(seen.before, letter)[-1].error
        except SetupError:
            return
        if error is not None:
            message = f"when the store has forgotten the chat by then, {message_of(error)}"
            yield Found(
                "bot-raised",
                state,
                message,
                seen.before.node,
                (letter,),
                key=f"{state} expired {error.type} {place_in(error)}",
                event=letter.label,
                severity="warning",
            )

    def _revived(self) -> Iterator[Found]:
        """Find where callbacks lead only back, in a bot that never says that it ends.

        A state that waits for a callback goes on when it comes.  From one that is reached when all is over, it can only
        be taken back to where callbacks were waited for.
        """
        for state, moves in self._moves.items():
            back = [seen for seen in moves if self._order[seen.after.state] < self._order[state]]
            if len(back) == len(moves):
                seen = back[0]
                message = (
                    f"what comes late leads back: from {state!r}, where no callback leads on, to {seen.after.state!r}"
                )
                anomaly = Anomaly("acts-after-end", message, "revived")
                yield _found(anomaly, state, seen.before.node, (faulty(seen.letter.event, Fault("late")),))


def _key(anomaly: Anomaly, state: str | None) -> str:
    """Return what is told once: of a store that guards nothing, of a state that applies twice, of each call."""
    if anomaly.kind == "lost-update":
        return "store"
    return str(state) if anomaly.kind == "applied-twice" else f"{state} {anomaly.where}"


def _changed(seen: Seen) -> tuple[str, ...]:
    """Return the names of the variables that *seen* changed."""
    before, after = (moment.chat.context if moment.chat is not None else {} for moment in (seen.before, seen.after))
    return tuple(sorted(path[0] for path in deeds(before, after)))


def _state(seen: Seen) -> str | None:
    """Return where the bot was: before it has met a chat, in the state that it begins in."""
    first = next((hop.source for turn in seen.turns for hop in turn.hops), None)
    return seen.before.state or first


def _found(anomaly: Anomaly, state: str | None, node: int, letters: Sequence[Letter]) -> Found:
    return Found(
        anomaly.kind,
        state,
        anomaly.message,
        node,
        tuple(letters),
        key=_key(anomaly, state),
        event=letters[-1].label,
        expects={"never": anomaly.kind},
    )
