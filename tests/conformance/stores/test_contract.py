"""What every state manager promises, held against all of them."""

import threading
import time
from collections import UserDict
from enum import StrEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatsim.errors import (
    ChatBusy,
    ContextNotSerializable,
    ContextTooLarge,
    InvalidChatId,
    SetupError,
    StateConflict,
)
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.base import CONTEXT_LIMIT, GuardedStateManager
from chatsim.state_managers.mongodb import MongoDBStateManager

DEEP = {"a": [{"b": {"c": [[], {}, None, True, False, 0, -1, 1.5, "", "é 日本 👩‍🔧"]}}]}
HOSTILE_IDS = [
    "../../x", "team/alice", ".", "..", "", " ", "bob.", "nul.json", "CON", "$HOME", "~", "a%2Fb", "gpj.\u202eexe",
    "a\0b", "a\nb", "u*[a-z]?", "-rf", "a" * 5000, "İstanbul", "\N{GRINNING FACE}", '{"$regex": ".*"}', "*", "a:b",
]  # fmt: skip
DISTINCT_IDS = [
    "a/b", "a%2Fb", "a_b", "a b", "a%252Fb", "Bob", "bob", "bob.", "BOB", "\u00e9", "e\u0301", "a" * 4999 + "x",
    "a" * 4999 + "y", "\u017f", "s", "1", "01",
]  # fmt: skip
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


# The store is the same for all examples on purpose: each overwrites what the one before left.
SHARED_STORE = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]


class Size(StrEnum):
    SMALL = "S"


class Text(str):
    __slots__ = ()

    def __str__(self):
        return "../x"


class TestGetSetDelete:
    def test_an_unknown_chat_is_empty(self, store):
        assert store.get_state("nobody") == (None, {})

    def test_what_was_set_comes_back(self, store):
        store.set_state("ann", "menu", DEEP)
        assert store.get_state("ann") == ("menu", DEEP)

    def test_the_last_one_counts(self, store):
        store.set_state("ann", "menu", {"a": 1})
        store.set_state("ann", "done", {})
        assert store.get_state("ann") == ("done", {})

    def test_a_deleted_chat_is_unknown(self, store):
        store.set_state("ann", "menu", {"a": 1})
        store.delete_state("ann")
        assert store.get_state("ann") == (None, {})

    def test_deleting_an_unknown_chat_does_nothing(self, store):
        store.delete_state("nobody")
        assert store.chat_ids() == []

    def test_chats_do_not_touch_each_other(self, store):
        store.set_state("ann", "menu", {"a": 1})
        store.set_state("bob", "done", {"b": 2})
        store.delete_state("ann")
        assert store.get_state("bob") == ("done", {"b": 2})

    def test_listing_and_clearing(self, store):
        for chat_id in ("bob", "ann", "u*[a-z]?"):
            store.set_state(chat_id, "menu", {})
        assert store.chat_ids() == ["ann", "bob", "u*[a-z]?"]
        store.clear()
        assert store.chat_ids() == []

    @pytest.mark.parametrize("state_id", ["", "menu", "{state_id}", "日本", "a\nb", "x" * 1000])
    def test_any_text_is_a_state(self, store, state_id):
        store.set_state("ann", state_id, {})
        assert state_id == store.get_state("ann")[0]

    @pytest.mark.parametrize("state_id", [None, 1, b"menu", "\ud800"])
    def test_nothing_else_is_a_state(self, store, state_id):
        with pytest.raises(SetupError, match="state id"):
            store.set_state("ann", state_id, {})
        assert store.get_state("ann") == (None, {})


class TestChatIds:
    @pytest.mark.parametrize("chat_id", HOSTILE_IDS, ids=ascii)
    def test_round_trip(self, store, chat_id):
        store.set_state(chat_id, "menu", {"id": "mine"})
        if "\0" in chat_id and isinstance(store, MongoDBStateManager) and not _finds_nul(store):
            # Some servers that speak MongoDB's protocol keep such a text and do not find it; mongod does.
            assert [chat_id] == [document["chat_id"] for document in store.chats.find()]
            return
        assert store.get_state(chat_id) == ("menu", {"id": "mine"})
        assert [chat_id] == store.chat_ids()
        store.delete_state(chat_id)
        assert store.get_state(chat_id) == (None, {})

    def test_ids_that_look_alike_keep_separate_states(self, store):
        for number, chat_id in enumerate(DISTINCT_IDS):
            store.set_state(chat_id, "menu", {"number": number})
        assert list(range(len(DISTINCT_IDS))) == [store.get_state(chat_id)[1]["number"] for chat_id in DISTINCT_IDS]
        assert sorted(DISTINCT_IDS) == store.chat_ids()

    @pytest.mark.parametrize("chat_id", [1, None, b"ann", {"$regex": ".*"}, ["a"], Text("ok"), Size.SMALL, "\ud800"])
    @pytest.mark.parametrize("method", ["get_state", "delete_state", "load", "turn"])
    def test_only_a_plain_str_is_an_id(self, store, method, chat_id):
        with pytest.raises(InvalidChatId):
            getattr(store, method)(chat_id)

    @pytest.mark.parametrize("chat_id", [1, Text("ok")])
    def test_nothing_is_written_for_anything_else(self, store, chat_id):
        with pytest.raises(InvalidChatId):
            store.set_state(chat_id, "menu", {})
        with pytest.raises(InvalidChatId):
            store.replace(chat_id, "menu", {}, None)
        assert store.chat_ids() == []


class TestContexts:
    """Contexts come back as from JSON, whatever the backend, and what JSON cannot hold changes nothing."""

    @pytest.mark.parametrize(
        ("context", "expected"),
        [
            ({"sizes": ("S", ("L",))}, {"sizes": ["S", ["L"]]}),
            ({"a": 2**63 - 1, "b": -(2**63)}, {"a": 2**63 - 1, "b": -(2**63)}),
            ({"a": 1.0, "b": -0.0, "c": 1e308, "d": 5e-324}, {"a": 1.0, "b": -0.0, "c": 1e308, "d": 5e-324}),
            ({"$set": 1, "a.b": 2, "": 3, "\0": 4, "_id": 5, "chat_id": 6}, None),
            ({"size": Size.SMALL}, {"size": "S"}),
            ({"z": 1, "a": 2}, None),
        ],
    )
    def test_as_from_json(self, store, context, expected):
        store.set_state("ann", "menu", context)
        after = store.get_state("ann")[1]
        assert repr(expected if expected is not None else context) == repr(after)

    @given(context=st.dictionaries(st.text(), JSON_VALUES, max_size=4))
    @settings(max_examples=25, suppress_health_check=SHARED_STORE, deadline=None)
    def test_any_json_object_round_trips(self, store, context):
        store.set_state("ann", "menu", context)
        assert repr(("menu", context)) == repr(store.get_state("ann"))

    def test_depth(self, store):
        context = {}
        for _ in range(300):
            context = {"a": context}
        store.set_state("ann", "menu", context)
        assert context == store.get_state("ann")[1]

    @pytest.mark.parametrize(
        ("context", "path"),
        [
            ({"x": float("nan")}, "$.x"),
            ({"x": [float("inf")]}, "$.x[0]"),
            ({"x": b"a"}, "$.x"),
            ({"x": {1, 2}}, "$.x"),
            ({1: "a"}, "$"),
            ({"x": 2**63}, "$.x"),
            ({"x": -(2**63) - 1}, "$.x"),
            ({"x": "\ud800"}, "$.x"),
            ({"x": ...}, "$.x"),
            (["no", "dict"], "$"),
            (None, "$"),
            (UserDict(a=1), "$"),
        ],
        ids=repr,
    )
    def test_what_json_cannot_hold_changes_nothing(self, store, context, path):
        store.set_state("ann", "menu", {"kept": True})
        version = store.load("ann")[2]
        with pytest.raises(ContextNotSerializable) as one:
            store.set_state("ann", "done", context)
        with pytest.raises(ContextNotSerializable) as other:
            store.replace("ann", "done", context, version)
        assert path == one.value.path == other.value.path
        assert store.get_state("ann") == ("menu", {"kept": True})

    def test_a_context_that_contains_itself(self, store):
        context = {}
        context["me"] = context
        with pytest.raises(ContextNotSerializable, match="contains itself"):
            store.set_state("ann", "menu", context)

    def test_the_limit(self, store):
        """A mebibyte of JSON is stored, one more byte is refused before the driver sees it."""
        room = CONTEXT_LIMIT - len('{"x":""}')
        store.set_state("ann", "menu", {"x": "a" * room})
        assert room == len(store.get_state("ann")[1]["x"])
        with pytest.raises(ContextTooLarge, match="1,048,577 bytes"):
            store.set_state("ann", "done", {"x": "a" * (room + 1)})
        with pytest.raises(ContextTooLarge):
            store.set_state("ann", "done", {"x": "a" * (17 << 20)})
        assert store.get_state("ann")[0] == "menu"

    def test_nobody_holds_a_part_of_what_is_stored(self, store):
        given = {"cart": ["tea"]}
        store.set_state("ann", "menu", given)
        given["cart"].append("given")
        store.get_state("ann")[1]["cart"].append("got")
        assert store.get_state("ann")[1] == {"cart": ["tea"]}
        store.get_state("nobody")[1]["x"] = 1
        assert store.get_state("nobody") == (None, {})


class TestCompareAndSet:
    def test_is_guarded(self, store):
        assert isinstance(store, GuardedStateManager)

    def test_a_new_chat(self, store):
        state_id, context, version = store.load("ann")
        assert (state_id, context) == (None, {})
        store.replace("ann", "menu", {"a": 1}, version)
        assert store.get_state("ann") == ("menu", {"a": 1})

    def test_a_known_chat(self, store):
        store.set_state("ann", "menu", {})
        store.replace("ann", "done", {"a": 1}, store.load("ann")[2])
        assert store.get_state("ann") == ("done", {"a": 1})

    @pytest.mark.parametrize("change", ["set", "replace", "delete"])
    def test_a_changed_chat(self, store, change):
        """Whoever comes second raises, and changes nothing."""
        store.set_state("ann", "menu", {})
        version = store.load("ann")[2]
        if change == "set":
            store.set_state("ann", "other", {"b": 2})
        elif change == "replace":
            store.replace("ann", "other", {"b": 2}, version)
        else:
            store.delete_state("ann")
        after = store.get_state("ann")
        with pytest.raises(StateConflict, match="'ann'") as caught:
            store.replace("ann", "done", {}, version)
        assert caught.value.chat_id == "ann"
        assert after == store.get_state("ann")

    def test_a_chat_that_began_meanwhile(self, store):
        version = store.load("ann")[2]
        store.set_state("ann", "menu", {"a": 1})
        with pytest.raises(StateConflict):
            store.replace("ann", "done", {}, version)
        assert store.get_state("ann") == ("menu", {"a": 1})

    def test_one_of_many_wins(self, store):
        """Of eight who replace the same version at once, one succeeds."""
        store.set_state("ann", "menu", {})
        version = store.load("ann")[2]
        assert _winners(8, lambda number: store.replace("ann", f"s{number}", {}, version)) == 1

    def test_one_of_many_first_writes_wins(self, store):
        version = store.load("ann")[2]
        assert _winners(8, lambda number: store.replace("ann", f"s{number}", {}, version)) == 1
        assert store.chat_ids() == ["ann"]

    def test_parallel_first_writes_leave_one_state(self, store):
        assert _winners(8, lambda number: store.set_state("ann", "menu", {"number": number})) == 8
        assert store.chat_ids() == ["ann"]
        state_id, context = store.get_state("ann")
        assert state_id == "menu"
        assert context["number"] in range(8)


class TestTurn:
    """`turn` lets one message of a chat in at a time."""

    def test_one_at_a_time(self, make_store):
        store = make_store(lock_timeout=0.05)
        with store.turn("ann"), pytest.raises(ChatBusy, match="'ann'") as caught, store.turn("ann"):
            raise AssertionError
        assert caught.value.seconds == 0.05
        with store.turn("ann"):
            assert store.get_state("ann") == (None, {})

    def test_a_step_that_takes_long(self, make_store):
        """Where a lock has a time, it is renewed: nobody gets in before the step has ended."""
        store = make_store(lock_timeout=0.05)
        if hasattr(store, "lock_seconds"):
            store = make_store(lock_timeout=0.05, lock_seconds=0.15)
        with store.turn("ann"):
            time.sleep(0.4)
            with pytest.raises(ChatBusy), store.turn("ann"):
                raise AssertionError
        with store.turn("ann"):
            pass

    def test_other_chats_go_on(self, make_store):
        store = make_store(lock_timeout=0.05)
        with store.turn("ann"), store.turn("bob"), store.turn("Ann"):
            store.set_state("bob", "menu", {})
        assert store.chat_ids() == ["bob"]

    def test_released_when_the_step_raises(self, make_store):
        store = make_store(lock_timeout=0.05)
        with pytest.raises(ZeroDivisionError), store.turn("ann"):
            raise ZeroDivisionError
        with store.turn("ann"):
            pass

    def test_no_update_is_lost_among_threads(self, store):
        orchestrator = ChatOrchestrator(store, RecordingSender(), "count")

        @orchestrator.register_step("count")
        def count(_chat_id, _user_input, context, _sender):
            return "count", {"n": context.get("n", 0) + 1}

        assert _winners(4, lambda _: [orchestrator.handle_message("ann", None) for _ in range(10)], per=10) == 40
        assert store.get_state("ann") == ("count", {"n": 40})


def _finds_nul(store):
    """Say whether the server finds a document by a text that holds a NUL, chatsim aside."""
    probe = store.client["chatsim_test"]["nul_probe"]
    probe.insert_one({"text": "a\0b"})
    found = probe.find_one({"text": "a\0b"})
    probe.drop()
    return found is not None


def _winners(threads, work, per=1):
    """Run *work* in so many threads at once; return how much of it did not meet a conflict."""
    start, done = threading.Barrier(threads), []

    def run(number):
        start.wait()
        try:
            work(number)
        except StateConflict:
            return
        done.append(per)

    workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done)
