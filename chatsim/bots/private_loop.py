"""An event loop of an adapter's own: coroutines run to their end, whether or not a loop runs already."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
Argument = TypeVar("Argument")


class PrivateLoop:
    """Runs coroutines, one after the other, on a loop that nothing else uses.

    Within a running loop (an asynchronous test, a notebook) they run in a thread of their own, for two loops
    cannot run in one thread.  The loop is closed by `close`, or when this object is no longer used.

    >>> async def answer():
    ...     return 42
    >>> PrivateLoop().run(answer())
    42
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._close = weakref.finalize(self, _close, self._loop)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return what *coroutine* returns; what it raises is raised."""
        return _apart(self._loop.run_until_complete, coroutine)

    def close(self) -> None:
        """Cancel what still runs, and close the loop.  Closing twice is harmless."""
        self._close()


def _apart(function: Callable[[Argument], T], argument: Argument) -> T:
    """Call *function*, in another thread when a loop runs in this one."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return function(argument)
    with ThreadPoolExecutor(1, "chatsim-loop") as executor:
        return executor.submit(function, argument).result()


def _close(loop: asyncio.AbstractEventLoop) -> None:
    # A loop that is no longer used is collected at any time, also while another loop runs.
    _apart(_finish, loop)


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
