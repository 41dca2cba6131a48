"""The reference orchestrator, held to its README and to everything that the original gets wrong."""

import gc
import logging
import re
import runpy
import subprocess
import sys
import threading
import time
from collections import UserDict
from enum import StrEnum
from pathlib import Path

import pytest

from chatsim.errors import (
    BadResult,
    BotError,
    ChatBusy,
    ContextNotSerializable,
    InitialStateNotFoundError,
    InvalidChatId,
    OrchestratorError,
    StateConflict,
    UnknownState,
)
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.file import FileStateManager
from chatsim.state_managers.inmemory import InMemoryStateManager

README_PROGRAM = """
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

# Define a simple step function
# Each step receives (chat_id, user_input, context, message_sender)
def start_step(chat_id, user_input, context, sender):
    sender.send_message(chat_id, "Hello! What's your name?")
    return "get_name", {}

def get_name_step(chat_id, user_input, context, sender):
    sender.send_message(chat_id, f"Nice to meet you, {user_input}!")
    return "start", {}

# Set up orchestrator
state_manager = InMemoryStateManager()
sender = ConsoleMessageSender()
orch = ChatOrchestrator(state_manager, sender, initial_state_id="start")

orch.register_step("start")(start_step)
orch.register_step("get_name")(get_name_step)

# Simulate a chat
orch.handle_message("user1", None)      # triggers start_step
orch.handle_message("user1", "Alice")   # triggers get_name_step
"""
FILE_PROGRAM = """
from chatsim.state_managers.file import FileStateManager
state_manager = FileStateManager()
"""
STEPS_JSON = r"""{
  "start": "my_app.handlers.start_step",
  "process_input": "def process_input(chat_id, user_input, context, sender):\n    sender.send_message(chat_id, f'Echo: {user_input}')\n    return 'start', {}"
}
"""
SPOKEN = "[user1] Hello! What's your name?\n[user1] Nice to meet you, Alice!\n"


@pytest.fixture
def sender():
    return RecordingSender()


@pytest.fixture
def store():
    return InMemoryStateManager()


@pytest.fixture
def orchestrator(store, sender):
    return ChatOrchestrator(store, sender)


def goes_to(state_id, context=None):
    return lambda chat_id, user_input, before, sender: (state_id, before if context is None else context)


class PlainStore:
    """A state manager of a user's own: the three methods, a dict, no isolation."""

    def __init__(self):
        self.states = {}

    def get_state(self, chat_id):
        return self.states.get(chat_id, (None, {}))

    def set_state(self, chat_id, state_id, context):
        self.states[chat_id] = (state_id, context)

    def delete_state(self, chat_id):
        self.states.pop(chat_id, None)


class TestReadme:
    """The README's programs run after changing only the name of the package."""

    def test_first_program(self, tmp_path, capsys):
        (tmp_path / "program.py").write_text(README_PROGRAM)
        runpy.run_path(str(tmp_path / "program.py"))
        assert capsys.readouterr().out == SPOKEN

    def test_with_the_file_state_manager(self, tmp_path, capsys, monkeypatch):
        """The second program replaces the state manager; the rest is the same."""
        monkeypatch.chdir(tmp_path)
        program = README_PROGRAM.replace("state_manager = InMemoryStateManager()\n", FILE_PROGRAM)
        assert "FileStateManager()" in program
        (tmp_path / "program.py").write_text(program)
        runpy.run_path(str(tmp_path / "program.py"))
        assert capsys.readouterr().out == SPOKEN
        (state,) = (tmp_path / "chat_states").iterdir()
        assert '"state_id":"start"' in state.read_text()

    def test_steps_from_json(self, orchestrator, sender, tmp_path, monkeypatch):
        (tmp_path / "my_app").mkdir()
        (tmp_path / "my_app" / "__init__.py").write_text("")
        (tmp_path / "my_app" / "handlers.py").write_text(
            "def start_step(chat_id, user_input, context, sender):\n    return 'process_input', {}\n"
        )
        (tmp_path / "steps.json").write_text(STEPS_JSON)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.chdir(tmp_path)
        orchestrator.register_steps_from_json("steps.json")
        orchestrator.handle_message("user1", None)
        orchestrator.handle_message("user1", "hi")
        assert sender.texts == ["Echo: hi"]

    def test_importing_needs_no_extra(self):
        """Redis, MongoDB and HTTP clients are imported when they are used."""
        code = (
            "import sys, chatsim.orchestrator, chatsim.bots.orchestrator, chatsim.senders.whatsapp\n"
            "import chatsim.state_managers.redis, chatsim.state_managers.mongodb\n"
            "print(sorted({'redis', 'pymongo', 'httpx'} & set(sys.modules)))"
        )
        assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


class TestWhatTheOriginalGetsWrong:
    def test_a_misspelt_next_state_is_an_error_that_names_the_nearest(self, orchestrator, store):
        orchestrator.register_step("start")(goes_to("get_nmae"))
        orchestrator.register_step("get_name")(goes_to("start"))
        with pytest.raises(
            UnknownState,
            match=re.escape(
                "step 'start' named the next state 'get_nmae', which no step handles. Did you mean 'get_name'?"
            ),
        ) as caught:
            orchestrator.handle_message("ann", None)
        assert caught.value.kind == "unknown-state"
        assert store.get_state("ann") == (None, {})

    @pytest.mark.parametrize(
        ("result", "shown"),
        [
            (None, "None"),
            ("ok", "'ok'"),
            (("start",), "('start',)"),
            (("start", None), "('start', None)"),
            (("start", [("a", 1)]), "('start', [('a', 1)])"),
            ((["start"], {}), "(['start'], {})"),
            ((None, {}), "(None, {})"),
            (("start", {}, 1), "('start', {}, 1)"),
            (["start", {}], "['start', {}]"),
            ({"start": 1, "x": 2}, "{'start': 1, 'x': 2}"),
            ("x" * 10_000, "'xxxxxxxxxxxx...xxxxxxxxxxxxx'"),
        ],
        ids=lambda value: repr(value)[:30],
    )
    def test_what_is_no_state_and_mapping_is_an_error_that_shows_it(self, orchestrator, store, result, shown):
        orchestrator.register_step("start")(lambda a, b, c, d: result)
        with pytest.raises(BadResult) as caught:
            orchestrator.handle_message("ann", None)
        assert str(caught.value) == (
            f"step 'start' returned {shown}; a step returns the next state and its context, such as ('menu', {{}})"
        )
        assert (caught.value.kind, isinstance(caught.value, BotError)) == ("bad-result", True)
        assert store.get_state("ann") == (None, {})

    def test_no_steps_raises_before_anything_is_sent(self, orchestrator, sender):
        with pytest.raises(InitialStateNotFoundError, match=r"initial state 'start'. There are none") as caught:
            orchestrator.handle_message("ann", None)
        assert sender.replies == []
        assert isinstance(caught.value, OrchestratorError)

    def test_lenient_and_no_steps_sends_nothing_either(self, store, sender):
        orchestrator = ChatOrchestrator(store, sender, lenient=True)
        store.set_state("ann", "gone", {})
        with pytest.raises(InitialStateNotFoundError):
            orchestrator.handle_message("ann", None)
        assert sender.replies == []

    @pytest.mark.parametrize(
        "make", [InMemoryStateManager, PlainStore, FileStateManager], ids=lambda make: make.__name__
    )
    def test_a_change_to_the_context_does_not_survive_an_exception(self, make, sender, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        store = make()
        orchestrator = ChatOrchestrator(store, sender)

        @orchestrator.register_step("start")
        def start(chat_id, user_input, context, sender):
            context["cart"].append("cake")
            context["paid"] = True
            raise ValueError("card refused")

        store.set_state("ann", "start", {"cart": ["tea"]})
        with pytest.raises(ValueError, match="card refused"):
            orchestrator.handle_message("ann", "pay")
        assert store.get_state("ann") == ("start", {"cart": ["tea"]})

    def test_tuples_and_keys_are_the_same_in_every_turn(self, orchestrator, store):
        """What a step returns comes back as JSON has it, also from memory."""
        seen = []

        @orchestrator.register_step("start")
        def start(chat_id, user_input, context, sender):
            seen.append(context)
            return "start", {"sizes": ("S", "L")}

        orchestrator.handle_message("ann", None)
        orchestrator.handle_message("ann", None)
        assert seen == [{}, {"sizes": ["S", "L"]}]

    def test_a_context_that_json_cannot_hold_changes_nothing(self, orchestrator, store):
        orchestrator.register_step("start")(goes_to("start", {"at": {1: "a"}}))
        store.set_state("ann", "start", {"kept": True})
        with pytest.raises(ContextNotSerializable, match=r"\$\.at: key 1 is of type int"):
            orchestrator.handle_message("ann", None)
        assert store.get_state("ann") == ("start", {"kept": True})

    def test_logging_formats_no_context_unless_the_level_is_on(self, orchestrator, caplog):
        shown = []

        class Loud(dict):
            def __repr__(self):
                shown.append(self)
                return "<context>"

        orchestrator.register_step("start")(lambda a, b, c, d: ("start", Loud(a=1)))
        with caplog.at_level(logging.INFO, "chatsim.orchestrator"):
            orchestrator.handle_message("ann", None)
        assert (shown, caplog.text) == ([], "")
        with caplog.at_level(logging.DEBUG, "chatsim.orchestrator"):
            orchestrator.handle_message("ann", None)
        assert "chat 'ann': start -> start, context <context>" in caplog.text

    @pytest.mark.parametrize("make", [InMemoryStateManager, PlainStore], ids=lambda make: make.__name__)
    def test_two_messages_at_once_lose_no_update(self, make, sender):
        """They are handled one after the other, and each step runs once."""
        store = make()
        orchestrator = ChatOrchestrator(store, sender)
        inside = []

        @orchestrator.register_step("start")
        def start(chat_id, user_input, context, sender):
            inside.append(chat_id)
            time.sleep(0.002)
            assert inside == ["ann"]
            inside.remove(chat_id)
            return "start", {"n": context.get("n", 0) + 1}

        threads = [threading.Thread(target=orchestrator.handle_message, args=("ann", None)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.get_state("ann") == ("start", {"n": 20})

    def test_other_chats_do_not_wait(self, orchestrator):
        met = threading.Barrier(2, timeout=5)

        @orchestrator.register_step("start")
        def start(chat_id, user_input, context, sender):
            met.wait()
            return "start", {}

        threads = [threading.Thread(target=orchestrator.handle_message, args=(name, None)) for name in ("ann", "bob")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(orchestrator.state_manager.chat_ids()) == 2


class TestHandleMessage:
    def test_a_step_gets_chat_input_context_and_sender(self, orchestrator, sender, store):
        seen = []
        orchestrator.register_step("menu")(lambda *args: (seen.append(args), ("menu", {"n": 2}))[1])
        store.set_state("ann", "menu", {"n": 1})
        assert orchestrator.handle_message("ann", {"type": "text"}) is None
        assert [("ann", {"type": "text"}, {"n": 1}, sender)] == seen
        assert store.get_state("ann") == ("menu", {"n": 2})

    def test_a_chat_begins_in_the_initial_state(self, store, sender):
        orchestrator = ChatOrchestrator(store, sender, "hello")
        orchestrator.register_step("hello")(goes_to("hello", {"begun": True}))
        orchestrator.handle_message("ann", "hi")
        assert store.get_state("ann") == ("hello", {"begun": True})

    def test_a_chat_in_an_unknown_state(self, orchestrator, store, sender):
        orchestrator.register_step("start")(goes_to("start"))
        store.set_state("ann", "strat", {"kept": True})
        with pytest.raises(
            UnknownState, match=r"chat 'ann' is in state 'strat', which no step handles. Did you mean 'start'"
        ):
            orchestrator.handle_message("ann", "hi")
        assert store.get_state("ann") == ("strat", {"kept": True})
        assert sender.replies == []

    @pytest.mark.parametrize("after", [UserDict(a=1), type("Sub", (dict,), {})(a=1)], ids=["mapping", "dict subclass"])
    def test_any_mapping_is_a_context(self, orchestrator, store, after):
        orchestrator.register_step("start")(goes_to("start", after))
        orchestrator.handle_message("ann", None)
        assert store.get_state("ann") == ("start", {"a": 1})

    def test_a_state_may_be_a_member_of_an_enumeration(self, orchestrator, store):
        state = StrEnum("State", ["START", "MENU"])
        orchestrator.register_step(state.START)(goes_to(state.MENU))
        orchestrator.register_step(state.MENU)(goes_to(state.START))
        orchestrator.handle_message("ann", None)
        assert str is type(store.get_state("ann")[0])
        assert store.get_state("ann")[0] == "menu"

    def test_a_named_tuple_is_a_tuple(self, orchestrator, store):
        from typing import NamedTuple

        class Next(NamedTuple):
            state: str
            context: dict

        orchestrator.register_step("start")(lambda a, b, c, d: Next("start", {"a": 1}))
        orchestrator.handle_message("ann", None)
        assert store.get_state("ann") == ("start", {"a": 1})

    @pytest.mark.parametrize("chat_id", [1, None, b"ann"])
    def test_chat_ids(self, orchestrator, chat_id):
        with pytest.raises(InvalidChatId):
            orchestrator.handle_message(chat_id, None)

    def test_a_step_may_not_wait_for_itself(self, orchestrator, store):
        @orchestrator.register_step("start")
        def start(chat_id, user_input, context, sender):
            orchestrator.handle_message(chat_id, "again")

        with pytest.raises(OrchestratorError, match="called handle_message for its own chat"):
            orchestrator.handle_message("ann", None)
        with pytest.raises(OrchestratorError, match="called handle_message for its own chat"):
            orchestrator.handle_message("ann", None)

    def test_a_step_may_write_to_another_chat(self, orchestrator, store):
        @orchestrator.register_step("start")
        def start(chat_id, user_input, context, sender):
            if chat_id == "ann":
                orchestrator.handle_message("cook", "order")
            return "start", {"input": user_input}

        orchestrator.handle_message("ann", None)
        assert store.get_state("cook") == ("start", {"input": "order"})

    def test_a_message_that_waited_too_long_was_not_handled(self, sender):
        store = InMemoryStateManager(lock_timeout=0.01)
        orchestrator = ChatOrchestrator(store, sender)
        orchestrator.register_step("start")(goes_to("start"))
        with (
            store.turn("ann"),
            pytest.raises(ChatBusy, match=re.escape("chat 'ann' in memory was still being handled after 0.01 s")),
        ):
            orchestrator.handle_message("ann", None)
        assert store.get_state("ann") == (None, {})

    def test_who_comes_second_after_an_expired_lock_changes_nothing(self, orchestrator, store):
        """As if the lock had expired: somebody else writes while the step runs."""

        @orchestrator.register_step("start")
        def start(chat_id, user_input, context, sender):
            store.set_state(chat_id, "start", {"by": "other"})
            return "start", {"by": "me"}

        with pytest.raises(StateConflict, match="what the others wrote stands"):
            orchestrator.handle_message("ann", None)
        assert store.get_state("ann") == ("start", {"by": "other"})

    def test_an_async_step_is_told(self, orchestrator):
        async def later():
            return "start", {}

        orchestrator.register_step("start")(lambda a, b, c, d: later())
        with pytest.raises(BadResult, match=r"returned a coroutine; .* is no async function"):
            orchestrator.handle_message("ann", None)
        gc.collect()


class TestLenient:
    """The original's behaviour, for those who ask for it."""

    @pytest.fixture
    def orchestrator(self, store, sender):
        orchestrator = ChatOrchestrator(store, sender, lenient=True)
        orchestrator.register_step("start")(
            lambda chat_id, user_input, context, sender: (
                user_input or "start",
                {"before": context, "input": user_input},
            )
        )
        return orchestrator

    def test_a_misspelt_next_state_is_stored(self, orchestrator, store, sender):
        orchestrator.handle_message("ann", "strat")
        assert store.get_state("ann")[0] == "strat"
        assert sender.replies == []

    def test_the_next_message_resets(self, orchestrator, store, sender):
        """The person is told, and the message goes to the initial step, with an empty context."""
        store.set_state("ann", "strat{0}", {"old": 1})
        orchestrator.handle_message("ann", None)
        assert sender.texts == ["Unknown state: strat{0}. Resetting to initial state."]
        assert store.get_state("ann") == ("start", {"before": {}, "input": None})

    def test_the_message_may_be_another(self, store, sender):
        orchestrator = ChatOrchestrator(store, sender, "start", "What? {state_id}! {other}", lenient=True)
        orchestrator.register_step("start")(goes_to("start"))
        store.set_state("ann", "x", {})
        orchestrator.handle_message("ann", None)
        assert sender.texts == ["What? x! {other}"]

    def test_results_are_checked_all_the_same(self, orchestrator):
        orchestrator.register_step("bad")(lambda a, b, c, d: "ok")
        orchestrator.handle_message("ann", "bad")
        with pytest.raises(BadResult):
            orchestrator.handle_message("ann", None)


class TestRegisterStep:
    def test_returns_the_function(self, orchestrator):
        step = goes_to("start")
        assert step is orchestrator.register_step("start")(step)
        assert {"start": step} == dict(orchestrator.steps)

    def test_steps_are_read_only(self, orchestrator):
        with pytest.raises(TypeError):
            orchestrator.steps["start"] = goes_to("start")

    def test_a_second_step_for_a_state(self, orchestrator):
        first = orchestrator.register_step("start")(goes_to("start"))
        with pytest.raises(OrchestratorError, match="'start': there is a step already; pass replace=True"):
            orchestrator.register_step("start")(goes_to("start"))
        assert first is orchestrator.steps["start"]
        second = orchestrator.register_step("start", replace=True)(goes_to("start"))
        assert second is orchestrator.steps["start"]

    def test_several_at_once_or_none(self, orchestrator):
        orchestrator.register_steps({"start": goes_to("menu"), "menu": goes_to("start")})
        with pytest.raises(OrchestratorError, match="'start', 'menu': there is a step already"):
            orchestrator.register_steps({"new": goes_to("start"), "start": goes_to("new"), "menu": goes_to("new")})
        assert list(orchestrator.steps) == ["start", "menu"]

    @pytest.mark.parametrize("state_id", [None, 1, goes_to("start")])
    def test_state_ids(self, orchestrator, state_id):
        with pytest.raises(OrchestratorError, match="a state id is a str"):
            orchestrator.register_step(state_id)

    async def _later(self, b, c, d):
        pass

    class _AsyncCallable:
        async def __call__(self, a, b, c, d):
            pass

    @pytest.mark.parametrize(
        ("handler", "what"),
        [
            (None, "NoneType cannot be called: None"),
            ("start", "str cannot be called: 'start'"),
            (
                lambda a, b, c: None,
                r"takes exactly four arguments \(chat_id, user_input, context, sender\), and this is \(a, b, c\)",
            ),
            (lambda a, b, c, d, e: None, "exactly four"),
            (lambda a, *rest: None, "exactly four"),
            (lambda a, b, c, d, *, e: None, "exactly four"),
            (lambda *, a: None, "exactly four"),
            (_later, "async"),
            (_AsyncCallable(), "async"),
            (dict, "are not known"),
        ],
    )
    def test_what_cannot_be_a_step(self, orchestrator, handler, what):
        with pytest.raises(OrchestratorError, match=f"^step 'start': .*{what}"):
            orchestrator.register_step("start")(handler)
        assert dict(orchestrator.steps) == {}

    @pytest.mark.parametrize(
        "handler",
        [
            lambda *args: None,
            lambda *args, **more: None,
            lambda a, b, c, d, e=1: None,
            lambda a, b, c, d=1, *e: None,
            lambda a, /, b, c, d, *, e=1, **f: None,
        ],
    )
    def test_what_can(self, orchestrator, handler):
        assert handler is orchestrator.register_step("start")(handler)


def test_the_program_is_the_readmes():
    """The program above is the README's to the letter, but for the name of the package."""
    readme = Path(__file__).parents[1] / "corpora" / "orchestrator_readme.md"
    blocks = re.findall(r"```python\n(.*?)```", readme.read_text(), re.DOTALL)
    ours = [block.replace("chat_orchestrator.", "chatsim.") for block in blocks]
    assert README_PROGRAM.lstrip() == ours[0]
    assert ours[1].startswith(FILE_PROGRAM.lstrip())
    assert re.search(r"```json\n(.*?)```", readme.read_text(), re.DOTALL).group(1) == STEPS_JSON
