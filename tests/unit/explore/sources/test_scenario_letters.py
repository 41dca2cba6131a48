"""What the scenarios beside a bot say is tried in the same states, and their mocks answer."""

import textwrap

import pytest

from chatsim.explore import explore
from chatsim.explore.api import stage_of
from chatsim.explore.play import patience
from chatsim.explore.sources import scenarios
from chatsim.explore.sources.scenarios import cases_for

BOT = """
import json
import urllib.request

from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, Status


class Shop(AbstractFSM):
    states = ["ask", "read", "pay", "paid", "done"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask"},
        {"trigger": "next", "source": "ask", "dest": "read"},
        {"trigger": "next", "source": "read", "dest": "pay", "conditions": "is_word"},
        {"trigger": "next", "source": "read", "dest": "ask"},
        {"trigger": "next", "source": "pay", "dest": "paid"},
        {"trigger": "next", "source": "paid", "dest": "done", "conditions": "is_paid"},
        {"trigger": "next", "source": "paid", "dest": "pay"},
    ]
    conditions = {"is_word", "is_paid"}

    def say(self, text):
        self.send_message(FSMOutput(message_data=MessageData(body=text)))

    def on_enter_ask(self):
        self.say("The word?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read(self):
        self.variables["word"] = self.current_input

    def is_word(self):
        return hash_of(self.variables["word"]) == 1234

    def on_enter_pay(self):
        with urllib.request.urlopen("https://pay.example/orders") as answer:
            self.variables["order"] = json.load(answer)["order"]
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_paid(self):
        told = self.current_callback or ""
        self.variables["paid"] = told == json.dumps({"order": self.variables["order"], "ok": True}, separators=(",", ":"))

    def is_paid(self):
        return self.variables["paid"]

    def on_enter_done(self):
        self.say("Thank you")
        self.status = Status.END


def hash_of(word):
    return sum(map(ord, word or "")) if word == chr(111) + chr(112) + chr(101) + chr(110) else 0


def same(number):
    return number
"""
HANGS = """
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())


@bot.register_step("start")
def start(chat_id, text, context, sender):
    while text == "go":
        pass
    sender.send_message(chat_id, "Hello")
    return "start", {}
"""
SCENARIO = """
bot: shop:Shop
mock:
  GET https://pay.example/orders: {json: {order: 41}, optional: true}
scenarios:
  opens:
  - user: null
  - bot: The word?
  - user: open
  - callback: {order: 7, ok: true}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shop.py").write_text(BOT.replace("== 1234", "== sum(map(ord, 'nepo'))"))
    (tmp_path / "shop.chat.yaml").write_text(SCENARIO)
    (tmp_path / "broken.chat.yaml").write_text("bot: shop:Shop\nscenarios: 7\n")
    (tmp_path / "other.chat.yaml").write_text(textwrap.dedent("bot: other:Bot\nscenarios:\n  a:\n  - user: hi\n"))
    return tmp_path


class TestScenarios:
    def test_a_word_that_no_code_shows(self, folder):
        """The word, the mock, and a callback with the number of the order as it is now."""
        found = explore("shop:Shop", folder=folder, faults=False, max_time=20)
        assert "done" in found.states
        assert not found.errors
        assert "call-not-mocked" not in {each.kind for each in found.findings}

    def test_without_them(self, folder):
        """What the word is compared with is noticed at run time; that a call is answered, only a scenario can say."""
        found = explore("shop:Shop", folder=folder, faults=False, scenarios=False, max_time=20)
        assert "done" not in found.states
        assert "call-not-mocked" in {each.kind for each in found.findings}

    def test_only_those_of_the_bot(self, folder):
        assert [case.name for case in cases_for("shop:Shop", folder)] == ["opens"]
        assert cases_for("shop:Bot", folder) == []

    def test_a_call_that_nothing_answers(self, folder):
        (folder / "shop.chat.yaml").write_text(
            SCENARIO.replace("mock:\n  GET https://pay.example/orders: {json: {order: 41}, optional: true}\n", "")
        )
        found = explore("shop:Shop", folder=folder, faults=False, max_time=20)
        (call,) = [each for each in found.findings if each.kind == "call-not-mocked"]
        assert (call.severity, call.witness.turns[-1].event.text) == ("warning", "open")
        assert not found.errors

    def test_one_that_does_not_come_back(self, tmp_path, monkeypatch):
        """A scenario that shows how the bot hangs, such as a saved witness, does not keep a search from beginning."""
        monkeypatch.setattr(scenarios, "LONGEST_OF_ONE", 0.3)
        monkeypatch.setattr(patience, "LONGEST", 0.3)
        (tmp_path / "hang.py").write_text(HANGS)
        (tmp_path / "hang.chat.yaml").write_text(
            "bot: hang:bot\nscenarios:\n  a:\n  - user: go\n  b:\n  - user: stay\n"
        )
        cases = cases_for("hang:bot", tmp_path)
        traces = scenarios.traces_of(cases, stage_of("hang:bot", tmp_path))
        assert [turn.event.text for trace in traces for turn in trace.turns] == ["stay"]
        monkeypatch.setattr(scenarios, "LONGEST", 0.1)
        assert scenarios.traces_of(cases, stage_of("hang:bot", tmp_path)) == []
        found = explore("hang:bot", folder=tmp_path, faults=False, max_time=20)
        assert [error.message.partition(";")[0] for error in found.errors] == ["the bot did not return"]
