"""What the chats of one test share: the bot, what it remembers, and what was taken out of its replies."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from chatsim.bots.base import Bot, StartsAnywhere
from chatsim.bots.loading import load_bot
from chatsim.bots.recognise import Origin, recognise
from chatsim.chat.apart import Apart
from chatsim.chat.expectations import NOWHERE, ExpectationFailed
from chatsim.errors import BotError, SetupError
from chatsim.report.document import Line
from chatsim.report.transcript import transcript
from chatsim.scenario.verdict import Mismatch
from chatsim.scenario.words import Value
from chatsim.session import Session
from chatsim.stage import Stage, in_a_world
from chatsim.trace import JsonObject, Reply, Trace, Turn
from chatsim.world.functions import FunctionMock
from chatsim.world.mocks import Mock


class Listener(Protocol):
    """One person's chat, as the conversation needs it."""

    def hear(self, reply: Reply) -> None:
        """Take note of what the bot said to this chat."""

    def settle(self) -> None:
        """Fail if the bot said what should have been expected and was not."""


class Conversation:
    """One bot, and the chats that are held with it.

    Args:
        bot: What `as_bot` takes, or a `Stage`.
        strict: Whether replies that nobody expected are failures.
        world: Whether the bot is stepped in a world of its own: clock, chance, and mocks.
        seed: What decides over chance.
    """

    def __init__(self, bot: Any, *, strict: bool = True, world: bool = True, seed: int = 0) -> None:
        stage = bot if isinstance(bot, Stage) else stage_of(bot)
        self.stage = stage
        self.session = Session(stage.bot, stage=stage if world else None, seed=seed)
        self.strict = strict
        self.values: dict[str, Value] = {}
        self.failed_itself = False
        self._chats: dict[tuple[str, str], Listener] = {}
        self._apart = Apart()

    def join(self, chat: str, listener: Listener, by: str = "") -> None:
        """Let *listener* hear what is said to *chat*; raise `SetupError` if *by* does already."""
        if (chat, by) in self._chats:
            raise SetupError(f"there is a chat {chat!r} with this bot already; give the other one an id of its own")
        self._chats[chat, by] = listener

    def mock(self, mock: Mock | FunctionMock) -> None:
        """Let *mock* answer from now on; raise `SetupError` where the bot is in no world of its own."""
        if self.session.stage is None:
            raise SetupError(f"{mock.written}: nothing is mocked without a world; make the chat with world=True")
        self.session.mocks.add(mock)

    def allow(self, hosts: tuple[str, ...]) -> None:
        """Let *hosts* be reached for real from now on; raise `SetupError` where the bot is in no world of its own."""
        if self.session.stage is None:
            raise SetupError("allow: everything is reached without a world; make the chat with world=True")
        self.session.mocks.let(hosts)

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

    def turn(self, chat: str, act: Callable[[Session], Turn], by: str = "") -> Turn:
        """Let *by* do something in *chat*, and everyone hear what the bot says."""
        self.session.chat, self.session.by = chat, by
        turn = act(self.session)
        for reply in turn.replies:
            for (place, _), listener in self._chats.items():
                if place == reply.chat:
                    listener.hear(reply)
        return turn

    async def turn_apart(self, chat: str, act: Callable[[Session], Turn], by: str = "") -> Turn:
        """Do what `turn` does, in a thread of its own, one after the other."""
        return await self._apart.run(lambda: self.turn(chat, act, by))

    def end(self) -> None:
        """Hold the last replies of every chat to what was expected of them, and the mocks to being called."""
        __tracebackhide__ = True
        for chat in self._chats.values():
            chat.settle()
        unused = self.session.mocks.unused()
        if unused:
            raise self._never_called(unused[0])

    def _never_called(self, mock: Mock | FunctionMock) -> ExpectationFailed:
        self.failed_itself = True
        headline, hint = f"mock: {mock.written} was never called", "take it out, or make it optional=True"
        chat = next(iter(self._chats))[0]
        return ExpectationFailed(Mismatch("mock-not-called", NOWHERE, headline, hint=hint), self.trace, chat)

    @property
    def trace(self) -> Trace:
        """Everything that happened so far, in all chats."""
        return self.session.trace

    def transcript(self, width: int) -> list[Line]:
        """Return everything that was said as a document of *width* columns."""
        return transcript(self.trace.turns, width)


def stage_of(value: Any, folder: Path | None = None, credentials: JsonObject | None = None) -> Stage:
    """Return the stage of *value*; arguments and errors are those of `as_bot`."""
    if isinstance(value, str):
        return Stage.of(value, folder or Path.cwd(), credentials)
    return Stage(
        in_a_world(lambda: as_bot(value, folder, credentials)), namespaces=lambda: _namespaces(value), made_of=value
    )


def _namespaces(value: Any) -> list[dict[str, Any]]:
    """Return what the module holds that *value*, or its class, was defined in."""
    name = getattr(value, "__module__", None) or type(value).__module__
    return [vars(sys.modules[name])] if name in sys.modules else []


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
