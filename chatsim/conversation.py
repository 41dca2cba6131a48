"""What the chats of one test share: the bot, what it remembers, and what was taken out of its replies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from chatsim.bots.base import Bot, StartsAnywhere
from chatsim.bots.loading import load_bot
from chatsim.bots.recognise import Origin, recognise
from chatsim.errors import BotError, SetupError
from chatsim.report.document import Line
from chatsim.report.transcript import transcript
from chatsim.scenario.words import Value
from chatsim.session import Session
from chatsim.trace import JsonObject, Reply, Trace, Turn


class Listener(Protocol):
    """One person's chat, as the conversation needs it."""

    def hear(self, reply: Reply) -> None:
        """Take note of what the bot said to this chat."""

    def settle(self) -> None:
        """Fail if the bot said what should have been expected and was not."""


class Conversation:
    """One bot, and the chats that are held with it.

    Args:
        bot: What `as_bot` takes.
        strict: Whether replies that nobody expected are failures.
    """

    def __init__(self, bot: Any, *, strict: bool = True) -> None:
        self.session = Session(as_bot(bot))
        self.strict = strict
        self.values: dict[str, Value] = {}
        self.failed_itself = False
        self._chats: dict[str, Listener] = {}

    def join(self, chat: str, listener: Listener) -> None:
        """Let *listener* hear what is said to *chat*; raise `SetupError` if somebody else does already."""
        if chat in self._chats:
            raise SetupError(f"there is a chat {chat!r} with this bot already; give the other one an id of its own")
        self._chats[chat] = listener

    def begin(self, chat: str, state: str, variables: JsonObject) -> None:
        """Put *chat* into *state*; raise `SetupError` where the bot has no such state, or cannot be put into any."""
        bot = self.session.bot
        if not isinstance(bot, StartsAnywhere):
            raise SetupError(f"a bot of type {type(bot).__name__} cannot begin in the middle of a conversation")
        try:
            begun = bot.start_at(chat, state, variables).chats[chat]
        except BotError as error:
            raise SetupError(f"chat {chat!r} cannot begin in {state!r}: {error}") from error
        self.session.snapshot = self.session.snapshot.with_chat(chat, begun)
        if not self.session.turns:
            self.session.start = self.session.snapshot

    def turn(self, chat: str, act: Callable[[Session], Turn]) -> Turn:
        """Let *chat* do something, and everyone hear what the bot says."""
        self.session.chat = chat
        turn = act(self.session)
        for reply in turn.replies:
            if reply.chat in self._chats:
                self._chats[reply.chat].hear(reply)
        return turn

    def end(self) -> None:
        """Hold the last replies of every chat to what was expected of them, if any was."""
        __tracebackhide__ = True
        for chat in self._chats.values():
            chat.settle()

    @property
    def trace(self) -> Trace:
        """Everything that happened so far, in all chats."""
        return self.session.trace

    def transcript(self, width: int) -> list[Line]:
        """Return everything that was said as a document of *width* columns."""
        return transcript(self.trace.turns, width)


def as_bot(value: Any, folder: Path | None = None, credentials: JsonObject | None = None) -> Bot:
    """Return *value* as a `Bot`.

    Args:
        value: ``module:object``, or an object of any kind that chatsim recognises.
        folder: Where the module is looked for first; by default the working folder.
        credentials: What the bot's framework takes as credentials, if it takes any.

    Raises `SetupError` where there is no such bot.
    """
    if isinstance(value, str):
        return load_bot(value, folder or Path.cwd(), credentials)
    name = getattr(value, "__qualname__", None) or f"the {type(value).__name__}"
    return recognise(value, Origin(name, None, dict(credentials or {})))
