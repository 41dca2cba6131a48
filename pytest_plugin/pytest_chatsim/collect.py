"""Scenario files and their cases, as pytest collects and runs them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import ReprFileLocation, TerminalRepr  # there is no public name for these
from _pytest.fixtures import FuncFixtureInfo

from chatsim.errors import ChatsimError, Problem, ScenarioError
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready
from chatsim.scenario.looks import Answers
from chatsim.scenario.model import ScenarioCase, ScenarioFile
from chatsim.scenario.outcome import judged
from chatsim.scenario.verdict import Verdict
from chatsim.stage import Stage
from chatsim.world.world import surroundings
from pytest_chatsim.properties import properties_of, result_of
from pytest_chatsim.requesting import Requesting, fill_fixtures, fixtures_of, is_alone, request_fixtures
from pytest_chatsim.settings import LOAD_ERRORS, NOTE, SCENARIOS, TRACES, VERDICTS, max_cases, options_again, time_limit
from pytest_chatsim.suite import mark, mark_failure, problems_with_tags

if TYPE_CHECKING:
    from chatsim.masking import Masking
    from pytest_chatsim.reporting import ChatRepr

# What is imported within functions is for failures alone: a suite that passes starts without it.


_JUST_NOW = pytest.StashKey[Answers]()
"""Which files there are, as far as that was asked while files were collected."""


class ScenarioFailed(AssertionError):
    """A scenario does not hold.  The text is the headline; pytest shows the report."""


class ChatFile(pytest.Module):
    """A scenario file.

    It is a module in pytest's eyes, so that fixtures of that scope are set up once for it.
    """

    # As in a text file of doctests: there is nothing to import.
    obj = None  # pyright: ignore[reportIncompatibleMethodOverride, reportAssignmentType]
    scenarios: ScenarioFile

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_marker("chatsim")
        self._fixtures: dict[tuple[str, ...], FuncFixtureInfo | None] = {}

    def collect(self) -> Iterator[Scenario]:
        """Yield the cases of the file; raise `ScenarioError` with everything that is wrong with it."""
        try:
            self.scenarios = self._load()
        except ScenarioError:
            _count_load_error(self.config)
            raise
        for case in self.scenarios.cases:
            yield Scenario.from_parent(self, name=case.id, case=case)

    def _load(self) -> ScenarioFile:
        all_phrasings = self.config.option.chatsim_all_phrasings
        file = load_file(
            self.path,
            shown(self.path),
            all_phrasings=all_phrasings,
            max_cases=max_cases(self.config),
            seeks_bot=True,
            keeps=True,
            just_now=self.config.stash.setdefault(_JUST_NOW, {}),
        )
        problems = dict.fromkeys(problems_with_tags(file.cases))
        if problems:
            raise ScenarioError(problems)
        return file

    @cached_property
    def stage(self) -> Stage:
        """The bot of the file in its world, loaded when first asked for; raises `ScenarioError` where it cannot be."""
        return ready(self.scenarios, timeout=time_limit(self.config)).stage

    @cached_property
    def masking(self) -> Masking:
        """What keeps the credentials of the file out of reports."""
        from chatsim.masking import Masking  # noqa: PLC0415

        return Masking(self.scenarios.credentials)

    @cached_property
    def branches(self) -> Branches:
        """What its tests share."""
        return self.new_branches()

    def new_branches(self) -> Branches:
        """Return what runs tests that share nothing with those before."""
        return Branches(self.stage, seed=self.config.option.chatsim_seed, timeout=time_limit(self.config))

    def fixtures_for(self, item: Scenario) -> FuncFixtureInfo | None:
        """Return the fixtures of *item*, which are those of all that ask for the same."""
        wanted = item.case.marks.fixtures
        if wanted not in self._fixtures:
            self._fixtures[wanted] = fixtures_of(item)
        return self._fixtures[wanted]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str | TerminalRepr:  # type: ignore[override]
        """Return everything that is wrong with the file, and nothing of ours."""
        if isinstance(excinfo.value, ScenarioError) and not self.config.getoption("fulltrace", default=False):
            from pytest_chatsim.reporting import problems_repr  # noqa: PLC0415

            return problems_repr(self.path, excinfo.value.problems)
        return super().repr_failure(excinfo)


class Scenario(Requesting, pytest.Item):
    """One case of a scenario."""

    def __init__(self, *, case: ScenarioCase, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case
        self.stash[SCENARIOS] = True
        mark(self, case.marks)
        self._failed: tuple[Verdict, BaseException] | None = None
        self._fixtures = self.file.fixtures_for(self)
        if self._fixtures is not None:
            request_fixtures(self, self._fixtures)
        self.user_properties += properties_of(case, self.file.scenarios, self.config.option.chatsim_seed)

    @property
    def file(self) -> ChatFile:
        """The file that it is in."""
        assert isinstance(self.parent, ChatFile)  # noqa: S101 - nobody else makes scenarios
        return self.parent

    @property
    def has_fixtures(self) -> bool:
        """Whether anything is set up for it."""
        return self._fixtures is not None

    def setup(self) -> None:
        """Set the fixtures up that the scenario has."""
        if self._fixtures is not None:
            fill_fixtures(self, self.case)

    def runtest(self) -> None:
        """Run the case; raise what the bot raised, or `ScenarioFailed`."""
        branches = self.file.new_branches() if is_alone(self._fixtures) else self.file.branches
        verdict = branches.run(self.case)
        if (note := self.config.stash.get(NOTE, None)) is not None:
            note(self.file.stage, self.nodeid, verdict.trace)
        if (verdicts := self.config.stash.get(VERDICTS, None)) is not None:
            verdicts.append((self.file, verdict))
        if verdict.mismatch is not None:
            from chatsim.report.masked import masked  # noqa: PLC0415

            verdict = masked(verdict, self.file.masking)
        self.user_properties += result_of(verdict)
        if self.config.option.chatsim_trace:
            self.stash[TRACES] = [verdict.trace]
        if verdict.mismatch is None or judged(verdict).outcome == "xfailed":
            mark_failure(self, self.case.marks.xfail)
        if verdict.mismatch is None:
            return
        # With the bot's own exception, --pdb opens where the bot raised it.
        error = _raised_by_bot(verdict) or ScenarioFailed(verdict.mismatch.headline)
        self._failed = verdict, error
        raise error

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str | TerminalRepr:  # type: ignore[override]
        """Return chatsim's report, at the line of the step that did not hold."""
        if self.config.getoption("fulltrace", default=False):
            return super().repr_failure(excinfo)
        if self._failed is not None and excinfo.value is self._failed[1]:
            return self._report(self._failed[0])
        if isinstance(excinfo.value, ChatsimError):
            from pytest_chatsim.reporting import error_repr  # noqa: PLC0415

            return error_repr(self.path, Problem(*self.case.position, str(excinfo.value)), self.case.id)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return file, line from 0, and name."""
        return self.path, self.case.line - 1, self.case.id

    def _report(self, verdict: Verdict) -> ChatRepr:
        from chatsim.report.failure import TURNS_SHOWN, failure_report, rerun  # noqa: PLC0415
        from pytest_chatsim.painting import report_width  # noqa: PLC0415
        from pytest_chatsim.reporting import ChatRepr  # noqa: PLC0415

        mismatch = verdict.mismatch
        assert mismatch is not None  # noqa: S101 - it failed
        hops = self.config.option.chatsim_trace
        shows_all = hops or (self.config.getoption("verbose", default=0) or 0) > 1
        document = failure_report(
            verdict,
            width=report_width(self.config),
            again=rerun(f"pytest{options_again(self.config)}", self.case.file, self.case.id),
            turns_shown=len(verdict.trace.turns) if shows_all else TURNS_SHOWN,
            hops=hops,
        )
        file, line, _ = mismatch.position
        path = self.path if file == self.case.file else Path(file).absolute()
        return ChatRepr(document, ReprFileLocation(str(path), line, mismatch.headline), file)


def load_bots(session: pytest.Session) -> None:
    """Load the bot of every file that has a test in *session*, once each.

    A bot that cannot be loaded is one error of its file, in which then nothing runs.
    """
    time_limit(session.config)  # what is wrong with that is no error of a file
    broken: set[ChatFile] = set()
    files = dict.fromkeys(item.file for item in session.items if isinstance(item, Scenario))
    with surroundings():  # nothing but bots is run in it
        calls = {file: _loading(file) for file in files}
    for file, call in calls.items():
        if call.excinfo is not None:
            broken.add(file)
            _count_load_error(session.config)
            report = pytest.CollectReport(file.nodeid, "failed", file.repr_failure(call.excinfo), None)
            session.ihook.pytest_collectreport(report=report)
    if broken:
        session.items[:] = [item for item in session.items if not (isinstance(item, Scenario) and item.file in broken)]


def _loading(file: ChatFile) -> pytest.CallInfo[Stage]:
    return pytest.CallInfo.from_call(partial(getattr, file, "stage"), "collect", reraise=(KeyboardInterrupt,))


def _raised_by_bot(verdict: Verdict) -> BaseException | None:
    mismatch = verdict.mismatch
    if mismatch is None or mismatch.failure is None or mismatch.turn is None:
        return None
    from chatsim.bot_exceptions import raised_in  # noqa: PLC0415

    return raised_in(verdict.trace.turns[mismatch.turn])


def shown(path: Path) -> str:
    """Return *path* as people write it: from the current folder where it lies below it."""
    # Of texts, for every file of a run: a Path takes ten times as long.
    return str(path).removeprefix(os.path.join(os.getcwd(), ""))  # noqa: PTH109, PTH118


def _count_load_error(config: pytest.Config) -> None:
    config.stash[LOAD_ERRORS] = config.stash.get(LOAD_ERRORS, 0) + 1
