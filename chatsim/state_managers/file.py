"""Remember chats in a folder, one JSON file each."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any

from chatsim.errors import ContextNotSerializable, SetupError, StateCorrupted, StateStoreError
from chatsim.jsondata import json_read
from chatsim.state_managers.base import (
    CONTEXT_LIMIT,
    LOCK_TIMEOUT,
    JsonStateManager,
    Loaded,
    check_chat_id,
    decode_record,
    encode_record,
)
from chatsim.state_managers.polling import PolledTurn

# Chat ids and states have no limit of their own; what is longer than this was not written by this store.
_FILE_LIMIT = 16 * CONTEXT_LIMIT
_PREFIX_LENGTH = 40
_OPEN_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class FileStateManager(JsonStateManager):
    """Chats as files in one folder, named by what can be read of their id and a hash of all of it.

    A file is written beside its place, flushed to the disk, and moved there in one step: whoever reads it, and
    whoever comes after a crash, finds the state before or the state after.  Locks are the operating system's and
    end with the process that holds them.  Needs `fcntl`, which Windows does not have.

    Args:
        state_dir: The folder; it is made if it is not there.  A link is followed once, now.
        lock_timeout: How long a message waits for the one before it in the same chat, in seconds.

    >>> import tempfile
    >>> states = FileStateManager(tempfile.mkdtemp())
    >>> states.set_state("../ann", "menu", {"size": "S"})
    >>> states.get_state("../ann")
    ('menu', {'size': 'S'})
    >>> states.path_of("../ann").name[:10]
    '___ann-2a8'
    """

    def __init__(self, state_dir: str | PathLike[str] = "chat_states", lock_timeout: float = LOCK_TIMEOUT) -> None:
        try:
            self._fcntl: Any = import_module("fcntl")
        except ModuleNotFoundError:
            raise SetupError(
                "FileStateManager needs the file locks of POSIX (fcntl), which this system lacks"
            ) from None
        self.lock_timeout = lock_timeout
        try:
            Path(state_dir).mkdir(parents=True, exist_ok=True)
            self.folder = Path(state_dir).resolve(strict=True)
        except OSError as error:
            raise StateStoreError(f"the folder {os.fspath(state_dir)!r} cannot be made: {error.strerror}") from None
        self.place = str(self.folder)

    def path_of(self, chat_id: str) -> Path:
        """Return the file of *chat_id*, whether it is there or not.

        Its name consists of lower-case letters, digits, ``_`` and ``-`` and is at most 120 characters long, so that
        it is valid, and different from that of every other id, on every file system.
        """
        return self.folder / f"{_stem(chat_id)}.json"

    def turn(self, chat_id: str) -> PolledTurn:
        """Return a context in which no other thread or process handles a message of *chat_id*."""
        check_chat_id(chat_id)
        lock = self.folder / f"{_stem(chat_id)}.lock"
        return PolledTurn(chat_id, self.place, self.lock_timeout, partial(self._try_lock, lock))

    def _read(self, chat_id: str) -> Loaded:
        path = self.path_of(chat_id)
        data = self._bytes_of(chat_id, path)
        if data is None:
            return None, {}, None
        return *decode_record(chat_id, str(path), data), data

    def _write(self, chat_id: str, state_id: str, context: bytes) -> None:
        record = encode_record(chat_id, state_id, context)
        with self._alone():
            self._put(self.path_of(chat_id), record)

    def _swap(self, chat_id: str, state_id: str, context: bytes, version: Any) -> bool:
        record = encode_record(chat_id, state_id, context)
        path = self.path_of(chat_id)
        with self._alone():
            if self._bytes_of(chat_id, path) != version:
                return False
            self._put(path, record)
            return True

    def _delete(self, chat_id: str) -> None:
        path = self.path_of(chat_id)
        with self._alone(), self._telling("deleted", path):
            path.unlink(missing_ok=True)

    def _chat_ids(self) -> Iterable[str]:
        with self._telling("read", self.folder):
            paths = sorted(self.folder.glob("*.json"))
        for path in paths:
            chat_id = self._chat_id_in(path)
            if chat_id is not None and path == self.path_of(chat_id):
                yield chat_id

    def _bytes_of(self, chat_id: str, path: Path) -> bytes | None:
        """Return what is in the file, None if there is none; only a regular file of this folder is read."""
        with self._telling("read", path):
            try:
                descriptor = os.open(path, _OPEN_READ)
            except FileNotFoundError:
                # A folder that is gone must not look like one in which nobody has spoken yet.
                self.folder.stat()
                return None
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise StateCorrupted(chat_id, str(path), "it is no regular file")
                with open(descriptor, "rb", closefd=False) as file:
                    data = file.read(_FILE_LIMIT + 1)
            finally:
                os.close(descriptor)
        if len(data) > _FILE_LIMIT:
            raise StateCorrupted(chat_id, str(path), f"it is longer than {_FILE_LIMIT:,} bytes")
        return data

    def _chat_id_in(self, path: Path) -> str | None:
        """Return the id that a file says it belongs to, None for a file that says none."""
        try:
            record = json_read(self._bytes_of("", path) or b"")
        except (StateStoreError, ContextNotSerializable, ValueError):
            return None
        chat_id = record.get("chat_id") if isinstance(record, dict) else None
        return chat_id if isinstance(chat_id, str) else None

    def _put(self, path: Path, data: bytes) -> None:
        """Write a file so that its name shows all of it or what it showed before."""
        temporary = ""
        try:
            with self._telling("written", path):
                descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=self.folder)
                with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(path)
                temporary = ""
                self._sync_folder()
        finally:
            if temporary:
                with suppress(OSError):
                    Path(temporary).unlink()

    def _sync_folder(self) -> None:
        """Flush the folder to the disk, and with it the new name."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others from changing files of the folder, for as long as comparing and replacing takes."""
        with self._telling("locked", self.folder):
            descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            self._fcntl.flock(descriptor, self._fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _try_lock(self, path: Path) -> Callable[[], None] | None:
        """Lock the file at *path* if nobody else does; it is there only while it is locked."""
        with self._telling("locked", path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            try:
                self._fcntl.flock(descriptor, self._fcntl.LOCK_EX | self._fcntl.LOCK_NB)
                held = os.path.samestat(os.fstat(descriptor), path.stat())
            except (BlockingIOError, FileNotFoundError):
                held = False
            # Whoever had it before may have removed the file after it was opened here.
            if not held:
                os.close(descriptor)
                return None
        return partial(_unlock, path, descriptor)

    @contextmanager
    def _telling(self, done: str, path: Path) -> Iterator[None]:
        """Raise `StateStoreError` with the path for what the operating system refuses."""
        try:
            yield
        except OSError as error:
            raise StateStoreError(f"{path} cannot be {done}: {error.strerror or error}") from error


def _unlock(path: Path, descriptor: int) -> None:
    with suppress(OSError):
        path.unlink()
    os.close(descriptor)


def _stem(chat_id: str) -> str:
    readable = re.sub(r"[^a-z0-9_-]", "_", chat_id[:_PREFIX_LENGTH].lower())
    return f"{readable}-{hashlib.sha256(chat_id.encode()).hexdigest()}"
