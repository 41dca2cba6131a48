"""What someone asks of the coverage of a run, and what is done about it at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from chatsim.coverage.data import Coverage
from chatsim.coverage.exclude import Pattern
from chatsim.coverage.files import DATA_FILE, read_coverage, write_coverage
from chatsim.coverage.measure import is_named, unseen
from chatsim.coverage.report import Limit, Report, report_on
from chatsim.coverage.settings import settings_of
from chatsim.coverage.table import coverage_table
from chatsim.errors import SetupError, did_you_mean
from chatsim.report.document import Line
from chatsim.scenario.project import project_folders
from chatsim.stage import Stage

FORMATS = {
    "json": "chatsim-coverage.json",
    "lcov": "chatsim-coverage.lcov",
    "markdown": "chatsim-coverage.md",
    "html": "chatsim-coverage.html",
}
"""Each format, with the name of its file where none is given."""


class ReportFile(NamedTuple):
    """A report to be written: in which format, to which file."""

    format: str
    path: Path

    @classmethod
    def of(cls, text: str) -> ReportFile:
        """Read ``FORMAT`` or ``FORMAT:FILE``; raise `SetupError` for an unknown format.

        >>> ReportFile.of("lcov:out/bot.info")
        ReportFile(format='lcov', path=PosixPath('out/bot.info'))
        """
        format_, _, file = text.partition(":") if ":" in text else text.partition("=")
        if format_ not in FORMATS:
            raise SetupError(
                f"coverage report {text}: there is no format {format_!r}. {did_you_mean(format_, FORMATS)}"
            )
        return cls(format_, Path(file or FORMATS[format_]))

    def write(self, text: str) -> None:
        """Write *text* to the file, with the folders that it needs; raise `SetupError` where that is not possible."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(text, "utf-8")
        except OSError as error:
            raise SetupError(f"the report {self.path} cannot be written: {error.strerror or error}") from None


class Wish(NamedTuple):
    """What was asked for.

    Args:
        root: The project's folder.
        bots: The bots to measure; all, if there are none.
        reports: The files to write.
        limits: How much has to be reached.
        exclude: What is not counted.
        append: Whether what earlier runs reached counts as well.
        suggest: Whether to search for conversations to what was not reached.
    """

    root: Path
    bots: tuple[str, ...] = ()
    reports: tuple[ReportFile, ...] = ()
    limits: tuple[Limit, ...] = ()
    exclude: tuple[Pattern, ...] = ()
    append: bool = False
    suggest: bool = False

    @property
    def data_file(self) -> Path:
        """Where what was seen is kept."""
        return self.root / DATA_FILE


MakesPage = Callable[[Coverage, Path, tuple[Pattern, ...]], str]
"""Makes the page of what was seen: of the project in a folder, without what is excluded."""


class Conclusion(NamedTuple):
    """What is to be shown of a run, and whether less was reached than was asked for."""

    lines: tuple[Line, ...] = ()
    is_short: bool = False


def wish_for(
    root: Path,
    *,
    bots: Iterable[str] = (),
    reports: Iterable[str] = (),
    fail_under: Sequence[str] = (),
    exclude: Iterable[str] = (),
    append: bool = False,
    suggest: bool = False,
) -> Wish:
    """Return what is asked for in the words of the command line, on top of the project's settings.

    A limit for a kind takes the place of that in the settings.  Raises `SetupError` for what cannot be meant.
    """
    settings = settings_of(root)
    limits = {limit.kind: limit for limit in (*settings.fail_under, *map(Limit.of, fail_under))}
    return Wish(
        root,
        tuple(bot for bot in bots if bot),
        tuple(map(ReportFile.of, reports)),
        tuple(limits.values()),
        (*settings.exclude, *map(Pattern.of, exclude)),
        append,
        suggest,
    )


def project_root(start: Path) -> Path:
    """Return the folder of the project that *start* lies in."""
    return list(project_folders(start.absolute(), os.path.exists))[-1]


def write_reports(wish: Wish, coverage: Coverage, report: Report, page: MakesPage) -> None:
    """Write the files that are wished for, the page by *page*; raise `SetupError` where that is not possible."""
    for file in wish.reports:
        if file.format == "html":
            file.write(page(coverage, wish.root, wish.exclude))
        else:
            file.write(_written(file.format, report))


def _written(format_: str, report: Report) -> str:
    """Return *report* in a format of its own, whose writer is loaded where it is asked for."""
    match format_:
        case "json":
            from chatsim.coverage.json_file import json_coverage as write  # noqa: PLC0415
        case "lcov":
            from chatsim.coverage.lcov import lcov_coverage as write  # noqa: PLC0415
        case _:
            from chatsim.coverage.markdown import markdown_coverage as write  # noqa: PLC0415
    return write(report)


def _append_to_job(report: Report, limits: Sequence[Limit]) -> None:
    """Add what was reached to the page that GitHub Actions shows of a job."""
    if os.environ.get("GITHUB_STEP_SUMMARY"):
        from chatsim.coverage.markdown import markdown_coverage  # noqa: PLC0415 - only there
        from chatsim.report.step_summary import append_step_summary  # noqa: PLC0415

        append_step_summary(markdown_coverage(report, limits))


def conclude(wish: Wish, coverage: Coverage, width: int, page: MakesPage, *, title: bool = True) -> Conclusion:
    """Keep *coverage* in the data file, write the reports, and return what is to be shown in *width* columns.

    A bot that is named and took part in no conversation is loaded: all of it is missing.  Raises `SetupError` where
    there is no such bot, and where a file cannot be written.
    """
    if wish.append and wish.data_file.exists():
        coverage |= read_coverage(wish.data_file)
    for name in wish.bots:
        if not any(is_named(name, bot, recorded.reference) for bot, recorded in coverage.bots.items()):
            coverage |= unseen(name, Stage.of(name, wish.root), wish.root)
    write_coverage(coverage, wish.data_file)
    report = report_on(coverage, wish.exclude)
    write_reports(wish, coverage, report, page)
    _append_to_job(report, wish.limits)
    lines = coverage_table(report, width, limits=wish.limits, title=title)
    if wish.suggest:
        lines += suggested(report, coverage, wish.root, width)
    return Conclusion(tuple(lines), is_short=any(limit.missed(report) for limit in wish.limits))


def suggested(report: Report, coverage: Coverage, root: Path, width: int, **how: Any) -> list[Line]:
    """Return what `chatsim.coverage.suggest_view.suggestion_lines` does, loading the search when it is asked for."""
    from chatsim.coverage.suggest_view import suggestion_lines  # noqa: PLC0415 - takes as long to load as to run

    return suggestion_lines(report, coverage, root, width, **how)
