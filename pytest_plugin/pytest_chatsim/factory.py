"""Make chats for a test, with the bot that the test, its module or its project names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from chatsim.chat.conversation import Conversation, stage_of
from chatsim.chat.talk import Talk
from chatsim.errors import SetupError, did_you_mean
from chatsim.trace import DEFAULT_CHAT
from pytest_chatsim.settings import CHATS

_NO_BOT = """which bot? Name it in one of these ways:
  @pytest.mark.chatsim("pizzeria:PizzaBot")       on a test, a class, or a module (pytestmark = ...)
  def chatsim_bot(): return PizzaBot              a fixture of your own, in conftest.py or the test module
  chatsim_bot = pizzeria:PizzaBot                 in pytest's ini file
  chat_factory("pizzeria:PizzaBot")               in the test"""
_KEYWORDS = ("bot", "credentials", "chat", "strict", "world")

Kind = TypeVar("Kind", bound=Talk[Any])


class ChatFactory(Generic[Kind]):
    """Makes the chats of one test.

    Args:
        kind: `chatsim.chat.Chat` or `chatsim.chat.AsyncChat`.
        request: That of the fixture.
        bot: What the fixture `chatsim_bot` returned.
        credentials: What the fixture `chatsim_credentials` returned.
    """

    def __init__(
        self, kind: type[Kind], request: pytest.FixtureRequest, bot: Any, credentials: Mapping[str, Any]
    ) -> None:
        self._kind = kind
        request.node.add_marker("chatsim")  # so that reports know the test for one of ours, however its bot is named
        self._item = request.node
        self._folder = request.path.parent
        self._config = request.config
        self._fixture_bot = bot
        self._defaults = {
            "credentials": credentials,
            "chat": DEFAULT_CHAT,
            "strict": True,
            "world": request.config.getini("chatsim_world"),
            **_marked(request.node),
        }
        self._conversations: list[tuple[Any, Any, Conversation]] = []

    def __call__(
        self,
        bot: Any = None,
        chat: str | None = None,
        *,
        credentials: Mapping[str, Any] | None = None,
        state: str | None = None,
        vars: Mapping[str, Any] | None = None,  # noqa: A002 - the scenario language's own word
        strict: bool | None = None,
        fresh: bool = False,
        by: str = "",
    ) -> Kind:
        """Return a new chat.

        Args:
            bot: ``module:object`` (looked for in the test's folder first) or a bot of any kind; by default that of
                the marker, of the fixture `chatsim_bot`, or of the ini setting, in this order.
            chat: The id of the chat; by default ``user``, or that of the marker.
            credentials: What the bot's framework takes as credentials.
            state: Where to begin, if not at the beginning.
            vars: The chat's variables there.
            strict: Whether replies that nobody expected are failures.
            fresh: Whether the bot remembers nothing of other chats in this test.
            by: Who speaks, where several people are in one chat.

        Raises `pytest.UsageError` when no bot is named, `SetupError` when there is no such bot or state.
        """
        __tracebackhide__ = True
        given = self._defaults["credentials"] if credentials is None else credentials
        try:
            wanted, folder = self._bot(bot)
            conversation = (None if fresh else self._known(wanted, given)) or self._new(wanted, given, folder)
            if strict is not None:
                conversation.strict = strict
            return self._kind(
                conversation, self._defaults["chat"] if chat is None else chat, by=by, state=state, vars=vars
            )
        except (SetupError, pytest.UsageError) as error:
            # The text says it all; where in chatsim it was noticed helps nobody.
            raise error.with_traceback(None) from None

    def _new(self, bot: Any, credentials: Mapping[str, Any], folder: Path) -> Conversation:
        conversation = Conversation(
            stage_of(bot, folder, dict(credentials)),
            strict=self._defaults["strict"],
            world=self._defaults["world"],
            seed=self._config.option.chatsim_seed,
        )
        self._conversations.append((bot, credentials, conversation))
        self._item.stash.setdefault(CHATS, []).append(conversation)
        return conversation

    def _bot(self, given: Any) -> tuple[Any, Path]:
        """Return the bot that is meant, and the folder in which its module is looked for first."""
        for bot in (given, self._defaults.get("bot"), self._fixture_bot):
            if bot is not None:
                return bot, self._folder
        setting: str = self._config.getini("chatsim_bot")
        if not setting:
            raise pytest.UsageError(_NO_BOT)
        return setting, self._config.inipath.parent if self._config.inipath else self._config.rootpath

    def _known(self, bot: Any, credentials: Any) -> Conversation | None:
        known = (
            conversation
            for other, others_credentials, conversation in reversed(self._conversations)
            if (other is bot or (isinstance(bot, str) and other == bot)) and others_credentials == credentials
        )
        return next(known, None)


def _marked(item: pytest.Item) -> dict[str, Any]:
    """Return what the `chatsim` markers of *item* say, the nearest one first."""
    found: dict[str, Any] = {}
    for mark in item.iter_markers("chatsim"):
        said = dict(mark.kwargs)
        if mark.args:
            said = {"bot": mark.args[0], **said}
        for keyword, value in said.items():
            if keyword not in _KEYWORDS:
                raise pytest.UsageError(
                    f"@pytest.mark.chatsim takes no {keyword!r}. {did_you_mean(keyword, _KEYWORDS)}"
                )
            found.setdefault(keyword, value)
    return found
