"""What a state manager is, and what all of chatsim's have in common.

A state manager needs the three methods of `StateManager`, and the orchestrator works with any object that has
them.  Two messages of one chat at once are kept apart within one process then.  A `GuardedStateManager` keeps
them apart among processes too: `turn` lets one message of a chat in after the other, and `replace` is a
compare-and-set that makes sure that nothing is lost when a lock expired under its holder.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias, runtime_checkable

from chatsim.errors import (
    ContextNotSerializable,
    ContextTooLarge,
    InvalidChatId,
    SetupError,
    StateConflict,
    StateCorrupted,
)
from chatsim.jsondata import json_bytes, json_pair, json_read
from chatsim.trace import JsonObject

CONTEXT_LIMIT = 1 << 20
"""The largest context that a store takes, in bytes of JSON."""

LOCK_TIMEOUT = 60.0
"""How long a message waits for the one before it, in seconds."""

LOCK_SECONDS = 30.0
"""How long a lock on a server outlives a holder that died, in seconds; shorter than the wait, so that it ends."""


Loaded: TypeAlias = tuple[str | None, JsonObject, Any]
"""What a store holds for a chat: state, context, and a version, which is for `GuardedStateManager.replace` alone."""


class StateManager(Protocol):
    """What the orchestrator needs to remember a chat."""

    def get_state(self, chat_id: str) -> tuple[str | None, JsonObject]:
        """Return the state and context of the chat, or ``(None, {})`` for a chat that nothing is known of."""
        ...

    def set_state(self, chat_id: str, state_id: str, context: JsonObject) -> None:
        """Remember state and context of the chat."""
        ...

    def delete_state(self, chat_id: str) -> None:
        """Forget the chat; nothing happens where nothing is known of it."""
        ...


@runtime_checkable
class GuardedStateManager(Protocol):
    """A store that keeps two messages of one chat apart, also when they reach different processes."""

    def load(self, chat_id: str) -> Loaded:
        """Return what is remembered of the chat, with the version that `replace` asks for."""
        ...

    def replace(self, chat_id: str, state_id: str, context: JsonObject, version: Any) -> None:
        """Remember state and context if the chat is still as `load` returned it with *version*.

        Raises `StateConflict`, and changes nothing, if it is not.
        """
        ...

    def turn(self, chat_id: str) -> AbstractContextManager[Any]:
        """Return a context in which nobody else handles a message of the chat.

        Entering waits for the others, and raises `ChatBusy` when that takes too long.
        """
        ...


class JsonStateManager(ABC):
    """A store of JSON texts by chat id: all of chatsim's state managers, less the place where they keep them.

    Contexts come back exactly as a round trip through JSON gives them (`chatsim.jsondata`), and what JSON cannot
    hold is refused before anything is written.  All methods raise `InvalidChatId` for an id that is not a plain
    `str`, and `StateStoreError` where the store cannot be reached, read or written.
    """

    place: str
    """Where the states are, for error messages.  Holds no secret."""

    def get_state(self, chat_id: str) -> tuple[str | None, JsonObject]:
        """Return the state and context of *chat_id*, or ``(None, {})`` for a chat that nothing is known of.

        Raises `StateCorrupted` if what is stored is not a state; it stays as it is.
        """
        state_id, context, _ = self.load(chat_id)
        return state_id, context

    def set_state(self, chat_id: str, state_id: str, context: JsonObject) -> None:
        """Remember *state_id* and *context*, whatever was known before.

        Raises `ContextNotSerializable` or `ContextTooLarge`, and changes nothing, for a context that does not fit.
        """
        check_chat_id(chat_id)
        check_state_id(state_id)
        self._write(chat_id, state_id, encode_context(context))

    def delete_state(self, chat_id: str) -> None:
        """Forget *chat_id*; nothing happens where nothing is known of it."""
        check_chat_id(chat_id)
        self._delete(chat_id)

    def load(self, chat_id: str) -> Loaded:
        """Return what `get_state` returns, with the version that `replace` asks for."""
        check_chat_id(chat_id)
        return self._read(chat_id)

    def replace(self, chat_id: str, state_id: str, context: JsonObject, version: Any) -> None:
        """Remember *state_id* and *context* if the chat is still as `load` returned it with *version*.

        Raises `StateConflict` if it is not, `ContextNotSerializable` or `ContextTooLarge` for a context that does
        not fit; nothing is changed then.
        """
        check_chat_id(chat_id)
        check_state_id(state_id)
        if not self._swap(chat_id, state_id, encode_context(context), version):
            raise StateConflict(chat_id, self.place)

    def chat_ids(self) -> list[str]:
        """Return the ids of all chats that something is known of, sorted."""
        return sorted(self._chat_ids())

    def clear(self) -> None:
        """Forget every chat of this store."""
        for chat_id in self.chat_ids():
            self._delete(chat_id)

    @abstractmethod
    def turn(self, chat_id: str) -> AbstractContextManager[Any]:
        """Return a context in which nobody else handles a message of *chat_id*; see `GuardedStateManager`."""

    @abstractmethod
    def _read(self, chat_id: str) -> Loaded: ...

    @abstractmethod
    def _write(self, chat_id: str, state_id: str, context: bytes) -> None: ...

    @abstractmethod
    def _swap(self, chat_id: str, state_id: str, context: bytes, version: Any) -> bool: ...

    @abstractmethod
    def _delete(self, chat_id: str) -> None: ...

    @abstractmethod
    def _chat_ids(self) -> Iterable[str]: ...


def check_chat_id(chat_id: str) -> None:
    """Raise `InvalidChatId` unless *chat_id* is a plain `str` that UTF-8 can write.

    A subclass is refused because it may say one thing and be equal to another; an `int` because 1 and "1" would
    share a state in some stores and not in others.
    """
    if type(chat_id) is not str:
        raise InvalidChatId(f"a chat id is a plain str, not {type(chat_id).__name__}: pass str(...) of it")
    if not chat_id.isascii():
        try:
            chat_id.encode()
        except UnicodeEncodeError:
            raise InvalidChatId("the chat id holds a lone surrogate, which no encoding can write") from None


def check_state_id(state_id: str) -> None:
    """Raise `SetupError` unless *state_id* is a `str` that UTF-8 can write."""
    if not isinstance(state_id, str):
        raise SetupError(f"a state id is a str, not {type(state_id).__name__}; delete_state forgets a chat")
    if not state_id.isascii():
        try:
            state_id.encode()
        except UnicodeEncodeError:
            raise SetupError("the state id holds a lone surrogate, which no encoding can write") from None


def encode_context(context: Any) -> bytes:
    """Return *context* as JSON; raise `ContextNotSerializable` or `ContextTooLarge` for what no store takes."""
    return encoded_pair(context)[0]


def encoded_pair(context: Any) -> tuple[bytes, JsonObject]:
    """Return what `encode_context` returns, and what a store gives back for it."""
    data, copy = json_pair(context)
    if type(copy) is not dict:
        raise ContextNotSerializable("$", f"a context is a dict, not {type(context).__name__}")
    if len(data) > CONTEXT_LIMIT:
        raise ContextTooLarge("$", f"{len(data):,} bytes as JSON; a store takes at most {CONTEXT_LIMIT:,}")
    return data, copy


def encode_record(chat_id: str, state_id: str, context: bytes) -> bytes:
    """Return what a store of texts keeps for a chat: its id, its state, and its encoded *context*."""
    head = json_bytes({"chat_id": chat_id, "state_id": state_id})
    return head[:-1] + b',"context":' + context + b"}"


def decode_record(chat_id: str, place: str, data: bytes) -> tuple[str, JsonObject]:
    """Return state and context from what `encode_record` wrote; raise `StateCorrupted` for anything else."""
    try:
        record = json_read(data)
    except (ValueError, ContextNotSerializable) as error:
        raise StateCorrupted(chat_id, place, str(error)) from None
    if not isinstance(record, dict):
        raise StateCorrupted(chat_id, place, f"it holds a JSON {type(record).__name__}, not an object")
    if record.get("chat_id", chat_id) != chat_id:
        raise StateCorrupted(chat_id, place, f"it belongs to chat {record['chat_id']!r}")
    return checked_record(chat_id, place, record)


def checked_record(chat_id: str, place: str, record: JsonObject) -> tuple[str, JsonObject]:
    """Return state and context of a stored *record*; raise `StateCorrupted` where it lacks them."""
    for key, kind in (("state_id", str), ("context", dict)):
        if key not in record:
            raise StateCorrupted(chat_id, place, f"it has no {key!r}")
        if not isinstance(record[key], kind):
            found = type(record[key]).__name__
            raise StateCorrupted(chat_id, place, f"its {key!r} is of type {found}, not {kind.__name__}")
    return record["state_id"], record["context"]
