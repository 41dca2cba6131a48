"""Wait for a lock that can only be tried."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from chatsim.errors import ChatBusy

FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.02


class PolledTurn:
    """A context that holds the lock of a chat, tried again and again for at most *timeout* seconds.

    Args:
        chat_id: The chat, for `ChatBusy`.
        place: The store, for `ChatBusy`.
        timeout: How long to try, in seconds.
        acquire: Tries once, and returns a function that releases the lock, or None if somebody else has it.
    """

    __slots__ = ("_acquire", "_chat_id", "_place", "_release", "_timeout")

    def __init__(
        self, chat_id: str, place: str, timeout: float, acquire: Callable[[], Callable[[], None] | None]
    ) -> None:
        self._chat_id = chat_id
        self._place = place
        self._timeout = timeout
        self._acquire = acquire
        self._release: Callable[[], None] | None = None

    def __enter__(self) -> None:
        give_up = time.monotonic() + self._timeout
        pause = FIRST_PAUSE
        while True:
            self._release = self._acquire()
            if self._release is not None:
                return
            if time.monotonic() >= give_up:
                raise ChatBusy(self._chat_id, self._place, self._timeout)
            # Waiters that slept for the same time would collide again.
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def __exit__(self, *_: object) -> None:
        release, self._release = self._release, None
        if release is not None:
            release()
