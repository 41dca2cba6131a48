"""Orchestrators as bots: a pure step that says everything that came of an event."""

import copy

import pytest

from chatsim.bots.base import Bot, NamesStates, StartsAnywhere
from chatsim.bots.orchestrator import OrchestratorBot, user_input_of
from chatsim.errors import ContextNotSerializable, UnknownState
from chatsim.jsondata import from_json, to_json
from chatsim.orchestrator import ChatOrchestrator
from chatsim.sandbox.inline_code import compile_step
from chatsim.senders.console import ConsoleMessageSender
from chatsim.senders.recording import RecordingSender
from chatsim.senders.whatsapp import WhatsAppSender
from chatsim.state_managers.base import CONTEXT_LIMIT
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import (
    Callback,
    ChatState,
    File,
    Form,
    Frame,
    Hop,
    Option,
    Reply,
    Save,
    Snapshot,
    Start,
    Tap,
    Text,
    Turn,
)


class NoStore:
    """A state manager that nothing may touch."""

    def get_state(self, chat_id):
        raise AssertionError

    def set_state(self, chat_id, state_id, context):
        raise AssertionError

    def delete_state(self, chat_id):
        raise AssertionError


def bot_of(sender=None, store=None, **steps):
    lenient = steps.pop("lenient", False)
    orchestrator = ChatOrchestrator(store or NoStore(), sender or ConsoleMessageSender(), lenient=lenient)
    orchestrator.register_steps(steps)
    return OrchestratorBot(orchestrator)


def greet(chat_id, user_input, context, sender):
    sender.send_message(chat_id, "Hello! What's your name?", ["Ann", "Bob"])
    return "name", {"asked": ("name",)}


def name(chat_id, user_input, context, sender):
    context["asked"].append(user_input)
    sender.send_message(chat_id, f"Nice to meet you, {user_input}!")
    sender.send_message("cook", "New guest")
    return "start", context


@pytest.fixture
def bot():
    return bot_of(start=greet, name=name)


class TestAbilities:
    def test_protocols(self, bot):
        assert isinstance(bot, Bot)
        assert isinstance(bot, NamesStates)
        assert isinstance(bot, StartsAnywhere)

    def test_state_names(self, bot):
        assert bot.state_names() == ("start", "name")

    def test_a_start_is_no_input(self):
        assert user_input_of(Start()) is None

    def test_steps_registered_later_count(self, bot):
        bot.orchestrator.register_step("late")(greet)
        assert bot.state_names() == ("start", "name", "late")


class TestStep:
    def test_a_chat_begins(self, bot, capsys):
        turn = bot.step(bot.start(), Start("ann"))
        reply = Reply("Hello! What's your name?", "ann", (Option("Ann", "Ann"), Option("Bob", "Bob")))
        assert turn == Turn(
            event=Start("ann"),
            effects=(reply, Save("ann")),
            hops=(Hop("start", "name"),),
            snapshot=Snapshot({"ann": ChatState("name", {"asked": ["name"]})}),
        )
        assert 0 < turn.seconds < 60
        assert (turn.waits, turn.ended, turn.exception) == ("input", None, None)
        assert capsys.readouterr().out == ""

    def test_effects_are_in_order_the_save_last(self, bot):
        turn = bot.step(bot.step(bot.start(), Start()).snapshot, Text("Ann"))
        assert turn.effects == (Reply("Nice to meet you, Ann!"), Reply("New guest", "cook"), Save())
        assert turn.snapshot.chats["user"] == ChatState("start", {"asked": ["name", "Ann"]})

    def test_chats_are_apart(self, bot):
        snapshot = bot.step(bot.start(), Start("ann")).snapshot
        turn = bot.step(snapshot, Start("bob"))
        assert turn.hops == (Hop("start", "name"),)
        assert turn.snapshot.chats["ann"] is snapshot.chats["ann"]

    def test_pure(self, bot):
        """The same snapshot and event give the same turn, and neither changes."""
        snapshot = bot.step(bot.start(), Start()).snapshot
        before = copy.deepcopy(snapshot)
        first, second = bot.step(snapshot, Text("Ann")), bot.step(snapshot, Text("Ann"))
        assert first == second
        assert snapshot == before

    def test_the_rest_of_the_snapshot_stays(self, bot):
        turn = bot.step(Snapshot({}, 12.5, (), {"k": 1}), Start())
        assert (turn.snapshot.clock, turn.snapshot.shared) == (12.5, {"k": 1})

    def test_json(self, bot):
        turn = bot.step(bot.start(), Start())
        assert from_json(to_json(turn), Turn) == turn

    def test_what_the_step_keeps_is_not_what_is_remembered(self):
        kept = []
        bot = bot_of(start=lambda a, b, c, d: (kept.append(c), ("start", c))[1])
        turn = bot.step(bot.start(), Start())
        kept[0]["late"] = True
        assert turn.snapshot.chats["user"].context == {}

    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            (Start(), None),
            (Text("hi"), "hi"),
            (Tap("s", "Small"), "Small"),
            (Form({"qty": 2, "é": None}), '{"qty":2,"é":null}'),
            (File(b"\x00", "a.bin"), b"\x00"),
            (Callback('{"id": 7}'), '{"id": 7}'),
        ],
    )
    def test_what_a_step_gets(self, event, expected):
        assert user_input_of(event) == expected
        seen = []
        bot = bot_of(start=lambda a, user_input, c, d: (seen.append(user_input), ("start", {}))[1])
        bot.step(bot.start(), event)
        assert seen == [expected]


class TestFailures:
    """The error is in the turn, with the effects before it; the snapshot is the one before."""

    def failed(self, step, snapshot=None, **more):
        bot = bot_of(start=step, **more)
        before = snapshot or Snapshot({"user": ChatState("start", {"kept": True})})
        turn = bot.step(before, Text("x"))
        assert turn.snapshot is before
        assert turn.event == Text("x")
        assert turn.hops == ()
        assert 0 < turn.seconds < 60
        return turn

    def test_the_bot_raises(self):
        def step(chat_id, user_input, context, sender):
            sender.send_message(chat_id, "one")
            context["kept"] = False
            raise ValueError("card refused")

        turn = self.failed(step)
        assert turn.effects == (Reply("one"),)
        assert (turn.error.kind, turn.error.type, turn.error.message) == ("bot-raised", "ValueError", "card refused")
        assert turn.snapshot.chats["user"].context == {"kept": True}
        assert isinstance(turn.exception, ValueError)
        (frame,) = turn.error.frames
        assert (frame.function.rpartition(".")[2], frame.code) == ("step", 'raise ValueError("card refused")')

    def test_inline_code_has_its_line(self):
        step = compile_step(
            "def step(chat_id, user_input, context, sender):\n    return 'start', {'x': context['y']}",
            "steps.json, 'start'",
        )
        assert self.failed(step).error.frames == (
            Frame("<steps.json, 'start'>", 2, "step", "return 'start', {'x': context['y']}"),
        )

    @pytest.mark.parametrize(
        ("result", "kind", "type_"),
        [
            (("strat", {}), "unknown-state", "UnknownState"),
            (None, "bad-result", "BadResult"),
            (("start", {"at": object()}), "context-not-json", "ContextNotSerializable"),
            (("start", {1: 1}), "context-not-json", "ContextNotSerializable"),
        ],
    )
    def test_what_the_runtime_finds(self, result, kind, type_):
        def step(chat_id, user_input, context, sender):
            sender.send_message(chat_id, "one")
            return result

        turn = self.failed(step)
        assert (turn.error.kind, turn.error.type) == (kind, type_)
        assert turn.effects == (Reply("one"),)

    def test_a_chat_in_an_unknown_state(self):
        turn = self.failed(greet, Snapshot({"user": ChatState("gone")}))
        assert turn.error.kind == "unknown-state"
        assert turn.effects == ()

    def test_no_initial_step(self):
        bot = OrchestratorBot(ChatOrchestrator(NoStore(), RecordingSender()))
        turn = bot.step(bot.start(), Start())
        assert (turn.error.kind, turn.error.type) == ("unknown-state", "InitialStateNotFoundError")

    def test_a_message_that_cannot_be(self):
        turn = self.failed(lambda chat_id, b, c, sender: sender.send_message(chat_id, None))
        assert turn.error.kind == "bad-message"

    def test_a_bot_that_exits(self):
        assert self.failed(lambda a, b, c, d: exit(3)).error.type == "SystemExit"  # noqa: PLR1722 - what a bot may do

    def test_a_context_that_no_store_takes(self):
        """What is too large for every store fails here as well, and not only in production."""
        turn = self.failed(lambda a, b, c, d: ("start", {"text": "x" * CONTEXT_LIMIT}))
        assert (turn.error.kind, turn.error.type) == ("context-not-json", "ContextTooLarge")
        assert "a store takes at most 1,048,576" in turn.error.message

    def test_an_error_that_is_no_exception(self):
        """A bot's own `BaseException` is the bot's error as well."""

        class Stop(BaseException):
            pass

        def step(chat_id, user_input, context, sender):
            raise Stop("here")

        turn = self.failed(step)
        assert (turn.error.kind, turn.error.type, turn.error.message) == ("bot-raised", "Stop", "here")

    def test_ctrl_c_is_no_error_of_the_bot(self):
        def step(chat_id, user_input, context, sender):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.failed(step)


class TestLenient:
    def test_a_reset_has_two_hops(self):
        bot = bot_of(start=lambda a, b, context, d: ("start", {"before": context}), lenient=True)
        turn = bot.step(Snapshot({"user": ChatState("gone", {"a": 1})}), Text("x"))
        assert turn.replies == (Reply("Unknown state: gone. Resetting to initial state."),)
        assert turn.hops == (Hop("gone", "start"), Hop("start", "start"))
        assert turn.snapshot.chats["user"] == ChatState("start", {"before": {}})

    def test_an_unknown_next_state_is_remembered(self):
        bot = bot_of(start=lambda a, b, c, d: ("gone", {}), lenient=True)
        turn = bot.step(bot.start(), Text("x"))
        assert (turn.state, turn.hops, turn.error) == ("gone", (Hop("start", "gone"),), None)


class TestStartAt:
    def test_a_state_and_a_context(self, bot):
        given = {"asked": ("x",)}
        snapshot = bot.start_at("ann", "name", given)
        assert snapshot == Snapshot({"ann": ChatState("name", {"asked": ["x"]})})
        assert bot.step(snapshot, Text("Ann", "ann")).replies[0].text == "Nice to meet you, Ann!"

    def test_waits(self, bot):
        assert bot.start_at("ann", "name", {}, "callback").chats["ann"].waits == "callback"

    def test_an_unknown_state(self, bot):
        with pytest.raises(UnknownState, match=r"no step handles 'nmae'. Did you mean 'name'\?"):
            bot.start_at("ann", "nmae", {})

    def test_a_context_that_is_no_json(self, bot):
        with pytest.raises(ContextNotSerializable):
            bot.start_at("ann", "name", {"a": {1}})


class TestSenders:
    """Whatever the steps speak through, what they say is recorded and reaches nobody."""

    def test_steps_written_for_whatsapp(self):
        def step(chat_id, user_input, context, sender):
            sender.send_image(chat_id, link="https://x.example/a.png", caption="A")
            sender.send_reply(chat_id, "wamid.0", "Thanks")
            sender.send_message(chat_id, "Size?", ["S", "L"])
            return "start", {"sent": sender.send_reaction(chat_id, "wamid.0", "👍")["messages"][0]["id"]}

        bot = bot_of(WhatsAppSender("106540", "token"), start=step)
        turn = bot.step(bot.start(), Text("x"))
        assert turn.error is None
        assert [(reply.type, reply.text) for reply in turn.replies] == [
            ("image", "A"),
            ("text", "Thanks"),
            ("interactive", "Size?"),
            ("reaction", "👍"),
        ]
        assert turn.replies[2].options == (Option("S", "S"), Option("L", "L"))
        assert bot.step(bot.start(), Text("x")) == turn

    def test_a_subclass_of_a_sender(self, capsys):
        class Shop(ConsoleMessageSender):
            def send_menu(self, chat_id):
                self.send_message(chat_id, "Menu", ["tea"])

        def step(chat_id, user_input, context, sender):
            sender.send_menu(chat_id)
            return "start", {}

        bot = bot_of(Shop(), start=step)
        assert bot.step(bot.start(), Text("x")).replies == (Reply("Menu", options=(Option("tea", "tea"),)),)
        assert capsys.readouterr().out == ""

    def test_the_orchestrators_own_recorder_stays_empty(self):
        sender = RecordingSender()
        bot = bot_of(sender, start=greet, name=name)
        assert len(bot.step(bot.start(), Text("x")).replies) == 1
        assert sender.replies == []


class TestAgreesWithHandleMessage:
    def test_the_same_conversation(self):
        """Replies, states and contexts of `step` are those of `handle_message`."""
        sender, store = RecordingSender(), InMemoryStateManager()
        bot = bot_of(sender, store, start=greet, name=name)
        snapshot, replies = bot.start(), []
        for text in ("hi", "Ann", "again", "Bob"):
            bot.orchestrator.handle_message("user", text)
            turn = bot.step(snapshot, Text(text))
            snapshot = turn.snapshot
            replies += turn.replies
            assert store.get_state("user") == (turn.state, turn.chat_state.context)
        assert sender.replies == replies
