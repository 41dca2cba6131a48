"""Say what is running while it takes long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import perf_counter

LONG = 5.0
"""After how many seconds something takes long; it is said again each time that it has taken twice as long."""

_LOOK = 0.5


class Patience:
    """Watches what runs from a thread of its own, for whoever runs it may never come back.

    Args:
        tell: Called with what is running, and for how many seconds.
    """

    def __init__(self, tell: Callable[[str, float], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._what = ""
        self._since = 0.0
        self._due = LONG
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._thread = threading.Thread(target=self._watch, name="chatsim-patience", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer; when this returns, nothing is told any more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def begins(self, what: str) -> None:
        """Take note that *what* runs from now on."""
        with self._lock:
            self._what, self._since, self._due = what, perf_counter(), LONG

    def ends(self) -> None:
        """Take note that it is over."""
        with self._lock:
            self._what = ""

    def _watch(self) -> None:
        while not self._stopped.wait(_LOOK):
            with self._lock:
                seconds = perf_counter() - self._since
                if self._what and seconds >= self._due:
                    self._due *= 2
                    self._tell(self._what, seconds)
