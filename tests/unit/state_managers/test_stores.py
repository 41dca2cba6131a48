"""What each state manager has of its own; what they share is in tests/conformance/stores."""

import json
import os
import re
import stat
import subprocess
import sys
import threading

import fakeredis
import mongomock
import pymongo
import pytest
import redis

from chatsim.errors import ChatBusy, SetupError, StateCorrupted, StateStoreError
from chatsim.extras import require
from chatsim.state_managers.base import GuardedStateManager
from chatsim.state_managers.file import FileStateManager
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.state_managers.mongodb import MongoDBStateManager
from chatsim.state_managers.polling import PolledTurn
from chatsim.state_managers.redis import RedisStateManager
from chatsim.state_managers.threads import ThreadGuard

GARBAGE = [
    ('{"state_id": "a", "cont', "JSON|truncated"),
    ("", "truncated"),
    ("null", "a JSON NoneType, not an object"),
    ("[]", "a JSON list, not an object"),
    ('{"state_id": "a"}', "it has no 'context'"),
    ('{"context": {}}', "it has no 'state_id'"),
    ('{"state_id": null, "context": {}}', "its 'state_id' is of type NoneType, not str"),
    ('{"state_id": 5, "context": {}}', "its 'state_id' is of type int, not str"),
    ('{"state_id": "a", "context": []}', "its 'context' is of type list, not dict"),
    ('{"state_id": "a", "context": {"x": NaN}}', "malformed"),
    ('{"state_id": "a", "context": {"x": ' + "9" * 5000 + "}}", "out of range"),
    ('{"state_id": "a", "context": {"x": 9223372036854775808}}', "does not fit into a signed 64"),
    ('{"state_id": "a", "context": {"x": ' + "[" * 100_000 + "}}", "nested too deeply"),
    ('{"state_id": "a", "context": {"x": "\\ud800"}}', "truncated|surrogate|JSON"),
    ('{"state_id": "a", "context": {}, "chat_id": "bob"}', "it belongs to chat 'bob'"),
    ("\ufeff{}", "malformed"),
]
IDS = range(len(GARBAGE))


class TestFile:
    @pytest.fixture
    def store(self, tmp_path):
        return FileStateManager(tmp_path / "chats", lock_timeout=0.05)

    def everything(self, folder):
        return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    @pytest.mark.parametrize("chat_id", ["../../x", "a/b", ".", "", "NUL", "a" * 5000, "-rf", "é", "a\0b", "Bob", "İ"])
    def test_one_file_inside_of_the_folder(self, store, tmp_path, chat_id):
        """Its name is safe everywhere, and no other path changes, whatever the id."""
        (tmp_path / "x").write_text("mine")
        before = self.everything(tmp_path)
        store.set_state(chat_id, "menu", {"a": 1})
        with store.turn(chat_id):
            pass
        (made,) = set(self.everything(tmp_path)) - set(before)
        assert made.resolve().parent == store.folder
        assert made == store.path_of(chat_id)
        assert re.fullmatch(r"[a-z0-9_-]{1,120}\.json", made.name)
        store.delete_state(chat_id)
        assert self.everything(tmp_path) == before

    def test_what_is_in_it(self, store):
        store.set_state("ann", "menu", {"é": 1})
        text = store.path_of("ann").read_text(encoding="utf-8")
        assert text == '{"chat_id":"ann","state_id":"menu","context":{"é":1}}'
        assert stat.S_IMODE(store.path_of("ann").stat().st_mode) == 0o600

    def test_a_file_of_the_original_is_read(self, store):
        store.path_of("ann").write_text('{"state_id": "menu", "context": {"a": 1}}')
        assert store.get_state("ann") == ("menu", {"a": 1})
        version = store.load("ann")[2]
        store.replace("ann", "done", {}, version)
        assert store.get_state("ann") == ("done", {})

    @pytest.mark.parametrize(("content", "why"), GARBAGE, ids=IDS)
    def test_garbage_is_told_and_kept(self, store, content, why):
        """Never a silent reset."""
        path = store.path_of("ann")
        path.write_text(content, encoding="utf-8")
        with pytest.raises(StateCorrupted, match=why) as caught:
            store.get_state("ann")
        assert (caught.value.chat_id, caught.value.place) == ("ann", str(path))
        assert path.read_text(encoding="utf-8") == content
        assert store.chat_ids() == []

    def test_what_is_no_text(self, store):
        store.path_of("ann").write_bytes(b"\xff\xfe")
        with pytest.raises(StateCorrupted):
            store.get_state("ann")

    def test_what_is_no_file(self, store):
        store.path_of("ann").mkdir()
        with pytest.raises(StateCorrupted, match="it is no regular file"):
            store.get_state("ann")
        with pytest.raises(StateStoreError, match="cannot be written"):
            store.set_state("ann", "menu", {})
        assert [path.name for path in store.folder.iterdir()] == [store.path_of("ann").name]

    def test_a_pipe_does_not_hang(self, store):
        os.mkfifo(store.path_of("ann"))
        with pytest.raises(StateCorrupted, match="no regular file"):
            store.get_state("ann")

    def test_what_is_no_state_is_not_listed(self, store):
        os.mkfifo(store.folder / "pipe.json")
        (store.folder / "folder.json").mkdir()
        (store.folder / "deep.json").write_text("[" * 100_000)
        assert store.chat_ids() == []

    def test_a_link_is_not_followed(self, store, tmp_path):
        (tmp_path / "secret").write_text('{"state_id": "a", "context": {}}')
        store.path_of("ann").symlink_to(tmp_path / "secret")
        with pytest.raises(StateStoreError, match="cannot be read"):
            store.get_state("ann")
        store.set_state("ann", "menu", {})
        assert (tmp_path / "secret").read_text() == '{"state_id": "a", "context": {}}'
        assert store.get_state("ann") == ("menu", {})

    def test_more_than_a_store_writes(self, store):
        with store.path_of("ann").open("wb") as file:
            file.truncate((16 << 20) + 1)
        with pytest.raises(StateCorrupted, match="longer than 16,777,216 bytes"):
            store.get_state("ann")

    def test_the_folder_may_be_a_link(self, tmp_path, monkeypatch):
        """It is followed once; where it points to later does not matter, nor where the process is."""
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "a")
        monkeypatch.chdir(tmp_path)
        store = FileStateManager("link")
        (tmp_path / "link").unlink()
        (tmp_path / "link").symlink_to(tmp_path / "b")
        monkeypatch.chdir(tmp_path / "b")
        store.set_state("ann", "menu", {})
        assert store.folder == (tmp_path / "a").resolve()
        assert len(list((tmp_path / "a").iterdir())) == 1
        assert list((tmp_path / "b").iterdir()) == []

    def test_the_default_folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert FileStateManager().folder == (tmp_path / "chat_states").resolve()

    def test_a_folder_that_cannot_be_made(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(StateStoreError, match="cannot be made"):
            FileStateManager(tmp_path / "file")

    def test_a_folder_that_is_gone(self, store):
        """It must not look as if nobody had spoken yet."""
        store.folder.rmdir()
        for call in (
            lambda: store.get_state("ann"),
            lambda: store.set_state("ann", "menu", {}),
            lambda: store.delete_state("ann"),
            lambda: store.turn("ann").__enter__(),
        ):
            with pytest.raises(StateStoreError, match=re.escape(str(store.folder))):
                call()

    def test_a_disk_that_is_full(self, store, monkeypatch):
        """The state before is intact, and nothing is left lying about."""
        store.set_state("ann", "menu", {"kept": True})

        def full(descriptor):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StateStoreError, match=r"cannot be written: No space left on device") as caught:
            store.set_state("ann", "done", {})
        assert str(store.path_of("ann")) in str(caught.value)
        monkeypatch.undo()
        assert store.get_state("ann") == ("menu", {"kept": True})
        assert len(list(store.folder.iterdir())) == 1

    def test_written_flushed_and_moved(self, store, monkeypatch):
        """In this order: the file is on the disk before it has its name, and the name afterwards."""
        done = []
        fsync, replace = os.fsync, os.replace
        monkeypatch.setattr(
            os,
            "fsync",
            lambda d: (done.append("sync dir" if stat.S_ISDIR(os.fstat(d).st_mode) else "sync file"), fsync(d)),
        )
        monkeypatch.setattr(os, "replace", lambda *args: (done.append("replace"), replace(*args)))
        store.set_state("ann", "menu", {})
        assert done == ["sync file", "replace", "sync dir"]

    def test_a_crash_while_writing(self, store):
        """What a writer that died leaves is no state."""
        store.set_state("ann", "menu", {})
        (store.folder / ".abc.tmp").write_text('{"chat_id": "eve", "state')
        (store.folder / "foreign.json").write_text(json.dumps({"chat_id": "eve", "state_id": "a", "context": {}}))
        (store.folder / "list.json").write_text("[]")
        assert store.chat_ids() == ["ann"]

    def test_a_lock_file_that_nobody_holds(self, store):
        """A killed process leaves its lock file, and nobody waits for it."""
        (store.folder / store.path_of("ann").with_suffix(".lock").name).write_text("")
        with store.turn("ann"):
            pass
        assert list(store.folder.iterdir()) == []

    def test_many_who_take_turns(self, store):
        """Lock files that come and go let nobody in twice."""
        store.lock_timeout = 20
        inside, most = [], []

        def work():
            for _ in range(50):
                with store.turn("ann"):
                    inside.append(1)
                    most.append(len(inside))
                    inside.pop()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (set(most), len(most)) == ({1}, 200)

    def test_without_file_locks(self, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "fcntl", None)
        with pytest.raises(SetupError, match="needs the file locks of POSIX"):
            FileStateManager(tmp_path)


class TestRedis:
    @pytest.fixture
    def client(self):
        return fakeredis.FakeRedis(server=fakeredis.FakeServer())

    @pytest.fixture
    def store(self, client):
        return RedisStateManager(client=client, lock_timeout=0.05)

    def test_what_is_in_it(self, store, client):
        store.set_state("ann", "menu", {"a": 1})
        assert client.keys() == [b"chatsim:chat:ann"]
        assert client.get("chatsim:chat:ann") == b'{"chat_id":"ann","state_id":"menu","context":{"a":1}}'

    @pytest.mark.parametrize(("content", "why"), GARBAGE, ids=IDS)
    def test_garbage_is_told_and_kept(self, store, client, content, why):
        client.set("chatsim:chat:ann", content)
        with pytest.raises(StateCorrupted, match=why) as caught:
            store.get_state("ann")
        assert "chatsim:chat:ann" in caught.value.place
        assert client.get("chatsim:chat:ann") == content.encode()

    def test_a_key_of_another_type(self, store, client):
        client.rpush("chatsim:chat:ann", "x")
        for call in (lambda: store.get_state("ann"), lambda: store.replace("ann", "menu", {}, None)):
            with pytest.raises(StateCorrupted, match="another type of Redis"):
                call()
        assert client.lrange("chatsim:chat:ann", 0, -1) == [b"x"]

    def test_a_client_that_decodes(self):
        client = fakeredis.FakeRedis(server=fakeredis.FakeServer(), decode_responses=True)
        store = RedisStateManager(client=client, lock_timeout=0.05)
        with store.turn("é"):
            store.replace("é", "menu", {"é": 1}, store.load("é")[2])
            store.replace("é", "done", {"é": 2}, store.load("é")[2])
        assert store.get_state("é") == ("done", {"é": 2})
        assert store.chat_ids() == ["é"]
        assert client.keys("*lock*") == []

    def test_what_is_no_text(self):
        client = fakeredis.FakeRedis(server=fakeredis.FakeServer(), decode_responses=True)
        client.set("chatsim:chat:ann", b"\xff")
        with pytest.raises(StateCorrupted, match="not UTF-8"):
            RedisStateManager(client=client).get_state("ann")

    @pytest.mark.parametrize("prefix", ["*", "a?[b]^-c\\", "chatsim:"])
    def test_listing_takes_the_prefix_to_the_letter(self, client, prefix):
        """A pattern in it finds, and clears, nobody else's keys."""
        client.set("other:chat:bob", "x")
        client.set("axb:chat:bob", "x")
        store = RedisStateManager(client=client, prefix=prefix)
        store.set_state("u*[a-z]?", "menu", {})
        assert store.chat_ids() == ["u*[a-z]?"]
        store.clear()
        assert sorted(client.keys()) == [b"axb:chat:bob", b"other:chat:bob"]

    def test_a_lock_that_somebody_took_over_is_left_alone(self, store, client):
        with store.turn("ann"):
            client.set("chatsim:lock:ann", "other")
        assert client.get("chatsim:lock:ann") == b"other"

    def test_a_lock_has_a_time(self, client):
        store = RedisStateManager(client=client, lock_seconds=12)
        with store.turn("ann"):
            assert 11_000 < client.pttl("chatsim:lock:ann") <= 12_000

    def test_a_lock_that_changes_hands_while_it_is_released(self, store, client, monkeypatch):
        monkeypatch.setattr(redis.client.Pipeline, "execute", self._watch_error)
        with store.turn("ann"):
            pass
        assert client.exists("chatsim:lock:ann")

    @staticmethod
    def _watch_error(pipe):
        raise redis.WatchError

    def test_a_server_out_of_reach(self):
        store = RedisStateManager("127.0.0.1", 1, 3)
        with pytest.raises(StateStoreError, match=r"Redis 127\.0\.0\.1:1/3 cannot be reached"):
            store.get_state("ann")
        store.client.close()

    def test_a_server_that_refuses(self, store, client, monkeypatch):
        def refuse(*_, **__):
            raise redis.ResponseError("OOM command not allowed")

        monkeypatch.setattr(client, "set", refuse)
        with pytest.raises(StateStoreError, match="refused: OOM command not allowed"):
            store.set_state("ann", "menu", {})

    def test_a_socket(self):
        store = RedisStateManager(client=redis.Redis(unix_socket_path="/run/no.sock", db=2, password="hidden"))
        assert store.place == "Redis /run/no.sock/2"


class TestMongoDB:
    @pytest.fixture
    def client(self):
        return mongomock.MongoClient()

    @pytest.fixture
    def store(self, client):
        return MongoDBStateManager(client=client, lock_timeout=0.05)

    def test_what_is_in_it(self, store, client):
        store.set_state("ann", "menu", {"a": 1})
        (document,) = client["chatsim"]["chat_states"].find()
        assert {key: document[key] for key in ("chat_id", "state_id", "context")} == {
            "chat_id": "ann",
            "state_id": "menu",
            "context": '{"a":1}',
        }
        assert any(index.get("unique") for index in store.chats.index_information().values())

    def test_database_and_collection(self, client):
        store = MongoDBStateManager("mongodb://h", "shop", "talks", client=client)
        with store.turn("ann"):
            store.set_state("ann", "menu", {})
            assert sorted(client["shop"].list_collection_names()) == ["talks", "talks_locks"]
        assert store.place == "MongoDB shop.talks"

    @pytest.mark.parametrize(
        ("document", "why"),
        [
            ({"state_id": 5, "context": "x"}, "malformed"),
            ({"state_id": 5, "context": {}}, "its 'state_id' is of type int"),
            ({"context": {}}, "it has no 'state_id'"),
            ({"state_id": "a"}, "its 'context' is of type NoneType"),
            ({"state_id": "a", "context": []}, "its 'context' is of type list"),
            ({"state_id": "a", "context": {"at": b"x"}}, "JSON cannot hold bytes"),
            ({"state_id": "a", "context": "[]"}, "its 'context' is of type list"),
        ],
    )
    def test_foreign_documents(self, store, document, why):
        store.chats.insert_one({"chat_id": "ann", **document})
        with pytest.raises(StateCorrupted, match=why):
            store.get_state("ann")
        assert store.chats.count_documents({}) == 1

    def test_a_document_of_the_original_is_read(self, store):
        store.chats.insert_one({"chat_id": "ann", "state_id": "menu", "context": {"a": 1}})
        state_id, context, version = store.load("ann")
        assert (state_id, context) == ("menu", {"a": 1})
        store.replace("ann", "done", {}, version)
        assert store.get_state("ann") == ("done", {})

    def test_documents_without_an_id_are_not_listed(self, store):
        store.chats.insert_many([{"chat_id": 5}, {"other": 1}, {"chat_id": "ann"}])
        assert store.chat_ids() == ["ann"]

    def test_a_first_write_at_the_same_time(self, store, monkeypatch):
        """The duplicate is tried once more, and is an update then."""
        update_one, calls = store.chats.update_one, []

        def race(*args, **kwargs):
            calls.append(args)
            if len(calls) == 1:
                store.chats.insert_one({"chat_id": "ann", "state_id": "other", "context": "{}"})
                raise pymongo.errors.DuplicateKeyError("E11000")
            return update_one(*args, **kwargs)

        monkeypatch.setattr(store.chats, "update_one", race)
        store.set_state("ann", "menu", {})
        assert len(calls) == 2
        assert store.get_state("ann") == ("menu", {})

    def test_tried_once_more_and_no_more(self, store, monkeypatch):
        def duplicate(*_, **__):
            raise pymongo.errors.DuplicateKeyError("E11000")

        monkeypatch.setattr(store.chats, "update_one", duplicate)
        with pytest.raises(StateStoreError, match=r"MongoDB chatsim\.chat_states failed: E11000"):
            store.set_state("ann", "menu", {})

    def test_a_lock_that_expired_is_taken_over(self, client):
        store = MongoDBStateManager(client=client, lock_seconds=-1, lock_timeout=0.05)
        with store.turn("ann"), store.turn("ann"):
            (lock,) = store.locks.find()
            assert lock["_id"] == "ann"

    def test_a_lock_that_somebody_took_over_is_left_alone(self, store):
        with store.turn("ann"):
            store.locks.update_one({"_id": "ann"}, {"$set": {"token": "other"}})
        assert store.locks.count_documents({}) == 1

    def test_a_server_out_of_reach(self):
        store = MongoDBStateManager("mongodb://eve:secret@127.0.0.1:1/?serverSelectionTimeoutMS=50")
        with pytest.raises(StateStoreError, match=r"MongoDB chatsim\.chat_states failed") as caught:
            store.get_state("ann")
        assert "secret" not in str(caught.value)
        store.client.close()


class TestPolledTurn:
    def test_tries_until_it_is_free(self):
        answers, released = [None, None, lambda: released.append(1)], []
        with PolledTurn("ann", "here", 5, lambda: answers.pop(0)):
            assert (answers, released) == ([], [])
        assert released == [1]

    def test_gives_up(self):
        tries = []
        with pytest.raises(ChatBusy, match="chat 'ann' in here"), PolledTurn("ann", "here", 0, lambda: tries.append(1)):
            raise AssertionError
        assert tries == [1]


class TestThreadGuard:
    def test_a_plain_store_becomes_a_guarded_one(self):
        inner = InMemoryStateManager()
        guard = ThreadGuard(inner, 0.01)
        assert isinstance(guard, GuardedStateManager)
        assert guard.load("ann") == (None, {}, None)
        guard.replace("ann", "menu", {"a": ("x",)}, None)
        assert inner.get_state("ann") == ("menu", {"a": ["x"]})
        with guard.turn("ann"), pytest.raises(ChatBusy, match="in InMemoryStateManager"), guard.turn("ann"):
            raise AssertionError

    def test_other_chats_go_on(self):
        guard = ThreadGuard(InMemoryStateManager(), 0.01)
        with guard.turn("ann"), guard.turn("bob"):
            guard.replace("bob", "menu", {}, None)
        assert guard.turn("ann") is not guard.turn("bob")

    def test_locks_do_not_pile_up(self):
        guard = ThreadGuard(InMemoryStateManager())
        for number in range(1000):
            with guard.turn(str(number)):
                pass
        assert len(guard._turns._turns) == 0


class TestExtras:
    @pytest.mark.parametrize(
        ("module", "make", "extra"),
        [
            ("redis", "chatsim.state_managers.redis:RedisStateManager", "redis"),
            ("pymongo", "chatsim.state_managers.mongodb:MongoDBStateManager", "mongodb"),
        ],
    )
    def test_a_missing_package_names_its_extra(self, module, make, extra):
        where, name = make.split(":")
        code = (
            f"import sys; sys.modules[{module!r}] = None\nfrom {where} import {name}\n"
            f"try: {name}()\nexcept Exception as error: print(type(error).__name__, error)"
        )
        shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert (
            shown == f"SetupError {name} needs the package '{module}'; install it: pip install \"chatsim[{extra}]\"\n"
        )

    def test_a_package_that_lacks_one_of_its_own(self, tmp_path, monkeypatch):
        """That is another problem, and shown as it is."""
        (tmp_path / "broken_extra.py").write_text("import no_such_module_of_it")
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(ModuleNotFoundError, match="no_such_module_of_it"):
            require("broken_extra", "redis", "X")
