"""A chat for tests written in Python: speak, and expect.

It works with every test runner; for pytest, fixtures make it (``chat``, ``chat_factory``, ``async_chat``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from chatsim.chat.talk import Talk
from chatsim.session import Session
from chatsim.trace import Turn


class Chat(Talk[Turn]):
    """One person's chat with a bot.

    `send`, `tap`, `form`, `file` and `callback` speak and return the `Turn`.  When the bot raises, so do they: the
    bot's own exception.  `expect` takes the bot's next reply, in the matching language of scenarios.

    Replies are strict, as in scenarios: who has expected one reply must expect the others, too, before the chat
    goes on (and before the test, or the ``with`` block, ends).  A turn of which no reply was expected is free, so
    that a test may look at `replies` instead.  ``strict=False`` allows replies that nobody expected.

    The world is that of scenarios: the clock stands still unless `wait` moves it, chance is seeded, and a call that no
    `mock` answers is an error.  ``world=False`` leaves the world as it is.  Arguments and errors are those of
    `chatsim.chat.talk.Talk`.

    >>> from chatsim.trace import Reply, Snapshot
    >>> class Echo:
    ...     def start(self):
    ...         return Snapshot()
    ...     def step(self, snapshot, event):
    ...         return Turn(event=event, effects=(Reply(f"Order 41 for {event.text}"),), snapshot=snapshot)
    >>> chat = Chat(Echo())
    >>> turn = chat.send("Ann")
    >>> chat.expect("Order ${order:int} for ...")
    {'order': 41}
    """

    def _speak(self, act: Callable[[Session], Turn]) -> Turn:
        __tracebackhide__ = True
        self._begin()
        return self._end(self.conversation.turn(self.id, act, self.by))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        if error is None:
            self.conversation.end()


class AsyncChat(Talk[Awaitable[Turn]]):
    """A `Chat` for asynchronous tests, of asyncio and of trio: what speaks is awaited, what expects is not.

    ``await chat.send("hi")`` lets the bot do its work in a thread of its own, while the loop of the test goes on with
    everything else.  A bot whose framework needs a loop has its own there.

    >>> import asyncio
    >>> from chatsim.trace import Reply, Snapshot
    >>> class Echo:
    ...     def start(self):
    ...         return Snapshot()
    ...     def step(self, snapshot, event):
    ...         return Turn(event=event, effects=(Reply(f"Order 41 for {event.text}"),), snapshot=snapshot)
    >>> async def test():
    ...     async with AsyncChat(Echo()) as chat:
    ...         await chat.send("Ann")
    ...         return chat.expect("Order ${order:int} for ...")
    >>> asyncio.run(test())
    {'order': 41}
    """

    async def _speak(self, act: Callable[[Session], Turn]) -> Turn:
        __tracebackhide__ = True
        self._begin()
        return self._end(await self.conversation.turn_apart(self.id, act, self.by))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        if error is None:
            self.conversation.end()
