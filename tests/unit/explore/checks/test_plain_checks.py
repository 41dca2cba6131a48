"""What is found without being asked for: each kind in a bot that has it, and in one that has not."""

import json
import random

import pytest
from transitions import Machine

from chatsim.explore import explore
from chatsim.failures import shown_file
from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, Status
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Text


def found_in(*steps, **options):
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id=steps[0].__name__)
    orchestrator.register_steps({step.__name__: step for step in steps})
    result = explore(orchestrator, faults=False, max_time=20, **options)
    return {(found.kind, found.severity, found.state) for found in result.findings}


def start(chat_id, text, context, sender):
    sender.send_message(chat_id, "Tea or coffee?", ["Tea", "Coffee"])
    return "choose", {}


def choose(chat_id, text, context, sender):
    if text in ("Tea", "Coffee"):
        sender.send_message(chat_id, f"{text}!")
        return "start", {}
    sender.send_message(chat_id, "Please choose", ["Tea", "Coffee"])
    return "choose", context


class TestKinds:
    def test_nothing(self):
        assert found_in(start, choose) == set()

    def test_raised_within_a_library(self):
        """It is told where the bot's own code was, and once, however a library came to it."""

        def choose(chat_id, text, context, sender):
            sender.send_message(chat_id, str(json.loads(text or "0")), ["Tea", "Coffee"])
            return "choose", context

        orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="choose")
        orchestrator.register_steps({"choose": choose})
        inputs = [Text("{"), Text("\ufeff"), Text("1")]
        found = explore(orchestrator, alphabet=inputs, faults=False, max_time=20).errors
        assert {each.message.partition(" at ")[2].partition(":")[0] for each in found} == {shown_file(__file__)}
        assert {each.state for each in found} == {None, "choose"}
        assert len(found) == 2

    def test_memory_elsewhere(self):
        served = []

        def choose(chat_id, text, context, sender):
            served.append(text)
            sender.send_message(chat_id, f"You are number {len(served)}")
            return "start", {}

        assert ("nondeterministic", "error", "choose") in found_in(start, choose)

    def test_memory_that_shows_later(self):
        """A default that all calls share holds the same after the same call twice, and more after others."""

        def added(items, item, known=[]):  # noqa: B006 - the bug
            known += [each for each in (*items, item) if each not in known]
            return list(known)

        def choose(chat_id, text, context, sender):
            if text not in ("Tea", "Coffee"):
                sender.send_message(chat_id, "Tea or coffee?", ["Tea", "Coffee"])
                return "choose", context
            sender.send_message(chat_id, "Noted", ["Tea", "Coffee"])
            return "choose", {"cups": added(context.get("cups", []), text)}

        assert "nondeterministic" in {kind for kind, _, _ in found_in(start, choose)}

    def test_chance_that_decides(self):
        def choose(chat_id, text, context, sender):
            sender.send_message(chat_id, "Let us see")
            return ("start" if random.random() < 0.5 else "choose"), {}

        assert ("nondeterministic", "error", "choose") in found_in(start, choose)

    def test_chance_in_words(self):
        def choose(chat_id, text, context, sender):
            sender.send_message(chat_id, random.choice(["Fine", "Good", "Well", "Right", "So be it"]))
            return "start", {}

        kinds = {found for found in found_in(start, choose) if found[0] == "nondeterministic"}
        assert kinds == {("nondeterministic", "warning", "choose")}

    def test_chance_in_an_id(self):
        """Numbers of orders may be drawn."""

        def choose(chat_id, text, context, sender):
            sender.send_message(chat_id, f"Your order is {random.randrange(10**9, 10**10)}")
            return "start", {}

        assert "nondeterministic" not in {kind for kind, _, _ in found_in(start, choose)}

    def test_tuple(self):
        def choose(chat_id, text, context, sender):
            sender.send_message(chat_id, "Fine")
            return "start", {"last": (text, 1)}

        assert ("context-changes", "error", "start") in found_in(start, choose)

    def test_tuple_of_a_model(self):
        """What a model keeps may be kept in another way by its author: a warning."""

        class Shop:
            def __init__(self):
                self.asked = ["now"]
                self.sizes = ("S", "L")
                self.machine = Machine(self, states=["open", "shut"], initial="open", auto_transitions=False)

            def on_message(self, text):
                self.asked = ("later", *self.asked)[:3]

        found = explore(Shop(), alphabet=[Text("hi")], max_states=20).findings
        changes = {(one.severity, one.key) for one in found if one.kind == "context-changes"}
        assert changes == {("warning", "open $.asked")}

    def test_growth(self):
        def start(chat_id, text, context, sender):
            sender.send_message(chat_id, "Again?")
            return "start", {"log": [*context.get("log", []), text]}

        assert ("context-grows", "warning", "start") in found_in(start)

    @pytest.mark.parametrize("text", ["", "  \n"])
    def test_empty_reply(self, text):
        def choose(chat_id, said, context, sender):
            sender.send_message(chat_id, text)
            return "start", {}

        assert ("empty-reply", "error", "start") in found_in(start, choose)

    def test_silence(self):
        def choose(chat_id, text, context, sender):
            return "start", {}

        assert ("silent-turn", "warning", "start") in found_in(start, choose)

    def test_refused_option(self):
        def start(chat_id, text, context, sender):
            sender.send_message(chat_id, "Tea or coffee?", ["Tea", "Coffee", "Cake"])
            return "choose", {}

        found = found_in(start, choose)
        assert found == {("option-refused", "error", "choose")}

    def test_option_that_asks_again(self):
        """A button for help may be answered as what is not understood."""

        def start(chat_id, text, context, sender):
            sender.send_message(chat_id, "Tea or coffee?", ["Tea", "Coffee", "Help"])
            return "choose", {}

        assert found_in(start, choose) == {("option-refused", "warning", "choose")}

    def test_dead_end(self):
        def choose(chat_id, text, context, sender):
            return "choose", context

        assert ("dead-end", "error", "choose") in found_in(start, choose)

    def test_a_state_that_only_answers(self):
        def choose(chat_id, text, context, sender):
            if text == "Tea":
                sender.send_message(chat_id, "Good-bye")
                return "over", {}
            sender.send_message(chat_id, "Tea or coffee?", ["Tea", "Coffee"])
            return "start", {}

        def over(chat_id, text, context, sender):
            sender.send_message(chat_id, "We are done")
            return "over", context

        assert ("dead-end", "warning", "over") in found_in(start, choose, over)

    def test_unreachable(self):
        def nowhere(chat_id, text, context, sender):
            return "start", {}

        assert found_in(start, choose, nowhere) == {("unreachable", "warning", "nowhere")}

    @pytest.mark.parametrize("said", ["off", "warning"])
    def test_ruling(self, said):
        def choose(chat_id, text, context, sender):
            raise ValueError(text)

        kinds = {found[:2] for found in found_in(start, choose, severity={"bot-raised": said})}
        assert (("bot-raised", "warning") in kinds) is (said == "warning")
        assert ("bot-raised", "error") not in kinds


class Loop(AbstractFSM):
    """Asks for ever, and has an end that nothing leads to once it was said that one stays."""

    states = ["ask", "read", "stay", "done"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask"},
        {"trigger": "next", "source": "ask", "dest": "read"},
        {"trigger": "next", "source": "read", "dest": "done", "conditions": "is_over"},
        {"trigger": "next", "source": "read", "dest": "stay"},
        {"trigger": "next", "source": "stay", "dest": "stay"},
    ]
    conditions = {"is_over"}

    def say(self, text):
        self.send_message(FSMOutput(message_data=MessageData(body=text)))

    def on_enter_ask(self):
        self.say("Over?")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read(self):
        self.variables["over"] = self.current_input == "over"

    def on_enter_stay(self):
        self.say("Stay")
        self.variables["stays"] = not self.variables.get("stays", False)
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_done(self):
        self.say("Bye")
        self.status = Status.END

    def is_over(self):
        return self.variables["over"]


def test_no_end():
    found = [found for found in explore(Loop, faults=False).errors if found.kind == "no-end"]
    assert [(error.state, len(error.witness.turns)) for error in found] == [("stay", 2)]
