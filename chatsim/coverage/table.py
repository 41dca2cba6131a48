"""Coverage as people read it in a terminal: the figures of each bot, and below them what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from chatsim.coverage.items import Item, Kind
from chatsim.coverage.report import BotReport, KindReport, Limit, Report, share
from chatsim.graph.model import SourceLine
from chatsim.report.document import Line, Span, wrap
from chatsim.report.paint import line_of
from chatsim.visible import visible

FEW = 10
"""How many missing ones of a kind are named, unless all are asked for."""
MORE = "chatsim coverage report --all"

_BAR = 20
_FIGURES = 46
"""How many columns the figures take without the bar."""
_WHAT = 10
"""How many columns the longest word for a kind takes."""


def coverage_table(
    report: Report, width: int, *, every: bool = False, limits: Iterable[Limit] = (), title: bool = True
) -> list[Line]:
    """Lay *report* out in *width* columns.

    Args:
        report: What was reached.
        width: How many columns there are.
        every: Whether all that is missing is named, and what is excluded.
        limits: How much has to be reached; a kind that falls short is marked.
        title: Whether to begin with a headline.
    """
    if not report.bots:
        return [line_of(("coverage: no conversation with a bot was measured", "failure"))]
    limits = list(limits)
    short: set[Kind] = {limit.kind for limit in limits if limit.missed(report)}
    lines: list[Line] = [line_of((_ruled("coverage", width), "dim"))] if title else []
    for bot in report.bots:
        lines += [*_bot(bot, width, short, every=every), ()]
    if len(report.bots) > 1:
        lines += [*_all(report, width, short), ()]
    return [*lines, *(_limit(limit, report) for limit in limits)] if limits else lines[:-1]


def item_words(item: Item, *, missing: bool = True) -> str:
    """Return what an item is, in words, or what of it is *missing*.

    >>> never = Item("guards", "pay: is_paid false")
    >>> item_words(never), item_words(never, missing=False)
    ('guard pay: is_paid never false', 'guard pay: is_paid false')
    """
    word = item.kind.removesuffix("s")
    if missing and item.kind == "guards":
        name, _, value = item.name.rpartition(" ")
        return f"{word} {name} never {value}"
    return f"{word} {item.name}"


def place_of(line: SourceLine | None) -> str:
    """Return where something is written, nothing where that is not known."""
    return "" if line is None else str(line)


def placed(rows: Sequence[tuple[str, str]], width: int, style: str) -> list[Line]:
    """Lay out what is where, the places in a column of their own where there is room for it."""
    column = max((cell_len(visible(place)) for place, _ in rows), default=0)
    indent = column + 4 if column else 2
    lines: list[Line] = []
    for place, words in rows:
        gap = " " * (column - cell_len(visible(place)) + 2) if column else ""
        first, *rest = wrap(visible(words), max(width - indent, 20))
        lines.append((Span("  "), Span(visible(place), "dim"), Span(f"{gap}{first}", style)))
        lines += [(Span(" " * (indent + 2)), Span(part, style)) for part in rest]
    return lines


# ---------------------------------------------------------------- a bot


def _bot(bot: BotReport, width: int, short: set[Kind], *, every: bool) -> list[Line]:
    count = bot.conversations
    facts = [bot.bot.file] if bot.bot.file else []
    facts.append(f"{count} conversation{'' if count == 1 else 's'}")
    lines = [line_of((visible(bot.reference), "place"), (f"  {visible(', '.join(facts))}", "dim"))]
    if not bot.declares:
        lines.append(line_of(("  what it can do is not known: only what was seen is counted", "failure")))
    excludes = any(kind.excluded for kind in bot.kinds)
    lines += [
        _figures(
            kind.kind,
            len(kind.covered),
            kind.total,
            width,
            short=kind.kind in short,
            excluded=len(kind.excluded) if excludes else None,
        )
        for kind in bot.kinds
    ]
    return [*lines, *_missing(bot, width, every=every), *_notes(bot, width, every=every)]


def _figures(
    kind: str, covered: int, total: int, width: int, *, short: bool = False, excluded: int | None = None
) -> Line:
    percent = share(covered, total)
    style = "failure" if short else "held" if covered == total else ""
    numbers = f"{covered:>6} of {total:<6}{percent:>4}%"
    without = "" if excluded is None else f"{excluded or '':>5}{' excluded' if excluded else ' ' * 9}"
    bar: tuple[Span, ...] = ()
    if width >= _FIGURES + _BAR:
        done = covered * _BAR // total if total else _BAR
        bar = (Span("  "), Span("━" * done, style or "held"), Span("╌" * (_BAR - done), "dim"))
    return (Span(f"  {kind:<12}"), Span(numbers, style), *bar, Span(without, "dim"))


def _missing(bot: BotReport, width: int, *, every: bool) -> list[Line]:
    shown: list[tuple[str, str]] = []
    also: list[str] = []
    for kind in bot.kinds:
        named = kind.missing if every else _few(kind)
        shown += [(place_of(item.line), item_words(item)) for item in named]
        left = len(kind.missing) - len(named)
        if left:
            also.append(f"{left} {kind.kind if left != 1 else kind.kind.removesuffix('s')}")
    if not (shown or also):
        return []
    lines = [(), line_of(("  not reached", "dim")), *placed(shown, width, "came")]
    if also:
        lines.append(line_of((f"  … and {_listed(also)} more: {MORE} names them", "dim")))
    return lines


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _few(kind: KindReport) -> tuple[Item, ...]:
    """Return which of the missing ones are named: the first of many, and no pairs at all when there are many."""
    if len(kind.missing) <= FEW:
        return kind.missing
    return () if kind.kind == "pairs" else kind.missing[:FEW]


def _notes(bot: BotReport, width: int, *, every: bool) -> list[Line]:
    lines: list[Line] = []
    if bot.undeclared:
        shown = bot.undeclared if every else bot.undeclared[:FEW]
        rows = [("", item_words(item)) for item in shown]
        if len(bot.undeclared) > len(shown):
            rows.append(("", f"… {len(bot.undeclared) - len(shown)} more"))
        lines += [(), line_of(("  reached, and not declared", "dim")), *placed(rows, width, "")]
    if every and (excluded := [each for kind in bot.kinds for each in kind.excluded]):
        rows = [(place_of(item.line), f"{item_words(item, missing=False)}  ({why})") for item, why in excluded]
        lines += [(), line_of(("  excluded", "dim")), *placed(rows, width, "dim")]
    return lines


# ---------------------------------------------------------------- all bots


def _all(report: Report, width: int, short: set[Kind]) -> list[Line]:
    lines = [line_of((f"all {len(report.bots)} bots", "place"))]
    return lines + [
        _figures(kind, covered, total, width, short=kind in short)
        for kind, (covered, total) in report.totals.items()
        if total
    ]


def _limit(limit: Limit, report: Report) -> Line:
    missed = limit.missed(report)
    if missed:
        return line_of((f"✗ coverage falls short: {missed}", "failure"))
    covered, total = report.totals[limit.kind]
    return line_of((f"✓ coverage of {limit.kind}: {share(covered, total)}%, {limit.percent:g}% are asked for", "held"))


def _ruled(title: str, width: int) -> str:
    return f" {title} ".center(width, "─")
