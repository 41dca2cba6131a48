"""The usual ways to call ``chatsim run``, read without typer.

To import typer, and to let it read a line, takes as long as to run a thousand scenarios.  Whatever is not as usual is
left to it: what is read here, it reads in the same way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

_BROKEN_PIPE = 1
_INTERRUPTED = 130


class Usual(NamedTuple):
    """What a usual line asks for, in the words of `chatsim.cli.running.Options`."""

    targets: tuple[str, ...]
    maxfail: int = 0
    verbosity: int = 0


_FLAGS = {
    "-q": "quiet",
    "--quiet": "quiet",
    "-v": "verbose",
    "--verbose": "verbose",
    "-x": "exitfirst",
    "--exitfirst": "exitfirst",
}


def usual(arguments: Sequence[str]) -> Usual | None:
    """Return what *arguments* ask for, or None for what is not as usual.

    >>> usual(["run", "-x", "scenarios"])
    Usual(targets=('scenarios',), maxfail=1, verbosity=0)
    >>> usual(["run", "--report", "junit=out.xml"]) is usual(["chat", "shop:bot"]) is None
    True
    """
    if arguments[:1] != ["run"] or sys.platform == "win32":  # there, typer also finds out what * stands for
        return None
    asked = {_FLAGS[word] for word in arguments[1:] if word in _FLAGS}
    paths = [word for word in arguments[1:] if word not in _FLAGS]
    if any(path.startswith("-") or not path for path in paths):
        return None
    return Usual(tuple(paths or ["."]), int("exitfirst" in asked), int("verbose" in asked) - int("quiet" in asked))


def run_usual(wish: Usual) -> int:
    """Run the scenarios; return the exit code."""
    from chatsim.cli.refusal import refusals  # noqa: PLC0415 - `chatsim --help` needs none of it
    from chatsim.cli.running import Options, run_scenarios  # noqa: PLC0415

    try:
        with refusals():
            return run_scenarios(Options(**wish._asdict()))
    except BrokenPipeError:
        # The reader has gone: without this, Python complains at its end about what it cannot write any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
