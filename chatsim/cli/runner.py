"""Run scenario files one after the other, and tell someone how it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from time import perf_counter
from typing import Protocol, TypeAlias

import msgspec
from msgspec.structs import replace

from chatsim.bots.setup_errors import raised
from chatsim.cli.capture import Capture
from chatsim.cli.fixtures import needs_pytest, problems_with_fixtures
from chatsim.cli.select import Chooses, ChoosesTags, every_tag
from chatsim.cli.targets import Target, find_targets
from chatsim.errors import ChatsimError, Problem, ScenarioError
from chatsim.failures import bot_frames
from chatsim.masking import Masking
from chatsim.report.masked import masked
from chatsim.report.results import CaseResult, FileResult, RunResult
from chatsim.scenario.branches import Branches
from chatsim.scenario.deadline import DEFAULT_TIMEOUT
from chatsim.scenario.expansion import Expansion
from chatsim.scenario.load import load_file, ready
from chatsim.scenario.looks import Answers
from chatsim.scenario.model import ScenarioCase, ScenarioFile
from chatsim.scenario.outcome import judged, skipped
from chatsim.scenario.verdict import Verdict
from chatsim.stage import Stage
from chatsim.trace import Trace
from chatsim.world.world import surroundings

Note: TypeAlias = Callable[[Stage, str, Trace], None]
"""Takes a conversation in: the bot's stage, the name of the test, and what was said."""

Keep: TypeAlias = Callable[[Stage, ScenarioFile, Verdict], None]
"""Takes what came of a test, without secrets: the bot's stage, the file that the test is in, and the verdict."""


class Watcher(Protocol):
    """Someone who is told how a run goes."""

    def planned(self, files: list[str], cases: int) -> None:
        """Take note of what will be run."""

    def begins(self, file: str) -> None:
        """Take note that *file* comes now."""

    def case_begins(self, case: ScenarioCase) -> None:
        """Take note that *case* runs now."""

    def case_done(self, result: CaseResult) -> None:
        """Take note of a case."""

    def file_done(self, result: FileResult) -> None:
        """Take note that a file is done, or could not be loaded."""


class _Plan(msgspec.Struct, dict=True):
    """A file that was read, with the cases that are meant and those of them that cannot be run; or why it cannot be."""

    name: str
    file: ScenarioFile | None = None
    cases: tuple[ScenarioCase, ...] = ()
    problems: tuple[Problem, ...] = ()
    results: list[CaseResult] = []
    output: str = ""
    refused: tuple[Problem, ...] = ()

    @cached_property
    def masking(self) -> Masking:
        """What keeps the credentials of the file out of reports."""
        return Masking({} if self.file is None else self.file.credentials)

    def result(self) -> FileResult:
        left = () if self.problems else self.cases[len(self.results) :]
        return FileResult(self.name, tuple(self.results), left, self.problems, self.output, self.refused)


class Runner:
    """One run.

    Args:
        watcher: Who is told how it goes.
        capture: Keeps what bots print.
        chosen: Says whether ``FILE::ID`` is meant.
        maxfail: After how many failures to stop; 0 for never.
        tagged: Says whether a test with these tags is meant.
        expansion: How scenarios become tests.
        seed: Decides over chance.
        timeout: How many seconds a test may take, and a bot to load; None is for ever.
        note: Is told what was said in each test, where coverage is measured.
        keep: Is told what came of each test, where all of them are shown.
    """

    def __init__(
        self,
        watcher: Watcher,
        capture: Capture,
        chosen: Chooses,
        maxfail: int = 0,
        *,
        tagged: ChoosesTags = every_tag,
        expansion: Expansion | None = None,
        seed: int = 0,
        timeout: float | None = DEFAULT_TIMEOUT,
        note: Note | None = None,
        keep: Keep | None = None,
    ) -> None:
        self.watcher = watcher
        self.capture = capture
        self.chosen = chosen
        self.maxfail = maxfail
        self.tagged = tagged
        self.expansion = expansion or Expansion()
        self.seed = seed
        self.timeout = timeout
        self.note = note
        self.keep = keep
        self.failed = 0

    def run(self, names: Iterable[str]) -> RunResult:
        """Run what *names* stand for.  A keyboard interrupt ends the run; what is known by then is in the result."""
        began = perf_counter()
        problems: list[Problem] = []
        plans: list[_Plan] = []
        interrupted = False
        try:
            targets, problems = find_targets(names)
            plans.extend(self._plan(targets))
            if not problems and not plans:
                problems.append(Problem("", 0, 0, "no scenario is chosen", "loosen what stands after -k and --tag"))
            self.watcher.planned([plan.name for plan in plans], sum(len(plan.cases) for plan in plans))
            with surroundings():
                for plan in plans:
                    if self._stops():
                        break
                    self._run_file(plan)
        except KeyboardInterrupt:
            interrupted = True
        files = tuple(plan.result() for plan in plans)
        return RunResult(files, tuple(problems), perf_counter() - began, interrupted)

    def _plan(self, targets: Iterable[Target]) -> Iterator[_Plan]:
        just_now: Answers = {}
        how = self.expansion
        for target in targets:
            try:
                file = load_file(
                    target.path,
                    all_phrasings=how.all_phrasings,
                    max_cases=how.max_cases,
                    seeks_bot=True,
                    keeps=True,
                    just_now=just_now,
                )
            except ScenarioError as error:
                yield _Plan(target.name, problems=error.problems)
                continue
            picked, problems = target.pick(file)
            cases = tuple(
                case for case in picked if self.chosen(f"{target.name}::{case.id}") and self.tagged(case.marks.tags)
            )
            if problems:
                yield _Plan(target.name, file, problems=problems)
            elif cases:
                ours = tuple(case for case in cases if not needs_pytest(case))
                yield _Plan(target.name, file, ours, refused=problems_with_fixtures(cases))

    def _run_file(self, plan: _Plan) -> None:
        self.watcher.begins(plan.name)
        if plan.file is not None and plan.cases:
            with self.capture.capturing():  # once for all its cases: it takes longer than some of them
                self._run_cases(plan, plan.file)
        self.watcher.file_done(plan.result())

    def _run_cases(self, plan: _Plan, file: ScenarioFile) -> None:
        bot = self._load_bot(plan, file)
        if bot is None:
            return
        branches = Branches(bot, seed=self.seed, timeout=self.timeout)
        for case in plan.cases:
            if self._stops() or plan.problems:
                break
            self._run_case(plan, case, branches)
        bot.close()

    def _load_bot(self, plan: _Plan, file: ScenarioFile) -> Stage | None:
        try:
            return ready(file, timeout=self.timeout).stage
        except ScenarioError as error:
            plan.problems = error.problems
            return None
        finally:
            plan.output = self.capture.take()

    def _run_case(self, plan: _Plan, case: ScenarioCase, branches: Branches) -> None:
        self.watcher.case_begins(case)
        try:
            verdict = skipped(case) or judged(branches.run(case))
            if self.note is not None:
                self.note(branches.stage, f"{case.file}::{case.id}", verdict.trace)
        except Exception as error:  # noqa: BLE001 - one broken bot does not keep the other files from running
            plan.problems = (_cannot_go_on(case, error),)
            return
        finally:
            output = self.capture.take()
        if self.keep is not None and plan.file is not None:
            self.keep(branches.stage, plan.file, masked(verdict, plan.masking))
        # Nobody else reads the trace of one that did not fail, and thousands of them are heavy.
        verdict = masked(verdict, plan.masking) if verdict.failed else replace(verdict, trace=Trace())
        self.failed += verdict.failed
        result = CaseResult(verdict, plan.masking.text(output))
        plan.results.append(result)
        self.watcher.case_done(result)

    def _stops(self) -> bool:
        return 0 < self.maxfail <= self.failed


def _cannot_go_on(case: ScenarioCase, error: Exception) -> Problem:
    """Return why *case* could not be run to its end; raise what is chatsim's own fault."""
    if not isinstance(error, ChatsimError) and not bot_frames(error.__traceback__):
        raise error
    message = str(error if isinstance(error, ChatsimError) else raised("the bot's adapter", error))
    what, _, rest = message.partition("\n")
    return Problem(*case.position, what, rest)
