"""What keeps two turns of one chat apart: known of our stores, tried out in memory, or declared."""

import time
from contextlib import contextmanager, nullcontext

import pytest

from chatsim.bots.base import Guards
from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.bots.store_guards import guards_of_store
from chatsim.delivery.declared import Declared, declared_by, guards_of
from chatsim.errors import SetupError
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.file import FileStateManager
from chatsim.state_managers.inmemory import InMemoryStateManager


class Plain:
    """A store as most people write it."""

    def __init__(self):
        self.states = {}

    def get_state(self, chat_id):
        return self.states.get(chat_id, (None, {}))

    def set_state(self, chat_id, state_id, context):
        self.states[chat_id] = (state_id, context)

    def delete_state(self, chat_id):
        self.states.pop(chat_id, None)


class Unlocked(InMemoryStateManager):
    def turn(self, chat_id):
        return nullcontext()


class Overwriting(InMemoryStateManager):
    def replace(self, chat_id, state_id, context, version):
        self.set_state(chat_id, state_id, context)


class UnlockedOverwriting(Unlocked, Overwriting):
    pass


class Renamed(InMemoryStateManager):
    """Changes nothing that guards."""

    place = "my memory"


class Impatient(InMemoryStateManager):
    """Keeps others out by an error rather than by letting them wait."""

    @contextmanager
    def turn(self, chat_id):
        if chat_id in self._turns:
            raise RuntimeError("busy")
        self._turns[chat_id] = None
        yield
        del self._turns[chat_id]


class Remote(Plain):
    """A store of the author's own with the guards of `GuardedStateManager`; nobody may try it out."""

    def load(self, chat_id):
        raise AssertionError

    replace = turn = load


class TestStores:
    @pytest.mark.parametrize(
        ("store", "serial", "versioned"),
        [
            (InMemoryStateManager, True, True),
            (Plain, False, False),
            (Unlocked, False, True),
            (Overwriting, True, False),
            (UnlockedOverwriting, False, False),
            (Renamed, True, True),
            (Impatient, True, True),
            (Remote, True, True),
        ],
    )
    def test_what_it_keeps_apart(self, store, serial, versioned):
        assert guards_of_store(store()) == Guards(serial, versioned, store.__name__)

    def test_store_on_disk_is_not_touched(self, tmp_path):
        class Own(FileStateManager):
            pass

        assert guards_of_store(Own(tmp_path / "states")) == Guards(store="Own")
        assert not (tmp_path / "states").exists() or not list((tmp_path / "states").iterdir())

    @pytest.mark.parametrize("store", [Unlocked, Overwriting, Renamed])
    def test_what_was_tried_out_leaves_nothing(self, store):
        states = store()
        states.set_state("ann", "menu", {})
        guards_of_store(states)
        assert states.chat_ids() == ["ann"]


class TestBots:
    def test_orchestrator_asks_its_store_once(self):
        class Slow(Unlocked):
            asked = 0

            def turn(self, chat_id):
                type(self).asked += 1
                return super().turn(chat_id)

        bot = OrchestratorBot(ChatOrchestrator(Slow(), RecordingSender()))
        assert guards_of(bot) == guards_of(bot) == Guards(serial=False, store="Slow")
        assert Slow.asked == 2  # by the one who is in, and by the one who should be kept out

    def test_declared_platform_counts_for_more(self):
        orchestrator = ChatOrchestrator(Plain(), RecordingSender())
        orchestrator.chatsim_delivery = {"serial": True}
        assert guards_of(OrchestratorBot(orchestrator)) == Guards(serial=True, versioned=False, store="Plain")

    def test_bot_that_says_nothing_is_kept_apart_by_its_platform(self):
        assert guards_of(object()) == Guards()


class TestDeclared:
    def own(self, declared):
        bot = type("Own", (), {})()
        bot.chatsim_delivery = declared
        return bot

    def test_nothing(self):
        assert declared_by(object()) == Declared()

    def test_all(self):
        declared = {"serial": False, "may": ["applied-twice"], "ignore": ("log",)}
        assert declared_by(self.own(declared)) == Declared(False, frozenset({"applied-twice"}), ("log",))

    def test_as_data_of_ours(self):
        assert declared_by(self.own(Declared(serial=True))).serial is True

    @pytest.mark.parametrize(
        ("declared", "message"),
        [
            (["log"], "chatsim_delivery is a dict such as"),
            ({"ignores": ["log"]}, "chatsim_delivery has no 'ignores'. Did you mean 'ignore'?"),
            ({"ignore": [7]}, "chatsim_delivery: Expected `str`, got `int`"),
        ],
    )
    def test_wrong(self, declared, message):
        with pytest.raises(SetupError, match=message.replace("[", r"\[")):
            declared_by(self.own(declared))


def test_trying_a_store_out_takes_no_time():
    began = time.perf_counter()
    guards_of_store(Renamed())
    assert time.perf_counter() - began < 1
