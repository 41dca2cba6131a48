"""Find what a bot keeps outside of its snapshot, and loses when its process dies."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from time import process_time

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.checks.courses import Course, course_of, difference, far_ways
from chatsim.explore.letters import Letter
from chatsim.explore.play.arrivals import faulty
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.results.result import Severity
from chatsim.trace import Fault, Snapshot

LONGEST = 0.5
"""After how many seconds of processor time no further conversation is begun."""


class Restarts:
    """Holds conversations of the search again, by a bot whose process dies after every turn and comes back.

    Args:
        restart: Loads the bot as a new process would; without it, nothing can be said.
    """

    kinds: Mapping[str, Severity] = {"nondeterministic": "error"}

    def __init__(self, restart: Callable[[], object] | None = None) -> None:
        self._restart = restart
        self._play: Callable[[Moment, Letter], Played] | None = None

    def begin(self, bot: Bot) -> None:
        """Nothing depends on the bot."""

    def look(self, seen: Seen) -> Iterator[Found]:
        """Learn how letters are played."""
        self._play = seen.play
        yield from ()

    def close(self, whole: Whole) -> Iterator[Found]:
        """Hold conversations that lead far, with and without a process that dies."""
        if self._play is None or self._restart is None:
            return
        start, began = whole.moment(0).snapshot, process_time()
        for way in far_ways(whole):
            if process_time() - began > LONGEST:
                return
            usual = self._course(start, way, ())
            if usual != self._course(start, way, ()):
                continue  # it needs no restart to differ
            changed = self._course(start, way, range(1, len(way)))
            at = next((at for at, pair in enumerate(zip(usual, changed, strict=True)) if pair[0] != pair[1]), None)
            if at is not None:
                yield from self._found(start, way[: at + 1], usual[at])

    def _found(self, start: Snapshot, way: Sequence[Letter], usual: Course) -> Iterator[Found]:
        """Report what differs at the end of *way* when the process dies right before it."""
        *before, last = way
        now = self._course(start, way, {len(before)})[-1]
        if now != usual:
            state = usual.before.state
            message = f"after its process came back, {difference(usual, now, 'else')}"
            letters = (*before, faulty(last.event, Fault("restart")))
            key, event = f"{state} restart", letters[-1].label
            yield Found("nondeterministic", state, message, 0, letters, key=key, event=event)

    def _course(self, start: Snapshot, way: Sequence[Letter], restarts: Container[int]) -> list[Course]:
        assert self._play is not None, "letters were played before"  # noqa: S101
        assert self._restart is not None, "without it, nothing is played"  # noqa: S101
        self._restart()
        course, snapshot = [], start
        for depth, letter in enumerate(way):
            if depth in restarts:
                self._restart()
            turn = self._play(Moment(snapshot, depth=depth), letter)[-1]
            course.append(course_of(turn, snapshot))
            snapshot = turn.snapshot
        return course
