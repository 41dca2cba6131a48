"""pytest hooks of chatsim.

This module is loaded in every test run of everyone who has chatsim installed, whether they use it there or not.  So
it imports nothing but pytest; what does the work is imported when there is some.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from pytest_chatsim.fixtures import (
    async_chat,
    async_chat_factory,
    chat,
    chat_factory,
    chatsim_backend,
    chatsim_bot,
    chatsim_credentials,
    recording_sender,
    state_manager,
)
from pytest_chatsim.settings import (
    BACKENDS,
    CHATS,
    LOAD_ERRORS,
    MARKER,
    MEASURING,
    SCENARIOS,
    WIDTH,
    bot_to_measure,
    is_scenario_file,
)

__all__ = [
    "async_chat",
    "async_chat_factory",
    "chat",
    "chat_factory",
    "chatsim_backend",
    "chatsim_bot",
    "chatsim_credentials",
    "recording_sender",
    "state_manager",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options and settings."""
    group = parser.getgroup("chatsim", "conversations as tests")
    group.addoption(
        "--chatsim-backends",
        metavar="NAMES",
        help="where the state_manager fixture keeps chats, separated by commas: " + ", ".join(BACKENDS),
    )
    group.addoption(
        "--chatsim-update",
        action="store_true",
        help="rewrite the expectations of scenarios that fail with what the bot said, and show the difference",
    )
    group.addoption(
        "--chatsim-seed",
        metavar="N",
        type=int,
        default=0,
        help="what random, uuid and secrets give a bot is decided by this number; 0 if not given",
    )
    group.addoption(
        "--chatsim-all-phrasings",
        action="store_true",
        help="run a scenario with each phrasing under `user: {one_of: ...}`, not with one",
    )
    group.addoption(
        "--chatsim-trace",
        action="store_true",
        help="show every state that a bot went through and every guard that it asked; of tests that pass with -rP",
    )
    group.addoption(
        "--chatsim-cov",
        metavar="BOT",
        nargs="?",
        const=True,
        type=bot_to_measure,
        action="append",
        help="show what of the bots the tests reach; with =module:object, of this bot alone; may be given again",
    )
    group.addoption(
        "--chatsim-cov-report",
        metavar="FORMAT[:FILE]",
        action="append",
        help="also write that to a file: json, lcov, markdown, html; may be given again",
    )
    group.addoption(
        "--chatsim-cov-fail-under",
        metavar="KIND:PERCENT",
        action="append",
        help="fail if less is reached, for example transitions:90; may be given again",
    )
    group.addoption(
        "--chatsim-cov-append",
        action="store_true",
        help="count what earlier runs reached as well (.chatsim-coverage)",
    )
    group.addoption(
        "--chatsim-cov-suggest",
        action="store_true",
        help="search for the shortest conversation to what was not reached, and show it as a scenario",
    )
    group.addoption(
        "--chatsim-report",
        metavar="html=FILE",
        action="append",
        help="write a page that shows every conversation, in the graph of its bot",
    )
    parser.addini(
        "chatsim_files", "globs of scenario files; one with a slash is held against the path", "args", ["*.chat.yaml"]
    )
    parser.addini("chatsim_bot", "module:object, the bot of tests that name no other", "string", "")
    parser.addini("chatsim_max_cases", "how many tests may come of one scenario", "string", "500")
    parser.addini(
        "chatsim_timeout",
        "how long a scenario may take, and a bot to load: 90s, 5m; 0s is for ever. A scenario's own `timeout` wins",
        "string",
        "60s",
    )
    parser.addini(
        "chatsim_world", "whether clock and chance stand still for the chats of tests in Python", "bool", default=True
    )
    parser.addini("chatsim_backends", "where the state_manager fixture keeps chats", "args", [])


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and refuse unknown backends before anything runs."""
    config.addinivalue_line("markers", MARKER)
    if config.option.chatsim_backends is not None:
        from pytest_chatsim.backends import chosen_backends  # noqa: PLC0415 - only where it is asked for

        chosen_backends(config)
    if os.environ.get("GITHUB_STEP_SUMMARY") and not hasattr(config, "workerinput"):
        from pytest_chatsim.job_page import JobPage  # noqa: PLC0415 - only on GitHub Actions

        config.pluginmanager.register(JobPage(), "chatsim-job-page")
    if config.option.chatsim_update and not hasattr(config, "workerinput"):
        from pytest_chatsim.updating import Updater  # noqa: PLC0415 - only where it is asked for

        config.pluginmanager.register(Updater(config), "chatsim-updater")
    if any(getattr(config.option, f"chatsim_cov{option}") for option in MEASURING):
        from pytest_chatsim.measuring import register_measuring  # noqa: PLC0415 - only where it is asked for

        register_measuring(config)
    if config.option.chatsim_report:
        from pytest_chatsim.paging import register_paging  # noqa: PLC0415 - only where it is asked for

        register_paging(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say with which seed this runs, where it is not the usual one."""
    return f"chatsim: seed {config.option.chatsim_seed}" if config.option.chatsim_seed else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist how wide the terminal is that its reports are shown in."""
    from pytest_chatsim.painting import report_width  # noqa: PLC0415 - only with pytest-xdist

    node.workerinput[WIDTH] = report_width(node.config)


# ---------------------------------------------------------------- scenarios


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files."""
    if not is_scenario_file(file_path, parent.config):
        return None
    from pytest_chatsim.collect import ChatFile  # noqa: PLC0415 - only with scenarios

    parent.config.stash[SCENARIOS] = True
    return ChatFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Load the bots of the scenarios that are going to run."""
    if session.config.stash.get(SCENARIOS, False) and not session.config.option.collectonly:
        from pytest_chatsim.collect import load_bots  # noqa: PLC0415 - only with scenarios
        from pytest_chatsim.in_a_row import InARow  # noqa: PLC0415 - as above

        load_bots(session)
        session.config.pluginmanager.register(InARow(), "chatsim-in-a-row")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Run the other tests when scenario files could not be loaded, and nothing else went wrong while collecting."""
    option = session.config.option
    asked_for = option.continue_on_collection_errors
    ours = session.config.stash.get(LOAD_ERRORS, 0)
    option.continue_on_collection_errors = asked_for or (ours > 0 and session.testsfailed == ours)
    try:
        return (yield)
    finally:
        option.continue_on_collection_errors = asked_for


# ---------------------------------------------------------------- reports


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report of a failed test point at the line of its scenario, or show what was said in its chats."""
    report = yield
    if report.failed and (SCENARIOS in item.stash or CHATS in item.stash):
        from pytest_chatsim.reporting import complete_report  # noqa: PLC0415 - only for failures

        complete_report(item, report)
    if report.when == "call" and item.config.option.chatsim_trace:
        from pytest_chatsim.reporting import add_traces  # noqa: PLC0415 - only where it is asked for

        add_traces(item, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable(
    report: pytest.CollectReport | pytest.TestReport,
) -> Generator[None, dict[str, Any] | None, dict[str, Any] | None]:
    """Keep the styles of our reports on their way from a worker of pytest-xdist."""
    data = yield
    if data is not None and (styles := getattr(report.longrepr, "chatsim_styles", None)) is not None:
        data["chatsim_styles"] = styles
    return data


@pytest.hookimpl(wrapper=True)
def pytest_report_from_serializable(data: dict[str, Any]) -> Generator[None, Any, Any]:
    """Make the report what it was in the worker."""
    styles = data.pop("chatsim_styles", None)
    report = yield
    if styles is not None:
        from pytest_chatsim.reporting import ChatRepr  # noqa: PLC0415 - only for failures

        report.longrepr = ChatRepr.restored(report.longrepr, styles)
    return report


# ---------------------------------------------------------------- tests in Python


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses `state_manager` once for each backend."""
    if "chatsim_backend" in metafunc.fixturenames:
        from pytest_chatsim.backends import parametrize_backends  # noqa: PLC0415 - only for those who use it

        parametrize_backends(metafunc)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Hold the last replies of a test's chats to its expectations, too, while it is the test that fails of it."""
    result = yield
    if CHATS in item.stash:
        from pytest_chatsim.reporting import end_chats  # noqa: PLC0415 - only for those who use them

        end_chats(item)
    return result
