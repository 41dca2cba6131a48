"""Bots write their chats down, whatever they are, and never notice."""

import json
import logging
import multiprocessing
import threading
from pathlib import Path

import pytest

import chatsim
from chatsim.errors import SetupError
from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, Status
from chatsim.orchestrator import ChatOrchestrator
from chatsim.recording.journal import Journal, Recorded, read_journal, traces_of
from chatsim.recording.machines import Chats
from chatsim.recording.record import record
from chatsim.recording.tape import name_of
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Callback, ChatState, File, Form, Reply, Snapshot, Start, Tap, Text, Turn


def orchestrator(sender=None):
    made = ChatOrchestrator(InMemoryStateManager(), sender or RecordingSender())

    @made.register_step("start")
    def start(chat_id, user_input, context, sender):
        if user_input == "boom":
            sender.send_message(chat_id, "before")
            raise ValueError("broken hunter22")
        sender.send_message(chat_id, f"You said {user_input}", options=["A"])
        return "start", {"n": context.get("n", 0) + 1}

    return made


class Machine(AbstractFSM):
    states = ["zero", "ask", "greet", "end"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask"},
        {"trigger": "next", "source": "ask", "dest": "greet"},
        {"trigger": "next", "source": "greet", "dest": "end"},
    ]

    def say(self, text):
        self.send_message(FSMOutput(message_data=MessageData(body=text)))

    def on_enter_ask(self):
        self.say(f"Name? {self.variables.get('from', '')}")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_greet(self):
        if self.current_input == "boom":
            raise ValueError("broken")
        self.variables["name"] = str(self.current_input)
        self.say(f"Hello {self.current_input}, {self.credentials.get('KEY')}")
        self.status = Status.WAIT_FOR_CALLBACK


@pytest.fixture
def path(tmp_path):
    return tmp_path / "traces.jsonl"


@pytest.fixture
def recorded(path):
    def recorded():
        turns, problems = read_journal(path)
        assert problems == []
        return turns

    return recorded


class TestOrchestrators:
    def test_messages(self, path, recorded):
        sender = RecordingSender()
        bot = orchestrator(sender)
        assert record(bot, path, secrets=["hunter22"], bot="shop:bot") is bot
        bot.handle_message("ann", None)
        bot.handle_message("bob", "hi")
        bot.handle_message("ann", b"x")
        bot.handle_message("ann", {"a": 1})
        assert len(sender.replies) == 4
        first, second, third, fourth = recorded()
        assert (first.chat, first.bot, first.before) == ("ann", "shop:bot", None)
        assert first.turn.replies[0].text == "You said None"
        assert [option.title for option in first.turn.replies[0].options] == ["A"]
        assert (first.turn.state, first.turn.chat_state.context) == ("start", {"n": 1})
        assert [one.turn.event for one in (first, second, third, fourth)] == [
            Start("ann"),
            Text("hi", "bob"),
            File(b"x", chat="ann"),
            Form({"a": 1}, "ann"),
        ]
        assert third.before == ChatState("start", {"n": 1})
        assert path.stat().st_mode & 0o777 == 0o600

    def test_errors_are_recorded_and_pass_through(self, path, recorded):
        bot = record(orchestrator(), path, secrets=["hunter22"])
        with pytest.raises(ValueError, match="broken hunter22"):
            bot.handle_message("ann", "boom")
        (one,) = recorded()
        assert one.turn.error.message == "broken •••"
        assert [reply.text for reply in one.turn.replies] == ["before"]

    def test_whatsapp_messages(self, path, recorded):
        from chatsim.senders.whatsapp_messages import WhatsAppMessages

        class Sender(WhatsAppMessages):
            def _deliver(self, chat_id, payload):
                return {"messages": [{"id": "1"}]}

            def send_message(self, chat_id, text, options=None):
                return self.send_text(chat_id, text)

        bot = orchestrator(Sender())

        @bot.register_step("start", replace=True)
        def start(chat_id, user_input, context, sender):
            sender.send_message(chat_id, "one")
            sender.send_text(chat_id, "two")
            return "start", {}

        record(bot, path)
        bot.handle_message("ann", "hi")
        assert [reply.text for reply in recorded()[0].turn.replies] == ["one", "two"]

    def test_steps_that_are_tried_out_are_not_recorded(self, path):
        bot = record(orchestrator(), path)
        bot.run_step(None, {}, "ann", "hi", RecordingSender())
        bot.message_sender.send_message("ann", "by the way")
        assert not path.exists()

    def test_misuse_is_not_recorded(self, path):
        bot = record(orchestrator(), path)
        with pytest.raises(SetupError):
            bot.handle_message(7, "hi")
        assert not path.exists()

    def test_sender_with_slots(self, path):
        class Sender:
            __slots__ = ()

            def send_message(self, chat_id, text, options=None):
                pass

        with pytest.raises(SetupError, match="a Sender cannot be recorded"):
            record(orchestrator(Sender()), path)


class TestMachines:
    @pytest.fixture
    def machine(self):
        return type("Machine", (Machine,), {})

    def test_a_chat(self, machine, path, recorded):
        record(machine, path)
        said = []
        state = machine.run_machine(said.append, credentials={"KEY": "topsecret"})
        state = machine.run_machine(said.append, "Ann", None, {"KEY": "topsecret"}, state)
        state = machine.run_machine(said.append, callback_input="paid", state=json.loads(json.dumps(state)))
        assert state["main"]["state"] == "zero"
        assert len(said) == 2
        turns = recorded()
        assert [one.turn.event for one in turns] == [
            Start(turns[0].chat),
            Text("Ann", turns[0].chat),
            Callback("paid", turns[0].chat),
        ]
        assert turns[1].turn.replies[0].text == "Hello Ann, •••"
        assert turns[2].turn.waits == "end"
        assert len(traces_of(turns)) == 1
        assert len(traces_of(turns)[turns[0].chat]) == 1

    @pytest.mark.parametrize(
        ("user_input", "event"),
        [
            ('[{"option_id": "1", "option_text": "A"}]', Tap("1", "A", "c")),
            ('{"a": 1}', Form({"a": 1}, "c")),
            ('{"a":1}', Text('{"a":1}', "c")),
            ("[1]", Text("[1]", "c")),
            ("{no", Text("{no", "c")),
            (b"x", File(b"x", chat="c")),
        ],
    )
    def test_events(self, machine, path, recorded, user_input, event):
        record(machine, path, chat=lambda: "c")
        state = machine.run_machine(lambda output: None)
        machine.run_machine(lambda output: None, user_input, state=state)
        assert recorded()[1].turn.event == event

    def test_variables_from_outside(self, machine, path, recorded):
        record(machine, path, chat=lambda: "c")
        machine.run_machine(lambda output: None, **{"from": "shop"})
        (one,) = recorded()
        assert (one.before.state, one.before.context, one.turn.replies[0].text) == (
            "zero",
            {"from": "shop"},
            "Name? shop",
        )

    def test_errors(self, machine, path, recorded):
        record(machine, path)
        state = machine.run_machine(lambda output: None)
        with pytest.raises(ValueError, match="broken"):
            machine.run_machine(lambda output: None, "boom", state=state)
        assert recorded()[1].turn.error.type == "ValueError"

    def test_wrong_calls_fail_as_before(self, machine, path):
        record(machine, path)
        with pytest.raises(TypeError):
            machine.run_machine()

    def test_jb_manager(self, path, recorded):
        pytest.importorskip("jb_manager_bot", reason="needs jb-manager-bot: pip install jb-manager-bot==0.1.8")
        from jb_manager_bot import AbstractFSM as Original
        from jb_manager_bot.data_models import FSMOutput as Output
        from jb_manager_bot.data_models import MessageData as Data
        from jb_manager_bot.data_models import Status as Stat

        class Bot(Original):
            states = ["zero", "ask", "end"]
            transitions = [
                {"trigger": "next", "source": "zero", "dest": "ask"},
                {"trigger": "next", "source": "ask", "dest": "end"},
            ]
            conditions = set()
            output_variables = set()

            def __init__(self, send_message, credentials=None):
                self.credentials = credentials or {}
                super().__init__(send_message=send_message)

            def on_enter_ask(self):
                self.status = Stat.WAIT_FOR_ME
                self.send_message(Output(message_data=Data(body="Name?")))
                self.status = Stat.WAIT_FOR_USER_INPUT

        record(Bot, path)
        state = Bot.run_machine(lambda output: None)
        Bot.run_machine(lambda output: None, "Ann", state=state)
        first, second = recorded()
        assert first.turn.replies[0].text == "Name?"
        assert (first.chat, second.turn.waits) == (second.chat, "end")

    def test_chats_in_one_state(self):
        chats = Chats()
        chats.left("a", {"main": 1})
        chats.left("b", {"main": 1})
        assert {chats.of({"main": 1}), chats.of({"main": 1})} == {"a", "b"}
        assert chats.of({"main": 1}) not in {"a", "b"}
        assert chats.of(None) != chats.of(None)


class Echo:
    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        state = ChatState("s", {"n": 1})
        return Turn(event=event, effects=(Reply("hi", event.chat),), snapshot=snapshot.with_chat(event.chat, state))


class TestBots:
    def test_steps(self, path, recorded):
        bot = record(Echo(), path)
        snapshot = bot.step(bot.start(), Text("a", "ann")).snapshot
        bot.step(snapshot, Text("b", "bob"))
        _, second = recorded()
        assert second.before is None
        assert list(second.turn.snapshot.chats) == ["bob"]

    def test_slots(self, path):
        class Slotted(Echo):
            __slots__ = ()

        record(Slotted(), path)  # has slots of its own, but the base gives it a __dict__

        class Bare:
            __slots__ = ()
            start, step = Echo.start, Echo.step

        with pytest.raises(SetupError, match="a Bare cannot be recorded"):
            record(Bare(), path)

    @pytest.mark.parametrize("target", [object(), Echo, "shop:bot"])
    def test_no_bots(self, path, target):
        with pytest.raises(SetupError, match="cannot be recorded"):
            record(target, path)


class TestTrouble:
    def test_the_bot_goes_on(self, tmp_path, caplog):
        bot = record(orchestrator(), tmp_path / "no folder" / "traces.jsonl")
        with caplog.at_level(logging.DEBUG, "chatsim.recording"):
            bot.handle_message("ann", "hi")
            bot.handle_message("ann", "ho")
        assert bot.state_manager.get_state("ann") == ("start", {"n": 2})
        assert [entry.levelname for entry in caplog.records] == ["WARNING", "DEBUG"]

    def test_half_a_line(self, path):
        record(orchestrator(), path, bot="b:b").handle_message("ann", "hi")
        with path.open("a") as file:
            file.write('{"chat": "x", "tu')
        record(orchestrator(), path, bot="b:b").handle_message("ann", "ho")
        with path.open("a") as file:
            file.write('\n{"chat":"x","turn":{"event":{"kind":"start"},"snapshot":{}},"chatsim":9}\n\n')
        turns, problems = read_journal(path)
        assert [one.turn.event.text for one in turns] == ["hi", "ho"]
        assert [(problem.line, problem.file) for problem in problems] == [(2, str(path)), (5, str(path))]
        assert problems[1].what == "is no recorded turn: it has the format 9, and this chatsim reads 1"

    def test_gaps_begin_another_trace(self):
        def turn(before, after):
            snapshot = Snapshot({"a": ChatState(after)})
            return Recorded("a", Turn(event=Text("x", "a"), snapshot=snapshot), before=before and ChatState(before))

        (runs,) = traces_of([turn(None, "s"), turn("s", "t"), turn("other", "u")]).values()
        assert [len(run.turns) for run in runs] == [2, 1]
        assert runs[1].start == Snapshot({"a": ChatState("other")})


def _append(path, count):
    journal = Journal(Path(path))
    turn = Turn(event=Text("x" * 20_000), snapshot=Snapshot())
    for number in range(count):
        journal.append(Recorded(f"chat {number}", turn))


class TestManyWriters:
    def test_threads_and_processes(self, path):
        context = multiprocessing.get_context("spawn")
        writers = [threading.Thread(target=_append, args=(path, 10)) for _ in range(4)]
        processes = [context.Process(target=_append, args=(str(path), 10)) for _ in range(2)]
        for writer in [*processes, *writers]:
            writer.start()
        for writer in [*writers, *processes]:
            writer.join()
        turns, problems = read_journal(path)
        assert (len(turns), problems) == (60, [])


class TestNames:
    def test_public_names(self):
        assert chatsim.record is record
        assert set(chatsim.__all__) <= set(dir(chatsim))
        for name in chatsim.__all__:
            assert getattr(chatsim, name) is not None
        with pytest.raises(AttributeError, match="no attribute 'recrod'"):
            chatsim.recrod  # noqa: B018

    def test_names_of_bots(self):
        assert name_of(Machine).endswith(":Machine")
        assert name_of(type("Local", (), {"__qualname__": "f.<locals>.Local"})) == ""
        assert name_of(object()) == ""
        assert name_of(logging.root) == "logging:root"
