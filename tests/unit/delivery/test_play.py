"""Deliveries with faults: the laws that hold for every bot, and what each fault shows outside."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.bots.base import Guards
from chatsim.delivery.play import CannotArrive, Line, is_send, play
from chatsim.trace import Call, Callback, ChatState, Delivery, Failure, Fault, Hop, Reply, Save, Snapshot, Text, Turn

# ---------------------------------------------------------------- bots: what they do is all in the event


def log_bot(snapshot, event):
    """Says each letter of the text, calls out for a capital one, and keeps all that it was told, in order.

    An exclamation mark makes it raise where it stands.
    """
    said = event.text if isinstance(event, Text) else event.body
    before = snapshot.chats.get(event.chat) or ChatState("log", {"log": []})
    effects = []
    for letter in said:
        if letter == "!":
            error = Failure("bot-raised", "ValueError", "!")
            return Turn(event=event, effects=tuple(effects), snapshot=snapshot, error=error)
        effects.append(Call("POST", f"https://x.example/{letter}") if letter.isupper() else Reply(letter, event.chat))
    after = ChatState("log", {"log": [*before.context["log"], said]})
    return Turn(event=event, effects=(*effects, Save(event.chat)), snapshot=snapshot.with_chat(event.chat, after))


def paying_bot(snapshot, event):
    """Books the amount of a callback once for each order, and says what it has."""
    state = snapshot.chats.get(event.chat) or ChatState("shop", {"seen": [], "paid": 0})
    context = json.loads(json.dumps(state.context))
    effects = ()
    if isinstance(event, Callback):
        order = json.loads(event.body)
        if order["id"] not in context["seen"]:
            context = {"seen": [*context["seen"], order["id"]], "paid": context["paid"] + order["amount"]}
            effects = (Reply(f"Paid {context['paid']}", event.chat),)
    after = ChatState("shop", context)
    return Turn(event=event, effects=(*effects, Save(event.chat)), snapshot=snapshot.with_chat(event.chat, after))


def texts(turns):
    return [[reply.text for reply in turn.replies] for turn in turns]


def log(snapshot: Snapshot, chat="user"):
    found = snapshot.chats.get(chat)
    return found.context["log"] if found else []


# ---------------------------------------------------------------- the laws

words = st.text("abcXY!", max_size=5)
sound = st.text("abcXY", max_size=5)
histories = st.lists(sound, max_size=3)


def after(history):
    snapshot = Snapshot()
    for said in history:
        snapshot = log_bot(snapshot, Text(said)).snapshot
    return snapshot


def unmarked(turns):
    return [msgspec.structs.replace(turn, delivery=None) for turn in turns]


class TestLaws:
    @given(histories, words)
    def test_twice_is_said_twice(self, history, said):
        snapshot = after(history)
        turns = play(Line(log_bot), snapshot, Text(said), Fault("twice"))
        first = log_bot(snapshot, Text(said))
        assert unmarked(turns) == [first, log_bot(first.snapshot, Text(said))]

    @given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5)), min_size=1, max_size=4))
    def test_twice_at_a_bot_that_knows_what_it_has_seen_is_once(self, orders):
        once = twice = Snapshot()
        for number, amount in orders:
            event = Callback(json.dumps({"id": number, "amount": amount}))
            once = paying_bot(once, event).snapshot
            twice = play(Line(paying_bot), twice, event, Fault("twice"))[-1].snapshot
        assert once == twice

    @given(histories, sound)
    def test_crash_after_the_save_is_twice(self, history, said):
        snapshot = after(history)
        crashed = play(Line(log_bot), snapshot, Text(said), Fault("crash", at="after-save"))
        assert unmarked(crashed) == unmarked(play(Line(log_bot), snapshot, Text(said), Fault("twice")))

    @given(histories, words)
    def test_dropped_is_never_sent(self, history, said):
        snapshot = after(history)
        (turn,) = play(Line(log_bot), snapshot, Text(said), Fault("dropped"))
        assert (turn.snapshot, turn.effects) == (snapshot, ())

    @given(histories, sound, sound)
    def test_reordered_is_the_other_order(self, history, said, other):
        snapshot = after(history)
        turns = play(Line(log_bot), snapshot, Text(said), Fault("reordered", other=Text(other)))
        assert log(turns[-1].snapshot) == [*history, other, said]

    @given(histories, words, words)
    def test_two_at_once_at_a_serial_bot_are_one_after_the_other(self, history, said, other):
        snapshot = after(history)
        turns = play(Line(log_bot), snapshot, Text(said), Fault("with", other=Text(other)))
        first = log_bot(snapshot, Text(said))
        assert unmarked(turns) == [first, log_bot(first.snapshot, Text(other))]

    @given(histories, sound, sound)
    def test_two_at_once_at_a_versioned_store_end_as_one_after_the_other(self, history, said, other):
        """The second is refused, and comes again; all that shows is what it had sent."""
        line = Line(log_bot, Guards(serial=False, store="S"))
        turns = play(line, after(history), Text(said), Fault("with", other=Text(other)))
        assert log(turns[-1].snapshot) == [*history, said, other]
        assert [len([effect for effect in turn.effects if is_send(effect)]) for turn in turns] == [
            len(said),
            len(other),
            len(other),
        ]

    @given(histories, sound, sound)
    def test_two_at_once_at_a_store_that_guards_nothing_lose_the_first(self, history, said, other):
        line = Line(log_bot, Guards(serial=False, versioned=False, store="S"))
        turns = play(line, after(history), Text(said), Fault("with", other=Text(other)))
        assert log(turns[-1].snapshot) == [*history, other]

    @given(histories, sound, st.sampled_from(["before-send", "after-send"]), st.integers(1, 5))
    def test_crash_at_a_send_shows_what_stands_before_it_and_then_all(self, history, said, at, nth):
        fault = Fault("crash", at=at, nth=nth)
        snapshot = after(history)
        if nth > len(said):
            with pytest.raises(CannotArrive):
                play(Line(log_bot), snapshot, Text(said), fault)
            return
        whole = log_bot(snapshot, Text(said))
        attempt, again = play(Line(log_bot), snapshot, Text(said), fault)
        assert attempt.effects == whole.effects[: nth - 1 if at == "before-send" else nth]
        assert attempt.snapshot == snapshot
        assert unmarked([again]) == [whole]

    @given(histories, sound, st.sampled_from([Fault("crash", at="before-save"), Fault("store", at="timeout")]))
    def test_what_is_not_saved_is_all_sent_twice_and_remembered_once(self, history, said, fault):
        snapshot = after(history)
        attempt, again = play(Line(log_bot, Guards(store="S")), snapshot, Text(said), fault)
        assert attempt.effects == again.effects[:-1]
        assert log(again.snapshot) == [*history, said]


# ---------------------------------------------------------------- what the laws do not say


class TestMarks:
    def test_each_turn_says_which_part_it_is(self):
        turns = play(Line(log_bot), Snapshot(), Text("a"), Fault("twice"))
        assert [turn.delivery for turn in turns] == [Delivery(Fault("twice"), 0), Delivery(Fault("twice"), 1)]

    def test_what_overtakes_came_as_it_should(self):
        fault = Fault("reordered", other=Text("b"))
        assert [turn.delivery for turn in play(Line(log_bot), Snapshot(), Text("a"), fault)] == [
            None,
            Delivery(Fault("reordered")),
        ]

    def test_what_did_not_last_leaves_no_hops(self):
        def hops(snapshot, event):
            return msgspec.structs.replace(log_bot(snapshot, event), hops=(Hop("a", "b"),))

        turns = play(Line(hops), Snapshot(), Text("a"), Fault("crash", at="before-save"))
        assert [turn.hops for turn in turns] == [(), (Hop("a", "b"),)]


class TestProcess:
    def line(self):
        told = []
        return told, Line(
            lambda snapshot, event: told.append("step") or log_bot(snapshot, event),
            restart=lambda: told.append("restart"),
            take_back=told.append,
        )

    def test_crash(self):
        """The process comes back before it gets the event again, and calls after the crash were never made."""
        told, line = self.line()
        play(line, Snapshot(), Text("XaYZ"), Fault("crash", at="after-send", nth=2))
        assert told == ["step", 2, "restart", "step"]

    def test_crash_at_the_save_takes_no_call_back(self):
        told, line = self.line()
        play(line, Snapshot(), Text("XY"), Fault("crash", at="before-save"))
        play(line, Snapshot(), Text("XY"), Fault("crash", at="after-save"))
        assert told == ["step", 0, "restart", "step", "step", "restart", "step"]

    def test_restart(self):
        told, line = self.line()
        (turn,) = play(line, Snapshot(), Text("a"), Fault("restart"))
        assert told == ["restart", "step"]
        assert texts([turn]) == [["a"]]

    def test_late_is_an_event_like_any_other(self):
        (turn,) = play(Line(log_bot), Snapshot(), Text("a"), Fault("late"))
        assert unmarked([turn]) == [log_bot(Snapshot(), Text("a"))]

    def test_time_that_passed_before_a_crash_has_passed(self):
        def slow(snapshot, event):
            turn = log_bot(snapshot, event)
            return msgspec.structs.replace(
                turn, snapshot=msgspec.structs.replace(turn.snapshot, clock=snapshot.clock + 5)
            )

        attempt, again = play(Line(slow), Snapshot(clock=10.0), Text("a"), Fault("crash", at="before-save"))
        assert (attempt.snapshot.clock, again.snapshot.clock) == (15.0, 20.0)


class TestExpired:
    def test_chat_begins_anew_and_others_stay(self):
        snapshot = log_bot(after(["a"]), Text("b", chat="bob")).snapshot
        (turn,) = play(Line(log_bot), snapshot, Text("c"), Fault("expired"))
        assert (log(turn.snapshot), log(turn.snapshot, "bob")) == (["c"], ["b"])

    def test_nothing_to_forget(self):
        with pytest.raises(CannotArrive, match="nothing is remembered of the chat yet"):
            play(Line(log_bot), Snapshot(), Text("c"), Fault("expired"))


class TestStore:
    def test_stale_copy_at_a_versioned_store(self):
        """What was handled on it is refused, and the event comes again."""
        line = Line(log_bot, Guards(store="S"))
        turns = play(line, after(["a", "b"]), Text("c"), Fault("store", at="stale"), after(["a"]))
        assert [log(turn.snapshot) for turn in turns] == [["a", "b"], ["a", "b", "c"]]
        assert texts(turns) == [["c"], ["c"]]

    def test_stale_copy_at_a_store_that_guards_nothing(self):
        """What the copy lacked is lost; other chats are not."""
        line = Line(log_bot, Guards(serial=True, versioned=False, store="S"))
        now = log_bot(after(["a", "b"]), Text("x", chat="bob")).snapshot
        turns = play(line, now, Text("c"), Fault("store", at="stale"), after(["a"]))
        assert [log(turn.snapshot) for turn in turns] == [["a", "c"]]
        assert log(turns[0].snapshot, "bob") == ["x"]

    def test_copy_from_before_the_chat_began(self):
        line = Line(log_bot, Guards(versioned=False, store="S"))
        (turn,) = play(line, after(["a"]), Text("c"), Fault("store", at="stale"), Snapshot())
        assert log(turn.snapshot) == ["c"]

    def test_bot_that_fails_on_a_stale_copy_loses_nothing(self):
        line = Line(log_bot, Guards(versioned=False, store="S"))
        (turn,) = play(line, after(["a"]), Text("c!"), Fault("store", at="stale"), Snapshot())
        assert (log(turn.snapshot), turn.error.type, texts([turn])) == (["a"], "ValueError", [["c"]])


class TestCannotArrive:
    @pytest.mark.parametrize(
        ("said", "fault", "what", "cure"),
        [
            ("a", Fault("with"), "with: it takes another event", "name it"),
            (
                "a",
                Fault("with", other=Text("b", chat="bob")),
                "with: both events are of one chat",
                "let the same person do both",
            ),
            (
                "aX",
                Fault("crash", at="after-send", nth=3),
                "crash: after-send 3: the turn sends 2 messages or calls",
                "name one of these: 1 to 2",
            ),
            (
                "a",
                Fault("crash", at="after-send", nth=2),
                "crash: after-send 2: the turn sends 1 message or call",
                "name one of these: 1 to 1",
            ),
            (
                "",
                Fault("crash", at="before-send"),
                "crash: before-send 1: the turn sends nothing",
                "a turn that sends nothing can crash at its save alone",
            ),
            (
                "a!",
                Fault("crash", at="before-save"),
                "crash: before-save: the bot fails before it saves: ValueError: !",
                "mend that first, or let it crash at a send",
            ),
            (
                "a!",
                Fault("crash", at="after-save"),
                "crash: after-save: the bot fails before it saves: ValueError: !",
                "mend that first, or let it crash at a send",
            ),
            (
                "a",
                Fault("store", at="stale"),
                "store: stale: this bot has no store of its own, its platform keeps its chats",
                "what happens when the process dies before it saves is said with {crash: before-save}",
            ),
        ],
    )
    def test_says_what_keeps_it_from_that(self, said, fault, what, cure):
        with pytest.raises(CannotArrive) as caught:
            play(Line(log_bot), Snapshot(), Text(said), fault)
        assert (caught.value.what, caught.value.cure, str(caught.value)) == (what, cure, f"{what}; {cure}")

    def test_stale_copy_of_a_chat_that_has_had_no_turn(self):
        with pytest.raises(CannotArrive, match="has had no turn that a copy could lack"):
            play(Line(log_bot, Guards(store="S")), Snapshot(), Text("a"), Fault("store", at="stale"))

    def test_without_a_cure(self):
        assert str(CannotArrive("it cannot")) == "it cannot"
