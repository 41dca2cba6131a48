"""What ``--chatsim-update`` does: rewrite the scenarios that failed, once all tests have run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatsim.report.updates import update_report
from chatsim.scenario.update.update import FileUpdate, update_file
from pytest_chatsim.collect import shown
from pytest_chatsim.painting import paint
from pytest_chatsim.settings import is_scenario_file

UPDATED = "updated"
"""How pytest's summary counts the tests that failed and pass now."""


class Updater:
    """Gathers the scenarios that fail, and rewrites them at the end.

    With pytest-xdist it is registered in the controller alone, so that no two processes write one file.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.failed: dict[Path, dict[str, Any]] = {}
        self.updates: list[FileUpdate] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a scenario that failed."""
        file, colons, name = report.nodeid.partition("::")
        path = self.config.rootpath / file
        if report.failed and report.when == "call" and colons and is_scenario_file(path, self.config):
            self.failed.setdefault(path, {})[name] = report

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Update the files, and take what passes now out of the failures."""
        if session.exitstatus not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            return
        for path, reports in self.failed.items():
            update = update_file(path, shown(path), chosen=list(reports))
            self.updates.append(update)
            if update.updated:
                self._mended(session, list(reports.values()))

    def _mended(self, session: pytest.Session, reports: list[Any]) -> None:
        session.testsfailed -= len(reports)
        if session.testsfailed <= 0:
            session.exitstatus = pytest.ExitCode.OK
        reporter: Any = self.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            failed = reporter.stats.get("failed", [])
            failed[:] = [report for report in failed if report not in reports]
            if not failed:
                reporter.stats.pop("failed", None)
            reporter.stats.setdefault(UPDATED, []).extend(reports)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show what was rewritten, and what could not be."""
        terminalreporter.section("chatsim update")
        paint(self.config.get_terminal_writer(), update_report(self.updates))
