"""Renew locks that last for a time only, as long as those who hold them live and go on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress

from chatsim.errors import StateStoreError

_OFTEN = 3
"""How often a lock is renewed in its time: a renewal may come late, or fail once."""


class Renewals:
    """Renews held locks from a thread of its own, which is there while somebody holds one.

    Args:
        lock_seconds: How long a lock lasts.  Locks that have no time at all are not renewed.
    """

    def __init__(self, lock_seconds: float) -> None:
        self._every = lock_seconds / _OFTEN
        self._forget()

    def _forget(self) -> None:
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._held: dict[object, Callable[[], bool]] = {}
        self._thread: threading.Thread | None = None

    def hold(self, renew: Callable[[], bool]) -> Callable[[], None]:
        """Call *renew* again and again until it returns False, or the function that this returns is called.

        *renew* is called in another thread.  If it raises `StateStoreError`, it is called again in time.
        """
        if self._every <= 0:
            return lambda: None
        if self._process != os.getpid():
            self._forget()  # a fork has neither the thread nor the locks of its parent
        key = object()
        with self._changed:
            self._held[key] = renew
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._renew_all, args=(self._changed,), name="chatsim-locks", daemon=True
                )
                self._thread.start()
        return lambda: self._release(key)

    def _release(self, key: object) -> None:
        with self._changed:
            self._held.pop(key, None)

    def _renew_all(self, changed: threading.Condition) -> None:
        while True:
            with changed:
                # Nobody notifies: a turn that ends costs no switch of threads.
                changed.wait(self._every)
                held = list(self._held.items())
                if not held:
                    self._thread = None
                    return
            for key, renew in held:
                with suppress(StateStoreError):
                    if not renew():
                        self._release(key)
