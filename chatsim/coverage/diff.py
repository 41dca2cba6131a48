"""What a change gained and lost: two recordings, held against each other thing by thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from chatsim.coverage.data import BotId
from chatsim.coverage.items import Item, Kind
from chatsim.coverage.report import BotReport, Report

_Key: TypeAlias = tuple[Kind, str]


class BotDiff(msgspec.Struct, frozen=True):
    """What changed for one bot.

    Args:
        bot: Which bot.
        reference: ``module:object``, by which people know it.
        gained: What is reached now, and was there before without being reached.
        lost: What was reached before, and is there still.
        new: What was not there before, and is not reached.
        new_reached: What was not there before, and is reached.
        gone: What was there before and is not any more.
        figures: Of each kind, how many were reached of how many: before, and now.
    """

    bot: BotId
    reference: str
    gained: tuple[Item, ...] = ()
    lost: tuple[Item, ...] = ()
    new: tuple[Item, ...] = ()
    new_reached: tuple[Item, ...] = ()
    gone: tuple[Item, ...] = ()
    figures: Mapping[Kind, tuple[Figure, Figure]] = {}

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return not (self.gained or self.lost or self.new or self.new_reached or self.gone)


class Figure(NamedTuple):
    """How many were reached, of how many."""

    covered: int
    total: int


def diff(before: Report, after: Report) -> tuple[BotDiff, ...]:
    """Return what changed from *before* to *after*, bot by bot.

    >>> from chatsim.coverage.report import KindReport
    >>> menu = Item("states", "menu", by=frozenset({"a"}))
    >>> bot = BotId("Bot", "bot.py")
    >>> old = Report((BotReport(bot, "bot:Bot", (KindReport("states", (menu,)),)),))
    >>> new = Report((BotReport(bot, "bot:Bot", (KindReport("states", (), (Item("states", "menu"),)),)),))
    >>> [item.name for item in diff(old, new)[0].lost]
    ['menu']
    """
    old, new = ({each.bot: each for each in report.bots} for report in (before, after))
    return tuple(_bot(bot, old.get(bot), new.get(bot)) for bot in sorted({*old, *new}))


def _bot(bot: BotId, old: BotReport | None, new: BotReport | None) -> BotDiff:
    was, now = dict(_items(old)), dict(_items(new))
    # What is not counted any more was not lost.
    known, counted = {*was, *_uncounted(old)}, {*now, *_uncounted(new)}
    added = [item for key, item in now.items() if key not in known]
    kinds: dict[Kind, None] = dict.fromkeys(kind.kind for each in (old, new) if each is not None for kind in each.kinds)
    return BotDiff(
        bot,
        (new or old or BotReport(bot, str(bot), ())).reference,
        gained=tuple(item for key, item in now.items() if item.covered and key in was and not was[key].covered),
        lost=tuple(now[key] for key, item in was.items() if item.covered and key in now and not now[key].covered),
        new=tuple(item for item in added if not item.covered),
        new_reached=tuple(item for item in added if item.covered),
        gone=tuple(item for key, item in was.items() if key not in counted),
        figures={kind: (_figure(old, kind), _figure(new, kind)) for kind in kinds},
    )


def _items(report: BotReport | None) -> Iterator[tuple[_Key, Item]]:
    for kind in report.kinds if report is not None else ():
        yield from ((_key(item), item) for item in (*kind.covered, *kind.missing))


def _uncounted(report: BotReport | None) -> Iterator[_Key]:
    for kind in report.kinds if report is not None else ():
        yield from (_key(item) for item, _ in kind.excluded)


def _key(item: Item) -> _Key:
    return item.kind, item.name


def _figure(report: BotReport | None, kind: Kind) -> Figure:
    each = report.of(kind) if report is not None else None
    return Figure(len(each.covered), each.total) if each is not None else Figure(0, 0)
