"""What ``chatsim run`` does: run, show, write the reports, and answer with an exit code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from chatsim.cli.capture import Capture
from chatsim.cli.measuring import NO_COVERAGE, CoverageOptions, measured_run
from chatsim.cli.refusal import CANNOT
from chatsim.cli.report_files import PAGE, ReportFile
from chatsim.cli.run_view import RunView
from chatsim.cli.runner import Runner
from chatsim.cli.select import selection, tag_selection
from chatsim.errors import SetupError
from chatsim.report.paint import paint
from chatsim.report.results import RunResult
from chatsim.scenario.deadline import DEFAULT_TIMEOUT
from chatsim.scenario.durations import read_duration
from chatsim.scenario.expansion import MAX_CASES, Expansion
from chatsim.scenario.words import BrokenText

if TYPE_CHECKING:
    from chatsim.cli.paging import PagedRun

INTERRUPTED = 130


class Options(msgspec.Struct, frozen=True):
    """What was asked for.  `verbosity` is 0, more for every scenario's name, less for failures only."""

    targets: tuple[str, ...]
    select: str = ""
    maxfail: int = 0
    reports: tuple[str, ...] = ()
    verbosity: int = 0
    tags: str = ""
    all_phrasings: bool = False
    max_cases: int = MAX_CASES
    update: bool = False
    seed: int = 0
    timeout: float | None = DEFAULT_TIMEOUT
    coverage: CoverageOptions = NO_COVERAGE


def run_scenarios(options: Options) -> int:
    """Run what *options* name; return the exit code."""
    reports = [ReportFile.of(report) for report in options.reports]
    chosen = selection(options.select)
    tagged = tag_selection(options.tags)
    expansion = Expansion(options.all_phrasings, options.max_cases)
    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    measured = measured_run(options.coverage) if options.coverage else None
    paged = _paged(options) if any(report.format == PAGE for report in reports) else None
    with Capture() as capture, RunView(capture.screen, options.verbosity, on_github=on_github) as view:
        runner = Runner(
            view,
            capture,
            chosen,
            options.maxfail,
            tagged=tagged,
            expansion=expansion,
            seed=options.seed,
            timeout=options.timeout,
            note=measured.note if measured else None,
            keep=paged.keep if paged else None,
        )
        result = runner.run(options.targets)
        if options.update:
            from chatsim.cli.updating import update_failed  # noqa: PLC0415 - only for those who update
            from chatsim.report.updates import update_report  # noqa: PLC0415

            result, updates = update_failed(result, capture, expansion)
            view.ends(result)
            paint(view.console, [(), *update_report(updates)])
        else:
            view.ends(result)
        reached = measured.ends(view) if measured else True
    if os.environ.get("GITHUB_STEP_SUMMARY"):
        from chatsim.report.step_summary import append_step_summary, summary_of  # noqa: PLC0415 - only on GitHub

        append_step_summary(summary_of(result))
    for report in reports:
        report.write(result, {PAGE: paged.html} if paged else {})
    return exit_code(result) or int(not reached)


def _paged(options: Options) -> PagedRun:
    from chatsim.cli.paging import PagedRun  # noqa: PLC0415 - only for those who want the page

    return PagedRun(options.targets)


def time_limit(written: str, option: str = "--timeout") -> float | None:
    """Return the time that *written* stands for, in seconds; None for no limit.

    Raises `SetupError`, which names the *option*, for what is none.

    >>> time_limit("5m"), time_limit("0s")
    (300.0, None)
    """
    try:
        return read_duration(written) or None
    except BrokenText as error:
        raise SetupError(f"{option} {written}: {error.what}. {error.cure.capitalize()}") from None


def exit_code(result: RunResult) -> int:
    """Return 0 when all held, 1 when a scenario failed, 2 when something could not be loaded, 130 when interrupted.

    >>> exit_code(RunResult())
    0
    """
    if result.interrupted:
        return INTERRUPTED
    if result.errors:
        return CANNOT
    return 1 if result.failed else 0
