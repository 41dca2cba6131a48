"""Coverage as an lcov tracefile, by which editors and code hosts show it on the bot's source.

A state is a function, a transition a branch, and a guard two branches, each on the line where it is written.  What has
no line (pairs, options) is not in the file.  The format is that of ``geninfo(1)``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from chatsim.coverage.items import Item, Kind
from chatsim.coverage.report import BotReport, Report

_KINDS: tuple[Kind, ...] = ("states", "transitions", "guards")
_UNSAFE = re.compile(r"[\s,]+")


def lcov_coverage(report: Report) -> str:
    """Return *report* as an lcov tracefile; files are named from the project's folder."""
    files: dict[str, list[Item]] = defaultdict(list)
    for bot in report.bots:
        for file, item in _with_file(bot):
            files[file].append(item)
    return "".join(f"{line}\n" for file, items in sorted(files.items()) for line in _record(file, items))


def _with_file(bot: BotReport) -> Iterator[tuple[str, Item]]:
    """Yield what is written in a file; code that comes from somewhere else has a name in angle brackets."""
    for kind in _KINDS:
        each = bot.of(kind)
        for item in (*each.covered, *each.missing):
            if item.line is not None and not item.line.file.startswith("<"):
                yield item.line.file, item


def _record(file: str, items: list[Item]) -> Iterator[str]:
    yield "TN:chatsim"
    yield f"SF:{file}"
    yield from _functions([item for item in items if item.kind == "states"])
    yield from _branches([item for item in items if item.kind != "states"])
    yield from _lines(items)
    yield "end_of_record"


def _functions(states: list[Item]) -> Iterator[str]:
    states = sorted(states, key=_line)
    for state in states:
        yield f"FN:{_line(state)},{_name(state)}"
    for state in states:
        yield f"FNDA:{len(state.by)},{_name(state)}"
    yield f"FNF:{len(states)}"
    yield f"FNH:{sum(state.covered for state in states)}"


def _branches(items: list[Item]) -> Iterator[str]:
    """Yield the branches of each line: its transitions are one block, and each guard is one of two."""
    found = hit = 0
    lines: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        lines[_line(item)].append(item)
    for line, each in sorted(lines.items()):
        came_by = any(item.by for item in each)
        blocks = [[item for item in each if item.kind == "transitions"], *_in_twos(each)]
        for block, branches in enumerate(block for block in blocks if block):
            for number, item in enumerate(branches):
                yield f"BRDA:{line},{block},{number},{len(item.by) if came_by else '-'}"
                found, hit = found + 1, hit + item.covered
    yield f"BRF:{found}"
    yield f"BRH:{hit}"


def _in_twos(items: list[Item]) -> list[list[Item]]:
    """Return the two answers of each guard together; one of them may be excluded."""
    guards: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.kind == "guards":
            guards[item.name.rpartition(" ")[0]].append(item)
    return list(guards.values())


def _lines(items: list[Item]) -> Iterator[str]:
    """Yield each line, passed as often as the one thing on it that was reached most."""
    passed: dict[int, int] = defaultdict(int)
    for item in items:
        passed[_line(item)] = max(passed[_line(item)], len(item.by))
    yield from (f"DA:{line},{count}" for line, count in sorted(passed.items()))
    yield f"LF:{len(passed)}"
    yield f"LH:{sum(count > 0 for count in passed.values())}"


def _line(item: Item) -> int:
    return item.line.line if item.line is not None else 0


def _name(item: Item) -> str:
    """Return a name with nothing in it that the format takes for its own."""
    return _UNSAFE.sub("_", item.name)
