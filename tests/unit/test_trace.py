"""Events, effects, snapshots, turns and traces: frozen data with one JSON form."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.jsondata import from_json, to_json
from chatsim.trace import (
    Call,
    Callback,
    ChatState,
    Delivery,
    Effect,
    Event,
    Failure,
    Fault,
    File,
    Form,
    Frame,
    Guard,
    Hop,
    Option,
    Reply,
    Save,
    Snapshot,
    Start,
    Tap,
    Text,
    Timer,
    TimerSet,
    Trace,
    Turn,
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(words | st.sampled_from(["$bytes", "$$bytes"]), inner, max_size=3)
    ),
    max_leaves=6,
)
json_objects = st.dictionaries(words | st.sampled_from(["$bytes", "$$bytes"]), json_values, max_size=3)
maybe_words = st.none() | words
seconds = st.floats(0, 1e9)

events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Start, words),
    st.builds(Text, words, words),
    st.builds(Tap, words, words, words),
    st.builds(Form, json_objects, words),
    st.builds(File, st.binary(max_size=8), words, maybe_words, words),
    st.builds(Callback, words, words),
)
replies = st.builds(
    Reply,
    words,
    words,
    st.lists(st.builds(Option, words, words), max_size=2).map(tuple),
    maybe_words,
    maybe_words,
    maybe_words,
    words,
    words,
    json_values,
)
effects: st.SearchStrategy[Effect] = st.one_of(
    replies,
    st.builds(Call, words, words, json_values | st.binary(max_size=4)),
    st.builds(TimerSet, words, seconds, words),
    st.builds(Save, words),
)
chat_states = st.builds(
    ChatState, maybe_words, json_objects, st.sampled_from(["input", "callback", "end"]), json_values
)
snapshots = st.builds(
    Snapshot,
    st.dictionaries(words, chat_states, max_size=2),
    seconds,
    st.lists(st.builds(Timer, words, seconds, words), max_size=2).map(tuple),
    json_values,
)
hops = st.builds(
    Hop, maybe_words, maybe_words, st.lists(st.builds(Guard, words, st.booleans()), max_size=2).map(tuple), words
)
failures = st.builds(
    Failure,
    words,
    words,
    words,
    st.lists(st.builds(Frame, words, st.integers(1, 99), words, words), max_size=2).map(tuple),
)
faults = st.one_of(
    st.builds(Fault, st.sampled_from(["twice", "reordered", "dropped", "late", "restart", "expired"])),
    st.builds(
        Fault, st.just("crash"), st.sampled_from(["before-send", "after-send", "before-save"]), st.integers(1, 9)
    ),
    st.builds(Fault, st.just("store"), st.sampled_from(["timeout", "stale"])),
    st.builds(Fault, st.just("with"), other=events),
)
turns = st.builds(
    Turn,
    event=events,
    effects=st.lists(effects, max_size=3).map(tuple),
    hops=st.lists(hops, max_size=2).map(tuple),
    snapshot=snapshots,
    ended=st.none() | chat_states,
    error=st.none() | failures,
    delivery=st.none() | st.builds(Delivery, faults, st.integers(0, 1)),
    seconds=seconds,
)
traces = st.builds(Trace, st.lists(turns, max_size=2).map(tuple), snapshots, words)


class TestJsonForm:
    """`from_json(to_json(x)) == x`, for everything that chatsim writes."""

    @given(traces)
    def test_trace(self, trace):
        assert from_json(to_json(trace), Trace) == trace

    @given(turns)
    def test_turn(self, turn):
        assert from_json(to_json(turn), Turn) == turn

    @given(snapshots)
    def test_snapshot(self, snapshot):
        assert from_json(to_json(snapshot), Snapshot) == snapshot

    @given(events)
    def test_event(self, event):
        assert from_json(to_json(event), Event) == event

    def test_time_and_live_exception_are_not_written(self):
        """They differ from run to run, and a live exception has no JSON form."""
        turn = Turn(event=Text("hi"), snapshot=Snapshot(), seconds=1.5, exception=ValueError("x"))
        assert "seconds" not in to_json(turn)
        assert "exception" not in to_json(turn)

    def test_turn_that_came_as_it_should_says_nothing_of_it(self):
        """So that what was written before there were deliveries reads as it did, and is written as it was."""
        written = '{"event":{"kind":"text","text":"hi"},"snapshot":{}}'
        assert from_json(written, Turn).delivery is None
        assert to_json(from_json(written, Turn)) == written

    def test_event_of_unknown_kind(self):
        with pytest.raises(msgspec.ValidationError, match="Invalid value 'shout'"):
            from_json('{"kind": "shout"}', Event)


class TestTurn:
    def test_time_and_live_exception_do_not_count(self):
        fast = Turn(event=Text("hi"), snapshot=Snapshot(), seconds=0.1)
        slow = Turn(event=Text("hi"), snapshot=Snapshot(), seconds=9.9, exception=ValueError())
        assert fast == slow
        assert not fast != slow  # noqa: SIM202 - it is `!=` that is asked

    @pytest.mark.parametrize(
        "change",
        [
            {"event": Text("ho")},
            {"effects": (Save(),)},
            {"hops": (Hop("a", "b"),)},
            {"snapshot": Snapshot(clock=1.0)},
            {"ended": ChatState("done")},
            {"error": Failure("bot-raised", "ValueError", "x")},
            {"delivery": Delivery(Fault("twice"), 1)},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_everything_else_counts(self, change):
        turn = Turn(event=Text("hi"), snapshot=Snapshot())
        assert turn != msgspec.structs.replace(turn, **change)

    def test_is_no_other_thing(self):
        assert Turn(event=Text("hi"), snapshot=Snapshot()) != "hi"

    def test_replies_are_the_messages_among_the_effects(self):
        said = Reply("a"), Reply("b", chat="cook")
        turn = Turn(event=Text("hi"), effects=(said[0], Call("GET", "x"), said[1], Save()), snapshot=Snapshot())
        assert turn.replies == said

    def test_state_after_an_end_is_the_state_that_ended(self):
        turn = Turn(
            event=Text("bye"),
            snapshot=Snapshot().with_chat("user", ChatState("zero")),
            ended=ChatState("done", {"total": 9}),
        )
        assert (turn.state, turn.chat_state.context, turn.waits) == ("done", {"total": 9}, "end")

    def test_state_of_the_chat_that_the_event_came_from(self):
        snapshot = Snapshot().with_chat("ann", ChatState("menu")).with_chat("bob", ChatState("pay", waits="callback"))
        turn = Turn(event=Text("hi", chat="bob"), snapshot=snapshot)
        assert (turn.state, turn.waits) == ("pay", "callback")

    def test_chat_that_the_bot_has_not_met(self):
        turn = Turn(event=Text("hi"), snapshot=Snapshot())
        assert (turn.state, turn.waits, turn.chat_state) == (None, "input", ChatState())


class TestSnapshot:
    def test_with_chat_leaves_the_old_one_alone(self):
        before = Snapshot().with_chat("ann", ChatState("a"))
        after = before.with_chat("ann", ChatState("b")).with_chat("bob", ChatState("c"))
        assert {name: chat.state for name, chat in before.chats.items()} == {"ann": "a"}
        assert {name: chat.state for name, chat in after.chats.items()} == {"ann": "b", "bob": "c"}

    def test_with_chat_keeps_the_rest(self):
        before = Snapshot(clock=3.0, timers=(Timer("t", 5.0),), shared={"seats": 2})
        after = before.with_chat("ann", ChatState())
        assert (after.clock, after.timers, after.shared) == (3.0, (Timer("t", 5.0),), {"seats": 2})

    def test_is_frozen(self):
        with pytest.raises(AttributeError):
            Snapshot().clock = 1.0


def test_path_names_the_states_that_were_entered():
    turns = (
        Turn(event=Start(), hops=(Hop("zero", "ask"),), snapshot=Snapshot()),
        Turn(event=Text("x"), hops=(Hop("ask", "greet"), Hop("greet", None), Hop("greet", "end")), snapshot=Snapshot()),
    )
    assert Trace(turns).path == ("ask", "greet", "end")
