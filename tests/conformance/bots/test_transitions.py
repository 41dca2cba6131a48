"""Models of the transitions library: the conventions by which they chat."""

from pathlib import Path

import pytest

from chatsim.bots.loading import load_bot
from chatsim.bots.transitions import TransitionsBot
from chatsim.errors import SetupError, UnknownState
from chatsim.jsondata import from_json, to_json
from chatsim.session import Session
from chatsim.trace import Guard, Hop, Option, Tap, Text, Trace

FOLDER = Path(__file__).parent / "transitions"


@pytest.fixture
def chat():
    def chat(name):
        return Session(load_bot(f"bot:{name}", FOLDER))

    return chat


def test_the_machine_is_left_as_it_was(chat):
    """A second chat, or a second scenario file, on the same machine begins where the first did."""
    first = chat("Door")
    first.send("leave")
    assert first.state == "gone"
    second = Session(TransitionsBot(first.bot.machine, first.bot.model))
    second.send("knock")
    assert (second.state, second.vars) == ("closed", {"knocks": 1})


class TestDoor:
    """Words are triggers, what is printed is said."""

    def test_to_the_end(self, chat, hold):
        session = chat("Door")
        hold(
            session,
            (lambda chat: chat.send(), [], "closed"),
            ("knock", [], "closed"),
            ("/Knock", ["The door opens.", "Come in!"], "open"),
            ("step in", ["Hello."], "open"),
            ("leave", [], "gone"),
        )
        assert [turn.hops for turn in session.turns[2:]] == [
            (Hop("closed", "open", (Guard("often", value=True),)),),
            (Hop("open", None),),
            (Hop("open", "gone"),),
        ]
        assert session.turns[-1].ended.context == {"knocks": 2}
        assert from_json(to_json(session.trace), Trace) == session.trace

    def test_chats_share_nothing(self, chat):
        session = chat("Door")
        session.send("knock")
        session.event(Text("knock", "bob"))
        assert {name: state.context["knocks"] for name, state in session.snapshot.chats.items()} == {
            "user": 1,
            "bob": 1,
        }

    def test_unknown_words(self, chat):
        session = chat("Door")
        assert session.send("what?").error.message == "Do not know event named 'what?'."
        assert session.send("to gone").error.type == "AttributeError"
        assert session.send("step in").error.type == "MachineError"

    def test_a_tap_is_a_trigger(self, chat):
        session = chat("Door")
        session.event(Tap("knock", "Knock, please"))
        assert session.event(Tap("1", "Knock")).state == "open"

    def test_start_anywhere(self, chat):
        bot = chat("Door").bot
        assert bot.state_names() == ("closed", "open", "gone")
        snapshot = bot.start_at("user", "open", {})
        assert snapshot.chats["user"].context == {"knocks": 0}
        assert Session(bot, snapshot=snapshot).send("step in").replies[0].text == "Hello."
        with pytest.raises(UnknownState, match=r"no state 'opn'\. Did you mean 'open'"):
            bot.start_at("user", "opn", {})


class TestShop:
    """Words are read, replies are sent or returned, states are members of an enum."""

    def test_to_the_end(self, chat, hold):
        session = chat("Shop")
        hold(
            session,
            (lambda chat: chat.send(), ["What is your name?"], "NAME"),
            ("Ann", ["Which size, Ann?"], "SIZE"),
            (lambda chat: chat.tap("XL"), ["Sold out.", "Another one?"], "SIZE"),
            ("S", ["Thank you."], "DONE"),
            (lambda chat: chat.form({"tip": 1}), ["Noted."], "DONE"),
            (lambda chat: chat.file(b"abc", name="n.txt"), [], "DONE"),
        )
        assert session.turns[1].replies[0].options == (Option("s", "Small"), Option("xl", "XL"))
        assert session.turns[3].replies[0].options == (Option("Again", "Again"),)
        assert session.turns[3].hops == (Hop("SIZE", "DONE", (Guard("sold_out", value=False),)),)
        assert session.vars == {"order": {"name": "Ann", "size": "S", "tip": 1, "file": "n.txt: 3"}}

    @pytest.mark.parametrize(("body", "place"), [("date", "$.when: JSON cannot hold set"), ("client", "$.client: ")])
    def test_what_json_cannot_hold(self, chat, body, place):
        error = chat("Shop").callback(body).error
        assert (error.kind, error.message.startswith(place)) == ("context-not-json", True)

    def test_an_attribute_that_is_deleted_stays_so(self, chat):
        session = chat("Shop")
        session.callback("forget")
        assert session.vars == {}
        assert session.send("Ann").error.type == "AttributeError"

    def test_errors_leave_the_snapshot(self, chat):
        session = chat("Shop")
        session.send("Ann")
        before = to_json(session.snapshot)
        assert session.callback("spoilt").error.message == "spoilt"
        assert to_json(session.snapshot) == before
        assert session.send("S").state == "DONE"


class TestOtherMachines:
    def test_nested_and_parallel_states(self, chat, hold):
        session = chat("Kitchen")
        hold(
            session,
            (lambda chat: chat.send(), ["Hungry?"], "idle"),
            ("cook", [], "busy_oven,busy_bill_open"),
            ("pay", [], "busy_oven,busy_bill_paid"),
        )
        assert session.turns[2].hops == (Hop("busy_oven,busy_bill_open", "busy_oven,busy_bill_paid"),)
        assert "busy_bill_paid" in session.bot.state_names()

    def test_asynchronous(self, chat, hold):
        session = chat("Slow")
        hold(session, ("go", ["arrived"], "b"))
        assert session.turns[0].hops == (Hop("a", "b"),)

    def test_a_machine_that_is_its_own_model(self, chat, hold):
        session = chat("Own")
        hold(session, ("go", [], "there"), ("go", [], "here"), ("go", [], "there"))
        assert session.vars == {"visits": 2}

    def test_a_bare_machine(self, chat, hold):
        session = chat("bare")
        hold(session, ("switch", [], "on"), ("switch", [], "off"))

    def test_a_machine_without_a_model(self, chat):
        with pytest.raises(SetupError, match="this one has 0"):
            chat("nobody")
