from pathlib import Path

import msgspec
import pytest

from chatsim.page.story import LONGEST, MOST, Message, Story, beats_of
from chatsim.trace import (
    Call,
    Callback,
    ChatState,
    Delivery,
    Failure,
    Fault,
    Frame,
    Hop,
    Option,
    Reply,
    Save,
    Snapshot,
    Start,
    Tap,
    Text,
    TimerSet,
    Trace,
    Turn,
    Wait,
)


def said(event, *effects, error=None, chat=None):
    turn = Turn(event=event, effects=effects, snapshot=Snapshot(), error=error)
    [beat] = beats_of(Trace((turn,)), chat)
    return list(beat.said)


class TestMessages:
    def test_a_person_and_the_bot(self):
        reply = Reply("Which?", options=(Option("s", "Small"),), header="Sizes", footer="of today")
        assert said(Text("hi"), reply) == [
            Message("user", "hi"),
            Message("bot", "Which?", ("Small",), header="Sizes", footer="of today"),
        ]

    def test_a_tap_is_the_option(self):
        assert said(Tap("s", "Small")) == [Message("user", options=("Small",))]

    @pytest.mark.parametrize(
        ("event", "note"),
        [
            (Start(), Message("note", "the chat begins")),
            (Wait(90), Message("note", "1m30s", name="wait")),
            (Callback("ok"), Message("note", "ok", name="callback")),
        ],
    )
    def test_what_nobody_says_is_a_note(self, event, note):
        assert said(event) == [note]

    def test_others_have_names(self):
        effects = (Reply("to ann", chat="ann"), Reply("shown", dest="channel", chat="user"))
        assert said(Text("hi", chat="cook"), *effects, chat="user") == [
            Message("user", "hi", name="cook"),
            Message("bot", "to ann", name="to ann"),
            Message("bot", "shown", name="to channel"),
        ]

    def test_what_the_bot_does_beside_talking(self):
        effects = (Call("POST", "https://pay.example"), TimerSet("remind", 5.0), Save())
        assert said(Text("hi"), *effects)[1:] == [
            Message("note", "POST https://pay.example", name="call"),
            Message("note", "remind", name="timer set"),
        ]

    def test_what_it_raised(self):
        frame = Frame(str(Path("bot.py").absolute()), 7, "on_enter_pay", "self.sizes[size]")
        error = Failure("bot-raised", "KeyError", "'size'", (frame,))
        told = "KeyError: 'size'\n  bot.py:7 in on_enter_pay\n      self.sizes[size]"
        assert said(Text("hi"), error=error)[-1] == Message("error", told)
        assert said(Text("hi"), error=Failure("x", "E", "m"))[-1] == Message("error", "E: m")

    def test_media(self):
        assert said(Text("hi"), Reply("", type="image", media="a.png"))[-1] == Message("bot", "(image: a.png)")

    def test_long_and_many_are_cut_and_counted(self):
        assert said(Text("x" * (LONGEST + 7)))[0].text == "x" * LONGEST + "… 7 more characters"
        many = said(Text("hi"), *[Reply(str(number)) for number in range(100)])
        assert len(many) == MOST + 1
        assert many[MOST // 2] == Message("note", "… 61 more")
        assert many[-1].text == "99"

    def test_what_a_terminal_would_hide_is_written_out(self):
        assert said(Text("a\u202eb"))[0].text == r"a\u202eb"


class TestBeats:
    def test_a_turn_knows_where_it_began_and_ended(self):
        one = Turn(event=Text("a"), snapshot=Snapshot({"user": ChatState("menu")}))
        two = Turn(event=Text("b"), snapshot=Snapshot(), ended=ChatState("paid"))
        beats = beats_of(Trace((one, two)))
        assert [(beat.before, beat.state) for beat in beats] == [(None, "menu"), ("menu", "paid")]

    def test_where_it_broke_no_state_follows(self):
        error = Failure("bot-raised", "KeyError", "'size'")
        hops = (Hop("menu", "pay"),)
        turn = Turn(event=Text("a"), snapshot=Snapshot({"user": ChatState("menu")}), hops=hops, error=error)
        [beat] = beats_of(Trace((turn,), Snapshot({"user": ChatState("menu")})))
        assert (beat.before, beat.hops, beat.state) == ("menu", hops, None)

    def test_a_bot_that_tells_no_hops_went_from_state_to_state(self):
        turn = Turn(event=Text("a"), snapshot=Snapshot({"user": ChatState("pay")}))
        [beat] = beats_of(Trace((turn,), Snapshot({"user": ChatState("menu")})))
        assert beat.hops == (Hop("menu", "pay"),)

    def test_how_it_arrived(self):
        turns = [Turn(event=Text("a"), snapshot=Snapshot(), delivery=Delivery(Fault("twice"), part)) for part in (0, 1)]
        first, second = beats_of(Trace(tuple(turns)))
        assert first.said[1] == Message("note", "twice", name="delivered")
        assert second.said[1] == Message("note", "twice, the second of two", name="delivered")


class TestStory:
    def test_survives_json(self, played):
        """A worker of pytest-xdist sends it."""
        for story in played.stories:
            assert msgspec.json.decode(msgspec.json.encode(story), type=Story) == story

    def test_a_failure_is_where_it_did_not_hold(self, played):
        failed = played.stories[1]
        assert (failed.file, failed.line, failed.turn) == ("shop.chat.yaml", 16, 1)
        assert failed.headline == "bot: the reply says something else"

    def test_a_bot_that_raises_leaves_small_stories(self, played):
        """What the bot remembers is not kept: a story is a part of what its trace is."""
        for verdict, story in zip(played.verdicts, played.stories, strict=True):
            assert len(msgspec.json.encode(story.beats)) < len(msgspec.json.encode(verdict.trace.for_json()))
