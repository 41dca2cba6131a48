"""A difference in coverage as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from chatsim.coverage.diff import BotDiff, Figure
from chatsim.coverage.items import Item, Kind
from chatsim.coverage.report import share
from chatsim.coverage.table import item_words, place_of, placed
from chatsim.report.document import Line, Span
from chatsim.report.paint import line_of
from chatsim.visible import visible

_GROUPS = (
    ("lost", "reached before, and not any more", "failure"),
    ("new", "new, and not reached", "came"),
    ("gained", "reached now", "held"),
    ("new_reached", "new, and reached", "held"),
    ("gone", "gone from the bot", "dim"),
)


def diff_lines(diffs: Sequence[BotDiff], width: int) -> list[Line]:
    """Lay *diffs* out in *width* columns; the last line sums them up.

    >>> from chatsim.report.document import plain
    >>> print(plain(diff_lines([], 80)))
    ✓ coverage is the same
    """
    lines: list[Line] = []
    for each in diffs:
        if not each.same:
            lines += [*_bot(each, width), ()]
    return [*lines, _summary(diffs)]


def _bot(diff: BotDiff, width: int) -> list[Line]:
    lines = [line_of((visible(diff.reference), "place"), (f"  {visible(diff.bot.file)}", "dim"))]
    lines += [_figures(kind, *both) for kind, both in diff.figures.items() if both[0] != both[1]]
    for name, title, style in _GROUPS:
        items: tuple[Item, ...] = getattr(diff, name)
        if items:
            rows = [(place_of(item.line), item_words(item, missing=name in {"lost", "new"})) for item in items]
            lines += [(), line_of((f"  {title}", "dim")), *placed(rows, width, style)]
    return lines


def _figures(kind: Kind, before: Figure, after: Figure) -> Line:
    was, now = share(*before), share(*after)
    change = now - was
    style = "held" if change > 0 else "failure" if change < 0 else ""
    return (
        Span(f"  {kind:<12}"),
        Span(f"{before.covered:>6} of {before.total:<6}{was:>4}%  →", "dim"),
        Span(f"{after.covered:>6} of {after.total:<6}{now:>4}%  "),
        Span(f"{change:+d}" if change else "", style),
    )


def _summary(diffs: Sequence[BotDiff]) -> Line:
    lost = sum(len(each.lost) for each in diffs)
    counts = [
        (lost, "lost"),
        (sum(len(each.new) for each in diffs), "new and not reached"),
        (sum(len(each.gained) + len(each.new_reached) for each in diffs), "gained"),
        (sum(len(each.gone) for each in diffs), "gone"),
    ]
    words = ", ".join(f"{count} {what}" for count, what in counts if count) or "coverage is the same"
    return line_of((f"{'✗' if lost else '✓'} {words}", "failure" if lost else "held"))
