"""What a person sees of a run in the terminal."""

from __future__ import annotations

import os
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from rich.cells import cell_len

from chatsim.cli.patience import Patience
from chatsim.errors import Problem
from chatsim.report.document import Line, Span, labelled
from chatsim.report.paint import PlainConsole, console_for, line_of, paint, width_of
from chatsim.report.results import CaseResult, FileResult, RunResult, reason_of
from chatsim.scenario.durations import show_duration
from chatsim.scenario.model import ScenarioCase
from chatsim.scenario.verdict import Outcome
from chatsim.visible import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

LONG = 1.0
"""After how many seconds a run is long enough for a progress bar."""
PRINTED_LINES = 40
"""How much of what a bot printed is shown: its last lines."""
UNUSUAL: tuple[Outcome, ...] = ("skipped", "xfailed", "xpassed")
"""The outcomes that are named where there are any."""

_SLOW = 1.0
_MARKS = {"passed": Span("  ✓ ", "held"), "xpassed": Span("  ✓ ", "held")} | dict.fromkeys(
    ("skipped", "xfailed"), Span("  - ", "dim")
)


class RunView:
    """Writes to *screen* how a run goes.  Within a ``with`` block, for a progress bar wants to be cleared away.

    Args:
        screen: Where to write.
        verbosity: More than 0 names every scenario, less than 0 shows failures and the summary only.
        on_github: Whether GitHub Actions reads along: failures become annotations, and nothing that a bot says is
            taken for a command.
    """

    def __init__(self, screen: TextIO, verbosity: int = 0, *, on_github: bool = False) -> None:
        self.console = console_for(screen)
        self.width = width_of(self.console)
        self.verbosity = verbosity
        self.on_github = on_github
        self.began = perf_counter()
        self.done = 0
        self.total = 0
        self.column = 0
        self.bar: Progress | None = None
        self._quiet_word = os.urandom(8).hex()
        self._patience = Patience(self._still_runs)

    def __enter__(self) -> Self:
        if self.verbosity >= 0:
            self._patience.start()
        if self.on_github:
            self._raw(f"::stop-commands::{self._quiet_word}")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._patience.stop()
        self._clear_bar()
        if self.on_github:
            self._raw(f"::{self._quiet_word}::")
        self.console.file.flush()

    # ------------------------------------------------------------ while it runs

    def planned(self, files: list[str], cases: int) -> None:
        """Take note of what will be run."""
        self.total = cases
        if self.verbosity == 0:
            self.column = max((cell_len(visible(file)) for file in files), default=0)

    def begins(self, file: str) -> None:
        """Name the file, where its scenarios are named below it."""
        self._patience.begins(f"the bot of {file}")
        if self.verbosity > 0:
            paint(self.console, [line_of((visible(file), "place"))])

    def case_begins(self, case: ScenarioCase) -> None:
        """Look at the time, to name the case while it runs if it takes long."""
        self._patience.begins(f"{case.file}::{case.id}")

    def _still_runs(self, what: str, seconds: float) -> None:
        paint(self.console, [line_of((f"… {visible(what)} runs for {show_duration(round(seconds))} now", "dim"))])
        self.console.file.flush()

    def case_done(self, result: CaseResult) -> None:
        """Count the case, and name it if every scenario is named."""
        self._patience.ends()
        self.done += 1
        if self.verbosity > 0:
            paint(self.console, [_case_line(result)])
        self._show_bar()

    def file_done(self, result: FileResult) -> None:
        """Write the line of the file."""
        self._patience.ends()
        if self.verbosity == 0 or (self.verbosity > 0 and result.problems):
            paint(self.console, [self._file_line(result)])

    def _file_line(self, result: FileResult) -> Line:
        name = visible(result.file)
        indent = " " * (self.column - cell_len(name)) if self.verbosity == 0 else ""
        head = Span(f"{name}{indent}" if self.verbosity == 0 else "", "place" if result.failures else "")
        if result.problems:
            return (head, Span("  ✗ cannot be loaded", "failure"))
        passed = result.count("passed") + result.count("xpassed")
        counts = [(f"  ✓ {passed}", "held" if passed else "dim")]
        if result.failures:
            counts.append((f"  ✗ {len(result.failures)}", "failure"))
        if result.refused:
            counts.append((f"  ✗ {len(result.refused)} for pytest alone", "failure"))
        counts += [(f"  {count} {outcome}", "dim") for outcome in UNUSUAL if (count := result.count(outcome))]
        if result.left:
            counts.append((f"  {len(result.left)} not run", "dim"))
        if result.seconds >= _SLOW:
            counts.append((f"  {result.seconds:.1f} s", "dim"))
        return (head, *(Span(*count) for count in counts))

    # ------------------------------------------------------------ at the end

    def ends(self, result: RunResult) -> None:
        """Write the failures, what could not be loaded, and the summary."""
        self._clear_bar()
        if self.verbosity >= 0 and self.done:
            self.console.print()
        for case in result.cases():
            if case.verdict.failed:
                self._failure(case)
        self._problems(result)
        paint(self.console, [summary(result)])
        if self.on_github:
            from chatsim.report.github import github_annotations  # noqa: PLC0415 - as above

            self._raw(f"::{self._quiet_word}::")
            for annotation in github_annotations(result):
                self._raw(annotation)
            self._raw(f"::stop-commands::{self._quiet_word}")

    def _failure(self, result: CaseResult) -> None:
        from chatsim.report.failure import failure_report, rerun  # noqa: PLC0415 - only where something failed

        again = rerun("chatsim run", result.verdict.case.file, result.verdict.case.id)
        paint(self.console, failure_report(result.verdict, width=self.width, again=again))
        paint(self.console, _printed(result.output, self.width))
        self.console.print()

    def _problems(self, result: RunResult) -> None:
        if self.verbosity >= 0 and result.errors and not self.done:
            self.console.print()
        for problem in result.problems:
            paint(self.console, [*problem_lines(problem), ()])
        for file in result.files:
            for problem in file.errors:
                paint(self.console, problem_lines(problem))
            if file.problems:
                paint(self.console, _printed(file.output, self.width))
            if file.errors:
                self.console.print()

    # ------------------------------------------------------------ the bar

    def _show_bar(self) -> None:
        console = self.console
        if self.bar is None and not isinstance(console, PlainConsole) and self._is_long(console):
            from rich.progress import BarColumn, MofNCompleteColumn, Progress  # noqa: PLC0415 - seldom needed

            self.bar = Progress(BarColumn(), MofNCompleteColumn(), console=console, transient=True)
            self.bar.add_task("", total=self.total)
            self.bar.start()
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], completed=self.done)

    def _is_long(self, console: Console) -> bool:
        seen = console.is_terminal and not console.is_dumb_terminal and self.verbosity >= 0
        return seen and self.done < self.total and perf_counter() - self.began >= LONG

    def _clear_bar(self) -> None:
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def _raw(self, text: str) -> None:
        self.console.file.write(f"{text}\n")


def summary(result: RunResult) -> Line:
    """Return the last line of a run.

    >>> from chatsim.report.document import plain
    >>> plain([summary(RunResult(seconds=0.123))])
    '✗ nothing was run in 0.12 s'
    """
    unloaded = sum(bool(file.problems) for file in result.files)
    counts = [
        (result.failed, "failed"),
        (unloaded, "file cannot be loaded" if unloaded == 1 else "files cannot be loaded"),
        (sum(len(file.refused) for file in result.files), "for pytest alone"),
        (result.passed, "passed"),
        *((result.count(outcome), outcome) for outcome in UNUSUAL),
        (result.left, "not run"),
    ]
    words = ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing was run"
    ran = sum(len(file.cases) for file in result.files)
    good = ran and not (result.failed or result.errors or result.interrupted)
    stopped = "interrupted: " if result.interrupted else ""
    return line_of(
        (f"{'✓' if good else '✗'} {stopped}{words}", "held" if good else "failure"), (f" in {_seconds(result)}", "dim")
    )


def problem_lines(problem: Problem) -> list[Line]:
    """Lay *problem* out: where it is, what is wrong, and below it how to mend it.

    >>> from chatsim.report.document import plain
    >>> print(plain(problem_lines(Problem("a.chat.yaml", 3, 5, "unknown key 'usr'", "did you mean 'user'?"))))
    a.chat.yaml:3:5
    ✗ unknown key 'usr'
      did you mean 'user'?
    """
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    first, *rest = visible(f"{problem.what}\n{problem.cure}".rstrip()).split("\n")
    lines = [line_of((visible(place), "place"))] if place else []
    lines.append(line_of((f"✗ {first}", "failure")))
    return [*lines, *(line_of(f"  {line}") for line in rest)]


def _case_line(result: CaseResult) -> Line:
    verdict = result.verdict
    mark = _MARKS.get(verdict.outcome) or Span("  ✗ ", "failure")
    reason = reason_of(verdict)
    why = (Span(f"  {verdict.outcome}: {visible(reason)}", "dim"),) if reason else ()
    slow = (Span(f"  {verdict.seconds:.1f} s", "dim"),) if verdict.seconds >= _SLOW else ()
    return (mark, Span(visible(verdict.case.id)), *why, *slow)


def _printed(output: str, width: int) -> list[Line]:
    lines = output.rstrip("\n").split("\n")
    left_out = [f"… {len(lines) - PRINTED_LINES} lines before"] if len(lines) > PRINTED_LINES else []
    text = "\n".join([*left_out, *lines[-PRINTED_LINES:]])
    return labelled("printed", text, width, "dim") if text.strip() else []


def _seconds(result: RunResult) -> str:
    return f"{result.seconds:.2f} s" if result.seconds < 10 else f"{result.seconds:.0f} s"  # noqa: PLR2004 - 2 digits
