"""Remember chats in Redis, one key each."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from chatsim.errors import StateCorrupted, StateStoreError
from chatsim.extras import require
from chatsim.state_managers.base import (
    LOCK_SECONDS,
    LOCK_TIMEOUT,
    JsonStateManager,
    Loaded,
    check_chat_id,
    decode_record,
    encode_record,
)
from chatsim.state_managers.polling import PolledTurn
from chatsim.state_managers.renewal import Renewals


class RedisStateManager(JsonStateManager):
    """Chats as JSON texts under ``<prefix>chat:<chat id>``, with locks under ``<prefix>lock:<chat id>``.

    A lock lasts for *lock_seconds*, so that a holder that died does not keep it, and is renewed while its holder lives,
    however long a step takes.  If the server could not be reached for that long, the next message of the chat may
    overtake the step; the one who then comes second raises `StateConflict`.

    Args:
        host: Where the server is.
        port: Its port.
        db: The number of the database.
        client: A `redis.Redis` to use instead, with whatever else it needs to connect.
        prefix: What the keys begin with.
        lock_timeout: How long a message waits for the one before it in the same chat, in seconds.
        lock_seconds: How long the lock of a chat lasts if nobody releases or renews it, in seconds.
    """

    def __init__(
        self,
        host: str = "localhost",
        port: int = 6379,
        db: int = 0,
        *,
        client: Any = None,
        prefix: str = "chatsim:",
        lock_timeout: float = LOCK_TIMEOUT,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self._redis = require("redis", "redis", "RedisStateManager")
        self.client = client if client is not None else self._redis.Redis(host=host, port=port, db=db)
        self.prefix = prefix
        self.lock_timeout = lock_timeout
        self.lock_seconds = lock_seconds
        self._renewals = Renewals(lock_seconds)
        known = self.client.connection_pool.connection_kwargs
        where = known.get("path") or f"{known.get('host', host)}:{known.get('port', port)}"
        self.place = f"Redis {where}/{known.get('db', db)}"

    def turn(self, chat_id: str) -> PolledTurn:
        """Return a context in which no other thread, process or machine handles a message of *chat_id*."""
        check_chat_id(chat_id)
        key = f"{self.prefix}lock:{chat_id}"
        return PolledTurn(chat_id, self.place, self.lock_timeout, partial(self._try_lock, key))

    def _key(self, chat_id: str) -> str:
        return f"{self.prefix}chat:{chat_id}"

    def _read(self, chat_id: str) -> Loaded:
        with self._telling(chat_id):
            data = _raw(self.client.get(self._key(chat_id)))
        if data is None:
            return None, {}, None
        return *decode_record(chat_id, f"{self.place} {self._key(chat_id)}", data), data

    def _write(self, chat_id: str, state_id: str, context: bytes) -> None:
        with self._telling(chat_id):
            self.client.set(self._key(chat_id), encode_record(chat_id, state_id, context))

    def _swap(self, chat_id: str, state_id: str, context: bytes, version: Any) -> bool:
        key = self._key(chat_id)
        record = encode_record(chat_id, state_id, context)
        with self._telling(chat_id), self.client.pipeline() as pipe:
            pipe.watch(key)
            if _raw(pipe.get(key)) != version:
                return False
            pipe.multi()
            pipe.set(key, record)
            return self._executed(pipe)

    def _delete(self, chat_id: str) -> None:
        with self._telling(chat_id):
            self.client.delete(self._key(chat_id))

    def _chat_ids(self) -> Iterable[str]:
        start = self._key("")
        # The prefix is meant to the letter, whatever a pattern would make of it.
        pattern = re.sub(r"([*?\[\]^\\-])", r"\\\1", start) + "*"
        with self._telling(""):
            keys = list(self.client.scan_iter(match=pattern, count=1000))
        for key in keys:
            name = _raw(key) or b""
            yield name.decode()[len(start) :]

    def _try_lock(self, key: str) -> Callable[[], None] | None:
        token = uuid.uuid4().hex
        with self._telling(key):
            if not self.client.set(key, token, nx=True, px=self._lock_milliseconds()):
                return None
        release = self._renewals.hold(partial(self._renew, key, token.encode()))
        return partial(self._unlock, key, token.encode(), release)

    def _lock_milliseconds(self) -> int:
        return max(1, int(self.lock_seconds * 1000))

    def _renew(self, key: str, token: bytes) -> bool:
        """Let the lock last as long again if it is still the own one; say whether it is."""
        with self._telling(key), self._own(key, token) as pipe:
            if pipe is None:
                return False
            pipe.pexpire(key, self._lock_milliseconds())
            return self._executed(pipe)

    def _unlock(self, key: str, token: bytes, release: Callable[[], None]) -> None:
        """Remove the lock if it is still the own one, and not that of somebody who took over after its time."""
        release()
        with self._telling(key), self._own(key, token) as pipe:
            if pipe is not None:
                pipe.delete(key)
                self._executed(pipe)

    @contextmanager
    def _own(self, key: str, token: bytes) -> Iterator[Any]:
        """Give a pipeline that does something only while the lock is the own one, or None if it is not."""
        with self.client.pipeline() as pipe:
            pipe.watch(key)
            if _raw(pipe.get(key)) != token:
                yield None
                return
            pipe.multi()
            yield pipe

    def _executed(self, pipe: Any) -> bool:
        """Execute what *pipe* collected; say whether nobody changed what it watches."""
        try:
            pipe.execute()
        except self._redis.WatchError:
            return False
        return True

    @contextmanager
    def _telling(self, chat_id: str) -> Iterator[None]:
        try:
            yield
        except self._redis.ResponseError as error:
            if str(error).startswith("WRONGTYPE"):
                raise StateCorrupted(chat_id, self.place, "the key holds no text, but another type of Redis") from None
            raise StateStoreError(f"{self.place} refused: {error}") from error
        except UnicodeDecodeError as error:
            raise StateCorrupted(chat_id, self.place, f"it is not UTF-8: {error}") from None
        except self._redis.RedisError as error:
            raise StateStoreError(f"{self.place} cannot be reached: {error}") from error


def _raw(value: bytes | str | None) -> bytes | None:
    """Return what the server sent as bytes, whether the client decodes answers or not."""
    return value.encode() if isinstance(value, str) else value
