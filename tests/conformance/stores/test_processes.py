"""Two messages of one chat at once, in different processes: one after the other, and none is lost."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from chatsim.errors import ChatBusy
from chatsim.state_managers.file import FileStateManager
from chatsim.state_managers.mongodb import MongoDBStateManager
from chatsim.state_managers.redis import RedisStateManager

COUNTER = """
    import sys
    from chatsim.orchestrator import ChatOrchestrator
    from chatsim.senders.recording import RecordingSender
    from chatsim.state_managers.file import FileStateManager
    from chatsim.state_managers.mongodb import MongoDBStateManager
    from chatsim.state_managers.redis import RedisStateManager

    kind, address, name, times = sys.argv[1:]
    if kind == "file":
        store = FileStateManager(name)
    elif kind == "redis":
        import redis
        store = RedisStateManager(client=redis.Redis.from_url(address), prefix=name)
    else:
        store = MongoDBStateManager(address, "chatsim_test", name)
    orchestrator = ChatOrchestrator(store, RecordingSender(), "count")

    @orchestrator.register_step("count")
    def count(chat_id, user_input, context, sender):
        sender.send_message(chat_id, "counted")
        return "count", {"n": context.get("n", 0) + 1}

    for _ in range(int(times)):
        orchestrator.handle_message("ann", None)
    assert len(orchestrator.message_sender.replies) == int(times)
"""

HOLDER = """
    import sys, time
    from chatsim.state_managers.file import FileStateManager
    from chatsim.state_managers.redis import RedisStateManager

    kind, address, name, seconds = sys.argv[1:]
    if kind == "file":
        store = FileStateManager(name)
    else:
        import redis
        store = RedisStateManager(client=redis.Redis.from_url(address), prefix=name, lock_seconds=float(seconds))
    with store.turn("ann"):
        print("holding", flush=True)
        time.sleep(60)
"""


@pytest.fixture
def address():
    """Return the address of a server, or skip by name."""

    def get(variable, server):
        url = os.environ.get(variable)
        if not url:
            pytest.skip(f"{variable} is not set: start {server} and set it to the server's address")
        return url

    return get


@pytest.fixture
def started():
    """Return a function that starts a script with arguments; what still runs at the end is killed."""
    running = []

    def start(script, *args):
        command = [sys.executable, "-c", textwrap.dedent(script), *map(str, args)]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


class TestLostUpdates:
    """4 processes that each handle 500 messages of one chat end at 2,000; each step ran once a message."""

    def test_file(self, started, tmp_path):
        self.count(started, "file", "-", tmp_path / "chats", 500)
        store = FileStateManager(tmp_path / "chats")
        assert store.get_state("ann") == ("count", {"n": 2000})
        assert [store.path_of("ann")] == list(store.folder.iterdir())

    def test_redis(self, started, address):
        import redis

        url = address("CHATSIM_REDIS_URL", "redis-server --port 6399")
        store = RedisStateManager(client=redis.Redis.from_url(url), prefix=f"test:{os.getpid()}:{time.time()}:")
        self.count(started, "redis", url, store.prefix, 500)
        assert store.get_state("ann") == ("count", {"n": 2000})
        assert [store.prefix.encode() + b"chat:ann"] == list(store.client.scan_iter(f"{store.prefix}*"))
        store.clear()
        store.client.close()

    def test_mongodb(self, started, address):
        """A stand-in server is slow, so 4 times 25."""
        url = address("CHATSIM_MONGO_URL", "nx-27017 --db memory -p 27399")
        store = MongoDBStateManager(url, "chatsim_test", f"count_{os.getpid()}_{time.time():.0f}")
        self.count(started, "mongodb", url, store.chats.name, 25)
        assert store.get_state("ann") == ("count", {"n": 100})
        assert store.locks.count_documents({}) == 0
        store.chats.drop()
        store.client.close()

    def count(self, started, kind, address, name, times):
        processes = [started(COUNTER, kind, address, name, times) for _ in range(4)]
        assert [process.wait(timeout=120) for process in processes] == [0, 0, 0, 0]


class TestHolderThatDies:
    """A lock does not outlive its holder by more than its time."""

    def test_file(self, started, tmp_path):
        """The operating system releases the lock at once."""
        store = FileStateManager(tmp_path, lock_timeout=0.05)
        holder = started(HOLDER, "file", "-", tmp_path, 0)
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(ChatBusy), store.turn("ann"):
            raise AssertionError
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with store.turn("ann"):
            store.set_state("ann", "menu", {})
        assert store.get_state("ann")[0] == "menu"

    def test_redis(self, started, address):
        """The lock expires."""
        import redis

        url = address("CHATSIM_REDIS_URL", "redis-server --port 6399")
        prefix = f"test:{os.getpid()}:{time.time()}:"
        store = RedisStateManager(client=redis.Redis.from_url(url), prefix=prefix, lock_timeout=0.05)
        holder = started(HOLDER, "redis", url, prefix, 1)
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(ChatBusy), store.turn("ann"):
            raise AssertionError
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        store.lock_timeout = 10
        with store.turn("ann"):
            store.set_state("ann", "menu", {})
        store.clear()
        store.client.close()
