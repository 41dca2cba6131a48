"""The clock of a bot: it stands still while the bot is stepped, and moves only when it is told to."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from chatsim.errors import SetupError
from chatsim.world import tellers
from chatsim.world.patches import Patches
from chatsim.world.threads import BotThreads
from chatsim.world.travelling import time_machine

DEFAULT_START = datetime(2026, 1, 5, 9, tzinfo=UTC).timestamp()
"""Where a clock stands that nobody has set: Monday, 5 January 2026, 9 o'clock UTC, in seconds since the epoch."""

_MICRO = 1_000_000


class Clock:
    """The time as a bot sees it, to the microsecond.

    Entered, everything that tells the time stands still at `now`: `time.time`, `datetime.now` and their kin in
    every thread; `time.monotonic` and `time.perf_counter` (which then count from the epoch as well) in the threads
    of the bot.  `time.sleep` there moves the clock and returns at once, and a new event loop is a
    `chatsim.world.virtual_loop.VirtualLoop`.  Left, everything is as it was.  A function that was taken out of
    `time` (``from time import sleep``) is found in *namespaces*, or where its module was imported with a clock
    entered.  What waits for a lock, an event or a queue in a thread waits by the real clock.

    Args:
        at: Where it stands, in seconds since the epoch.
        zone: The local time zone inside, as in the environment variable TZ; None leaves the machine's.  (Windows
            cannot change the zone of a running process.)
        namespaces: The ``__dict__`` of the bot's modules.

    >>> import time
    >>> clock = Clock()
    >>> with clock:
    ...     time.sleep(90)
    ...     print(time.strftime("%A %H:%M:%S"))
    Monday 09:01:30
    >>> clock.now - DEFAULT_START
    90.0
    """

    def __init__(
        self, at: float = DEFAULT_START, *, zone: str | None = "UTC", namespaces: Iterable[dict[str, Any]] = ()
    ) -> None:
        self._micros = round(at * _MICRO)
        self._zone = zone if zone is not None and _is_another(zone) else None
        self._zone_before: str | None = None
        self._patches = Patches()
        self._is_installed = False
        self._journey: Any = None
        self._traveller: Any = None
        self.threads = BotThreads()
        self.reach_into(namespaces)

    def reach_into(self, namespaces: Iterable[dict[str, Any]]) -> None:
        """Let *namespaces* be those of the bot's modules."""
        # Where the clock is entered, what was imported meanwhile took the stand-ins: only the rest is replaced.
        self._taken = [(space, name, teller) for space in namespaces for name, teller in tellers.taken_out(space)]
        if self._is_installed or self.is_entered:
            self._replace_taken()

    @property
    def now(self) -> float:
        """The time in seconds since the epoch."""
        return self._micros / _MICRO

    @property
    def nanoseconds(self) -> int:
        """The time in nanoseconds since the epoch."""
        return self._micros * 1000

    @property
    def is_entered(self) -> bool:
        """Whether everything tells this clock's time."""
        return self._traveller is not None

    def move_to(self, at: float) -> None:
        """Let it be *at*, in seconds since the epoch, later or earlier."""
        self._move(round(at * _MICRO) - self._micros)

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass; raises `ValueError` when they are negative, as `time.sleep` does."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self._move(round(seconds * _MICRO))

    def _move(self, micros: int) -> None:
        self._micros += micros
        if self._traveller is not None:
            _shift(self._traveller, micros)

    def __enter__(self) -> Self:
        """Let everything tell this clock's time.  A clock may be entered within another, but not within itself."""
        if self._traveller is not None:
            raise SetupError("this clock is entered already")
        self._journey = time_machine().travel(self._micros // _MICRO, tick=False)
        try:
            self._traveller = self._journey.start()
        except RuntimeError as error:
            raise SetupError(
                f"{error} The clock of a bot cannot stand still within freezegun: leave that first."
            ) from None
        _shift(self._traveller, self._micros % _MICRO)
        self.threads = BotThreads()
        if not self._is_installed:
            self._install()
        if self._zone is not None:
            self._zone_before = os.environ.get("TZ")
            _set_zone(self._zone)
        tellers.enter(self)
        return self

    def install(self) -> None:
        """Keep the functions of `time` replaced until `uninstall`, while the clock is entered often.

        While it is not entered, they tell the real time.  Entering takes half of the time meanwhile.
        """
        self._install()
        self._is_installed = True

    def uninstall(self) -> None:
        """Put the functions of `time` back."""
        self._is_installed = False
        self._uninstall()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let everything tell the time that it told before."""
        tellers.leave()
        if self._zone is not None:
            _set_zone(self._zone_before)
        if not self._is_installed:
            self._uninstall()
        self._journey.stop()
        self._traveller = None
        self.threads.close()

    def _install(self) -> None:
        tellers.IN_PLACE.__enter__()
        self._replace_taken()

    def _replace_taken(self) -> None:
        for namespace, name, teller in self._taken:
            self._patches.set_item(namespace, name, teller)

    def _uninstall(self) -> None:
        self._patches.undo()
        tellers.IN_PLACE.__exit__(None, None, None)


def _shift(traveller: Any, micros: int) -> None:
    # Two shifts, for time-machine multiplies a float with 10**9, and whole seconds as a float lose what is after the point.
    seconds, rest = divmod(micros, _MICRO)
    if seconds:
        traveller.shift(seconds)
    if rest:
        traveller.shift(rest / _MICRO)


def _is_another(zone: str) -> bool:
    """Say whether *zone* is not what the machine has; only then it costs something to enter a clock."""
    if not hasattr(time, "tzset"):
        return False
    return not (zone == "UTC" and time.timezone == 0 and not time.daylight and time.tzname[0] == "UTC")


def _set_zone(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()
