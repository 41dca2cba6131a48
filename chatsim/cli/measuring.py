"""Coverage of ``chatsim run``: what was asked for, and what is shown at the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from chatsim.report.paint import paint
from chatsim.stage import Stage
from chatsim.trace import Trace

if TYPE_CHECKING:
    from chatsim.cli.run_view import RunView
    from chatsim.coverage.data import Coverage
    from chatsim.coverage.exclude import Pattern
    from chatsim.coverage.measure import Measuring
    from chatsim.coverage.wish import Wish


class CoverageOptions(NamedTuple):
    """What was asked for, in the words of the command line."""

    bots: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    fail_under: tuple[str, ...] = ()
    append: bool = False
    suggest: bool = False

    def __bool__(self) -> bool:
        """Say whether coverage is to be measured: any of the options asks for it."""
        return any(self)


NO_COVERAGE = CoverageOptions()


class MeasuredRun(msgspec.Struct, frozen=True):
    """A run whose coverage is measured."""

    wish: Wish
    measuring: Measuring

    def note(self, stage: Stage, by: str, trace: Trace) -> None:
        """Take note of what was said in a test."""
        self.measuring.note(stage, by, trace)

    def ends(self, view: RunView) -> bool:
        """Show what was reached, and write the reports; return whether that is enough."""
        from chatsim.coverage.wish import conclude  # noqa: PLC0415 - only where it is measured

        conclusion = conclude(self.wish, self.measuring.coverage(), view.width, page_of)
        self.measuring.discard()
        paint(view.console, [(), *conclusion.lines])
        return not conclusion.is_short


def page_of(coverage: Coverage, root: Path, exclude: tuple[Pattern, ...]) -> str:
    """Return the page of what was reached."""
    from chatsim.page.covered import coverage_page  # noqa: PLC0415 - only for those who want the page

    return coverage_page(coverage, root, exclude)


def measured_run(options: CoverageOptions) -> MeasuredRun:
    """Return a run that measures what *options* ask for; raise `SetupError` for what cannot be meant."""
    from chatsim.coverage.files import part_of  # noqa: PLC0415 - only where it is measured
    from chatsim.coverage.measure import Measuring  # noqa: PLC0415
    from chatsim.coverage.wish import project_root, wish_for  # noqa: PLC0415

    wish = wish_for(
        project_root(Path.cwd()),
        bots=options.bots,
        reports=options.reports,
        fail_under=options.fail_under,
        append=options.append,
        suggest=options.suggest,
    )
    return MeasuredRun(wish, Measuring(wish.root, wish.bots, part_of(wish.data_file, os.urandom(4).hex())))
