"""A file of recorded turns: one JSON line each, appended by any number of threads and processes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from chatsim.errors import Problem
from chatsim.jsondata import from_json, to_json
from chatsim.trace import ChatState, Snapshot, Trace, Turn

try:
    import fcntl
except ModuleNotFoundError:  # no Unix: there O_APPEND alone must do
    fcntl = None  # type: ignore[assignment]

FORMAT = 1


class Recorded(msgspec.Struct, frozen=True, omit_defaults=True):
    """One turn of one chat, as a line of the file.

    `at` is the time in UTC, `bot` is ``module:object`` where that is known, `before` what the bot remembered of the
    chat before the turn.  The turn's snapshot holds this chat alone.
    """

    chat: str
    turn: Turn
    at: str = ""
    bot: str = ""
    before: ChatState | None = None
    chatsim: int = FORMAT


class Journal:
    """Appends lines to the file at *path*, which only its owner may read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def append(self, recorded: Recorded) -> None:
        """Write *recorded* as one line, in one piece."""
        line = to_json(recorded).encode() + b"\n"
        with self._lock, _opened(self.path) as file:
            size = os.fstat(file).st_size
            # Somebody who died while writing left half a line, which must not spoil this one.
            if size and os.pread(file, 1, size - 1) != b"\n":
                line = b"\n" + line
            while line:
                line = line[os.write(file, line) :]


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def read_journal(path: Path) -> tuple[list[Recorded], list[Problem]]:
    """Return the turns in the file at *path* in order, and a problem for each line that holds none.

    Raises `OSError` where the file cannot be read.
    """
    turns: list[Recorded] = []
    problems: list[Problem] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                turns.append(_read(line))
            except (ValueError, RecursionError) as error:
                what = f"is no recorded turn: {error}"
                problems.append(Problem(str(path), number, 1, what, "the other lines are read all the same"))
    return turns, problems


def _read(line: bytes) -> Recorded:
    recorded = from_json(line, Recorded)
    if recorded.chatsim != FORMAT:
        raise ValueError(f"it has the format {recorded.chatsim}, and this chatsim reads {FORMAT}")
    return recorded


def traces_of(turns: Iterable[Recorded]) -> dict[str, list[Trace]]:
    """Return the turns of each chat in a row.

    Where the bot remembered something else than it did after the turn before, something was not recorded, and another
    trace of the chat begins.
    """
    chats: dict[str, list[list[Recorded]]] = {}
    for recorded in turns:
        runs = chats.setdefault(recorded.chat, [])
        if runs and runs[-1][-1].turn.snapshot.chat(recorded.chat) == recorded.before:
            runs[-1].append(recorded)
        else:
            runs.append([recorded])
    return {chat: [_trace(run) for run in runs] for chat, runs in chats.items()}


def _trace(run: list[Recorded]) -> Trace:
    first = run[0]
    start = Snapshot() if first.before is None else Snapshot({first.chat: first.before})
    return Trace(tuple(recorded.turn for recorded in run), start, first.bot)
