"""What ``chatsim coverage`` does."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from chatsim.cli.measuring import page_of
from chatsim.coverage.data import Coverage, combined
from chatsim.coverage.diff import diff
from chatsim.coverage.diff_view import diff_lines
from chatsim.coverage.exclude import Pattern
from chatsim.coverage.files import DATA_FILE, parts_of, write_coverage
from chatsim.coverage.loading import with_declared
from chatsim.coverage.measure import is_named
from chatsim.coverage.report import Report, report_on
from chatsim.coverage.sources import read_sources
from chatsim.coverage.table import coverage_table
from chatsim.coverage.wish import Wish, project_root, suggested, wish_for, write_reports
from chatsim.errors import SetupError, did_you_mean
from chatsim.report.paint import console_for, paint, width_of


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be shown, and how."""

    files: tuple[Path, ...] = ()
    bots: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    fail_under: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    every: bool = False
    suggest: bool = False
    seconds: float | None = None


def show_report(shown: Shown) -> int:
    """Show what the files hold, write the reports, and return the exit code."""
    root = project_root(Path.cwd())
    wish = wish_for(root, bots=shown.bots, reports=shown.reports, fail_under=shown.fail_under, exclude=shown.exclude)
    coverage = _chosen(_declared(read_sources(shown.files or (_data_file(wish),), root), root), wish)
    report = report_on(coverage, wish.exclude)
    write_reports(wish, coverage, report, page_of)
    console = console_for(sys.stdout)
    width = width_of(console)
    paint(console, coverage_table(report, width, every=shown.every, limits=wish.limits, title=False))
    if shown.suggest:
        console.file.flush()
        paint(console, suggested(report, coverage, root, width, pairs=shown.every, seconds=shown.seconds))
    return int(any(limit.missed(report) for limit in wish.limits))


def combine_files(files: tuple[Path, ...], output: Path | None) -> int:
    """Add *files* up into *output*, and return the exit code.

    Without *files* it is what runs left behind that did not come to their end, together with the data file.
    """
    root = project_root(Path.cwd())
    target = output or root / DATA_FILE
    parts = () if files else tuple(parts_of(root / DATA_FILE))
    if not files and not parts:
        raise SetupError(f"nothing to combine: no run left anything behind in {root}. Name the files")
    known = [root / DATA_FILE] if parts and (root / DATA_FILE).exists() else []
    coverage = _declared(read_sources([*known, *files, *parts], root), root)
    write_coverage(coverage, target)
    for part in parts:
        part.unlink(missing_ok=True)
    conversations = len({name for bot in coverage.bots.values() for by in bot.seen.values() for name in by})
    print(f"{target}: {_count(len(coverage.bots), 'bot')}, {_count(conversations, 'conversation')}")
    return 0


def show_diff(before: Path, after: Path, *, strict: bool, exclude: tuple[str, ...]) -> int:
    """Show what was gained and lost from *before* to *after*; return 1 if something was lost."""
    root = project_root(Path.cwd())
    patterns = wish_for(root, exclude=exclude).exclude
    old, new = (_report(path, root, patterns) for path in (before, after))
    diffs = diff(old, new)
    console = console_for(sys.stdout)
    paint(console, diff_lines(diffs, width_of(console)))
    return int(any(each.lost or (strict and each.new) for each in diffs))


def _report(path: Path, root: Path, exclude: tuple[Pattern, ...]) -> Report:
    return report_on(_declared(read_sources([path], root), root), exclude)


def _data_file(wish: Wish) -> Path:
    if not wish.data_file.exists():
        left = " Runs that were cut off left something: chatsim coverage combine" if parts_of(wish.data_file) else ""
        raise SetupError(
            f"{wish.data_file} is not there. Measure first: chatsim run --cov, or pytest --chatsim-cov.{left}"
        )
    return wish.data_file


def _declared(coverage: Coverage, root: Path) -> Coverage:
    coverage, problems = with_declared(coverage, root)
    for problem in problems:
        print(f"✗ only what was seen is counted: {problem}", file=sys.stderr)
    return coverage


def _chosen(coverage: Coverage, wish: Wish) -> Coverage:
    """Return the coverage of the bots that are asked for; raise `SetupError` for one that is not in it."""
    if not wish.bots:
        return coverage
    parts = []
    for name in wish.bots:
        found = {bot: rec for bot, rec in coverage.bots.items() if is_named(name, bot, rec.reference)}
        if not found:
            known = [recorded.reference for recorded in coverage.bots.values()]
            raise SetupError(f"no conversation with {name!r} was measured. {did_you_mean(name, known)}")
        parts.append(Coverage(found))
    return combined(parts)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
