"""A trace as a chat that a person can read."""

import pytest

from chatsim.report.document import plain
from chatsim.report.transcript import event_words, reply_words, transcript, turns_before
from chatsim.trace import (
    Call,
    Callback,
    File,
    Form,
    Option,
    Reply,
    Save,
    Snapshot,
    Start,
    Tap,
    Text,
    TimerSet,
    Turn,
)


def shown(*turns, **options):
    return plain(transcript(turns, **options)).splitlines()


class TestTranscript:
    def test_effects_stand_in_their_order(self):
        effects = (Reply("One moment"), Call("POST", "https://pay.example"), TimerSet("remind", 60.0), Save())
        assert shown(Turn(event=Text("pay"), effects=effects, snapshot=Snapshot())) == [
            "  user      pay",
            "  bot       One moment",
            "  call      POST https://pay.example",
            "  timer     remind at 60 s",
        ]

    def test_other_people_speak_under_their_names(self):
        first = Turn(event=Text("hi"), effects=(Reply("New order", chat="cook"),), snapshot=Snapshot())
        second = Turn(event=Text("on it", chat="cook"), effects=(Reply("Great!", chat="cook"),), snapshot=Snapshot())
        assert shown(first, second) == [
            "  user      hi",
            "  bot>cook  New order",
            "  cook      on it",
            "  bot>cook  Great!",
        ]

    def test_of_another_chat(self):
        turn = Turn(event=Text("hi", chat="ann"), effects=(Reply("Hello", chat="ann"),), snapshot=Snapshot())
        assert shown(turn) == ["  user      hi", "  bot       Hello"]
        assert shown(turn, chat="bob") == ["  ann       hi", "  bot>ann   Hello"]

    def test_of_nothing(self):
        assert shown() == []


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Start(), ("user", "(starts the chat)")),
        (Text("hi"), ("user", "hi")),
        (Tap("s", "Small"), ("tap", "[Small]")),
        (Form({"size": "S", "count": 2}), ("user", "size: S, count: 2 (form)")),
        (File(b"x", "coupon.png"), ("user", "coupon.png (file)")),
        (Callback('{"ok": true}'), ("callback", '{"ok": true}')),
        (Tap("s", "Small", chat="ann"), ("ann", "[Small]")),
    ],
)
def test_event_words(event, words):
    assert event_words(event, "user") == words


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply("Hello"), "Hello"),
        (Reply(""), "(an empty message)"),
        (Reply("Size?", options=(Option("s", "Small"), Option("l", "Large"))), "Size?\n[Small] [Large]"),
        (Reply("Size?", header="Pizza", footer="Tap one"), "Pizza\nSize?\nTap one"),
        (Reply("", media="menu.png", type="image"), "(image: menu.png)"),
        (Reply("lang", dest="channel"), "lang\n(to channel)"),
    ],
)
def test_reply_words(reply, words):
    assert reply_words(reply) == words


def test_turns_before():
    assert plain([turns_before(3), turns_before(1)]) == "  …         3 turns before\n  …         1 turn before"
