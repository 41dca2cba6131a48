"""An event loop that lives by the clock of the bot: where it would wait, the clock moves, and nothing sleeps."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, TypeVar, TypeVarTuple

from chatsim.errors import BotError
from chatsim.world.clock import Clock
from chatsim.world.tellers import current_clock, real_seconds
from chatsim.world.threads import waits

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

SOCKET_PATIENCE = 0.5
"""How many real seconds of silence on open sockets mean that nothing more comes before time goes on."""

EXECUTOR_PATIENCE = 5.0
"""For how many real seconds time stands still for work that no thread of an executor has begun."""

_SLICE = 0.002
_LOOKS = 3


class WaitsForEver(BotError):
    """A bot awaits something that nothing can bring any more."""

    kind = "waits-for-ever"


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time` is the clock that is entered, in seconds since the epoch.

    Where nothing is ready, the clock moves to the next timer, so that sleeps, timeouts and scheduled calls happen
    in their order and take no time.  It does not move while a thread of the bot works for the loop (an executor's),
    nor, where sockets are open, until these have been silent for `SOCKET_PATIENCE`.  Where no clock is entered the
    loop has one of its own.

    >>> loop = VirtualLoop()
    >>> before = loop.time()
    >>> loop.run_until_complete(asyncio.sleep(31 * 60))
    >>> loop.time() - before
    1860.0
    >>> loop.close()
    """

    def __init__(self) -> None:
        self._own_clock = Clock()
        self._limit: float | None = None
        self._handed_over: dict[_Job, float] = {}
        super().__init__(_Selector(self))
        # Timers of the same microsecond are due together: the clock knows no finer ones.
        self._clock_resolution = 1e-6

    @property
    def clock(self) -> Clock:
        """The clock that it lives by."""
        return current_clock() or self._own_clock

    def time(self) -> float:
        """Return the time in seconds since the epoch."""
        return self.clock.now

    def next_timer(self) -> float | None:
        """Return when the next timer is due, in seconds since the epoch, or None where none is set."""
        due = [handle.when() for handle in self._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]
        return min(due, default=None)

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """Have *func* called in a thread, as every loop does, and know of it until a thread has begun."""
        if not isinstance(executor, ThreadPoolExecutor | None):  # what goes to another process must be picklable
            return super().run_in_executor(executor, func, *args)
        job: Any = _Job(func, self._handed_over)
        self._handed_over[job] = real_seconds()
        return super().run_in_executor(executor, job, *args)

    def awaits_a_thread(self) -> bool:
        """Say whether work was handed to a thread that has not begun with it, though it may yet."""
        latest = max(list(self._handed_over.values()), default=None)
        return latest is not None and real_seconds() - latest < EXECUTOR_PATIENCE

    def run_until_idle(self, until: float | None = None) -> None:
        """Run what is ready, and every timer that is due by *until*, in order; then let it be *until*.

        Without *until* the time stays as it is, unless the bot moves it.

        >>> loop = VirtualLoop()
        >>> start = loop.time()
        >>> timer = loop.call_later(60, print, "a minute later")
        >>> loop.run_until_idle()
        >>> loop.run_until_idle(start + 3600)
        a minute later
        >>> loop.time() - start
        3600.0
        >>> loop.close()
        """
        self._limit = self.time() if until is None else until
        try:
            self.run_forever()
        finally:
            self._limit = None
        if until is not None and until > self.time():
            self.clock.move_to(until)

    def nothing_ready(self, timeout: float | None) -> None:
        """Let *timeout* seconds pass, or all that there is to wait for where it is None."""
        if self._limit is not None and (timeout is None or self.time() + timeout > self._limit):
            self.stop()
        elif timeout is not None:
            # A microsecond at least: a rest that rounds to nothing would be waited for again and again.
            self.clock.advance(max(timeout, 1e-6))
        else:
            raise WaitsForEver(
                "the bot awaits something that nothing brings: no timer is set, no socket is open, and no other thread "
                "of the bot does anything. Set a timeout, or let something finish what is awaited."
            )


class _Job:
    """Work for a thread, which says when that begins: until then the thread looks as if it had nothing to do."""

    def __init__(self, function: Callable[..., Any], handed_over: dict[_Job, float]) -> None:
        self._function = function
        self._handed_over = handed_over

    def __call__(self, *args: Any) -> Any:
        self._handed_over.pop(self, None)
        return self._function(*args)


class _Selector(selectors.DefaultSelector):
    """Asks the sockets as ever, and instead of waiting lets the loop move its clock."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        """Return what is ready."""
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self._others_work():
            return super().select(_SLICE)
        if len(self.get_map()) > 1:  # the first is the loop's own, by which other threads wake it
            ready = super().select(SOCKET_PATIENCE if timeout is None else min(timeout, SOCKET_PATIENCE))
        if not ready:
            self._loop.nothing_ready(timeout)
        return ready

    def _others_work(self) -> bool:
        """Say whether another thread of the bot does something that may concern the loop.

        A thread that has just been given work still looks as if it waited for it: only several looks tell, where the
        work did not come through the loop's own `run_in_executor`.
        """
        if self._loop.awaits_a_thread():
            return True
        threads = self._loop.clock.threads
        for _ in range(_LOOKS):
            frames = threads.others()
            if not frames:
                return False
            if not all(map(waits, frames)) or super().select(_SLICE):
                return True
        return False
