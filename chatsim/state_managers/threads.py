"""Keep two messages of one chat apart within a process."""

from __future__ import annotations

from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from chatsim.errors import ChatBusy
from chatsim.jsondata import json_copy
from chatsim.state_managers.base import LOCK_TIMEOUT, Loaded, StateManager, check_chat_id
from chatsim.trace import JsonObject


class ChatTurn:
    """The lock of one chat: a context that waits its turn for at most *timeout* seconds, then raises `ChatBusy`."""

    __slots__ = ("__weakref__", "_acquire", "_chat_id", "_place", "_release", "_timeout")

    def __init__(self, chat_id: str, place: str, timeout: float) -> None:
        self._chat_id = chat_id
        self._place = place
        self._timeout = timeout
        lock = Lock()
        self._acquire = lock.acquire
        self._release = lock.release

    def __enter__(self) -> None:
        if not self._acquire(blocking=False) and not self._acquire(timeout=self._timeout):
            raise ChatBusy(self._chat_id, self._place, self._timeout)

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._release()


class ChatTurns:
    """The locks of all chats of one store.  A lock is there for as long as somebody holds it or waits for it."""

    def __init__(self, place: str, timeout: float) -> None:
        self._place = place
        self._timeout = timeout
        self._turns: WeakValueDictionary[str, ChatTurn] = WeakValueDictionary()

    def turn(self, chat_id: str) -> ChatTurn:
        """Return the lock of *chat_id*."""
        check_chat_id(chat_id)
        turn = self._turns.get(chat_id)
        if turn is None:
            turn = self._turns.setdefault(chat_id, ChatTurn(chat_id, self._place, self._timeout))
        return turn


class ThreadGuard:
    """Makes a `GuardedStateManager` of a state manager that has only the three methods.

    Two messages of one chat are handled one after the other as long as they reach this process; nothing guards
    them against another one.  Contexts are isolated, whatever *store* does.
    """

    def __init__(self, store: StateManager, lock_timeout: float = LOCK_TIMEOUT) -> None:
        self.store = store
        self._turns = ChatTurns(type(store).__name__, lock_timeout)

    def load(self, chat_id: str) -> Loaded:
        """Return what the store has; the version is always None."""
        state_id, context = self.store.get_state(chat_id)
        return state_id, json_copy(context), None

    def replace(self, chat_id: str, state_id: str, context: JsonObject, version: Any) -> None:  # noqa: ARG002
        """Hand the store a copy, whatever it holds by now."""
        self.store.set_state(chat_id, state_id, json_copy(context))

    def turn(self, chat_id: str) -> ChatTurn:
        """Return the lock of the chat."""
        return self._turns.turn(chat_id)
