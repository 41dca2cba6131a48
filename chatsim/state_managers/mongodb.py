"""Remember chats in MongoDB, one document each."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from chatsim.errors import ContextNotSerializable, StateCorrupted, StateStoreError
from chatsim.extras import require
from chatsim.jsondata import json_copy, json_read
from chatsim.state_managers.base import (
    LOCK_SECONDS,
    LOCK_TIMEOUT,
    JsonStateManager,
    Loaded,
    check_chat_id,
    checked_record,
)
from chatsim.state_managers.polling import PolledTurn
from chatsim.state_managers.renewal import Renewals
from chatsim.trace import JsonObject


class MongoDBStateManager(JsonStateManager):
    """Chats as documents ``{chat_id, state_id, context, version}``, with locks in ``<collection>_locks``.

    The context is kept as JSON text: BSON has no keys with a NUL, cuts deep nesting, and knows types that JSON does
    not.  A document whose context is a subdocument is read as well.  A unique index on ``chat_id``, made with the
    first write, keeps a chat from having two.

    A lock lasts for *lock_seconds* by the clocks of the machines that run the bot, so that a holder that died does not
    keep it, and is renewed while its holder lives, however long a step takes.  If the server could not be reached for
    that long, the next message of the chat may overtake the step; the one who then comes second raises
    `StateConflict`.

    Args:
        uri: Where the server is, as pymongo takes it.
        db_name: The database.
        collection: The collection.
        client: A `pymongo.MongoClient` to use instead.
        lock_timeout: How long a message waits for the one before it in the same chat, in seconds.
        lock_seconds: How long the lock of a chat lasts if nobody releases or renews it, in seconds.
    """

    def __init__(
        self,
        uri: str = "mongodb://localhost:27017",
        db_name: str = "chatsim",
        collection: str = "chat_states",
        *,
        client: Any = None,
        lock_timeout: float = LOCK_TIMEOUT,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self._pymongo = require("pymongo", "mongodb", "MongoDBStateManager")
        self.client = client if client is not None else self._pymongo.MongoClient(uri)
        self.chats = self.client[db_name][collection]
        self.locks = self.client[db_name][f"{collection}_locks"]
        self.lock_timeout = lock_timeout
        self.lock_seconds = lock_seconds
        self._renewals = Renewals(lock_seconds)
        # The address may hold a password, so it is in no message.
        self.place = f"MongoDB {db_name}.{collection}"
        self._indexed = False

    def turn(self, chat_id: str) -> PolledTurn:
        """Return a context in which no other thread, process or machine handles a message of *chat_id*."""
        check_chat_id(chat_id)
        return PolledTurn(chat_id, self.place, self.lock_timeout, partial(self._try_lock, chat_id))

    def _read(self, chat_id: str) -> Loaded:
        with self._telling():
            document = self.chats.find_one({"chat_id": chat_id})
        if document is None:
            return None, {}, None
        # Documents of others have no version; with their id, None finds these and no missing one.
        version = {"_id": document["_id"], "version": document.get("version")}
        return *self._decoded(chat_id, document), version

    def _write(self, chat_id: str, state_id: str, context: bytes) -> None:
        with self._telling():
            self._ensure_index()
            change = {"$set": _fields(state_id, context)}
            try:
                self.chats.update_one({"chat_id": chat_id}, change, upsert=True)
            except self._pymongo.errors.DuplicateKeyError:
                # Somebody else's first write came between looking and inserting; there is a document now.
                self.chats.update_one({"chat_id": chat_id}, change, upsert=True)

    def _swap(self, chat_id: str, state_id: str, context: bytes, version: Any) -> bool:
        fields = _fields(state_id, context)
        with self._telling():
            self._ensure_index()
            if version is not None:
                return bool(self.chats.update_one({"chat_id": chat_id, **version}, {"$set": fields}).matched_count)
            try:
                self.chats.insert_one({"chat_id": chat_id, **fields})
            except self._pymongo.errors.DuplicateKeyError:
                return False
            return True

    def _delete(self, chat_id: str) -> None:
        with self._telling():
            self.chats.delete_one({"chat_id": chat_id})

    def _chat_ids(self) -> Iterable[str]:
        with self._telling():
            documents = list(self.chats.find({}, {"chat_id": 1}))
        return [document["chat_id"] for document in documents if isinstance(document.get("chat_id"), str)]

    def _decoded(self, chat_id: str, document: JsonObject) -> tuple[str, JsonObject]:
        context = document.get("context")
        try:
            context = json_read(context) if isinstance(context, str) else json_copy(context)
        except (ValueError, ContextNotSerializable) as error:
            raise StateCorrupted(chat_id, self.place, str(error)) from None
        return checked_record(chat_id, self.place, {**document, "context": context})

    def _ensure_index(self) -> None:
        if not self._indexed:
            self.chats.create_index("chat_id", unique=True)
            self._indexed = True

    def _try_lock(self, chat_id: str) -> Callable[[], None] | None:
        token, now = uuid.uuid4().hex, time.time()
        with self._telling():
            try:
                self.locks.update_one(
                    {"_id": chat_id, "until": {"$lt": now}},
                    {"$set": {"token": token, "until": now + self.lock_seconds}},
                    upsert=True,
                )
            except self._pymongo.errors.DuplicateKeyError:
                return None
        return partial(self._unlock, chat_id, token, self._renewals.hold(partial(self._renew, chat_id, token)))

    def _renew(self, chat_id: str, token: str) -> bool:
        """Let the lock last as long again if it is still the own one; say whether it is."""
        own, until = {"_id": chat_id, "token": token}, time.time() + self.lock_seconds
        with self._telling():
            return bool(self.locks.update_one(own, {"$set": {"until": until}}).matched_count)

    def _unlock(self, chat_id: str, token: str, release: Callable[[], None]) -> None:
        """Remove the lock if it is still the own one, and not that of somebody who took over after its time."""
        release()
        with self._telling():
            self.locks.delete_one({"_id": chat_id, "token": token})

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except self._pymongo.errors.PyMongoError as error:
            raise StateStoreError(f"{self.place} failed: {error}") from error


def _fields(state_id: str, context: bytes) -> JsonObject:
    return {"state_id": state_id, "context": context.decode(), "version": uuid.uuid4().hex}
