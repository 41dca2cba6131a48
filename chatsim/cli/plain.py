"""The usual ways to call ``chatsim run``, read without typer.

To import typer, and to let it read a line, takes as long as to run a thousand scenarios.  Whatever is not as usual is
left to it: what is read here, it reads in the same way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

_BROKEN_PIPE = 1
_INTERRUPTED = 130


class Usual(NamedTuple):
    """What a usual line asks for, in the words of `chatsim.cli.running.Options`; `coverage` is its fields in a row."""

    targets: tuple[str, ...]
    maxfail: int = 0
    verbosity: int = 0
    coverage: tuple[Any, ...] = ((), (), (), False, False)


_FLAGS = {
    "-q": "quiet",
    "--quiet": "quiet",
    "-v": "verbose",
    "--verbose": "verbose",
    "-x": "exitfirst",
    "--exitfirst": "exitfirst",
}


_COVERAGE = {
    "--cov": False,
    "--cov-append": False,
    "--cov-suggest": False,
    "--cov-report": True,
    "--cov-fail-under": True,
}
"""The options for coverage, and whether a value follows; after ``--cov`` it may."""


def usual(arguments: Sequence[str]) -> Usual | None:
    """Return what *arguments* ask for, or None for what is not as usual.

    >>> wish = usual(["run", "-x", "scenarios"])
    >>> wish.targets, wish.maxfail, wish.verbosity
    (('scenarios',), 1, 0)
    >>> usual(["run", "--report", "junit=out.xml"]) is usual(["chat", "shop:bot"]) is None
    True
    """
    if arguments[:1] != ["run"] or sys.platform == "win32":  # there, typer also finds out what * stands for
        return None
    asked = {_FLAGS[word] for word in arguments[1:] if word in _FLAGS}
    measured = [word for word in arguments[1:] if word.startswith("--cov")]
    coverage = _coverage(measured)
    if coverage is None:
        return None
    paths = [word for word in arguments[1:] if word not in _FLAGS and word not in measured]
    if any(path.startswith("-") or not path for path in paths):
        return None
    return Usual(
        tuple(paths or ["."]), int("exitfirst" in asked), int("verbose" in asked) - int("quiet" in asked), coverage
    )


def _coverage(words: Sequence[str]) -> tuple[Any, ...] | None:
    """Return what *words* ask for as `chatsim.cli.measuring.CoverageOptions` has it, or None for what is not as usual."""
    given: dict[str, list[str]] = {}
    for word in words:
        option, equals, value = word.partition("=")
        if (option not in _COVERAGE) or (bool(equals) is not _COVERAGE[option] and option != "--cov"):
            return None
        given.setdefault(option, []).append(value)
    lists = tuple(tuple(given.get(option, ())) for option in ("--cov", "--cov-report", "--cov-fail-under"))
    return (*lists, "--cov-append" in given, "--cov-suggest" in given)


def run_usual(wish: Usual) -> int:
    """Run the scenarios; return the exit code."""
    from chatsim.cli.measuring import CoverageOptions  # noqa: PLC0415 - `chatsim --help` needs none of it
    from chatsim.cli.refusal import refusals  # noqa: PLC0415
    from chatsim.cli.running import Options, run_scenarios  # noqa: PLC0415

    try:
        with refusals():
            return run_scenarios(Options(**{**wish._asdict(), "coverage": CoverageOptions(*wish.coverage)}))
    except BrokenPipeError:
        # The reader has gone: without this, Python complains at its end about what it cannot write any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
