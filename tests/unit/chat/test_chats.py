"""Chats for tests in Python: speaking, expecting, looking."""

import json

import pytest

from chatsim.chat import Chat, Conversation, ExpectationFailed, as_bot, literal, one_of
from chatsim.errors import BotError, SetupError, UnknownState
from chatsim.failures import failure_from
from chatsim.scenario.words import BrokenText
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


class Kitchen:
    """Says what it is told to: a text is a list of replies, ``cook: …`` goes to the cook."""

    def start(self):
        return Snapshot()

    def start_at(self, chat, state, context, waits=None):
        if state not in {"new", "on"}:
            raise UnknownState(f"no state {state!r}")
        return Snapshot({chat: ChatState(state, context, waits or "input")})

    def step(self, snapshot, event):
        before = snapshot.chat(event.chat) or ChatState("new", {"n": 0})
        after = ChatState("on", {**before.context, "n": before.context.get("n", 0) + 1})
        words = event.text if isinstance(event, Text) else type(event).__name__
        if words == "crash":
            return self.crash(snapshot, event)
        if words == "far":
            return Turn(event=event, snapshot=snapshot, error=Failure("bot-raised", "KeyError", "'size'"))
        replies = tuple(self.reply(word, event.chat) for word in words.split("|") if word)
        if words == "bye":
            return Turn(event=event, effects=replies, snapshot=Snapshot(), ended=after)
        return Turn(event=event, effects=replies, snapshot=snapshot.with_chat(event.chat, after))

    @staticmethod
    def reply(word, chat):
        if word.startswith("cook: "):
            return Reply(word[6:], "cook", (Option("ok", "Done"),))
        if word == "size":
            return Reply(
                "Which size?", chat, SIZES, header="Pizza", footer="hot", media="p.png", type="image", dest="rag"
            )
        return Reply(word, chat)

    @staticmethod
    def crash(snapshot, event):
        effects = (Reply("before", event.chat),)
        try:
            json.loads("{")
        except ValueError as error:
            return Turn(event=event, effects=effects, snapshot=snapshot, error=failure_from(error), exception=error)


@pytest.fixture
def chat():
    return Chat(Kitchen())


def failed(act, *args, **kwargs):
    """Return how *act* failed."""
    with pytest.raises(ExpectationFailed) as caught:
        act(*args, **kwargs)
    return caught.value


class TestSpeaking:
    def test_each_way_is_the_event_of_that_name(self, chat):
        chat.send("size")
        assert chat.tap("Large").event == Tap("l", "Large")
        assert chat.send().event == Start()
        assert chat.form({"a": (1,)}).event == Form({"a": [1]})
        assert chat.file(b"x", name="a.pdf").event == File(b"x", "a.pdf", "application/pdf")
        assert chat.callback({"ok": True}).event == Callback('{"ok":true}')

    def test_tap_by_id(self, chat):
        chat.send("size")
        assert chat.tap(id="s").event == Tap("s", "Small")

    def test_tap_what_was_not_offered(self, chat):
        chat.send("size")
        error = failed(chat.tap, "Lrage")
        assert error.mismatch.kind == "not-offered"
        assert str(error).splitlines()[0] == "the bot did not offer 'Lrage'"
        assert "did you mean 'Large'?" in str(error)

    def test_tap_where_nothing_was_offered(self, chat):
        assert "(none)" in str(failed(chat.tap, id="s"))
        assert len(chat.trace.turns) == 0

    def test_in_its_own_chat(self):
        assert Chat(Kitchen(), "ann").send("hi").event == Text("hi", "ann")


class TestBotsThatRaise:
    def test_their_own_exception(self, chat):
        chat.send("hi")
        with pytest.raises(json.JSONDecodeError) as caught:
            chat.send("crash")
        assert caught.traceback[-1].name == "crash" or caught.traceback.filter(caught)[-1].name == "crash"

    def test_what_came_before_is_there(self, chat):
        with pytest.raises(ValueError, match="Expecting property name"):
            chat.send("crash")
        chat.expect("before")
        assert chat.last.error.type == "JSONDecodeError"

    def test_an_error_that_is_only_data(self, chat):
        with pytest.raises(BotError, match="KeyError: 'size'"):
            chat.send("far")

    def test_the_chat_goes_on(self, chat):
        chat.send("hi")
        with pytest.raises(ValueError, match="Expecting"):
            chat.send("crash")
        assert chat.state == "on"
        chat.send("again")
        assert chat.vars == {"n": 2}


class TestExpect:
    def test_next_reply_in_order(self, chat):
        chat.send("one|two")
        assert chat.expect("one") == {}
        assert chat.expect("tw...") == {}

    def test_captures_come_back_with_their_type(self, chat):
        chat.send("Order 41 for Ann")
        assert chat.expect("Order ${order:int} for ${who:word}") == {"order": 41, "who": "Ann"}

    def test_captures_are_known_later(self, chat):
        chat.send("Order 41")
        chat.expect("Order ${order:int}")
        chat.send("Order 41 again")
        chat.expect("Order ${order} again")

    def test_a_name_without_a_value(self, chat):
        chat.send("Order 41")
        with pytest.raises(SetupError, match=r"\$\{order\} has no value"):
            chat.expect("Order ${order}")

    def test_a_broken_pattern(self, chat):
        chat.send("x")
        with pytest.raises(BrokenText, match="broken pattern"):
            chat.expect("/(/")

    def test_a_pattern_that_takes_too_long(self, chat):
        chat.send("a" * 40 + "!")
        assert failed(chat.expect, "/^(a|a|aa)+$/").mismatch.kind == "regex-too-slow"

    def test_another_text(self, chat):
        chat.send("Which colour?")
        error = failed(chat.expect, "Which size?")
        assert error.mismatch.kind == "wrong-text"
        lines = str(error).splitlines()
        assert lines[0] == "expected 'Which size?', and the bot said 'Which colour?'"
        assert lines[1] == "  user      Which colour?"
        assert "  - Which size?" in lines
        assert "  + Which colour?" in lines
        assert "          ^^^^" in lines

    def test_a_capture_of_another_type(self, chat):
        chat.send("Order abc")
        assert failed(chat.expect, "Order ${order:int}").mismatch.kind == "capture-mismatch"

    def test_no_reply(self, chat):
        chat.send("one")
        chat.expect("one")
        error = failed(chat.expect, "two")
        assert error.mismatch.kind == "missing-reply"
        assert "expected 'two', and the bot said nothing more" in str(error)

    def test_before_anything_was_said(self, chat):
        error = failed(chat.expect, "hi")
        assert error.mismatch.turn is None
        assert error.mismatch.kind == "missing-reply"

    def test_a_failed_expectation_takes_nothing(self, chat):
        chat.send("one")
        failed(chat.expect, "two")
        chat.expect("one")

    def test_everything_beside_the_text(self, chat):
        chat.send("size")
        chat.expect(
            "Which ...",
            options=["Small", "L..."],
            header="Pizza",
            footer="hot",
            media="p.png",
            type="image",
            dest="rag",
        )

    @pytest.mark.parametrize("part", ["header", "footer", "media", "type", "dest"])
    def test_another_part(self, chat, part):
        chat.send("size")
        error = failed(chat.expect, "Which size?", **{part: "other"})
        assert error.mismatch.kind == "wrong-part"
        assert part in str(error).splitlines()[0]

    @pytest.mark.parametrize("options", [[], ["Small"], ["Large", "Small"]])
    def test_other_options(self, chat, options):
        chat.send("size")
        assert failed(chat.expect, "Which size?", options=options).mismatch.kind == "wrong-option"

    def test_literal_and_one_of(self, chat):
        chat.send("${x} ...|Hello Ann")
        chat.expect(literal("${x} ..."))
        chat.expect(one_of("Hi!", "Hello ..."))

    def test_long_texts_are_short_in_the_headline(self, chat):
        chat.send("word " * 100)
        headline = str(failed(chat.expect, "other " * 100)).splitlines()[0]
        assert len(headline) < 200
        assert " … " in headline

    def test_the_place_is_the_line_of_the_test(self, chat):
        error = failed(lambda: chat.expect("x"))
        assert error.mismatch.position.file == __file__

    def test_only_the_last_turns_are_shown(self, chat):
        for number in range(5):
            chat.send(f"turn {number}")
        text = str(failed(chat.expect, "x"))
        assert "2 turns before" in text
        assert "turn 1" not in text

    def test_false_guards_and_the_state_path(self, chat):
        from chatsim.trace import Guard, Hop

        class Guarded(Kitchen):
            def step(self, snapshot, event):
                return Turn(event=event, snapshot=snapshot, hops=(Hop("a", "b", (Guard("is_big", value=False),)),))

        chat = Chat(Guarded())
        chat.send("x")
        text = str(failed(chat.expect, "y"))
        assert "a → b" in text
        assert "is_big was false" in text


class TestStateAfterTheTurn:
    def test_holds(self, chat):
        chat.send("one")
        assert chat.expect("one", state="on", vars={"n": 1}, waits="input") == {}

    def test_captures_in_variables(self, chat):
        chat.send("one")
        assert chat.expect("one", state="${where:word}", vars={"n": "${n:int}"}) == {"where": "on", "n": 1}

    def test_what_the_reply_gave_is_known(self, chat):
        chat.send("n is 1")
        chat.expect("n is ${n:int}", vars={"n": "${n}"})

    @pytest.mark.parametrize(
        ("asked", "kind", "line"),
        [
            ({"state": "off"}, "wrong-state", "  - state   off"),
            ({"vars": {"n": "1"}}, "wrong-variable", '  - vars.n  "1"'),
            ({"vars": {"m": 1}}, "wrong-variable", "  + vars.m  (not there)"),
            ({"waits": "end"}, "wrong-waits", "  - waits   end"),
        ],
        ids=["state", "type", "missing", "waits"],
    )
    def test_differs(self, chat, asked, kind, line):
        chat.send("one")
        error = failed(chat.expect, "one", **asked)
        assert error.mismatch.kind == kind
        squeezed = [" ".join(row.split()) for row in str(error).splitlines()]
        assert " ".join(line.split()) in squeezed

    def test_without_a_state(self, chat):
        """A chat that the bot has not met is in no state."""
        cook = chat.another("cook")
        chat.send("cook: go")
        error = failed(cook.expect, "go", state="on")
        assert "(none)" in str(error)


class TestAnyOrder:
    def test_holds_in_whatever_order(self, chat):
        chat.send("a 1|b 2|c")
        assert chat.expect_any_order("b ${b:int}", "a ${a:int}") == {"a": 1, "b": 2}
        chat.expect("c")

    def test_a_pairing_is_found_where_there_is_one(self, chat):
        chat.send("ab|a")
        chat.expect_any_order("a...", "a")

    def test_says_which_are_missing(self, chat):
        chat.send("a|x")
        error = failed(chat.expect_any_order, "a", "b")
        lines = str(error).splitlines()
        assert error.mismatch.kind == "missing-reply"
        assert lines[0] == "in any order: 1 of 2 replies missing"
        assert {"  ✓ a", "  - b", "  + x"} <= set(lines)

    def test_none_at_all(self, chat):
        chat.send("")
        assert "2 of 2" in str(failed(chat.expect_any_order, "a", "b"))

    def test_too_few(self, chat):
        chat.send("a")
        assert "1 of 2" in str(failed(chat.expect_any_order, "a", "b"))


class TestSilence:
    def test_nothing_more(self, chat):
        chat.send("a|b")
        chat.expect("a")
        error = failed(chat.expect_nothing_more)
        assert error.mismatch.kind == "silence-broken"
        assert "  + b" in str(error).splitlines()
        chat.expect("b")
        chat.expect_nothing_more()

    def test_silence_is_no_reply_at_all(self, chat):
        chat.send("a")
        chat.expect("a")
        assert failed(chat.expect_silence).mismatch.kind == "silence-broken"
        chat.send("")
        chat.expect_silence()


class TestStrictness:
    """Who has expected one reply of a turn must expect all of them."""

    def test_before_the_chat_goes_on(self, chat):
        chat.send("a|b")
        chat.expect("a")
        error = failed(chat.send, "next")
        assert error.mismatch.kind == "extra-reply"
        assert len(chat.trace.turns) == 1

    def test_a_turn_of_which_nothing_was_expected_is_free(self, chat):
        chat.send("a|b")
        chat.send("next")
        assert chat.texts == ["next"]

    def test_each_turn_for_itself(self, chat):
        chat.send("a")
        chat.expect("a")
        chat.send("b|c")
        chat.send("next")

    def test_can_be_switched_off(self):
        chat = Chat(Kitchen(), strict=False)
        chat.send("a|b")
        chat.expect("a")
        chat.send("next")

    def test_at_the_end_of_a_with_block(self):
        def talk():
            with Chat(Kitchen()) as chat:
                chat.send("a|b")
                chat.expect("a")

        assert failed(talk).mismatch.kind == "extra-reply"

    def test_another_error_goes_before(self):
        def talk():
            with Chat(Kitchen()) as chat:
                chat.send("a|b")
                chat.expect("a")
                raise KeyError("of the test")

        with pytest.raises(KeyError):
            talk()


class TestLooking:
    def test_before_the_first_turn(self, chat):
        assert (chat.state, chat.vars, chat.waits, chat.ended, chat.last) == (None, {}, "input", False, None)
        assert (chat.replies, chat.texts, chat.offered) == ((), [], ())

    def test_after_a_turn(self, chat):
        turn = chat.send("size")
        assert (chat.state, chat.vars, chat.waits, chat.ended, chat.last) == ("on", {"n": 1}, "input", False, turn)
        assert chat.texts == ["Which size?"]
        assert chat.offered == SIZES

    def test_after_an_end(self, chat):
        chat.send("bye")
        assert (chat.state, chat.vars, chat.waits, chat.ended) == ("on", {"n": 1}, "end", True)

    def test_variables_are_a_copy(self, chat):
        chat.send("x")
        chat.vars["n"] = 9
        assert chat.vars == {"n": 1}

    def test_as_text(self, chat):
        chat.send("hi")
        assert str(chat) == "  user      hi\n  bot       hi"
        assert repr(chat) == "<Chat 'user' in state 'on' after 1 turns>"


class TestSeveralPeople:
    def test_each_hears_what_is_said_to_them(self, chat):
        cook = chat.another("cook")
        chat.send("thanks|cook: one pizza")
        chat.expect("thanks")
        cook.expect("one pizza")
        assert cook.offered == (Option("ok", "Done"),)

    def test_one_taps_what_came_of_what_another_said(self, chat):
        cook = chat.another("cook")
        chat.send("cook: one pizza")
        assert cook.tap("Done").event == Tap("ok", "Done", "cook")

    def test_what_waits_for_one_stays_while_another_speaks(self, chat):
        cook = chat.another("cook")
        chat.send("cook: one")
        chat.send("cook: two")
        cook.expect("one")
        cook.expect("two")

    def test_share_memory_and_captures(self, chat):
        cook = chat.another("cook")
        chat.send("Order 41|cook: New 41")
        chat.expect("Order ${order:int}")
        cook.expect("New ${order}")
        assert chat.trace == cook.trace
        assert (chat.state, cook.state) == ("on", None)

    def test_replies_to_nobody_here_are_in_the_turn_alone(self, chat):
        turn = chat.send("cook: one")
        assert chat.replies == ()
        assert turn.replies[0].text == "one"

    def test_an_id_is_taken_once(self, chat):
        with pytest.raises(SetupError, match="a chat 'user' with this bot already"):
            chat.another("user")

    def test_all_are_held_to_their_expectations_at_the_end(self, chat):
        cook = chat.another("cook")
        chat.send("cook: one|cook: two")
        cook.expect("one")
        assert failed(chat.conversation.end).mismatch.kind == "extra-reply"


class TestInTheMiddle:
    def test_begins_there(self):
        chat = Chat(Kitchen(), state="on", vars={"n": 7})
        assert (chat.state, chat.vars, chat.replies) == ("on", {"n": 7}, ())
        chat.send("x")
        assert chat.vars == {"n": 8}
        assert chat.trace.start.chat("user") == ChatState("on", {"n": 7})

    def test_another_joins_in_the_middle(self, chat):
        chat.send("x")
        assert chat.another("cook", state="new").state == "new"
        assert chat.state == "on"
        assert not chat.trace.start.chats

    def test_no_such_state(self):
        with pytest.raises(SetupError, match="chat 'user' cannot begin in 'off': no state 'off'"):
            Chat(Kitchen(), state="off")

    def test_variables_need_a_state(self):
        with pytest.raises(SetupError, match="name the state"):
            Chat(Kitchen(), vars={"n": 1})

    def test_a_bot_that_only_begins_at_the_beginning(self):
        class Plain:
            def start(self):
                return Snapshot()

            def step(self, snapshot, event):
                return Turn(event=event, snapshot=snapshot)

        with pytest.raises(SetupError, match="type Plain cannot begin in the middle"):
            Chat(Plain(), state="on")


class TestAsBot:
    """A bot is named, or given as it is."""

    def test_by_name_from_the_working_folder(self, tmp_path, monkeypatch):
        (tmp_path / "shop.py").write_text(
            "from chatsim.trace import Reply, Snapshot, Turn\n\nclass Shop:\n    def start(self):\n        return Snapshot()\n\n    def step(self, snapshot, event):\n        return Turn(event=event, effects=(Reply('open'),), snapshot=snapshot)\n"
        )
        monkeypatch.chdir(tmp_path)
        chat = Chat("shop:Shop")
        chat.send("hi")
        chat.expect("open")

    def test_a_class_is_made(self):
        assert isinstance(as_bot(Kitchen), Kitchen)

    def test_no_bot(self):
        with pytest.raises(SetupError, match="the int is"):
            as_bot(3)
        with pytest.raises(SetupError, match=r"dict is a type: .*"):
            as_bot(dict)

    def test_a_conversation_is_shared(self):
        conversation = Conversation(Kitchen())
        assert Chat(conversation, "a").conversation is Chat(conversation, "b").conversation
