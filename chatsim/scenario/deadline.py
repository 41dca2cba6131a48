"""Interrupt what takes too long, so that a bot that never answers does not stop the whole run.

In the main thread of a process on POSIX an interval timer raises a signal: that ends loops, sleeps, locks and reads
from the network alike.  In other threads, and on Windows, a watching thread asks the interpreter to raise the error
there: that ends whatever runs Python code, and a call that blocks in C once it comes back.  Code in C that neither
returns nor lets signals be handled cannot be interrupted by anybody in the same process.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import TypeAlias

from chatsim.world.threads import frames

DEFAULT_TIMEOUT = 60.0
"""How many seconds a test may take, and a bot to load, where nothing else is said."""

AGAIN = 1.0
"""After how many seconds somebody who swallowed the interruption is interrupted again."""

SOON = 0.01
"""After how many seconds somebody is interrupted who could not be just now."""

_DEBUGGERS = frozenset({"bdb", "debugpy", "ipdb", "pdb", "pudb", "pydevd"})


class TimedOut(KeyboardInterrupt):
    """The time is up.

    A `KeyboardInterrupt`, because code that handles every error lets that one through, and so does asyncio.
    """


def deadline(seconds: float | None) -> AbstractContextManager[None]:
    """Raise `TimedOut` inside the block when it takes longer than *seconds* of real time; None never does.

    >>> with deadline(60):
    ...     pass
    """
    if seconds is None:
        return nullcontext()
    return _by_signal(max(seconds, 1e-6)) if _has_alarm() else _by_thread(seconds)


Asked: TypeAlias = Callable[[], "type[TimedOut] | None"]
"""Says whether, and with what, whatever runs now is to be interrupted."""


def lookout(asked: Asked, every: float = 0.1) -> AbstractContextManager[None]:
    """Raise inside the block what *asked* returns; it is asked *every* so many seconds of real time.

    Who runs very many things, each of which may take too long, needs one alarm for all of them.  An alarm that somebody
    has set before rings in its time as well.

    >>> with lookout(lambda: None):
    ...     pass
    """
    return _asking_by_signal(asked, every) if _has_alarm() else _asking_by_thread(asked, every)


def _has_alarm() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def _asking_by_signal(asked: Asked, every: float) -> Iterator[None]:
    began = _monotonic()
    left = interval = 0.0

    def ring(number: int, frame: FrameType | None) -> None:
        nonlocal left
        if left and _monotonic() - began >= left:
            left = _monotonic() - began + interval if interval else 0.0
            if callable(handler):
                handler(number, frame)
        if not _is_debugged(frame) and not _is_measured(frame):
            error = asked()
            if error is not None:
                raise error

    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, every, every)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (_monotonic() - began), 1e-6), interval)


@contextmanager
def _asking_by_thread(asked: Asked, every: float) -> Iterator[None]:
    watched = threading.get_ident()
    lock, done, interruption = threading.Lock(), threading.Event(), _Interruption()

    def watch() -> None:
        while not done.wait(every):
            frame = frames().get(watched)
            with lock:
                error = None if done.is_set() or _is_debugged(frame) or _is_measured(frame) else asked()
                if error is not None:
                    interruption.send(error)

    watcher = threading.Thread(target=watch, name="chatsim-lookout", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with lock:
            done.set()
            interruption.take_back()
        watcher.join()


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    if 0 < left < seconds:
        # Somebody else's alarm, such as that of pytest-timeout, rings before ours would.
        yield
        return

    def ring(_number: int, frame: FrameType | None) -> None:
        if _is_debugged(frame):
            signal.setitimer(signal.ITIMER_REAL, 0)
        elif _is_measured(frame):
            signal.setitimer(signal.ITIMER_REAL, SOON, AGAIN)
        else:
            raise TimedOut

    handler = signal.signal(signal.SIGALRM, ring)
    began = _monotonic()
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:
            # Somebody else's alarm goes on where it was.
            signal.setitimer(signal.ITIMER_REAL, max(left - (_monotonic() - began), 1e-6), interval)


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    watched = threading.get_ident()
    lock, done, interruption = threading.Lock(), threading.Event(), _Interruption()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            if _is_debugged(frames().get(watched)):
                return
            with lock:
                measured = _is_measured(frames().get(watched))
                if not measured and not done.is_set():
                    interruption.send(TimedOut)
            wait = SOON if measured else AGAIN

    watcher = threading.Thread(target=watch, name="chatsim-deadline", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with lock:
            done.set()
            interruption.take_back()
        watcher.join()


def _is_debugged(frame: FrameType | None) -> bool:
    """Say whether a person looks at *frame* with a debugger, and thinks for as long as that takes."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] in _DEBUGGERS:
            return True
        frame = frame.f_back
    return False


def _is_measured(frame: FrameType | None) -> bool:
    """Say whether coverage.py is at work in *frame*: interrupted there, it keeps a lock that every thread waits for."""
    return frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "coverage"


class _TakenBack(BaseException):
    """An interruption that comes to nothing."""


class _Interruption:
    """Raises errors in the thread that made it, as soon as that runs Python code."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._is_sent = False

    def send(self, error: type[BaseException] | None) -> None:
        """Raise *error* in the thread, instead of what was sent before and not raised yet; called by other threads."""
        import ctypes  # noqa: PLC0415 - takes longer than ten tests to run, and few are watched by a thread

        self._is_sent = True
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(self._thread), ctypes.py_object(error) if error else None
        )

    def take_back(self) -> None:
        """Let what was not raised yet go no further; called by the thread itself.

        It is raised after all, here: Python 3.11 marks the whole interpreter when an error is sent, takes the mark away
        when it is raised, and while it is there a function that is traced, as by coverage.py, never begins.
        """
        if not self._is_sent:
            return
        try:
            self.send(_TakenBack)
            for _ in range(1000):  # each round is an occasion to raise it
                pass
        except _TakenBack:
            return
        self.send(None)


_monotonic = time.monotonic
