"""Everything that coverage can be read from: data files, parts that runs left, and traces that `chatsim.record` wrote."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from chatsim.coverage.collect import facts_of
from chatsim.coverage.data import BotId, Coverage, Recorded, combined
from chatsim.coverage.files import read_coverage
from chatsim.coverage.measure import is_named
from chatsim.coverage.recorder import is_part, read_part
from chatsim.errors import SetupError
from chatsim.recording.journal import Recorded as RecordedTurn
from chatsim.recording.journal import read_journal, traces_of


def read_sources(paths: Iterable[Path], root: Path) -> Coverage:
    """Return what is in the files at *paths*, added up.

    Recorded chats name their bot as ``module:object``: it is taken for the bot of that name in the other files, or
    else its module is looked for in *root*.  Raises `SetupError` for a file that holds neither coverage nor traces.
    """
    journals: list[tuple[Path, list[RecordedTurn]]] = []
    known: list[Coverage] = []
    for path in paths:
        head = _head(path)
        if head.startswith(b'{"coverage":'):
            known.append(read_coverage(path))
        elif is_part(head):
            known.append(read_part(path))
        else:
            journals.append((path, _turns(path)))
    whole = combined(known)
    return combined([whole, *(_of_traces(path, turns, whole, root) for path, turns in journals)])


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.readline(1_000)
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror or error}") from None


def _turns(path: Path) -> list[RecordedTurn]:
    turns, problems = read_journal(path)
    if not turns:
        why = f": line {problems[0].line} {problems[0].what}" if problems else ""
        raise SetupError(f"{path} holds neither coverage nor recorded chats{why}")
    return turns


def _of_traces(path: Path, turns: list[RecordedTurn], known: Coverage, root: Path) -> Coverage:
    # People's chats have no names here: who said what is no business of a report.
    by = frozenset({path.name})
    parts = []
    for bot in sorted({turn.bot for turn in turns}):
        traces = traces_of(turn for turn in turns if turn.bot == bot)
        facts = {fact for runs in traces.values() for trace in runs for fact in facts_of(trace)}
        parts.append(Coverage({_found(bot, known, root): Recorded(bot, dict.fromkeys(facts, by))}))
    return combined(parts)


def _found(reference: str, known: Coverage, root: Path) -> BotId:
    """Return which bot *reference* names: one that is known, or one whose module is in *root*."""
    for bot, recorded in known.bots.items():
        if is_named(reference, bot, recorded.reference):
            return bot
    module, _, name = reference.partition(":")
    path = module.replace(".", "/")
    for file in (f"{path}.py", f"{path}/__init__.py", f"src/{path}.py", f"src/{path}/__init__.py"):
        if os.path.isfile(root / file):  # noqa: PTH113 - of a name that need not be one
            return BotId(name, file)
    return BotId(name or reference)
