"""The machine that Hypothesis runs: the only module that imports it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, event, settings, target
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from chatsim.explore.checks.base import Check, Seen
from chatsim.explore.letters import Letter
from chatsim.explore.machine import Talk
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.play.player import after
from chatsim.explore.seen.book import state_name
from chatsim.trace import Snapshot, Text

_NO_WORRY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


class BotMachine(RuleBasedStateMachine):
    """One conversation of a run; `talk` says with whom, and is set in the class of each bot."""

    talk: ClassVar[Talk]

    def __init__(self) -> None:
        super().__init__()
        self.moment = Moment(Snapshot())
        self.letters: list[Letter] = []
        self.options: Sequence[Letter] = ()
        self.states: set[str] = set()
        self.checks: Sequence[Check] = ()

    @initialize()
    def begin(self) -> None:
        """Begin, with checks that know of no other conversation."""
        self.checks = self.talk.checks()
        player = self.talk.player
        with player.inside():
            self.moment = Moment(player.start())
            for check in self.checks:
                check.begin(player.stage.bot)
            self.options = self.talk.alphabet.letters(self.moment)

    @rule(data=st.data())
    def say(self, data: st.DataObject) -> None:
        """Say one thing that can be tried here."""
        __tracebackhide__ = True  # what is of interest is the conversation
        letter = data.draw(_letters(self.talk, self.moment, self.options))
        # Hypothesis itself stays outside of the bot's world, in which time stands still.
        with self.talk.player.inside():
            self._play(letter)
            self.options = self.talk.alphabet.letters(self.moment)

    def _play(self, letter: Letter) -> None:
        __tracebackhide__ = True
        before, play = self.moment, self.talk.player.play
        turns = play(before, letter)
        self.moment = after(before, letter, turns)
        self.letters.append(letter)
        self._tell(before, turns)
        seen = Seen(before, letter, turns, self.moment, play)
        for found in (found for check in self.checks for found in check.look(seen)):
            if self.talk.fails_for(found):
                raise self.talk.broke(found, self.letters)

    def _tell(self, before: Moment, turns: Played) -> None:
        """Tell Hypothesis what is new in this conversation."""
        here, there = state_name(before.snapshot), state_name(self.moment.snapshot)
        if there not in self.states:
            self.states.add(there)
            event(f"{here} → {there}")
        if turns[-1].error is not None:
            event(f"{here} → {turns[-1].error.kind}")

    def teardown(self) -> None:
        """Let Hypothesis prefer conversations through many states, and long ones."""
        target(float(len(self.states)), label="states")
        target(float(self.moment.depth), label="depth")


def machine_of(talk: Talk) -> type[BotMachine]:
    """Return the machine that talks as *talk* says."""
    machine: type[BotMachine] = type("BotMachine", (BotMachine,), {"talk": talk})
    machine.TestCase.settings = _settings()
    return machine


def _settings() -> settings:
    """Return the settings of the profile in force, less what makes no sense where a bot is asked."""
    profile = settings()
    return settings(
        profile,
        deadline=None,
        # What an explanation adds to a conversation of a few lines is not worth playing it a hundred times more.
        phases=[phase for phase in profile.phases if phase is not Phase.explain],
        suppress_health_check=[*{*profile.suppress_health_check, *_NO_WORRY}],
    )


def _letters(talk: Talk, moment: Moment, letters: Sequence[Letter]) -> st.SearchStrategy[Letter]:
    """Return what to draw from: letters, and what the user's strategies for this state give."""
    given = [talk.strategies[state] for state in (moment.state, None) if state in talk.strategies]
    own = [strategy.map(_as_letter) for strategy in dict.fromkeys(given)]
    return st.one_of(*([st.sampled_from(letters)] if letters else []), *own)


def _as_letter(drawn: Any) -> Letter:
    if isinstance(drawn, Letter):
        return drawn
    return Letter(Text(drawn) if isinstance(drawn, str) else drawn)
