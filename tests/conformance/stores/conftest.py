"""Every state manager, fakes and real servers alike, behind one fixture."""

import os
import uuid

import pytest

from chatsim.state_managers.file import FileStateManager
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.state_managers.mongodb import MongoDBStateManager
from chatsim.state_managers.redis import RedisStateManager


def _needed(variable, server):
    url = os.environ.get(variable)
    if not url:
        pytest.skip(f"{variable} is not set: start {server} and set it to the server's address")
    return url


def _fakeredis(**settings):
    import fakeredis

    return RedisStateManager(client=fakeredis.FakeRedis(server=fakeredis.FakeServer()), **settings)


def _redis(**settings):
    import redis

    url = _needed("CHATSIM_REDIS_URL", "redis-server --port 6399")
    return RedisStateManager(client=redis.Redis.from_url(url), prefix=f"test:{uuid.uuid4().hex}:", **settings)


def _mongomock(**settings):
    import mongomock

    return MongoDBStateManager(client=mongomock.MongoClient(), **settings)


def _mongodb(**settings):
    url = _needed("CHATSIM_MONGO_URL", "nx-27017 --db memory -p 27399")
    return MongoDBStateManager(url, "chatsim_test", f"chats_{uuid.uuid4().hex}", **settings)


@pytest.fixture
def make_store(request, tmp_path):
    """Return a function that makes the store that the test is parametrised with."""
    makers = {
        "memory": InMemoryStateManager,
        "file": lambda **settings: FileStateManager(tmp_path / "chats", **settings),
        "fakeredis": _fakeredis,
        "mongomock": _mongomock,
        "redis": _redis,
        "mongodb": _mongodb,
    }
    made = []

    def make(**settings):
        made.append(makers[request.param](**settings))
        return made[-1]

    yield make
    for store in made:
        store.clear()
        if hasattr(store, "client"):
            store.client.close()


@pytest.fixture
def store(make_store):
    return make_store()


def pytest_generate_tests(metafunc):
    if "make_store" in metafunc.fixturenames:
        stores = ["memory", "file", "fakeredis", "mongomock", "redis", "mongodb"]
        metafunc.parametrize("make_store", stores, indirect=True)
