"""A session: one bot, one chat, turn by turn."""

import random
import urllib.request

import pytest

from chatsim.bots.base import Guards
from chatsim.delivery.play import CannotArrive
from chatsim.errors import ContextNotSerializable, NotOffered, SetupError
from chatsim.session import Session
from chatsim.stage import Stage
from chatsim.trace import (
    Callback,
    ChatState,
    Failure,
    Fault,
    File,
    Form,
    Option,
    Reply,
    Save,
    Snapshot,
    Start,
    Tap,
    Text,
    Turn,
)
from chatsim.world.mocks import Mock, Mocks

SIZES = (Option("s", "Small"), Option("l", "Large"))


class Counter:
    """A bot that counts what reached each chat, offers sizes, ends at 'bye' and fails at 'fail'."""

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        if event == Text("fail"):
            return Turn(event=event, snapshot=snapshot, error=Failure("bot-raised", "ValueError", "no"))
        seen = (snapshot.chat(event.chat) or ChatState("new")).context.get("n", 0) + 1
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

    def test_by_each_of_several_people(self):
        """A button is there for whoever has not spoken since, the newest offer first."""

        class Once(Counter):
            def step(self, snapshot, event):
                offers = {"hi": SIZES, "more": (Option("m", "Small"),)}.get(getattr(event, "text", ""), ())
                return Turn(event=event, effects=(Reply("ok", event.chat, offers),), snapshot=snapshot)

        session = Session(Once(), chat="table")
        session.by = "ann"
        session.send("hi")
        session.tap("Small")
        with pytest.raises(NotOffered):
            session.tap("Small")
        session.by = "bob"
        assert session.tap("Small").event == Tap("s", "Small", "table", "bob")
        with pytest.raises(NotOffered):
            session.tap("Large")
        session.by = "cid"
        session.send("more")
        assert session.tap("Small").event == Tap("m", "Small", "table", "cid")
        session.by = "dan"
        assert session.tap("Small").event.id == "m"


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


class TestDelivering:
    """`deliver` hands an event over with a fault; what comes of it is all in the session's turns."""

    def test_twice(self, session):
        first, again = session.deliver(Text("hi"), Fault("twice"))
        assert session.turns == [first, again]
        assert session.vars == {"n": 2}

    def test_dropped_is_as_if_nobody_had_spoken(self, session):
        session.send("hi")
        session.deliver(Text("lost"), Fault("dropped"))
        assert (session.state, session.vars) == ("on", {"n": 1})
        assert session.tap("Small").event == Tap("s", "Small")

    def test_dropped_before_anything_was_said(self, session):
        session.deliver(Text("lost"), Fault("dropped"))
        assert (session.last, session.offered, session.state) == (None, (), None)

    def test_what_was_offered_by_what_overtook_is_open(self, session):
        session.deliver(Text("hi"), Fault("reordered", other=Text("bye")))
        assert session.offered == SIZES
        session.deliver(Text("bye"), Fault("reordered", other=Text("hi")))
        assert (session.offered, session.waits) == (SIZES, "end")

    def test_what_was_offered_before_a_crash_is_open(self, session):
        """The person has it on the screen twice."""
        session.deliver(Text("hi"), Fault("crash", at="after-send"))
        assert session.offered == SIZES * 2

    def test_late_after_the_end(self, session):
        session.send("bye")
        (turn,) = session.deliver(Text("hi"), Fault("late"))
        assert turn.delivery.fault.kind == "late"
        assert session.waits == "input"

    def test_late_before_the_end(self, session):
        session.send("hi")
        with pytest.raises(CannotArrive, match="late: the chat has not ended"):
            session.deliver(Text("hi"), Fault("late"))
        assert len(session.turns) == 1

    def test_expired(self, session):
        session.send("hi")
        session.deliver(Text("hi"), Fault("expired"))
        assert session.vars == {"n": 1}

    def test_in_one_chat_of_several_people(self, session):
        session.by = "ann"
        (turn,) = session.deliver(Text("hi"), Fault("dropped"))
        assert turn.event.by == "ann"

    def test_restart_of_what_cannot(self, session):
        with pytest.raises(SetupError, match="cannot restart"):
            session.deliver(Text("hi"), Fault("restart"))

    def test_each_delivery_has_its_own_chance(self):
        class Dice(Counter):
            def step(self, snapshot, event):
                return Turn(event=event, effects=(Reply(str(random.random())),), snapshot=snapshot)

        session = Session(Dice(), stage=Stage(Dice()))
        turns = session.deliver(Text("hi"), Fault("twice"))
        other = Session(Dice(), stage=Stage(Dice()))
        assert turns[0].replies != turns[1].replies
        assert [turn.replies for turn in turns] == [other.send("hi").replies, other.send("hi").replies]

    def test_calls_that_a_crash_kept_from_being_made(self):
        class Caller(Counter):
            def step(self, snapshot, event):
                for place in "ab":
                    urllib.request.urlopen(f"https://x.example/{place}").read()
                return Turn(event=event, effects=(Save(),), snapshot=snapshot)

        mocks = Mocks([Mock.of("GET https://x.example/..."), Mock.of("GET https://x.example/c", optional=True)])
        session = Session(Caller(), stage=Stage(Caller()), mocks=mocks)
        attempt, again = session.deliver(Text("hi"), Fault("crash", at="after-send"))
        assert [len(turn.effects) for turn in (attempt, again)] == [1, 3]
        assert [call.url[-1] for call in session.mocks.calls] == ["a", "a", "b"]
        assert len(session.mocks.requests) == 3

    def test_stale_copy_of_an_unguarded_store_lacks_the_last_turn_that_changed_something(self):
        class Own(Counter):
            def guards(self):
                return Guards(serial=True, versioned=False, store="Own")

        session = Session(Own())
        session.send("hi")
        session.send("hi")
        session.send("fail")
        session.deliver(Text("hi"), Fault("store", at="stale"))
        assert session.vars == {"n": 2}
