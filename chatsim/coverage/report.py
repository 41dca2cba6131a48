"""What of each bot was reached: the figures, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

import msgspec

from chatsim.coverage.data import BotId, Coverage, Recorded
from chatsim.coverage.exclude import Pattern, reasons
from chatsim.coverage.items import KINDS, Item, Kind, items_of
from chatsim.errors import SetupError, did_you_mean


class Excluded(NamedTuple):
    """What is not counted, and why."""

    item: Item
    why: str


class KindReport(msgspec.Struct, frozen=True):
    """What of one kind was reached, and what was not.

    >>> KindReport("states", (Item("states", "menu", by=frozenset({"a"})),), (Item("states", "help"),)).percent
    50
    """

    kind: Kind
    covered: tuple[Item, ...] = ()
    missing: tuple[Item, ...] = ()
    excluded: tuple[Excluded, ...] = ()

    @property
    def total(self) -> int:
        """How many are counted."""
        return len(self.covered) + len(self.missing)

    @property
    def percent(self) -> int:
        """How many of a hundred were reached, rounded down: 100 is all of them.  Of nothing, all was reached."""
        return share(len(self.covered), self.total)


class BotReport(msgspec.Struct, frozen=True):
    """What of one bot was reached.

    Args:
        bot: Which bot.
        reference: ``module:object``, by which people know it.
        kinds: What of each kind that it has was reached.
        undeclared: States and transitions that were seen and that it does not declare.
        conversations: In how many conversations it took part.
        declares: Whether what it has is known; else only what was seen is counted.
    """

    bot: BotId
    reference: str
    kinds: tuple[KindReport, ...]
    undeclared: tuple[Item, ...] = ()
    conversations: int = 0
    declares: bool = True

    def of(self, kind: Kind) -> KindReport:
        """Return what of one kind was reached."""
        return next((each for each in self.kinds if each.kind == kind), KindReport(kind))


class Report(msgspec.Struct, frozen=True, dict=True):
    """What of all bots was reached."""

    bots: tuple[BotReport, ...] = ()

    @cached_property
    def totals(self) -> Mapping[Kind, tuple[int, int]]:
        """How many of each kind were reached, of how many, in all bots together."""
        return {
            kind: (sum(len(bot.of(kind).covered) for bot in self.bots), sum(bot.of(kind).total for bot in self.bots))
            for kind in KINDS
        }


def share(part: int, whole: int) -> int:
    """Return how many of a hundred *part* of *whole* is, rounded down.

    >>> share(999, 1000), share(0, 0)
    (99, 100)
    """
    return part * 100 // whole if whole else 100


def report_on(coverage: Coverage, exclude: Iterable[Pattern] = ()) -> Report:
    """Return what *coverage* comes to, without what *exclude* means."""
    patterns = tuple(exclude)
    return Report(tuple(_report(bot, recorded, patterns) for bot, recorded in sorted(coverage.bots.items())))


def _report(bot: BotId, recorded: Recorded, exclude: tuple[Pattern, ...]) -> BotReport:
    items, undeclared = _parted(items_of(recorded), _declared_kinds(recorded))
    lines = {} if recorded.declared is None else recorded.declared.excluded
    why = reasons([item for each in items.values() for item in each], lines, exclude)
    kinds = (_kind(kind, items[kind], why) for kind in KINDS)
    return BotReport(
        bot,
        recorded.reference or str(bot),
        tuple(kind for kind in kinds if kind.total or kind.excluded),
        undeclared,
        len({name for by in recorded.seen.values() for name in by}),
        recorded.declared is not None,
    )


def _kind(kind: Kind, items: tuple[Item, ...], why: Mapping[tuple[Kind, str], str]) -> KindReport:
    counted = [item for item in items if (kind, item.name) not in why]
    return KindReport(
        kind,
        tuple(item for item in counted if item.covered),
        tuple(item for item in counted if not item.covered),
        tuple(Excluded(item, why[kind, item.name]) for item in items if (kind, item.name) in why),
    )


def _declared_kinds(recorded: Recorded) -> tuple[Kind, ...]:
    """Return the kinds of which it is known what there is; some bots tell their states alone."""
    if recorded.declared is None:
        return ()
    return tuple(kind for kind in KINDS if kind != "options") if recorded.declared.graph.transitions else ("states",)


def _parted(
    items: Mapping[Kind, tuple[Item, ...]], known: tuple[Kind, ...]
) -> tuple[Mapping[Kind, tuple[Item, ...]], tuple[Item, ...]]:
    """Return what is counted, and the states and transitions that are not, because the bot does not declare them."""
    counted: dict[Kind, tuple[Item, ...]] = {
        kind: tuple(item for item in each if item.declared or kind not in known) for kind, each in items.items()
    }
    told: tuple[Kind, ...] = ("states", "transitions")
    return counted, tuple(item for kind in told for item in items[kind] if not item.declared and kind in known)


# ---------------------------------------------------------------- limits


class Limit(NamedTuple):
    """How much of a kind has to be reached."""

    kind: Kind
    percent: float

    @classmethod
    def of(cls, text: str) -> Limit:
        """Read ``KIND:PERCENT``.  Raises `SetupError` for what is none.

        >>> Limit.of("transitions:90")
        Limit(kind='transitions', percent=90.0)
        """
        word, colon, number = text.strip().partition(":")
        kind: Kind | None = next(
            (kind for kind in KINDS if kind.removesuffix("s") == word.strip().removesuffix("s")), None
        )
        if not colon or not number.strip():
            raise SetupError(f"fail-under {text}: write KIND:PERCENT, for example transitions:90")
        if kind is None:
            raise SetupError(f"fail-under {text}: there is no kind {word!r}. {did_you_mean(word, KINDS)}")
        try:
            percent = float(number.strip().removesuffix("%"))
        except ValueError:
            percent = -1
        if not 0 <= percent <= 100:  # noqa: PLR2004 - per cent
            raise SetupError(f"fail-under {text}: {number!r} is no number from 0 to 100")
        return cls(kind, percent)

    def missed(self, report: Report) -> str:
        """Return how *report* falls short of this, or nothing.

        Where no conversation was measured, everything falls short.
        """
        covered, total = report.totals[self.kind]
        if not report.bots:
            return f"{self.kind} {self.percent:g}%: no conversation was measured"
        if covered * 100 >= self.percent * total:
            return ""
        return f"{self.kind} {covered * 100 / total:.1f}% ({covered} of {total}), and {self.percent:g}% are asked for"
