"""Run the tests of one file: branches go on from where they part, repeated tests must agree, and time is bounded."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from chatsim.bots.base import Bot
from chatsim.failures import failure_from
from chatsim.scenario.agreement import disagreement
from chatsim.scenario.calls import mocks_for
from chatsim.scenario.deadline import DEFAULT_TIMEOUT, TimedOut, deadline
from chatsim.scenario.durations import show_duration
from chatsim.scenario.environment import environment
from chatsim.scenario.model import ScenarioCase
from chatsim.scenario.progress import Progress
from chatsim.scenario.run import begin, finish, reach
from chatsim.scenario.verdict import Mismatch, Verdict
from chatsim.scenario.words import Value
from chatsim.stage import Stage
from chatsim.trace import Failure, Trace

MOST_KEPT = 1_000
"""How many beginnings are kept at once; the one that was not used for the longest time is dropped, and played anew."""

_Key: TypeAlias = tuple[str, str | None, tuple[str, ...]]
_clock = time.perf_counter


class _Begun(msgspec.Struct):
    """What tests have in common: how far it has come, how many seconds that took, and why it did not get further."""

    progress: Progress
    spent: float = 0.0
    mismatch: Mismatch | None = None

    def fork(self) -> _Begun:
        return _Begun(self.progress.fork(), self.spent, self.mismatch)


class Branches:
    """Runs the tests of one file with its bot, in whatever order.  A test may take *timeout* seconds; None is for ever.

    What tests have in common is played once: up to the last step before a fork that reaches the bot.  That turn is
    judged again in every branch, because what is expected of it may go on there.  When the common part fails, every
    branch fails with it, at that step.

    >>> from chatsim.scenario.load import load_file, ready
    >>> def verdicts(path):
    ...     loaded = ready(load_file(path))
    ...     branches = Branches(loaded.stage)
    ...     return [branches.run(case) for case in loaded.file.cases]
    """

    def __init__(self, bot: Bot | Stage, *, seed: int = 0, timeout: float | None = DEFAULT_TIMEOUT) -> None:
        self.timeout = timeout
        self.stage = bot if isinstance(bot, Stage) else Stage(bot)
        self.seed = seed
        self._kept: OrderedDict[_Key, _Begun] = OrderedDict()

    def run(self, case: ScenarioCase) -> Verdict:
        """Run *case* and return what came of it.

        It is run as often as its `repeat` says, each time from its beginning.  Its `skip` and `xfail` are left to
        `chatsim.scenario.outcome`.  Raises what `chatsim.scenario.run.run_case` does.
        """
        began = _clock()
        with environment(case.env):
            verdict = self._once(case, shares=case.marks.repeat == 1)
            for number in range(2, case.marks.repeat + 1):
                other = disagreement(verdict, self._once(case, shares=False), number)
                if other is not None:
                    verdict = other
                    break
        return replace(verdict, seconds=_clock() - began, values=_written(verdict))

    def _once(self, case: ScenarioCase, *, shares: bool) -> Verdict:
        seconds = self._seconds(case)
        if seconds is None:
            return self._played(case, lambda _: None, shares=shares)
        return self._in_time(case, seconds, shares=shares)

    def _seconds(self, case: ScenarioCase) -> float | None:
        """Return how long *case* may take: what it says itself wins."""
        return self.timeout if case.marks.timeout is None else case.marks.timeout

    def _in_time(self, case: ScenarioCase, seconds: float, *, shares: bool) -> Verdict:
        """Run *case* within *seconds*; what it shares counts, whether it is played now or was before."""
        current: list[_Begun] = []
        kept = self._find(case)[1] if shares else None
        if kept is not None and kept.mismatch is not None:
            return _finish(case, kept)
        spent = kept.spent if kept is not None else 0.0
        try:
            with deadline(max(seconds - spent, 0.0)):
                return self._played(case, current.append, shares=shares)
        except TimedOut as error:
            progress = current[-1].progress if current else None
            return _timed_out(case, progress, error, seconds)

    def _played(self, case: ScenarioCase, tell: Callable[[_Begun], None], *, shares: bool) -> Verdict:
        with self.stage.inside(mocks_for(case.mocks, case.values, case.allow), self.seed):
            begun = self._begun(case, tell) if shares and case.forks else self._beginning(case)
            tell(begun)
            return _finish(case, begun)

    def _beginning(self, case: ScenarioCase) -> _Begun:
        return _Begun(begin(case, self.stage, seed=self.seed))

    # ------------------------------------------------------------ what branches share

    def _begun(self, case: ScenarioCase, tell: Callable[[_Begun], None]) -> _Begun:
        """Return *case* as far as it is shared, of its own; what was not played before is played, and kept."""
        stops = list(_stops(case))
        level, found = self._find(case)
        begun = found.fork() if found is not None else self._beginning(case)
        for key, index in stops[level:]:
            if begun.mismatch is not None:
                break
            tell(begun)
            began = _clock()
            try:
                begun.mismatch = reach(case, begun.progress, index)
            except TimedOut as error:
                begun.mismatch = _late(case, begun.progress, error, self._seconds(case) or 0)
                raise
            finally:
                begun.spent += _clock() - began
                self._keep(key, begun.fork())
        return begun

    def _find(self, case: ScenarioCase) -> tuple[int, _Begun | None]:
        """Return the longest beginning of *case* that is kept, and how many of its stops that covers."""
        stops = list(_stops(case))
        for level in range(len(stops), 0, -1):
            key, _ = stops[level - 1]
            if key in self._kept:
                self._kept.move_to_end(key)
                return level, self._kept[key]
        return 0, None

    def _keep(self, key: _Key, begun: _Begun) -> None:
        self._kept[key] = begun
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


def _stops(case: ScenarioCase) -> Iterator[tuple[_Key, int]]:
    """Yield, for each fork that some turn stands before, what names its beginning and the last step that acts in it."""
    last = -1
    for depth, fork in enumerate(case.forks):
        index = next((index for index in range(fork - 1, last, -1) if case.steps[index].acts), None)
        if index is not None:
            last = index
            yield (case.name, case.case, case.branch[:depth]), index


def _finish(case: ScenarioCase, begun: _Begun) -> Verdict:
    if begun.mismatch is None:
        return finish(case, begun.progress)
    progress = begun.progress
    return Verdict(case, "failed", begun.mismatch, progress.session.trace, 0.0, progress.values)


def _timed_out(case: ScenarioCase, progress: Progress | None, error: TimedOut, seconds: float) -> Verdict:
    mismatch = _late(case, progress, error, seconds)
    if progress is None:
        return Verdict(case, "failed", mismatch, Trace(), 0.0, case.values)
    return Verdict(case, "failed", mismatch, progress.session.trace, 0.0, progress.values)


def _late(case: ScenarioCase, progress: Progress | None, error: TimedOut, seconds: float) -> Mismatch:
    turns = progress.session.turns if progress is not None else []
    step = case.steps[min(progress.index, len(case.steps) - 1) if progress is not None else 0]
    headline = f"timeout: the test takes longer than {show_duration(seconds)}"
    frames = failure_from(error).frames
    return Mismatch(
        "timed-out",
        step.position,
        headline,
        turn=len(turns) - 1 if turns else None,
        failure=Failure("timed-out", "TimedOut", headline, frames),
        hint="this is where it was" if frames else "",
        step=step,
    )


def _written(verdict: Verdict) -> dict[str, Value]:
    """Return what the names in the file stood for; those of fragments' arguments are chatsim's own."""
    return {name: value for name, value in verdict.values.items() if "@" not in name}
