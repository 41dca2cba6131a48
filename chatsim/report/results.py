"""What came of a run of many files, as every kind of report reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chatsim.errors import Problem
from chatsim.scenario.model import Mismatch, ScenarioCase, Verdict


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case that ran, and what its bot printed meanwhile."""

    verdict: Verdict
    output: str = ""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file: its cases that ran, those that were not come to, and why it could not be loaded."""

    file: str
    cases: tuple[CaseResult, ...] = ()
    skipped: tuple[ScenarioCase, ...] = ()
    problems: tuple[Problem, ...] = ()
    output: str = ""

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(case.verdict.passed for case in self.cases)

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """The cases that failed."""
        return tuple(case for case in self.cases if not case.verdict.passed)

    @property
    def seconds(self) -> float:
        """The wall time of all cases."""
        return sum(case.verdict.seconds for case in self.cases)


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run.  `problems` are those that belong to no file; `seconds` is wall time, loading included."""

    files: tuple[FileResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(file.passed for file in self.files)

    @property
    def failed(self) -> int:
        """How many cases failed."""
        return sum(len(file.failures) for file in self.files)

    @property
    def skipped(self) -> int:
        """How many cases were not come to, because the run stopped before."""
        return sum(len(file.skipped) for file in self.files)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Everything that could not be loaded."""
        return (*self.problems, *(problem for file in self.files for problem in file.problems))

    def cases(self) -> Iterator[CaseResult]:
        """Yield the cases of all files that ran."""
        for file in self.files:
            yield from file.cases


def message_of(mismatch: Mismatch) -> str:
    r"""Return why a case failed, as text: the headline, and what was expected against what came.

    >>> from chatsim.scenario.model import Line, Position
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
