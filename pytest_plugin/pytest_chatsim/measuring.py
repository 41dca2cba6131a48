"""What ``--chatsim-cov`` does: note what is said in tests, add it up over workers, and show what was reached."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from chatsim.coverage.data import Coverage, combined
from chatsim.coverage.exclude import Pattern
from chatsim.coverage.files import gathered, part_of, parts_of
from chatsim.coverage.measure import Measuring
from chatsim.coverage.wish import Conclusion, Wish, conclude, wish_for
from chatsim.errors import SetupError
from chatsim.report.document import Line, Span
from chatsim.visible import visible
from pytest_chatsim.painting import paint, report_width
from pytest_chatsim.settings import CHATS, NOTE

RUN = "chatsim_cov_run"
"""Under this key, a worker of pytest-xdist is told which run it belongs to."""


def register_measuring(config: pytest.Config) -> None:
    """Measure the run of *config*; raise `pytest.UsageError` for options or settings that cannot be meant."""
    option = config.option
    try:
        wish = wish_for(
            config.rootpath,
            bots=[bot for bot in option.chatsim_cov or () if isinstance(bot, str)],
            reports=option.chatsim_cov_report or (),
            fail_under=option.chatsim_cov_fail_under or (),
            append=option.chatsim_cov_append,
            suggest=option.chatsim_cov_suggest,
        )
    except SetupError as error:
        raise pytest.UsageError(str(error)) from None
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    run = os.urandom(4).hex() if worker is None else worker[RUN]
    measuring = Measuring(wish.root, wish.bots, part_of(wish.data_file, run))
    config.stash[NOTE] = measuring.note
    config.pluginmanager.register(Noting(measuring), "chatsim-noting")
    if worker is None:
        config.pluginmanager.register(Concluding(config, wish, run, measuring), "chatsim-coverage")


class Noting:
    """Notes what is said in the chats of tests in Python; scenarios note themselves."""

    def __init__(self, measuring: Measuring) -> None:
        self.measuring = measuring

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Note the chats of *item*, with what its fixtures said last."""
        try:
            return (yield)
        finally:
            for conversation in item.stash.get(CHATS, ()):
                self.measuring.note(conversation.stage, item.nodeid, conversation.trace)


class Concluding:
    """Adds up what all processes of a run saw, in the one that was started, and shows it."""

    def __init__(self, config: pytest.Config, wish: Wish, run: str, measuring: Measuring) -> None:
        self.config = config
        self.wish = wish
        self.run = run
        self.measuring = measuring
        self.shown: Sequence[Line] = ()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which run it belongs to, so that what it leaves behind is found, even if it crashes."""
        node.workerinput[RUN] = self.run

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Add up, keep and judge what was seen; a run that falls short fails."""
        self.measuring.discard()
        seen = combined([self.measuring.coverage(), gathered(parts_of(self.wish.data_file, self.run))])
        if self.config.option.collectonly:
            return
        try:
            conclusion = conclude(self.wish, seen, report_width(self.config), _page, title=False)
        except SetupError as error:
            conclusion = Conclusion(((Span(f"✗ {visible(str(error))}", "failure"),),), is_short=True)
        self.shown = conclusion.lines
        if conclusion.is_short and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show what was reached."""
        if self.shown:
            terminalreporter.section("chatsim coverage")
            paint(self.config.get_terminal_writer(), self.shown)


def _page(coverage: Coverage, root: Path, exclude: tuple[Pattern, ...]) -> str:
    from chatsim.page.covered import coverage_page  # noqa: PLC0415 - only for those who want the page

    return coverage_page(coverage, root, exclude)
