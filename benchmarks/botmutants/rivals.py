"""The ways to search that are held against each other: chatsim, chatsim without some of its parts, and two others.

All of them have the same checks and the same time, and look at the same bot in the same world.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from time import perf_counter, process_time
from typing import TypeAlias

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from benchmarks.botmutants.catalogue import Subject
from chatsim.chat.mocking import mock_of
from chatsim.explore.alphabet import Alphabet
from chatsim.explore.api import default_alphabet, projection_of
from chatsim.explore.checks.all import all_checks
from chatsim.explore.play.player import Player
from chatsim.explore.results.result import Exploration
from chatsim.explore.results.summed import summed
from chatsim.explore.seen.book import state_name
from chatsim.explore.seen.fingerprint import pack
from chatsim.explore.sources.code import CodeLetters
from chatsim.explore.sources.offers import Boundaries, Offers, Timers, WrongKinds
from chatsim.explore.walk.limits import Over
from chatsim.explore.walk.search import Search
from chatsim.stage import Stage

LONGEST_WALK = 60
"""After so many turns a random walk, and one of Hypothesis's, begins anew."""

Ends: TypeAlias = Callable[[Search], bool]
"""Says of a search that it has found enough."""

Rival: TypeAlias = Callable[[Subject, Stage, float, Ends], Exploration]


def never(_: Search) -> bool:
    """Go on."""
    return False


def chatsim(subject: Subject, stage: Stage, seconds: float, ends: Ends = never) -> Exploration:
    """Search with everything."""
    return _result(_search(Search, subject, stage, until(seconds, ends)))


def without_faults(subject: Subject, stage: Stage, seconds: float, ends: Ends = never) -> Exploration:
    """Search, and deliver everything once and in order."""
    return _result(_search(Search, subject, stage, until(seconds, ends), faults=False))


def without_projection(subject: Subject, stage: Stage, seconds: float, ends: Ends = never) -> Exploration:
    """Search, and tell all snapshots apart."""
    return _result(_search(Search, subject, stage, until(seconds, ends), projection="exact"))


def without_literals(subject: Subject, stage: Stage, seconds: float, ends: Ends = never) -> Exploration:
    """Search, and read nothing in the bot's code of what it may be told."""
    return _result(_search(Search, subject, stage, until(seconds, ends), literals=False))


def random_walk(subject: Subject, stage: Stage, seconds: float, ends: Ends = never) -> Exploration:
    """Say anything that chatsim would try, by chance."""
    return _result(_search(_RandomWalk, subject, stage, until(seconds, ends)))


def hypothesis_alone(subject: Subject, stage: Stage, seconds: float, ends: Ends = never) -> Exploration:
    """Let Hypothesis's state machines choose what to say of what chatsim would try."""
    return _result(_search(_Hypothesis, subject, stage, until(seconds, ends)))


RIVALS: dict[str, Rival] = {
    "chatsim": chatsim,
    "without faults": without_faults,
    "without projection": without_projection,
    "without literals": without_literals,
    "random walk": random_walk,
    "Hypothesis alone": hypothesis_alone,
}


def mocks_of(subject: Subject) -> list:  # type: ignore[type-arg]
    """Return what answers when *subject* calls outside."""
    return [mock_of(call, [answer], optional=True) for call, answer in subject.mocks]


def _search(
    kind: type[Search],
    subject: Subject,
    stage: Stage,
    progress: Callable[[Search], None],
    *,
    faults: bool = True,
    projection: str = "buckets",
    literals: bool = True,
) -> Search:
    player = Player(stage, mocks_of(subject))
    code = CodeLetters(stage.bot, player.play)
    plain = Alphabet(Offers(stage.bot), Boundaries(stage.bot), WrongKinds(stage.bot), Timers())
    hints = code.all_hints()
    checks = all_checks(frozenset(hints.keys) | frozenset(hints.texts), faults=faults)
    alphabet = default_alphabet(stage.bot, code) if literals else plain
    return kind(player, alphabet, checks, projection_of(projection, code), progress=progress)


def until(seconds: float, ends: Ends = never) -> Callable[[Search], None]:
    """Return what ends a search after so many seconds of processor time, which other programs take nothing of.

    A search that has found what was looked for *ends* sooner.
    """
    began = process_time()

    def check(search: Search) -> None:
        if process_time() - began > seconds or ends(search):
            raise Over("max-time")

    return check


def _result(search: Search) -> Exploration:
    with search.player.inside():
        search.run()
        return summed(search, type(search.bot).__name__)


class _Walk(Search):
    """A search that goes on from where it is, and begins anew now and then."""

    def run(self) -> None:
        """Walk until the time is over."""
        self._began = began = perf_counter()
        for check in self.checks:
            check.begin(self.bot)
        start = self.player.start()
        self.nodes.add(pack(start), 0, self.book.state(state_name(start)))
        try:
            self.walk()
        except Over as over:
            self.stopped = over.stopped
        self.seconds = perf_counter() - began

    def walk(self) -> None:
        """Walk for ever."""
        raise NotImplementedError


class _RandomWalk(_Walk):
    def walk(self) -> None:
        chance = random.Random(0)
        while True:
            node: int | None = 0
            for _ in range(LONGEST_WALK):
                if node is None:
                    break
                self.check_limits()
                moment = self.moment(node)
                node = self.step(moment, chance.choice(self.numbers(moment)))


class _Hypothesis(_Walk):
    def walk(self) -> None:
        search = self

        class Machine(RuleBasedStateMachine):
            @initialize()
            def begin(self) -> None:
                self.node: int | None = 0

            @rule(data=st.data())
            def say(self, data: st.DataObject) -> None:
                if self.node is None:
                    return
                search.check_limits()
                moment = search.moment(self.node)
                self.node = search.step(moment, data.draw(st.sampled_from(search.numbers(moment))))

        quiet = settings(
            max_examples=1_000_000,
            stateful_step_count=LONGEST_WALK,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        while True:
            # What can be said in a moment depends on what the search has met before, which Hypothesis takes ill.
            with contextlib.suppress(Flaky):
                run_state_machine_as_test(Machine, settings=quiet)
