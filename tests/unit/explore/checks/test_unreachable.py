"""What a bot declares and nothing reaches is told: each transition for itself, where guards tell them apart."""

import pytest

from chatsim.explore import explore
from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, Status
from chatsim.trace import Text

SAID = [Text("yes"), Text("no"), Text("what?")]


class Door(AbstractFSM):
    """Opens for who is known, or has a key; nobody has one."""

    states = ["knock", "look", "open", "cellar"]
    conditions = {"is_known", "has_key"}
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "knock"},
        {"trigger": "next", "source": "knock", "dest": "look"},
        {"trigger": "next", "source": "look", "dest": "open", "conditions": "is_known"},
        {"trigger": "next", "source": "look", "dest": "open", "conditions": "has_key"},
        {"trigger": "next", "source": "look", "dest": "knock"},
    ]
    nobody_has = True

    def on_enter_knock(self):
        self.send_message(FSMOutput(message_data=MessageData(body="Who is there?")))
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_look(self):
        self.variables["said"] = self.current_input
        self.status = Status.MOVE_FORWARD

    def is_known(self):
        return self.variables["said"] == "yes"

    def has_key(self):
        return self.variables["said"] == "no" and not self.nobody_has

    def on_enter_open(self):
        self.send_message(FSMOutput(message_data=MessageData(body="Come in")))
        self.status = Status.END

    def on_enter_cellar(self):
        self.status = Status.END


class Hall(Door):
    """A door whose cellar can be reached, and which runs another door as a plugin."""

    states = ["inner", *Door.states[:3]]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "inner"},
        {"trigger": "next", "source": "inner", "dest": "knock"},
        *Door.transitions[1:3],
        Door.transitions[4],
    ]

    def __init__(self, send_message, credentials=None):
        self.plugins = {"door": Door(send_message, credentials or {})}
        super().__init__(send_message, credentials or {})

    def on_enter_inner(self):
        if self.run_plugin("door") != self.RUN_TOKEN:
            self.status = Status.MOVE_FORWARD


def unreachable(machine, **options):
    result = explore(machine, alphabet=SAID, faults=False, max_time=20, **options)
    found = [found for found in result.findings if found.kind == "unreachable"]
    return [(found.message.partition(" is declared")[0], found.severity, found.inconclusive) for found in found]


def told(what, severity="warning", *, inconclusive=False):
    return what, severity, inconclusive


class TestUnreachable:
    def test_each_for_itself(self):
        """Another way with the same ends was taken, but not this one."""
        expected = {told("state 'cellar'"), told("the way from 'look' to 'open' (if has_key)")}
        assert set(unreachable(Door)) == expected

    def test_the_other_one_taken(self):
        class Keys(Door):
            nobody_has = False

        assert unreachable(Keys) == [told("state 'cellar'")]

    def test_plugins(self):
        """Of a plugin that ran it is told as well, and of which."""
        assert {what for what, *_ in unreachable(Hall)} == {
            "state 'door/cellar'",
            "the way from 'look' to 'open' (if has_key)",
        }


class TestStrict:
    def test_complete(self):
        assert {severity for _, severity, _ in unreachable(Door, strict=True)} == {"error"}

    def test_said_otherwise(self):
        found = unreachable(Door, strict=True, severity={"unreachable": "warning"})
        assert {severity for _, severity, _ in found} == {"warning"}

    @pytest.mark.parametrize("limit", [{"max_depth": 1}, {"max_states": 2}])
    def test_bounded(self, limit):
        """What was left untried may lead there: that is no error, however strict."""
        found = unreachable(Door, strict=True, **limit)
        assert {(severity, inconclusive) for _, severity, inconclusive in found} == {("warning", True)}
