"""What holds for all tests: no skips where none are allowed, and how Hypothesis looks for examples."""

import os

import hypothesis
import pytest

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
# Mutants are tested one after the other in one process, which Hypothesis takes for a mistake.
hypothesis.settings.register_profile(
    "mutants", deadline=None, derandomize=True, database=None, suppress_health_check=list(hypothesis.HealthCheck)
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

FORBID_SKIPS = bool(os.environ.get("CHATSIM_FORBID_SKIPS"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    """With CHATSIM_FORBID_SKIPS, a test that is skipped fails, by name and with the reason."""
    report = yield
    if FORBID_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CHATSIM_FORBID_SKIPS allows no skips: {call.excinfo.value}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    """With CHATSIM_FORBID_SKIPS, a module that is skipped as a whole is an error."""
    report = yield
    if FORBID_SKIPS and report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, and CHATSIM_FORBID_SKIPS allows no skips: {reason}"
    return report
