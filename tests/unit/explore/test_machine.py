"""Hypothesis talks with a bot: `chatsim.explore.state_machine`."""

import sys
import unittest

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from chatsim.errors import SetupError
from chatsim.explore import Letter, property_always, state_machine
from chatsim.explore.checks.raised import Raised
from chatsim.explore.checks.speech import Speech
from chatsim.explore.machine import BotBroke, as_scenario
from chatsim.explore.play.player import after
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Snapshot, Tap, Text, Trace, Turn

QUICK = settings(max_examples=15, stateful_step_count=10, derandomize=True, database=None)


def counter(crash_at=None, *, empty=False):
    """Return an orchestrator that counts taps on "More", and raises where it has counted so far."""
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())

    @orchestrator.register_step("start")
    def start(chat_id, text, context, sender):
        sender.send_message(chat_id, "Count?", options=["More"])
        return "counting", {"count": 0}

    @orchestrator.register_step("counting")
    def counting(chat_id, text, context, sender):
        count = context["count"]
        if text == "xyzzy":
            raise LookupError("nobody knows this word")
        if count == crash_at:
            raise ValueError(f"counted to {count}")
        sender.send_message(chat_id, "" if empty else f"{count}", options=["More"])
        return "counting", {"count": min(count + 1, 9) if text == "More" else count}

    return orchestrator


def run(machine, profile=QUICK):
    """Run the machine as a test, and return what it raises."""
    test = machine.TestCase
    test.settings = settings(profile, suppress_health_check=list(HealthCheck), deadline=None)
    result = unittest.TestResult()
    test("runTest").run(result)
    return "".join(text for _, text in result.errors + result.failures)


def plain(orchestrator, **more):
    """Return the machine for a few letters and checks, which is quicker."""
    return state_machine(
        orchestrator, **{"alphabet": [Text("hi"), Text("More")], "checks": lambda: (Raised(), Speech()), **more}
    )


class TestMachine:
    def test_nothing_wrong(self):
        assert run(state_machine(counter(), alphabet=[Text("hi"), Text("More")])) == ""

    def test_shrunk_scenario(self):
        """What fails is the shortest conversation that fails, shown as a scenario."""
        shown = run(plain(counter(2)))
        assert "BotBroke: bot-raised in counting: the bot raised ValueError: counted to 2" in shown
        lines = [line.strip() for line in shown[shown.index("scenarios:") :].splitlines()]
        said = [line for line in lines if line.startswith(("- user", "- tap"))]
        assert said == ["- user: hi", "- user: More", "- user: More", "- user: hi"] or len(said) == 4
        assert "raises: " in shown

    def test_error_itself(self):
        """The error holds what was found, and the conversation as a trace."""
        with pytest.raises(BotBroke) as caught:
            run_state_machine_as_test(plain(counter(0)), settings=settings(QUICK, print_blob=False))
        assert caught.value.found.kind == "bot-raised"
        assert [turn.event.text for turn in caught.value.trace.turns] == ["hi", "hi"]
        assert caught.value.trace.turns[-1].error.message == "counted to 0"

    def test_letters_of_the_search(self):
        """Without an alphabet it is told what the search is told, from the code as well."""
        talk = state_machine(counter()).talk
        with talk.player.inside():
            ((before, turns),) = talk.player.along([Letter(Text("hi"))])
            letters = talk.alphabet.letters(after(before, Letter(Text("hi")), turns))
        assert {"text 'xyzzy'", "tap 'More'"} <= {letter.label for letter in letters}

    def test_strategies(self):
        """What the user's strategies draw is said in the state that they are for."""
        only = {"counting": st.just("xyzzy"), None: st.sampled_from([Text("hi"), Letter(Text("More"))])}
        assert "LookupError: nobody knows this word" in run(plain(counter(), alphabet=[], strategies=only))
        assert run(plain(counter(), alphabet=[], strategies={None: st.just("hi")})) == ""

    def test_properties(self):
        """A property of the user's own fails like any other check."""

        @property_always
        def counts_to_three(view):
            return view.vars.count is None or view.vars.count <= 3

        assert "property in counting" in run(plain(counter(), properties=[counts_to_three]))

    def test_fail_on(self):
        """Which findings fail is the user's choice."""
        assert "empty-reply in counting" in run(plain(counter(empty=True)))
        assert run(plain(counter(empty=True), fail_on=["bot-raised"])) == ""

    def test_settings_of_the_profile(self):
        """The profile in force decides, less the deadline and the health checks of slow data."""
        settings.register_profile("short", settings(max_examples=7, derandomize=True))
        before = settings._current_profile
        settings.load_profile("short")
        try:
            found = plain(counter()).TestCase.settings
        finally:
            settings.load_profile(before)
        assert (found.max_examples, found.derandomize, found.deadline) == (7, True, None)
        assert HealthCheck.too_slow in found.suppress_health_check

    def test_what_no_scenario_says(self):
        """Where scenarios have no words for a conversation, it is shown as a transcript."""

        turns = tuple(Turn(event=event, snapshot=Snapshot()) for event in (Text("hi"), Tap("m", "Milk")))
        assert as_scenario(Trace(turns), "shop:bot", "milk").splitlines() == ["  user      hi", "  tap       [Milk]"]


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "message"),
        [("errors", "write 'error', 'warning', or a list"), (["no-such"], "there is no kind of finding 'no-such'")],
    )
    def test_fail_on(self, given, message):
        with pytest.raises(SetupError, match=message):
            plain(counter(), fail_on=given)

    def test_warnings(self):
        assert {"stale-option", "bot-raised"} <= plain(counter(), fail_on="warning").talk.fail_on

    def test_without_hypothesis(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "hypothesis", None)
        with pytest.raises(SetupError, match=r'pip install "chatsim\[hypothesis\]"'):
            plain(counter())

    def test_no_bot(self, tmp_path):
        with pytest.raises(SetupError, match="there is no module 'nowhere'"):
            state_machine("nowhere:bot", folder=tmp_path)
