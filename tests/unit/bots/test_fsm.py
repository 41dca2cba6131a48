import asyncio
import json
import sys

import pytest

from chatsim.bots.base import Bot, NamesStates, StartsAnywhere
from chatsim.bots.fsm import FSMBot
from chatsim.errors import ContextNotSerializable, SetupError, UnknownState
from chatsim.fsm import AbstractFSM, FaultyMachine, FSMOutput, MessageData, Status
from chatsim.jsondata import from_json, to_json
from chatsim.trace import Callback, ChatState, File, Form, Hop, Reply, Save, Snapshot, Start, Tap, Text, Turn


def ways(*pairs):
    return [{"trigger": "next", "source": source, "dest": dest} for source, dest in pairs]


class Echo(AbstractFSM):
    """Asks, says what came, waits for a webhook, says what came, ends."""

    states = ["ask", "input", "callback", "end"]
    transitions = ways(("zero", "ask"), ("ask", "input"), ("input", "callback"), ("callback", "end"))
    output_variables = {"heard"}

    def say(self, text):
        self.send_message(FSMOutput(message_data=MessageData(body=text)))

    def on_enter_ask(self):
        self.say("Yes?")
        self.variables["n"] = [1]
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_input(self):
        self.variables["heard"] = repr(self.current_input)
        self.say(f"Hook? {self.credentials}")
        self.credentials["seen"] = True
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_callback(self):
        self.say(f"Bye {self.current_callback!r}")
        self.status = Status.MOVE_FORWARD


class Wraps(AbstractFSM):
    states = ["echo", "end"]
    transitions = ways(("zero", "echo"), ("echo", "end"))

    def __init__(self, send_message, credentials=None):
        super().__init__(send_message, credentials)
        self.plugins = {"echo": Echo(send_message)}

    def on_enter_echo(self):
        if self.run_plugin("echo") != self.RUN_TOKEN:
            self.status = Status.MOVE_FORWARD


@pytest.fixture
def bot():
    return FSMBot(Echo)


def play(bot, *events):
    turns = []
    snapshot = bot.start()
    for event in events:
        turns.append(bot.step(snapshot, event))
        snapshot = turns[-1].snapshot
    return turns


def broken(act, **more):
    """Return the turn of a bot that says one word and then acts so."""

    class Broken(Echo):
        def on_enter_ask(self):
            self.say("Yes?")
            act(self)

    return FSMBot(Broken, **more).step(Snapshot(), Start())


class TestStep:
    def test_it_is_a_bot(self, bot):
        assert isinstance(bot, Bot)
        assert isinstance(bot, NamesStates)
        assert isinstance(bot, StartsAnywhere)
        assert bot.state_names() == ("zero", "ask", "input", "callback", "end")
        assert "Echo" in repr(FSMBot(Echo, {"KEY": "secret"}))
        assert "secret" not in repr(FSMBot(Echo, {"KEY": "secret"}))

    def test_a_conversation(self, bot):
        first, second, third = play(bot, Start(), Text("hi"), Callback("ok"))
        assert first.effects == (Reply("Yes?"), Save())
        assert (first.state, first.waits) == ("ask", "input")
        assert first.hops == (Hop("zero", "ask"),)
        assert first.snapshot.chats["user"].extra == {"status": 1, "plugins": {}}
        assert (second.state, second.waits) == ("input", "callback")
        assert second.chat_state.context == {"n": [1], "heard": "'hi'"}
        assert third.effects == (Reply("Bye 'ok'"), Save())
        assert [hop.target for hop in third.hops] == ["callback", "end"]

    def test_the_end(self, bot):
        """The turn has the chat as it ended; the snapshot has it at its beginning."""
        turn = play(bot, Start(), Text("hi"), Callback("ok"))[-1]
        assert turn.ended == ChatState("end", {"n": [1], "heard": "'hi'"}, "end", {"outputs": {"heard": "'hi'"}})
        assert (turn.state, turn.waits) == ("end", "end")
        assert turn.snapshot.chats["user"] == ChatState("zero", {}, "input", {"status": 2, "plugins": {}})

    def test_an_end_without_outputs(self):
        assert broken(lambda self: setattr(self, "status", Status.END)).ended.extra is None

    def test_it_is_pure(self, bot):
        snapshot = play(bot, Start())[-1].snapshot
        before = to_json(snapshot)
        assert bot.step(snapshot, Text("a")) == bot.step(snapshot, Text("a"))
        assert to_json(snapshot) == before

    def test_turns_are_json(self, bot):
        for turn in play(bot, Start(), Text("hi"), Callback("ok")):
            assert from_json(to_json(turn), Turn) == turn
            assert 0 < turn.seconds < 60

    def test_chats_are_apart(self, bot):
        first, second = play(bot, Start("ann"), Start("bob"))
        assert set(second.snapshot.chats) == {"ann", "bob"}
        assert second.effects == (Reply("Yes?", "bob"), Save("bob"))
        assert second.snapshot.chats["ann"] is first.snapshot.chats["ann"]

    def test_credentials_do_not_carry_over(self):
        bot = FSMBot(Echo, {"KEY": "x"})
        for _ in range(2):
            assert play(bot, Start(), Text("hi"))[-1].replies[0].text == "Hook? {'KEY': 'x'}"

    @pytest.mark.parametrize(
        ("event", "heard"),
        [
            (Tap("1", "Small"), json.dumps([{"option_id": "1", "option_text": "Small"}])),
            (Form({"size": 1}), '{"size": 1}'),
            (File(b"x"), b"x"),
        ],
    )
    def test_what_arrives(self, bot, event, heard):
        assert play(bot, Start(), event)[-1].chat_state.context["heard"] == repr(heard)

    def test_a_file_for_a_callback(self, bot):
        assert play(bot, Start(), Text("hi"), File(b"x"))[-1].replies[0].text == "Bye b'x'"


class TestErrors:
    def test_raised_by_the_bot(self):
        """What came before it stays, and nothing is saved."""
        turn = broken(lambda self: self.variables.update(n=1 / 0))
        assert (turn.error.kind, turn.error.type, turn.effects) == ("bot-raised", "ZeroDivisionError", (Reply("Yes?"),))
        assert turn.hops == (Hop("zero", "ask"),)
        assert turn.snapshot == Snapshot()
        assert turn.event == Start()
        assert isinstance(turn.exception, ZeroDivisionError)
        assert 0 < turn.seconds < 60

    def test_raised_by_its_constructor(self):
        class Broken(Echo):
            def __init__(self, send_message, credentials=None):
                raise KeyError("API_KEY")

        turn = FSMBot(Broken).step(Snapshot(), Start())
        assert (turn.error.type, turn.hops, turn.effects) == ("KeyError", (), ())

    def test_exit(self):
        assert broken(lambda _: sys.exit("bye")).error.type == "SystemExit"

    def test_an_error_that_is_no_exception(self):
        """Cancelled tasks, closed generators and a bot's own `BaseException` are the bot's errors as well."""

        def cancel(_):
            raise asyncio.CancelledError

        assert broken(cancel).error.type == "CancelledError"

    @pytest.mark.parametrize("status", [Status.WAIT_FOR_USER_INPUT, Status.END])
    def test_variables_that_are_no_json(self, status):
        turn = broken(lambda self: (self.variables.update(when={1}), setattr(self, "status", status)))
        assert (turn.error.kind, turn.error.message) == ("context-not-json", "$.when: JSON cannot hold set")
        assert turn.snapshot == Snapshot()

    def test_variables_that_are_no_dict(self):
        turn = broken(lambda self: self.__dict__.update(variables=[1], status=Status.WAIT_FOR_USER_INPUT))
        assert (turn.error.kind, "variables are a dict, not [1]" in turn.error.message) == ("bad-result", True)

    def test_outputs_that_are_no_json(self):
        turn = broken(lambda self: (self.outputs.update(a={1}), setattr(self, "status", Status.END)))
        assert turn.error.message == "$.outputs.a: JSON cannot hold set"

    def test_what_is_no_message(self):
        turn = broken(lambda self: self.send_message("hello"))
        assert turn.error.kind == "bad-result"
        assert "send_message was given 'hello' (a str)" in turn.error.message

    def test_hop_loop(self):
        turn = broken(lambda self: setattr(self, "state", "zero"), hop_budget=5)
        assert (turn.error.kind, len(turn.hops)) == ("hop-loop", 5)

    def test_a_keyboard_interrupt_is_not_the_bots(self):
        def interrupt(_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            broken(interrupt)


class TestPlugins:
    def test_it_waits_for_what_the_plugin_waits_for(self):
        turns = play(FSMBot(Wraps), Start(), Text("hi"), Callback("ok"))
        assert [turn.waits for turn in turns] == ["input", "callback", "end"]
        assert turns[1].hops == (Hop("ask", "input", (), "echo"),)
        assert turns[1].chat_state.extra["plugins"]["echo"]["main"]["state"] == "input"

    def test_it_waits_for_what_the_innermost_plugin_waits_for(self):
        class Outer(Wraps):
            def __init__(self, send_message, credentials=None):
                super().__init__(send_message, credentials)
                self.plugins = {"echo": Wraps(send_message)}

        turns = play(FSMBot(Outer), Start(), Text("hi"), Callback("ok"))
        assert [turn.waits for turn in turns] == ["input", "callback", "end"]
        assert [hop.machine for hop in turns[2].hops] == ["echo.echo", "echo.echo", "echo", ""]

    def test_a_plugin_variable_that_is_no_json(self):
        class Odd(Wraps):
            def on_enter_echo(self):
                super().on_enter_echo()
                self.plugins["echo"].variables["when"] = {1}

        turn = FSMBot(Odd).step(Snapshot(), Start())
        assert turn.error.message == "$.plugins.echo.main.variables.when: JSON cannot hold set"


class TestStartAt:
    @pytest.mark.parametrize(("event", "heard"), [(Text("a"), "'a'"), (Callback("a"), "None")])
    def test_whatever_arrives_wakes_it(self, bot, event, heard):
        snapshot = bot.start_at("user", "ask", {"name": "Ann"})
        turn = bot.step(snapshot, event)
        assert (turn.state, turn.chat_state.context) == ("input", {"name": "Ann", "heard": heard})

    @pytest.mark.parametrize(("waits", "state"), [("input", "input"), ("callback", "ask")])
    def test_it_waits_so(self, bot, waits, state):
        snapshot = bot.start_at("user", "ask", {}, waits)
        assert snapshot.chats["user"].waits == waits
        assert bot.step(snapshot, Text("a")).state == state

    def test_without_waits_it_takes_input_to_begin_with(self, bot):
        assert bot.start_at("user", "ask", {}).chats["user"].waits == "input"

    def test_at_zero_it_begins(self, bot):
        assert bot.step(bot.start_at("user", "zero", {}), Start()).state == "ask"

    def test_the_context_is_a_copy(self, bot):
        context = {"cart": []}
        snapshot = bot.start_at("ann", "ask", context)
        context["cart"].append(1)
        assert snapshot.chats["ann"].context == {"cart": []}

    def test_misuse(self, bot):
        with pytest.raises(UnknownState, match="Echo has no state 'aks'; did you mean 'ask'"):
            bot.start_at("user", "aks", {})
        with pytest.raises(SetupError, match="cannot begin at its end"):
            bot.start_at("user", "ask", {}, "end")
        with pytest.raises(ContextNotSerializable):
            bot.start_at("user", "ask", {"when": {1}})


class TestSetup:
    @pytest.mark.parametrize("thing", [print, int, Echo.on_enter_ask])
    def test_no_fsm(self, thing):
        with pytest.raises(SetupError, match="is no class that inherits from"):
            FSMBot(thing)

    def test_a_faulty_class(self):
        with pytest.raises(FaultyMachine):
            FSMBot(type("Bad", (Echo,), {"states": ["nowhere"]}))
