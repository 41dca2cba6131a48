"""Find chats that are not apart: one that goes otherwise because somebody else talks with the bot, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import process_time
from typing import TypeAlias

import msgspec

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.checks.courses import MOST_TURNS, Course, course_of, difference, far_ways
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.results.result import Severity
from chatsim.trace import DEFAULT_CHAT, File, Reply, Snapshot, Turn

BESIDE = "somebody-else"
"""The id of the second chat."""
LONGEST = 0.5
"""After how many seconds of processor time no further one is begun."""


class Apart:
    """Holds conversations of the search alone, and again with another one between their turns; both must go the same way.

    What chats share as far as the snapshot says so is meant: once the second chat changes the first, or what all share,
    nothing more is asked of them.  A bot that differs when it is alone twice has no need of a second chat for that.

    Args:
        restart: Loads the bot as a new process would; without it, what the search left in the bot is there.
    """

    kinds: Mapping[str, Severity] = {"cross-chat": "error"}

    def __init__(self, restart: Callable[[], object] | None = None) -> None:
        self._restart = restart or (lambda: None)
        self._play: Callable[[Moment, Letter], Played] | None = None
        self._letters: dict[str, Letter] = {}

    def begin(self, bot: Bot) -> None:
        """Nothing depends on the bot."""

    def look(self, seen: Seen) -> Iterator[Found]:
        """Learn how letters are played, and which there are."""
        self._play = seen.play
        if len(self._letters) < MOST_TURNS and seen.letter.delivery is None and seen.turn.error is None:
            self._letters.setdefault(seen.letter.label, seen.letter)
        yield from ()

    def close(self, whole: Whole) -> Iterator[Found]:
        """Hold conversations that lead far beside each other."""
        if self._play is None:
            return
        start = whole.moment(0).snapshot
        ways = far_ways(whole)
        began = process_time()
        for index, way in enumerate(ways):
            if process_time() - began > LONGEST:
                break
            alone = self._alone(start, way)
            if alone != self._alone(start, way):
                continue
            yield from self._beside(start, way, way, alone)
            yield from self._beside(start, way, way, alone, ahead=len(way))
            for other in (way[::-1], *ways[index - 1 : index], self._other_than(way)):
                yield from self._beside(start, way, other, alone)

    def _other_than(self, way: Sequence[Letter]) -> list[Letter]:
        """Return what somebody says who says nothing of *way*."""
        said = {letter.label for letter in way}
        return [letter for label, letter in self._letters.items() if label not in said]

    def _alone(self, start: Snapshot, way: Sequence[Letter]) -> list[Course]:
        self._restart()
        course, snapshot = [], start
        for depth, letter in enumerate(way):
            turn = self._turn(snapshot, letter, depth)
            course.append(course_of(turn, snapshot))
            snapshot = turn.snapshot
        return course

    def _beside(
        self, start: Snapshot, way: Sequence[Letter], other: Sequence[Letter], alone: list[Course], ahead: int = 0
    ) -> Iterator[Found]:
        """Hold *way* beside *other*, which is by so many turns *ahead*: the second chat may have been there before."""
        self._restart()
        snapshot, said = start, []
        for depth, letter in enumerate(way):
            for more in other[depth + ahead if depth else 0 : depth + ahead + 1]:
                beside = _in_chat(more, BESIDE)
                turn = self._turn(snapshot, beside, depth)
                if _reaches(turn, snapshot):
                    return
                snapshot = turn.snapshot
                said.append(beside)
            turn = self._turn(snapshot, letter, depth)
            said.append(letter)
            now = course_of(turn, snapshot)
            if now != alone[depth]:
                state = alone[depth].before.state
                message = f"beside another chat, {difference(alone[depth], now)}"
                key = f"{state} {turn.chat_state.state}"
                yield Found("cross-chat", state, message, 0, tuple(said), key=key, event=letter.label)
                return
            snapshot = turn.snapshot

    def _turn(self, snapshot: Snapshot, letter: Letter, depth: int) -> Turn:
        assert self._play is not None  # noqa: S101 - asked before
        return self._play(Moment(snapshot, depth=depth), letter)[-1]


Step: TypeAlias = tuple[Moment, Letter, Turn]
"""A turn of a conversation of several chats: where it was made, of what, and what came of it."""


def alone_otherwise(steps: Sequence[Step], play: Callable[[Moment, Letter], Played]) -> str | None:
    """Say in what the last of *steps* would have been another one if its chat had been alone; None where in nothing."""
    *_, (there, letter, turn) = steps
    snapshot, alone = steps[0][0].snapshot, turn
    before = snapshot
    for moment, said, _ in steps:
        if said.event.chat == letter.event.chat:
            before = snapshot
            alone = play(Moment(snapshot, depth=moment.depth), said)[-1]
            snapshot = alone.snapshot
    chat = letter.event.chat
    one, other = course_of(alone, before, chat), course_of(turn, there.snapshot, chat)
    return None if one == other else f"beside another chat, {difference(one, other)}"


def _in_chat(letter: Letter, chat: str) -> Letter:
    """Return what *letter* is in another chat: a file is another one there, for no two people send the same."""
    event = letter.event
    if isinstance(event, File):
        event = msgspec.structs.replace(event, data=event.data + b" by somebody else")
    return msgspec.structs.replace(letter, event=msgspec.structs.replace(event, chat=chat))


def _reaches(turn: Turn, before: Snapshot) -> bool:
    """Say whether a turn of the second chat does something with the first, or with what all share, and may."""
    after = turn.snapshot
    same = after.chats.get(DEFAULT_CHAT) == before.chats.get(DEFAULT_CHAT) and after.clock == before.clock
    told = any(isinstance(effect, Reply) and effect.chat == DEFAULT_CHAT for effect in turn.effects)
    return told or not same or after.shared != before.shared or after.timers != before.timers
