"""A turn that does not come back is interrupted, told as a finding, and the search goes on."""

import contextlib
import sys
import threading
import time
from typing import ClassVar

import pytest

from chatsim.compare import compare
from chatsim.explore import explore
from chatsim.explore.api import stage_of
from chatsim.explore.checks.base import Found
from chatsim.explore.letters import Letter
from chatsim.explore.play import patience
from chatsim.explore.play.moment import Moment
from chatsim.explore.play.player import Player
from chatsim.explore.results import summed
from chatsim.explore.results.witnesses import Home, write_witnesses
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Text

clock = time.perf_counter
"""The time outside: in the bot's world, none passes."""


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    monkeypatch.setattr(patience, "LONGEST", 0.2)
    monkeypatch.setattr(patience, "IMPATIENT", 0.1)
    monkeypatch.setattr(patience, "AGAIN", 0.1)


def spin():
    while True:
        pass


def wait_for_nobody():
    threading.Event().wait(60)


def swallow():
    while True:
        with contextlib.suppress(BaseException):
            spin()


def shop(hang):
    def ask(chat_id, text, context, sender):
        sender.send_message(chat_id, "Which?", ["Tea", "Cake"])
        return "choose", {}

    def choose(chat_id, text, context, sender):
        if text == "Cake":
            hang()
        sender.send_message(chat_id, f"{text}, please.")
        return "ask", {}

    bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="ask")
    bot.register_steps({"ask": ask, "choose": choose})
    return bot


class TestSearch:
    @pytest.mark.parametrize("hang", [spin, wait_for_nobody, *([swallow] if sys.version_info >= (3, 12) else [])])
    def test_is_found_and_all_else_is_reached(self, hang):
        began = time.monotonic()
        found = explore(shop(hang), faults=False, max_time=20)
        assert time.monotonic() - began < 20
        errors = [(each.kind, each.state, each.witness.turns[-1].error.type) for each in found.errors]
        assert errors == [("bot-raised", "choose", "DidNotReturn")]
        assert found.errors[0].message.startswith("the bot did not return; it was interrupted at ")
        assert (found.outcome, ("choose", "tap 'Tea'", "ask") in found.transitions) == ("complete", True)

    def test_in_another_thread(self):
        """Where there is no alarm, the interpreter is asked to raise."""
        found = []
        thread = threading.Thread(target=lambda: found.append(explore(shop(spin), faults=False, max_time=20)))
        thread.start()
        thread.join(20)
        assert [error.state for error in found[0].errors] == ["choose"]

    def test_compare(self):
        """A version that does not come back any more is another one."""
        difference = compare(shop(lambda: None), shop(spin), max_time=20).differences[0]
        assert (difference.state, difference.new.turns[-1].error.type) == ("choose", "DidNotReturn")


class AtTheEnd:
    """A check that plays on and on when the search is over, as far as it is let."""

    kinds: ClassVar = {"dead-end": "error"}

    def __init__(self, then):
        self.then = then

    def begin(self, bot):
        pass

    def look(self, seen):
        self.play = seen.play
        return ()

    def close(self, whole):
        yield Found("dead-end", "choose", "found before", 0)
        self.then(lambda: self.play(whole.moment(0), Letter(Text("hi"))))
        yield Found("no-end", "choose", "found after", 0)


def on_and_on(play):
    while True:
        play()


def ctrl_c(_play):
    raise KeyboardInterrupt


class TestTheEnd:
    @pytest.mark.parametrize(("then", "stopped"), [(on_and_on, "closed"), (ctrl_c, "interrupted")])
    def test_what_checks_found_so_far_is_kept(self, then, stopped, monkeypatch):
        """Checks play no longer than the time allows, nor than somebody waits."""
        monkeypatch.setattr(summed, "HURRIED", 0.1)
        bot = shop(lambda: None)
        found = explore(bot, alphabet=[Text("hi")], checks=[AtTheEnd(then)], faults=False, max_time=0.3)
        assert ([each.message for each in found.findings], found.stopped) == (["found before"], stopped)

    def test_within_a_turn(self):
        """However many turns one moment has: when time is up, no more is played."""

        def nap():
            until = clock() + 0.05
            while clock() < until:
                pass

        letters = [Text(f"Cake{number}") for number in range(200)]

        def choose(chat_id, text, context, sender):
            nap()
            sender.send_message(chat_id, "And?")
            return "choose", {}

        bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="choose")
        bot.register_steps({"choose": choose})
        found = explore(bot, alphabet=letters, checks=(), max_time=0.2)
        assert (found.stopped, found.outcome, found.steps < 20) == ("max-time", "bounded", True)


class TestPlayer:
    def test_is_not_waited_for_again(self):
        """What did not come back once is known; asked to forget it, the player waits once more, and no longer."""
        calls = []

        def hang():
            calls.append(1)
            spin()

        player = Player(stage_of(shop(hang)))
        with player.inside():
            at = player.play(Moment(player.start()), Letter(Text("hi")))[-1].snapshot
            first = player.play(Moment(at), Letter(Text("Cake")))
            again = player.play(Moment(at), Letter(Text("Cake")))
            player.patience.forget()
            player.play(Moment(at), Letter(Text("Cake")))
        assert (first, len(calls)) == (again, 2)

    def test_a_slow_turn_is_none(self):
        """Who comes back in time is not interrupted, however many turns there are."""

        def nap():
            until = clock() + 0.05
            while clock() < until:
                pass

        player = Player(stage_of(shop(nap)))
        with player.inside():
            at = player.play(Moment(player.start()), Letter(Text("hi")))[-1].snapshot
            turns = [player.play(Moment(at), Letter(Text("Cake")))[-1] for _ in range(12)]
        assert {turn.error for turn in turns} == {None}

    def test_who_comes_back_when_interrupted_is_late_all_the_same(self):
        def stubborn():
            with contextlib.suppress(BaseException):
                spin()

        player = Player(stage_of(shop(stubborn)))
        with player.inside():
            at = player.play(Moment(player.start()), Letter(Text("hi")))[-1].snapshot
            late = player.play(Moment(at), Letter(Text("Cake")))[-1]
            after = player.play(Moment(at), Letter(Text("Tea")))[-1]
        assert (late.error.type, late.snapshot, after.error) == ("DidNotReturn", at, None)


class TestWitness:
    def test_has_a_time_limit(self, tmp_path):
        """The scenario fails soon, and not after the minute that any test may take."""
        found = explore(shop(spin), faults=False, max_time=20)
        files, _ = write_witnesses(found.errors, tmp_path / "found", Home("shop:bot", tmp_path, {}))
        assert "defaults: {timeout: 5s}" in files[0].read_text()
