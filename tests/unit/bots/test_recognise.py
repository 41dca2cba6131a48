"""What kind of bot an object is."""

import sys
from importlib import metadata
from importlib.metadata import EntryPoint

import pytest

import chatsim.bots.recognise as module
from chatsim.bots.base import Bot
from chatsim.bots.fsm import FSMBot
from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.bots.recognise import KINDS, BotKind, BotRuns, Origin, recognise
from chatsim.errors import SetupError
from chatsim.fsm import AbstractFSM
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Snapshot, Turn


class Silent:
    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        return Turn(event=event, snapshot=snapshot)


@pytest.fixture
def refusal():
    def refusal(value, reference="shop:bot"):
        with pytest.raises(SetupError) as caught:
            recognise(value, Origin(reference))
        return str(caught.value)

    return refusal


class TestBots:
    def test_an_instance_is_taken_as_it_is(self):
        bot = Silent()
        assert recognise(bot, Origin()) is bot

    def test_a_class_is_made(self):
        assert isinstance(recognise(Silent, Origin()), Silent)

    def test_a_function_is_called(self):
        assert isinstance(recognise(lambda: Silent, Origin()), Silent)

        def make(*args, size=1, **names):
            assert (args, size, names) == ((), 1, {})
            return Silent()

        assert isinstance(recognise(make, Origin()), Silent)

    def test_a_coroutine_function_is_run(self):
        async def make():
            return Silent()

        assert isinstance(recognise(make, Origin()), Bot)


class TestOwnKinds:
    def test_an_fsm_class_gets_the_credentials(self):
        class Hello(AbstractFSM):
            states = ["zero", "end"]
            transitions = [{"source": "zero", "dest": "end", "trigger": "next"}]

        bot = recognise(Hello, Origin(credentials={"KEY": "x"}))
        assert isinstance(bot, FSMBot)
        assert bot.credentials == {"KEY": "x"}

    def test_an_orchestrator(self):
        orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())
        assert isinstance(recognise(orchestrator, Origin()), OrchestratorBot)
        assert isinstance(recognise(lambda: orchestrator, Origin()), OrchestratorBot)


class TestRefusals:
    def test_says_what_was_tried_and_what_it_was(self, refusal):
        text = refusal({"a": 1})
        assert text.startswith("shop:bot is a dict: {'a': 1}.\nIt is none of these:\n")
        for kind in KINDS:
            assert f"  - {kind.name}\n" in text

    def test_none(self, refusal):
        assert refusal(None).startswith("shop:bot is None.\n")

    def test_a_function_that_returns_nothing(self, refusal):
        assert refusal(lambda: None).startswith("shop:bot() returned None and ran no bot.\n")
        assert refusal(lambda: 42).startswith("shop:bot() returned a int: 42.\n")

    def test_parameters(self, refusal):
        def make(token, *, size):
            """Needs both."""

        assert "It takes parameters (token, size): write a function without any" in refusal(make)

    def test_a_callable_without_a_signature(self, refusal):
        assert "It takes parameters (…)" in refusal(max)

    def test_functions_for_ever(self, refusal):
        def again():
            return again

        assert refusal(again).startswith("shop:bot()()() returned a function")

    @pytest.mark.parametrize("error", [ValueError("no money"), SystemExit("no money"), GeneratorExit("no money")])
    def test_raised_while_it_was_made(self, refusal, error):
        def make():
            raise error

        lines = refusal(make).splitlines()
        assert lines[0] == "bot 'shop:bot': calling it raised"
        assert "in TestRefusals.test_raised_while_it_was_made.<locals>.make: raise error" in lines[1]
        assert lines[2] == f"{type(error).__name__}: no money"

    def test_a_class_with_faults(self, refusal):
        """A class that cannot run is no bot: everything that is wrong with it is said, as of any bot."""

        class Faulty(AbstractFSM):
            states = ["zero", "pay"]
            transitions = [{"trigger": "next", "source": "zero", "dest": "pya"}]

        lines = refusal(Faulty).splitlines()
        assert lines[0] == "bot 'shop:bot': Faulty cannot run, 2 faults:"
        assert lines[1:] == [
            "- transitions[0]: no state 'pya' (dest); did you mean 'pay'?",
            "- state 'pay' has no method on_enter_pay(self)",
        ]

    def test_a_property_that_raises(self, refusal):
        """An object that cannot even be looked at is refused by name; Python 3.11 asks the property, later ones do not."""

        class Sore:
            @property
            def start(self):
                raise RuntimeError("do not touch")

        first = refusal(Sore()).splitlines()[0]
        assert first == "bot 'shop:bot': making a bot of it raised" or first.startswith("shop:bot is a Sore: ")

    def test_a_long_or_broken_repr(self, refusal):
        class Broken:
            def __repr__(self):
                raise ValueError

        assert refusal("x" * 200).splitlines()[0] == f"shop:bot is a str: '{'x' * 76}…."
        assert "<its __repr__ raised ValueError>" in refusal(Broken())


class TestEntryPoints:
    """Other packages add kinds in the group ``chatsim.bots``."""

    @pytest.fixture
    def install(self, monkeypatch):
        def install(kind):
            monkeypatch.setattr(sys.modules[__name__], "installed", kind, raising=False)
            monkeypatch.setitem(sys.modules, "other_package", sys.modules[__name__])
            entry = EntryPoint("other", "other_package:installed", module.ENTRY_POINTS)
            monkeypatch.setattr(metadata, "entry_points", lambda group: [entry] if group == module.ENTRY_POINTS else [])

        return install

    def test_a_kind(self, install):
        install(BotKind("a number", lambda value: value == 42, "other_package:adapt_number"))
        assert isinstance(recognise(42, Origin()), Silent)

    def test_is_named_in_refusals(self, install, refusal):
        install(BotKind("a number", lambda value: value == 42, "other_package:adapt_number"))
        assert "  - a number\n" in refusal(43)

    def test_no_kind(self, install, refusal):
        install("nonsense")
        assert "entry point 'other' = 'other_package:installed'" in refusal(43)

    def test_a_kind_that_captures(self, install):
        """A function that runs its bot for ever is stopped where it would run."""
        install(
            BotKind(
                "a number",
                lambda value: value == 42,
                "other_package:adapt_number",
                framework="other_package",
                capture="other_package:captured",
            )
        )

        def main():
            RUN[0](42)

        assert isinstance(recognise(main, Origin()), Silent)
        assert RUN == []

    def test_a_framework_that_the_bot_did_not_import(self, install, refusal):
        install(BotKind("a number", lambda value: value == 42, "x:y", framework="no_such_module", capture="x:y"))
        assert "returned None" in refusal(lambda: None)


RUN = []


def adapt_number(value, origin):
    assert (value, origin.credentials) == (42, {})
    return Silent()


class captured:  # noqa: N801 - a context manager in the place of a function
    def __enter__(self):
        def run(number):
            raise BotRuns(number)

        RUN.append(run)

    def __exit__(self, *error):
        RUN.clear()
