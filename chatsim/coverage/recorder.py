"""Take conversations in as they end, and write what each showed to a file at once.

A process that dies, a worker of pytest-xdist for one, leaves all behind that was over by then.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TypeAlias

import msgspec

from chatsim.coverage.collect import facts_of
from chatsim.coverage.data import BotId, Coverage, Recorded
from chatsim.coverage.facts import CalledBack, Chosen, Ended, Fact, Followed, Hopped, Offered, WasIn
from chatsim.trace import Trace


class _Bot(msgspec.Struct, frozen=True, tag="bot", tag_field="fact"):
    """A bot that is met for the first time; bots are numbered as they come."""

    id: BotId
    reference: str


class _Showed(msgspec.Struct, frozen=True, tag="showed", tag_field="fact"):
    """A conversation, the number of its bot, and the numbers of the facts that it showed, which are counted as well."""

    by: str
    bot: int
    facts: list[int]


_Line: TypeAlias = WasIn | Hopped | Followed | Offered | Chosen | CalledBack | Ended | _Bot | _Showed

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Line).decode


class Recorder:
    """Gathers what conversations show.

    Args:
        path: The file to write to as it goes; None keeps everything in memory alone.  It is made with the first
            conversation, and its folder must be there.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._bots: dict[tuple[BotId, str], int] = {}
        self._facts: dict[Fact, int] = {}
        self._seen: dict[BotId, dict[Fact, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._references: dict[BotId, str] = {}
        self._file: int | None = None

    def note(self, bot: BotId, reference: str, by: str, trace: Trace) -> None:
        """Take note of the conversation *trace* with *bot*, under the name *by*."""
        facts = facts_of(trace)
        seen = self._seen[bot]
        for fact in facts:
            seen[fact].add(by)
        self._references.setdefault(bot, reference)
        if self.path is not None:
            self._write(self.path, self._lines(bot, reference, by, facts))

    def coverage(self) -> Coverage:
        """Return what was gathered so far."""
        return Coverage(
            {
                bot: Recorded(self._references[bot], {fact: frozenset(by) for fact, by in seen.items()})
                for bot, seen in sorted(self._seen.items())
            }
        )

    def close(self) -> None:
        """Write no more."""
        if self._file is not None:
            os.close(self._file)
        self._file = self.path = None

    def _lines(self, bot: BotId, reference: str, by: str, facts: frozenset[Fact]) -> bytes:
        lines: list[_Line] = []
        number = self._bots.get((bot, reference))
        if number is None:
            number = self._bots[bot, reference] = len(self._bots)
            lines.append(_Bot(bot, reference))
        numbers = []
        for fact in facts:
            known = self._facts.get(fact)
            if known is None:
                known = self._facts[fact] = len(self._facts)
                lines.append(fact)
            numbers.append(known)
        lines.append(_Showed(by, number, numbers))
        return b"".join([_encode(line) + b"\n" for line in lines])

    def _write(self, path: Path, data: bytes) -> None:
        if self._file is None:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o666)
        while data:
            data = data[os.write(self._file, data) :]


def read_part(path: Path) -> Coverage:
    """Return what a `Recorder` wrote to *path*; what comes after a line that is not whole is not there.

    Raises `OSError` where the file cannot be read.
    """
    bots: list[_Bot] = []
    facts: list[Fact] = []
    seen: dict[BotId, dict[Fact, set[str]]] = {}
    references: dict[BotId, str] = {}
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            read = _decode(line)
        except msgspec.DecodeError:
            break
        if isinstance(read, _Bot):
            bots.append(read)
            references.setdefault(read.id, read.reference)
            seen.setdefault(read.id, defaultdict(set))
        elif isinstance(read, _Showed):
            for number in read.facts:
                seen[bots[read.bot].id][facts[number]].add(read.by)
        else:
            facts.append(read)
    return Coverage(
        {
            bot: Recorded(references[bot], {fact: frozenset(by) for fact, by in shown.items()})
            for bot, shown in sorted(seen.items())
        }
    )
