"""Fixtures for tests in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from chatsim.chat.chats import AsyncChat, Chat
    from chatsim.senders.recording import RecordingSender
    from chatsim.state_managers.base import StateManager
    from pytest_chatsim.factory import ChatFactory

T = TypeVar("T")


@pytest.fixture
def chatsim_bot() -> Any:
    """The bot that `chat` and `chat_factory` talk with: override it, and return ``module:object`` or the bot itself.

    By default that of the ini setting ``chatsim_bot``.  ``@pytest.mark.chatsim("module:object")`` goes before both.
    """
    return None


@pytest.fixture
def chatsim_credentials() -> dict[str, Any]:
    """What the bot's framework takes as credentials; override it.  A marker's ``credentials=`` goes before it."""
    return {}


@pytest.fixture
def chat_factory(
    request: pytest.FixtureRequest, chatsim_bot: Any, chatsim_credentials: dict[str, Any]
) -> ChatFactory[Chat]:
    """Make chats: ``chat_factory()``, ``chat_factory(chat="bob")``, ``chat_factory("shop:Bot", state="menu")``.

    Chats with the same bot share what it remembers, as on a server; ``fresh=True`` makes one that remembers nothing.
    """
    from chatsim.chat.chats import Chat  # noqa: PLC0415 - only for those who use it
    from pytest_chatsim.factory import ChatFactory  # noqa: PLC0415

    return ChatFactory(Chat, request, chatsim_bot, chatsim_credentials)


@pytest.fixture
def async_chat_factory(
    request: pytest.FixtureRequest, chatsim_bot: Any, chatsim_credentials: dict[str, Any]
) -> ChatFactory[AsyncChat]:
    """Make chats for asynchronous tests; see `chat_factory`."""
    from chatsim.chat.chats import AsyncChat  # noqa: PLC0415 - only for those who use it
    from pytest_chatsim.factory import ChatFactory  # noqa: PLC0415

    return ChatFactory(AsyncChat, request, chatsim_bot, chatsim_credentials)


@pytest.fixture
def chat(chat_factory: ChatFactory[Chat]) -> Chat:
    """A chat with the bot of the test (see `chatsim_bot`): ``chat.send("hi")``, ``chat.expect("Welcome ...")``."""
    return _made(chat_factory)


@pytest.fixture
def async_chat(async_chat_factory: ChatFactory[AsyncChat]) -> AsyncChat:
    """A chat for asynchronous tests (see `chat`): ``await async_chat.send("hi")``, ``async_chat.expect("Welcome ...")``."""
    return _made(async_chat_factory)


def _made(factory: Callable[[], T]) -> T:
    from chatsim.errors import SetupError  # noqa: PLC0415 - only for those who use it

    try:
        return factory()
    except (SetupError, pytest.UsageError) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture
def recording_sender() -> RecordingSender:
    """A message sender that keeps what it is given in ``replies``, and sends nothing."""
    from chatsim.senders.recording import RecordingSender  # noqa: PLC0415 - only for those who use it

    return RecordingSender()


@pytest.fixture
def chatsim_backend(request: pytest.FixtureRequest) -> str:
    """The name of the store that `state_manager` is; see ``--chatsim-backends``."""
    name: str = request.param
    return name


@pytest.fixture
def state_manager(chatsim_backend: str, tmp_path: Path) -> Iterator[StateManager]:
    """An empty state manager; the test runs once for each backend (``--chatsim-backends`` chooses)."""
    from pytest_chatsim.backends import opened  # noqa: PLC0415 - only for those who use it

    with opened(chatsim_backend, tmp_path) as manager:
        yield manager
