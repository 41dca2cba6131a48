"""Where the `state_manager` fixture keeps chats: real stores, and stand-ins that need no server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chatsim.errors import SetupError, did_you_mean
from chatsim.extras import require
from chatsim.state_managers.base import StateManager
from pytest_chatsim.settings import BACKENDS

SERVERS = {"redis": "CHATSIM_REDIS_URL", "mongodb": "CHATSIM_MONGO_URL"}
"""The environment variables that say where the servers are."""


def chosen_backends(config: pytest.Config) -> list[str]:
    """Return the backends to use: those of ``--chatsim-backends``, of the ini setting, or all that can be had.

    Raises `pytest.UsageError` for a name that is none.
    """
    option = config.option.chatsim_backends
    names = config.getini("chatsim_backends") if option is None else option.replace(",", " ").split()
    source = "chatsim_backends" if option is None else "--chatsim-backends"
    for name in names:
        if name not in BACKENDS:
            raise pytest.UsageError(f"{source}: there is no backend {name!r}. {did_you_mean(name, BACKENDS)}")
    if option is not None and not names:
        raise pytest.UsageError(f"{source} names no backend; there are {', '.join(BACKENDS)}")
    available = [name for name in BACKENDS if name not in SERVERS or os.environ.get(SERVERS[name])]
    return list(dict.fromkeys(names)) or available


def parametrize_backends(metafunc: pytest.Metafunc) -> None:
    """Run *metafunc* once for each chosen backend, unless the test chooses itself."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        names = mark.args[0] if mark.args else mark.kwargs["argnames"]
        if "chatsim_backend" in (names.replace(",", " ").split() if isinstance(names, str) else names):
            return
    metafunc.parametrize("chatsim_backend", chosen_backends(metafunc.config), indirect=True)


@contextmanager
def opened(backend: str, folder: Path) -> Iterator[StateManager]:
    """Open an empty store of kind *backend*; what a server keeps of it is removed afterwards.

    Skips the test where a package is missing, or a server was not named.
    """
    try:
        yield from _OPEN[backend](folder)
    except _Missing as missing:
        pytest.skip(f"state_manager[{backend}]: {missing}")


class _Missing(Exception):
    """Something optional is not there; the text says how to get it."""


def _require(module: str, extra: str, needed_by: str) -> Any:
    try:
        return require(module, extra, needed_by)
    except SetupError as error:
        raise _Missing(str(error)) from None


def _memory(folder: Path) -> Iterator[StateManager]:  # noqa: ARG001 - all are called alike
    from chatsim.state_managers.inmemory import InMemoryStateManager  # noqa: PLC0415 - each only when it is used

    yield InMemoryStateManager()


def _file(folder: Path) -> Iterator[StateManager]:
    from chatsim.state_managers.file import FileStateManager  # noqa: PLC0415

    yield FileStateManager(folder / "chat_states")


def _fakeredis(folder: Path) -> Iterator[StateManager]:  # noqa: ARG001
    _require("redis", "redis", "this backend")  # which fakeredis imports
    fakeredis = _require("fakeredis", "fakes", "this backend")
    yield _redis_manager(fakeredis.FakeRedis(server=fakeredis.FakeServer()), "chatsim:")


def _mongomock(folder: Path) -> Iterator[StateManager]:  # noqa: ARG001
    mongomock = _require("mongomock", "fakes", "this backend")
    _require("pymongo", "mongodb", "this backend")
    from chatsim.state_managers.mongodb import MongoDBStateManager  # noqa: PLC0415

    yield MongoDBStateManager(client=mongomock.MongoClient())


def _redis(folder: Path) -> Iterator[StateManager]:  # noqa: ARG001
    url = _address("redis", "redis://127.0.0.1:6379/0")
    client = _require("redis", "redis", "this backend").Redis.from_url(url)
    prefix = f"chatsim-test-{uuid.uuid4().hex}:"
    try:
        yield _redis_manager(client, prefix)
    finally:
        for key in client.scan_iter(f"{prefix}*"):
            client.delete(key)
        client.close()


def _mongodb(folder: Path) -> Iterator[StateManager]:  # noqa: ARG001
    url = _address("mongodb", "mongodb://127.0.0.1:27017")
    client = _require("pymongo", "mongodb", "this backend").MongoClient(url)
    from chatsim.state_managers.mongodb import MongoDBStateManager  # noqa: PLC0415

    database = f"chatsim_test_{uuid.uuid4().hex}"
    try:
        yield MongoDBStateManager(client=client, db_name=database)
    finally:
        client.drop_database(database)
        client.close()


def _redis_manager(client: Any, prefix: str) -> StateManager:
    from chatsim.state_managers.redis import RedisStateManager  # noqa: PLC0415

    return RedisStateManager(client=client, prefix=prefix)


def _address(backend: str, example: str) -> str:
    variable = SERVERS[backend]
    if not os.environ.get(variable):
        raise _Missing(f"set {variable} to the address of a server, for example {variable}={example}")
    return os.environ[variable]


_OPEN = {
    "memory": _memory,
    "file": _file,
    "fakeredis": _fakeredis,
    "mongomock": _mongomock,
    "redis": _redis,
    "mongodb": _mongodb,
}
