"""The words that hooks, fixtures and collectors share: names, keys, and what is a scenario file."""

from __future__ import annotations

import argparse
import fnmatch
import re
from pathlib import Path
from typing import Any

import pytest

MARKER = (
    "chatsim(bot, *, credentials, chat, strict, world): the bot that the fixtures `chat` and `chat_factory` talk with, "
    "and how; every scenario has this marker as well"
)
BACKENDS = ("memory", "file", "fakeredis", "mongomock", "redis", "mongodb")
"""All that `state_manager` can keep chats in; the last two are real servers."""

WIDTH = "chatsim_width"
"""Under this key, a worker of pytest-xdist is told how many columns the terminal has."""

SCENARIOS = pytest.StashKey[bool]()
"""In a config: scenario files were collected.  In an item: it is a scenario."""

LOAD_ERRORS = pytest.StashKey[int]()
"""In a config: how many scenario files could not be loaded."""

CHATS = pytest.StashKey[list[Any]]()
"""In an item: the conversations (`chatsim.chat.Conversation`) that its test holds."""

TRACES = pytest.StashKey[list[Any]]()
"""In an item: the traces (`chatsim.trace.Trace`) of what it ran, where ``--chatsim-trace`` asks for them."""

MEASURING = ("", "_report", "_fail_under", "_append", "_suggest")
"""How the options go on after ``--chatsim-cov`` that ask for coverage to be measured."""

NOTE = pytest.StashKey[Any]()
"""In a config: what takes conversations in (`chatsim.coverage.measure.Measuring.note`), where coverage is measured."""

VERDICTS = pytest.StashKey[list[Any]]()
"""In a config: scenario files with verdicts on their tests, until these are reported; where a page shows them all."""

_PATTERNS = pytest.StashKey[list[str]]()


_BOT = re.compile(r"[\w./\\-]+:[\w.]+")


def bot_to_measure(text: str) -> str:
    """Return the bot that ``--chatsim-cov`` names; raise what argparse wants where that is none, but a path of tests."""
    if _BOT.fullmatch(text):
        return text
    raise argparse.ArgumentTypeError(
        f"{text} is no bot. Write --chatsim-cov=module:object, or, to measure all bots, --chatsim-cov after {text}"
    )


def max_cases(config: pytest.Config) -> int:
    """Return how many tests may come of one scenario; raise `pytest.UsageError` for a setting that is no number."""
    setting: str = config.getini("chatsim_max_cases")
    if not setting.isdecimal() or not int(setting):
        raise pytest.UsageError(f"chatsim_max_cases = {setting}: write a number, 1 or more")
    return int(setting)


def time_limit(config: pytest.Config) -> float | None:
    """Return how many seconds a scenario may take, None for no limit; raise `pytest.UsageError` for no duration."""
    from chatsim.scenario.durations import read_duration  # noqa: PLC0415 - only with scenarios
    from chatsim.scenario.words import BrokenText  # noqa: PLC0415 - only with scenarios

    setting: str = config.getini("chatsim_timeout")
    try:
        return read_duration(setting) or None
    except BrokenText as error:
        raise pytest.UsageError(f"chatsim_timeout = {setting}: {error.what}. {error.cure.capitalize()}") from None


def options_again(config: pytest.Config) -> str:
    """Return the options without which a test would be another when it is run again, as they are written."""
    seed = config.option.chatsim_seed
    phrasings = " --chatsim-all-phrasings" if config.option.chatsim_all_phrasings else ""
    return f" --chatsim-seed {seed}{phrasings}" if seed else phrasings


def is_scenario_file(path: Path, config: pytest.Config) -> bool:
    """Say whether the ini setting ``chatsim_files`` means *path*.

    A pattern without a slash is held against the file's name, any other against its path from the root folder.
    """
    patterns = config.stash.get(_PATTERNS, None)
    if patterns is None:
        patterns = config.stash[_PATTERNS] = config.getini("chatsim_files")
    return any(_matches(path, pattern, config) for pattern in patterns)


def _matches(path: Path, pattern: str, config: pytest.Config) -> bool:
    if "/" not in pattern:
        return fnmatch.fnmatchcase(path.name, pattern)
    return path.is_relative_to(config.rootpath) and fnmatch.fnmatchcase(
        path.relative_to(config.rootpath).as_posix(), pattern
    )
