"""Wait for a turn only so long: one that does not come back is interrupted, and the search goes on without it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic
from typing import TypeAlias

from chatsim.explore.play.insistence import Insistence
from chatsim.explore.seen.fingerprint import pack
from chatsim.failures import bot_frames
from chatsim.scenario.deadline import TimedOut, lookout
from chatsim.trace import Event, Failure, Snapshot, Turn
from chatsim.world.world import World

LONGEST = 5.0
"""How many seconds of real time a turn may take: in the bot's world no time passes, so that all of them are its own."""

IMPATIENT = 0.5
"""How many it may take once one did not come back."""

AGAIN = 0.2
"""After how many seconds a bot that swallowed the interruption is interrupted again."""

TIMES = 3
"""How often it is interrupted before each of its lines is."""


Asked: TypeAlias = tuple[Snapshot, Event, object]
"""What a turn is made of: a snapshot, an event, and what is answered otherwise than usual."""


class DidNotReturn(TimedOut):
    """The bot takes so long over a turn that nobody waits for it any more."""


class Patience:
    """Knows which turns did not come back; these are not waited for again.

    Whether a turn goes on is seen from how often a bot was let run in the world: a turn costs nothing for that.
    """

    def __init__(self) -> None:
        self._lost: dict[tuple[bytes, str], Turn] = {}
        self._allowed = LONGEST
        self._runs = -1
        self._since = 0.0
        self._insistence = Insistence()
        self._rung = 0

    def watch(self, world: Callable[[], World | None]) -> AbstractContextManager[None]:
        """Interrupt turns in *world* that take too long, within the block."""
        self._insistence = Insistence()
        return lookout(lambda: self._look(world()))

    def turn(self, asked: Asked, make: Callable[[], Turn]) -> Turn:
        """Return the turn that *make* makes of what is *asked*, or the failure that it did not come back."""
        if self._lost:
            known = self._lost.get(_key(asked))
            if known is not None:
                return known
        self._rung = 0
        try:
            turn = make()
        except DidNotReturn as error:
            return self._given_up(asked, error)
        finally:
            self.relent()
        # Who swallows the interruption, and comes back after all, has not come back in time.
        return self._given_up(asked, turn.exception) if self._rung else turn

    def forget(self) -> None:
        """Wait once more for turns that did not come back, if not for as long as the first time."""
        self._lost.clear()

    def relent(self) -> None:
        """Interrupt nothing any more that was not interrupted yet."""
        if self._rung > TIMES:
            self._insistence.end()

    def _given_up(self, asked: Asked, error: BaseException | None) -> Turn:
        frames = bot_frames(error.__traceback__) if error is not None else ()
        failure = Failure("bot-raised", DidNotReturn.__name__, "the bot did not return", frames)
        snapshot, event, _ = asked
        turn = self._lost[_key(asked)] = Turn(event=event, snapshot=snapshot, error=failure)
        self._allowed = IMPATIENT
        return turn

    def _look(self, world: World | None) -> type[DidNotReturn] | None:
        """Say whether to interrupt what runs now; asked now and then, in the midst of anything."""
        now = monotonic()
        if world is None or not world.is_running or world.runs != self._runs:
            self._runs, self._since = -1 if world is None else world.runs, now
            return None
        if now - self._since < self._allowed + AGAIN * self._rung:
            return None
        self._rung += 1
        if self._rung > TIMES:
            self._insistence.begin(DidNotReturn)
        return DidNotReturn


def _key(asked: Asked) -> tuple[bytes, str]:
    snapshot, *rest = asked
    return pack(snapshot), repr(rest)
