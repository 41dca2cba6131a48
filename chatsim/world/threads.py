"""Whose thread this is: the bot's, or the harness's that was there before the bot was stepped."""

from __future__ import annotations

import gc
import sys
from _thread import get_ident
from types import FrameType

_WAITING_FUNCTIONS = frozenset({"wait", "acquire", "get", "join", "_wait_for_tstate_lock"})
_WAITING_MODULES = frozenset({"threading", "queue"})
_POOL_MODULE = "concurrent.futures.thread"

# Threads that were begun in a step and live on (an executor's workers) are the bot's in the next step as well.
_begun_in_steps: set[int] = set()


def frames() -> dict[int, FrameType]:
    """Return where each thread is.

    Nothing is collected meanwhile: Python 3.11 holds a lock while it makes the answer, for which a finalizer that
    begins a thread would wait for ever.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return sys._current_frames()  # noqa: SLF001 - documented, and no other call is as cheap
    finally:
        if was_enabled:
            gc.enable()


def _alive() -> frozenset[int]:
    """Return which threads there are.

    Nobody keeps the frames: in them is who does, and so everything that the calls below hold would be left to the
    garbage collector.
    """
    return frozenset(frames())


class BotThreads:
    """The running thread, and those that begin from now on: these are the bot's."""

    __slots__ = ("_others",)

    def __init__(self) -> None:
        alive = _alive()
        if _begun_in_steps:
            _begun_in_steps.intersection_update(alive)
        self._others = alive - _begun_in_steps - {get_ident()}

    def close(self) -> None:
        """Remember which threads are the bot's, now that the harness goes on."""
        here = get_ident()
        alive = _alive()
        if len(alive) > len(self._others) + 1:
            _begun_in_steps.update(ident for ident in alive if ident != here and ident not in self._others)

    def is_mine(self) -> bool:
        """Say whether the running thread is the bot's."""
        return get_ident() not in self._others

    def others(self) -> list[FrameType]:
        """Return where the other threads of the bot are."""
        here = get_ident()
        return [frame for ident, frame in frames().items() if ident != here and ident not in self._others]


def waits(frame: FrameType) -> bool:
    """Say whether the thread that is at *frame* waits for work, a lock or an event, rather than doing something."""
    module = frame.f_globals.get("__name__")
    if module == _POOL_MODULE:
        return frame.f_code.co_name == "_worker"
    return module in _WAITING_MODULES and frame.f_code.co_name in _WAITING_FUNCTIONS
