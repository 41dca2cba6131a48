"""Take conversations in as they end, and write what each showed to a file at once.

A process that dies, a worker of pytest-xdist for one, leaves all behind that was over by then.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from chatsim.coverage.collect import FactNumbers, shown_by
from chatsim.coverage.data import BotId, Coverage, Declared, Recorded
from chatsim.coverage.facts import CalledBack, Chosen, Ended, Fact, Followed, Hopped, Moved, Offered, WasIn
from chatsim.trace import Trace


class _Bot(msgspec.Struct, frozen=True, tag="bot", tag_field="fact"):
    """A bot that is met for the first time; bots are numbered as they come."""

    id: BotId
    reference: str
    declared: Declared | None = None


class _Showed(msgspec.Struct, frozen=True, tag="showed", tag_field="fact"):
    """A conversation, the number of its bot, and the numbers of the facts that it showed, which are counted as well."""

    by: str
    bot: int
    facts: list[int]


_Line: TypeAlias = WasIn | Hopped | Moved | Followed | Offered | Chosen | CalledBack | Ended | _Bot | _Showed

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
_encode = msgspec.json.Encoder().encode


class Recorder:
    """Gathers what conversations show.

    Args:
        path: The file to write to as it goes; None keeps everything in memory alone.  It is made with the first
            conversation, and its folder must be there.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._bots: dict[BotId, int] = {}
        self._met: dict[BotId, _Bot] = {}
        self._numbers = FactNumbers()
        self._told = 0
        self._shown: list[tuple[BotId, str, set[int]]] = []
        self._file: int | None = None

    def declares(self, bot: BotId, reference: str, declared: Declared | None) -> None:
        """Take note of a bot, known as *reference*, and of what it declares, before the first conversation with it."""
        self._met[bot] = _Bot(bot, reference, declared)
        self._write([self._met[bot]])
        self._bots[bot] = len(self._bots)

    def note(self, bot: BotId, by: str, trace: Trace) -> None:
        """Take note of the conversation *trace* with *bot*, under the name *by*."""
        shown = shown_by(trace, self._numbers)
        self._shown.append((bot, by, shown))
        facts = self._numbers.facts
        self._write([*facts[self._told :], _Showed(by, self._bots[bot], list(shown))])
        self._told = len(facts)

    def coverage(self) -> Coverage:
        """Return what was gathered so far."""
        numbered: dict[BotId, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for bot, by, shown in self._shown:
            seen = numbered[bot]
            for number in shown:
                seen[number].add(by)
        facts = self._numbers.facts
        return _coverage(
            self._met.values(),
            {bot: {facts[number]: by for number, by in seen.items()} for bot, seen in numbered.items()},
        )

    def close(self) -> None:
        """Write no more."""
        if self._file is not None:
            os.close(self._file)
        self._file = self.path = None

    def _write(self, lines: list[_Line]) -> None:
        if self.path is None:
            return
        data = b"".join([_encode(line) + b"\n" for line in lines])
        try:
            if self._file is None:
                self._file = os.open(self.path, _FLAGS, 0o666)
            while data:
                data = data[os.write(self._file, data) :]
        except OSError:
            # A full disk, or a folder that may not be written to: what is in memory counts all the same.
            self.close()


def is_part(line: bytes) -> bool:
    """Say whether *line* is the first of a file that a `Recorder` wrote."""
    return line.startswith(b'{"fact":"bot"')


def read_part(path: Path) -> Coverage:
    """Return what a `Recorder` wrote to *path*; what comes after a line that is not whole is not there.

    Raises `OSError` where the file cannot be read.
    """
    decode = msgspec.json.Decoder(_Line).decode
    bots: list[_Bot] = []
    facts: list[Fact] = []
    seen: dict[BotId, dict[Fact, set[str]]] = defaultdict(lambda: defaultdict(set))
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            read = decode(line)
        except msgspec.DecodeError:
            break
        if isinstance(read, _Bot):
            bots.append(read)
        elif isinstance(read, _Showed):
            for number in read.facts:
                seen[bots[read.bot].id][facts[number]].add(read.by)
        else:
            facts.append(read)
    return _coverage(bots, seen)


def _coverage(bots: Iterable[_Bot], seen: Mapping[BotId, Mapping[Fact, set[str]]]) -> Coverage:
    return Coverage(
        {
            bot.id: Recorded(
                bot.reference, {fact: frozenset(by) for fact, by in seen.get(bot.id, {}).items()}, bot.declared
            )
            for bot in sorted(bots, key=lambda bot: bot.id)
        }
    )
