"""What came of a run of many files, as every kind of report reads it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from chatsim.errors import Problem
from chatsim.scenario.model import ScenarioCase
from chatsim.scenario.verdict import Mismatch, Outcome, Verdict


class CaseResult(msgspec.Struct, frozen=True):
    """One case that ran, and what its bot printed meanwhile."""

    verdict: Verdict
    output: str = ""


class FileResult(msgspec.Struct, frozen=True):
    """What came of one file: its cases, those that were not come to, and why it could not be loaded.

    Cases that say themselves that they are not to be run are among `cases`, as ``skipped``; `left` are those that the
    run stopped before.  `refused` has a problem for each scenario that this program cannot run; the others have run.
    """

    file: str
    cases: tuple[CaseResult, ...] = ()
    left: tuple[ScenarioCase, ...] = ()
    problems: tuple[Problem, ...] = ()
    output: str = ""
    refused: tuple[Problem, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """Return how many cases came to this outcome."""
        return sum(case.verdict.outcome == outcome for case in self.cases)

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """The cases that failed, and were not expected to."""
        return tuple(case for case in self.cases if case.verdict.failed)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Why the file, or some of its scenarios, could not be run."""
        return (*self.problems, *self.refused)

    @property
    def seconds(self) -> float:
        """The wall time of all cases."""
        return sum(case.verdict.seconds for case in self.cases)


class RunResult(msgspec.Struct, frozen=True):
    """What came of a run.  `problems` are those that belong to no file; `seconds` is wall time, loading included."""

    files: tuple[FileResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    interrupted: bool = False

    def count(self, outcome: Outcome) -> int:
        """Return how many cases came to this outcome."""
        return sum(file.count(outcome) for file in self.files)

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return self.count("passed")

    @property
    def failed(self) -> int:
        """How many cases failed, and were not expected to."""
        return self.count("failed")

    @property
    def left(self) -> int:
        """How many cases were not come to, because the run stopped before."""
        return sum(len(file.left) for file in self.files)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Everything that could not be loaded or run."""
        return (*self.problems, *(problem for file in self.files for problem in file.errors))

    def cases(self) -> Iterator[CaseResult]:
        """Yield the cases of all files that ran."""
        for file in self.files:
            yield from file.cases


def reason_of(verdict: Verdict) -> str:
    """Return why a case was not run, or was expected to fail, as it says itself; nothing for any other."""
    marks = verdict.case.marks
    if verdict.outcome == "skipped":
        return marks.skip or ""
    return marks.xfail.reason if marks.xfail is not None and verdict.outcome in {"xfailed", "xpassed"} else ""


def message_of(mismatch: Mismatch) -> str:
    r"""Return why a case failed, as text: the headline, and what was expected against what came.

    >>> from chatsim.scenario.model import Position
    >>> from chatsim.scenario.verdict import Line
    >>> where = Position("a.chat.yaml", 3, 3)
    >>> print(message_of(Mismatch("wrong-text", where, "another text", (Line("expected", "Hi"), Line("came", "Ho")))))
    another text
      - Hi
      + Ho
    """
    marks = {"held": "✓", "expected": "-", "came": "+"}
    lines = [
        f"  {marks[line.mark]} {f'{line.label}: ' if line.label else ''}{line.text}".replace("\n", "\n    ")
        for line in mismatch.lines
    ]
    return "\n".join([mismatch.headline, *lines])
