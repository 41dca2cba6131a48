"""Do work in a thread while an event loop goes on."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class Apart:
    """Runs functions one after the other, beside the event loop that asks for them: asyncio's, or trio's.

    With asyncio they all run in one thread, which ends when this object is no longer used.

    >>> asyncio.run(Apart().run(lambda: 42))
    42
    """

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Return what *work* returns; what it raises is raised."""
        in_context = partial(contextvars.copy_context().run, work)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            trio: Any = sys.modules["trio"]  # nobody else runs coroutines
            result: T = await trio.to_thread.run_sync(in_context)
            return result
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, "chatsim-turn")
        return await loop.run_in_executor(self._executor, in_context)
