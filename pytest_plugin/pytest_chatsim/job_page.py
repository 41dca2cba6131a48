"""What the page that GitHub Actions shows of a job says of scenarios, and of tests that hold chats."""

from __future__ import annotations

from collections import Counter

import pytest

OURS = "chatsim"
"""The marker of every scenario, and of tests in Python that name a bot."""


class JobPage:
    """Gathers what came of each test of ours, in one process: with pytest-xdist, in the controller."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.failures: list[tuple[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test; one that fails when it is set up or taken down is an error, as in pytest's own summary."""
        if OURS not in report.keywords:
            return
        if report.failed:
            self.counts["failed" if report.when == "call" else "errors"] += 1
            self.failures.append((report.nodeid, str(report.longrepr)))
        elif report.skipped:
            self.counts["xfailed" if hasattr(report, "wasxfail") else "skipped"] += 1
        elif report.when == "call":
            self.counts["xpassed" if hasattr(report, "wasxfail") else "passed"] += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count a scenario file that could not be loaded."""
        if report.failed and hasattr(report.longrepr, "chatsim_styles"):
            failure = report.nodeid, str(report.longrepr)
            if failure not in self.failures:  # every worker says the same
                self.counts["errors"] += 1
                self.failures.append(failure)

    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        if not self.counts:
            return
        from chatsim.report.step_summary import (  # noqa: PLC0415 - only where there is something to write
            FailureText,
            append_step_summary,
            step_summary,
        )

        order = ("passed", "failed", "skipped", "xfailed", "xpassed", "errors")
        counts = {name: self.counts[name] for name in order}
        append_step_summary(step_summary(counts, [FailureText(*failure) for failure in sorted(self.failures)]))
