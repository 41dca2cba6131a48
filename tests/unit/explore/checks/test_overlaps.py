"""Two guards that hold at once are told, with the chat that shows it, where the order of their transitions decides."""

import jb_manager_bot
import jb_manager_bot.data_models

from chatsim.explore import explore
from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, Status
from chatsim.trace import Text

PRICES = [Text("3"), Text("7"), Text("12")]

DEAR = {"trigger": "next", "source": "read", "dest": "dear", "conditions": "is_dear"}
CHEAP = {"trigger": "next", "source": "read", "dest": "cheap", "conditions": "is_cheap"}


class Shop(AbstractFSM):
    """Cheap is less than 10; what is dear, the test says."""

    states = ["ask", "read", "cheap", "dear"]
    conditions = {"is_cheap", "is_dear"}
    dear_from = 6
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask"},
        {"trigger": "next", "source": "ask", "dest": "read"},
        CHEAP,
        DEAR,
        {"trigger": "next", "source": "read", "dest": "ask"},
    ]

    def on_enter_ask(self):
        self.send_message(FSMOutput(message_data=MessageData(body="How much?")))
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read(self):
        text = self.current_input or ""
        self.variables["n"] = int(text) if text.isdecimal() else 0
        self.status = Status.MOVE_FORWARD

    def is_cheap(self):
        return self.variables["n"] < 10

    def is_dear(self):
        return self.variables["n"] >= self.dear_from

    def on_enter_cheap(self):
        self.send_message(FSMOutput(message_data=MessageData(body="Cheap")))
        self.status = Status.END

    def on_enter_dear(self):
        self.send_message(FSMOutput(message_data=MessageData(body="Dear")))
        self.status = Status.END


def ways(*between):
    return [*Shop.transitions[:2], *between, Shop.transitions[-1]]


def overlaps(machine):
    result = explore(machine, alphabet=PRICES, max_time=20)
    return [found for found in result.findings if found.kind == "guard-overlap"]


class TestOverlaps:
    def test_with_a_witness(self):
        (found,) = overlaps(Shop)
        assert (found.severity, found.state) == ("warning", "read")
        assert found.message == (
            "both is_cheap and is_dear hold here: the first defined wins, and leads to 'cheap'; "
            "in jb_manager_bot the last in the alphabet does, and leads to 'dear'"
        )
        assert [turn.event.text for turn in found.witness.turns][-1] == "7"

    def test_guards_that_never_hold_together(self):
        """Whether they do is seen, and not guessed: the source does not tell."""

        class Apart(Shop):
            dear_from = 10

        assert overlaps(Apart) == []

    def test_an_order_that_is_the_same_for_both(self):
        class Ordered(Shop):
            transitions = ways(DEAR, CHEAP)

        assert overlaps(Ordered) == []

    def test_the_same_target(self):
        class Same(Shop):
            transitions = ways(CHEAP, {**DEAR, "dest": "cheap"})

        assert overlaps(Same) == []

    def test_a_guard_that_cannot_be_asked_there(self):
        """Asked where the bot would not ask it, it may well raise, and then does not hold."""

        class Careful(Shop):
            def is_dear(self):
                return 100 // (self.variables["n"] - 7) > 0 and self.variables["n"] > 7

        assert overlaps(Careful) == []

    def test_the_bot_goes_its_way(self):
        """Asking more than the bot asks leaves no trace in what it does."""
        result = explore(Shop, alphabet=PRICES, max_time=20)
        assert result.outcome == "complete"
        assert {("read", "cheap"), ("read", "dear")} <= set(result.hops)
        assert list(result.errors) == []

    def test_the_published_package(self):
        """There the last in the alphabet wins in fact: that what is written first does not is told as well."""

        class Published(jb_manager_bot.AbstractFSM):
            states = ["zero", *Shop.states]
            transitions, conditions = Shop.transitions, Shop.conditions

            def __init__(self, send_message, credentials=None):
                super().__init__(send_message)

            def say(self, text, status):
                body = jb_manager_bot.data_models.MessageData(body=text)
                kind = jb_manager_bot.data_models.MessageType.TEXT
                self.send_message(jb_manager_bot.FSMOutput(message_data=body, type=kind, dest="out"))
                self.status = status

            def on_enter_ask(self):
                self.say("How much?", jb_manager_bot.data_models.Status.WAIT_FOR_USER_INPUT)

            def on_enter_read(self):
                text = self.current_input or ""
                self.variables["n"] = int(text) if text.isdecimal() else 0
                self.status = jb_manager_bot.data_models.Status.MOVE_FORWARD

            def is_cheap(self):
                return self.variables["n"] < 10

            def is_dear(self):
                return self.variables["n"] >= 6

            def on_enter_cheap(self):
                self.say("Cheap", jb_manager_bot.data_models.Status.END)

            def on_enter_dear(self):
                self.say("Dear", jb_manager_bot.data_models.Status.END)

        (found,) = overlaps(Published)
        assert (found.state, found.witness.turns[-1].replies[0].text) == ("read", "Dear")
