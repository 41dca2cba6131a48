"""The functions that stand in for those of `time` while a clock is entered.

A bot may keep one of them (``from time import sleep`` in a function): they ask each time whether a clock is entered,
and are the real ones where none is, in threads that are not the bot's, and for the parts of the standard library that
wait for real threads, processes and sockets, and would wait for ever by a clock that stands still.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from chatsim.world.arrivals import when_imported
from chatsim.world.patches import Held, Patches

if TYPE_CHECKING:
    import asyncio

    from chatsim.world.clock import Clock

_HARNESS = frozenset({"_pytest", "execnet", "hypothesis", "pytest_timeout", "xdist"})
_WAIT_BY_SLEEPING = _HARNESS | {"multiprocessing", "subprocess"}
_WAIT_BY_THE_CLOCK = _WAIT_BY_SLEEPING | {
    *("asyncio", "concurrent", "logging", "queue", "selectors", "socket", "socketserver", "ssl", "threading")
}

_REAL: dict[str, Any] = {
    name: getattr(time, name) for name in ("sleep", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")
}
real_seconds: Callable[[], float] = _REAL["perf_counter"]
"""What `time.perf_counter` tells where no clock is entered."""

_entered: list[Clock] = []


def current_clock() -> Clock | None:
    """Return the clock that was entered last and not yet left, or None."""
    return _entered[-1] if _entered else None


def enter(clock: Clock) -> None:
    """Make *clock* the one that is told."""
    _entered.append(clock)


def leave() -> None:
    """Let the one be told again that was told before."""
    _entered.pop()


def _told(machinery: frozenset[str] = _WAIT_BY_THE_CLOCK) -> Clock | None:
    """Return the clock that the caller's caller is to be told, None for the real one, as for *machinery*."""
    clock = _entered[-1] if _entered else None
    if clock is None or not clock.threads.is_mine():
        return None
    caller = sys._getframe(2).f_globals.get("__name__", "")  # noqa: SLF001 - documented; inspect is 100 times slower
    return None if caller.partition(".")[0] in machinery else clock


def sleep(seconds: float, /) -> None:
    """Let *seconds* pass."""
    clock = _told(_WAIT_BY_SLEEPING)
    if clock is None:
        _REAL["sleep"](seconds)
    else:
        clock.advance(seconds)


def monotonic() -> float:
    """Return the time in seconds."""
    clock = _told()
    return float(_REAL["monotonic"]()) if clock is None else clock.now


def monotonic_ns() -> int:
    """Return the time in nanoseconds."""
    clock = _told()
    return int(_REAL["monotonic_ns"]()) if clock is None else clock.nanoseconds


def perf_counter() -> float:
    """Return the time in seconds."""
    clock = _told()
    return float(_REAL["perf_counter"]()) if clock is None else clock.now


def perf_counter_ns() -> int:
    """Return the time in nanoseconds."""
    clock = _told()
    return int(_REAL["perf_counter_ns"]()) if clock is None else clock.nanoseconds


TELLERS: dict[str, Any] = {
    "sleep": sleep,
    "monotonic": monotonic,
    "monotonic_ns": monotonic_ns,
    "perf_counter": perf_counter,
    "perf_counter_ns": perf_counter_ns,
}


def _put_in_place(patches: Patches) -> None:
    for name, teller in TELLERS.items():
        patches.set(time, name, teller)
    when_imported(("asyncio",), partial(_replace_loops, patches), patches)


def _replace_loops(patches: Patches, name: str) -> None:
    library: Any = sys.modules[name]
    real = library.new_event_loop

    def new_event_loop() -> asyncio.AbstractEventLoop:
        """Return a loop that lives by the clock, for the bot that runs one itself (``asyncio.run`` in a handler)."""
        clock = current_clock()
        if clock is None or not clock.threads.is_mine():
            loop: asyncio.AbstractEventLoop = real()
            return loop
        from chatsim.world.virtual_loop import VirtualLoop  # noqa: PLC0415 - it imports this module

        return VirtualLoop()

    for module in (library, library.events):
        patches.set(module, "new_event_loop", new_event_loop)


IN_PLACE = Held(_put_in_place)
"""Held, the functions of `time` ask whether a clock is entered."""


def taken_out(namespace: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what was taken out of `time` into *namespace*, under whatever name, with its stand-in.

    >>> [name for name, _ in taken_out({"nap": time.sleep, "zone": time.timezone})]
    ['nap']
    """
    found = []
    for name, value in namespace.items():
        for real_name, real in _REAL.items():
            if value is real:
                found.append((name, TELLERS[real_name]))
    return found
