"""Remember chats in memory: gone with the process, and as strict as every other store."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from chatsim.jsondata import json_decode
from chatsim.state_managers.base import LOCK_TIMEOUT, JsonStateManager, Loaded, check_chat_id
from chatsim.state_managers.threads import ChatTurn


class InMemoryStateManager(JsonStateManager):
    """Chats in a dict, as JSON, so that nobody holds a part of what is stored.

    Args:
        lock_timeout: How long a message waits for the one before it in the same chat, in seconds.

    >>> states = InMemoryStateManager()
    >>> states.set_state("ann", "menu", {"sizes": ("S", "L")})
    >>> states.get_state("ann")
    ('menu', {'sizes': ['S', 'L']})
    >>> states.get_state("bob")
    (None, {})
    """

    place = "memory"

    def __init__(self, lock_timeout: float = LOCK_TIMEOUT) -> None:
        # An entry is never changed, so its identity is its version.
        self._entries: dict[str, tuple[str, bytes]] = {}
        self.lock_timeout = lock_timeout
        self._turns: dict[str, ChatTurn] = {}
        self._swapping = Lock()

    def turn(self, chat_id: str) -> ChatTurn:
        """Return a context in which no other thread handles a message of *chat_id*."""
        check_chat_id(chat_id)
        turn = self._turns.get(chat_id)
        if turn is None:
            # Kept for good: a chat costs some memory here anyway, and making a lock costs more than a small step.
            turn = self._turns.setdefault(chat_id, ChatTurn(chat_id, self.place, self.lock_timeout))
        return turn

    def _read(self, chat_id: str) -> Loaded:
        entry = self._entries.get(chat_id)
        if entry is None:
            return None, {}, None
        return entry[0], json_decode(entry[1]), entry

    def _write(self, chat_id: str, state_id: str, context: bytes) -> None:
        with self._swapping:
            self._entries[chat_id] = (state_id, context)

    def _swap(self, chat_id: str, state_id: str, context: bytes, version: object) -> bool:
        with self._swapping:
            if self._entries.get(chat_id) is not version:
                return False
            self._entries[chat_id] = (state_id, context)
            return True

    def _delete(self, chat_id: str) -> None:
        with self._swapping:
            self._entries.pop(chat_id, None)

    def _chat_ids(self) -> Iterable[str]:
        return list(self._entries)
