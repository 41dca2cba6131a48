"""A session: one bot, one chat, turn by turn."""

import pytest

from chatsim.errors import ContextNotSerializable, NotOffered
from chatsim.session import Session
from chatsim.trace import (
    Callback,
    ChatState,
    Failure,
    File,
    Form,
    Option,
    Reply,
    Snapshot,
    Start,
    Tap,
    Text,
    Turn,
)

SIZES = (Option("s", "Small"), Option("l", "Large"))


class Counter:
    """A bot that counts what reached each chat, offers sizes, ends at 'bye' and fails at 'fail'."""

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        if event == Text("fail"):
            return Turn(event=event, snapshot=snapshot, error=Failure("bot-raised", "ValueError", "no"))
        seen = (snapshot.chat(event.chat) or ChatState("new", {"n": 0})).context["n"] + 1
        after = ChatState("on", {"n": seen})
        replies = (Reply("Which size?", event.chat, SIZES), Reply("psst", chat="cook"))
        if event == Text("bye"):
            return Turn(event=event, snapshot=snapshot.with_chat(event.chat, ChatState("zero")), ended=after)
        return Turn(event=event, effects=replies, snapshot=snapshot.with_chat(event.chat, after))


@pytest.fixture
def session():
    return Session(Counter())


class TestSpeaking:
    """Each way to speak is the event of that name, in the session's chat."""

    def test_send(self, session):
        assert session.send("hi").event == Text("hi")

    def test_start_without_input(self, session):
        assert session.send().event == Start()

    def test_in_its_own_chat(self):
        assert Session(Counter(), chat="ann").send("hi").event == Text("hi", chat="ann")

    def test_form_is_json(self, session):
        assert session.form({"sizes": ("S", "L")}).event == Form({"sizes": ["S", "L"]})

    def test_form_that_json_cannot_hold(self, session):
        with pytest.raises(ContextNotSerializable, match=r"\$\.x: JSON cannot hold object"):
            session.form({"x": object()})

    def test_file_by_path(self, session, tmp_path):
        (tmp_path / "coupon.png").write_bytes(b"\x89PNG")
        assert session.file(tmp_path / "coupon.png").event == File(b"\x89PNG", "coupon.png", "image/png")

    def test_file_by_bytes(self, session):
        assert session.file(b"x").event == File(b"x", "file", None)
        assert session.file(b"x", name="a.pdf").event == File(b"x", "a.pdf", "application/pdf")
        assert session.file(b"x", name="a.pdf", type="text/plain").event == File(b"x", "a.pdf", "text/plain")

    def test_callback_as_text_or_as_json(self, session):
        assert session.callback("status=ok").event == Callback("status=ok")
        assert session.callback({"status": "ok"}).event == Callback('{"status":"ok"}')

    def test_tap_by_title_or_id(self, session):
        session.send("hi")
        assert session.tap("Small").event == Tap("s", "Small")
        assert session.tap(id="l").event == Tap("l", "Large")


class TestTap:
    def test_what_was_not_offered(self, session):
        session.send("hi")
        with pytest.raises(NotOffered) as caught:
            session.tap("Smal")
        assert str(caught.value) == (
            "the bot did not offer 'Smal' in its last turn; it offered 'Small', 'Large'; did you mean 'Small'?"
        )
        assert caught.value.nearest == "Small"

    def test_id_that_was_not_offered(self, session):
        session.send("hi")
        with pytest.raises(NotOffered, match=r"it offered 's', 'l'$"):
            session.tap(id="xxl")

    def test_before_anything_was_said(self, session):
        with pytest.raises(NotOffered, match="it offered no options"):
            session.tap("Small")


class TestLooking:
    def test_before_the_first_turn(self, session):
        assert (session.last, session.replies, session.state, session.vars, session.waits) == (None, (), None, {}, None)

    def test_in_the_middle_of_a_conversation(self):
        snapshot = Snapshot().with_chat("user", ChatState("menu", {"n": 4}, "callback"))
        session = Session(Counter(), snapshot=snapshot)
        assert (session.state, session.vars, session.waits) == ("menu", {"n": 4}, "callback")
        session.send("hi")
        assert session.vars == {"n": 5}

    def test_after_a_turn(self, session):
        session.send("hi")
        assert (session.state, session.vars, session.waits) == ("on", {"n": 1}, "input")
        assert [reply.text for reply in session.replies] == ["Which size?"]
        assert session.offered == SIZES

    def test_variables_are_a_copy(self, session):
        session.send("hi")
        session.vars["n"] = 100
        assert session.send("again").chat_state.context == {"n": 2}

    def test_after_an_end(self, session):
        session.send("hi")
        session.send("bye")
        assert (session.state, session.vars, session.waits) == ("on", {"n": 2}, "end")

    def test_last_turn_is_the_last_of_this_chat(self, session):
        session.send("hi")
        session.event(Text("hi", chat="bob"))
        assert session.last.event == Text("hi")
        assert session.trace.turns[1].event.chat == "bob"

    def test_goes_on_from_before_an_error(self, session):
        session.send("hi")
        assert session.send("fail").error.message == "no"
        session.send("again")
        assert session.vars == {"n": 2}

    def test_trace_holds_start_and_turns(self, session):
        turns = (session.send("hi"), session.send("ho"))
        assert (session.trace.start, session.trace.turns) == (Snapshot(), turns)
