"""Two runs of one test side by side, for a bot that is not deterministic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len

from chatsim.report.document import Line, Span
from chatsim.report.transcript import transcript, turns_before
from chatsim.scenario.verdict import Verdict
from chatsim.trace import DEFAULT_CHAT, Turn

_GUTTER = " │"
_LEAST = 60
"""Below this many columns, the two stand one below the other."""


def two_ways(verdict: Verdict, width: int, shown: int) -> list[Line]:
    """Lay out both traces of *verdict* up to the turn in which they part, the last *shown* turns of each."""
    mismatch, other = verdict.mismatch, verdict.other
    assert mismatch is not None  # noqa: S101 - there is a second trace only for a mismatch
    assert other is not None  # noqa: S101
    until = (mismatch.turn or 0) + 1
    ways = [verdict.trace.turns[:until], other.turns[:until]]
    if width < _LEAST:
        return [
            line
            for name, turns in zip(("first run", "other run"), ways, strict=True)
            for line in ((Span(f"  {name}", "label"),), *_way(turns, width, shown))
        ]
    column = (width - len(_GUTTER)) // 2
    left: list[Line] = [(Span("  first run", "label"),)]
    right: list[Line] = [(Span("  other run", "label"),)]
    hidden = max(until - shown, 0)
    if hidden:
        left.append(turns_before(hidden))
        right.append(turns_before(hidden))
    for one, two in zip_longest(ways[0][hidden:], ways[1][hidden:]):
        rows = [_way([turn] if turn else [], column, 1) for turn in (one, two)]
        height = max(map(len, rows))
        left += [*rows[0], *[()] * (height - len(rows[0]))]
        right += [*rows[1], *[()] * (height - len(rows[1]))]
    return [_beside(one, two, column) for one, two in zip(left, right, strict=True)]


def _way(turns: Sequence[Turn], width: int, shown: int) -> list[Line]:
    return transcript(tuple(turns[-shown:]), width, chat=DEFAULT_CHAT)


def _beside(one: Line, two: Line, column: int) -> Line:
    room = column - sum(cell_len(span.text) for span in one)
    return (*one, Span(" " * max(room, 0)), Span(_GUTTER, "dim"), *two)
