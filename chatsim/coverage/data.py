"""Recorded coverage: of each bot, what was seen, and which conversations saw it.

It is a set of truths, so that recordings add up in any order, and one that is added twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from chatsim.coverage.facts import Fact
from chatsim.graph.model import Graph

FORMAT = 1


class BotId(msgspec.Struct, frozen=True, order=True):
    """Which bot it is: the object's qualified name, and the file that makes it, from the project's folder.

    >>> str(BotId("PizzaBot", "shop/pizzeria.py"))
    'shop/pizzeria.py:PizzaBot'
    """

    name: str
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.name}" if self.file else self.name


class Declared(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a bot declared when it was looked at, and which lines of its source ask not to be counted.

    Args:
        graph: Its states and transitions.
        excluded: Lines with ``# chatsim: no cover``, by file.
        at: When it was looked at, in UTC; of two, the later one is what the bot is now.
    """

    graph: Graph
    excluded: dict[str, tuple[int, ...]] = {}
    at: str = ""


class Recorded(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was seen of one bot: each fact with the names of the conversations that showed it.

    `reference` is ``module:object``, by which the bot is known to people.
    """

    reference: str = ""
    seen: Mapping[Fact, frozenset[str]] = {}
    declared: Declared | None = None


class Coverage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was seen of all bots.

    >>> from chatsim.coverage.facts import Ended
    >>> bot = BotId("PizzaBot", "pizzeria.py")
    >>> monday, tuesday = (Coverage({bot: Recorded("pizzeria:PizzaBot", {Ended("paid"): frozenset({day})})})
    ...     for day in ("monday", "tuesday"))
    >>> sorted((monday | tuesday).bots[bot].seen[Ended("paid")])
    ['monday', 'tuesday']
    """

    bots: Mapping[BotId, Recorded] = {}

    def __or__(self, other: Coverage) -> Coverage:
        """Return what was seen in either."""
        if not (self.bots and other.bots):
            return self if self.bots else other
        return Coverage(
            {
                bot: merged(self.bots.get(bot, NOTHING), other.bots.get(bot, NOTHING))
                for bot in sorted({*self.bots, *other.bots})
            }
        )


NOTHING = Recorded()
"""Nothing was seen: added to anything, it changes nothing."""


def merged(one: Recorded, other: Recorded) -> Recorded:
    """Return what was seen of a bot in either; it is declared as it was when it was looked at last."""
    nobody: frozenset[str] = frozenset()
    seen = {
        fact: one.seen.get(fact, nobody) | other.seen.get(fact, nobody)
        for fact in (*one.seen, *(fact for fact in other.seen if fact not in one.seen))
    }
    return Recorded(
        min(filter(None, (one.reference, other.reference)), key=lambda name: (len(name), name), default=""),
        seen,
        max(filter(None, (one.declared, other.declared)), key=_age, default=None),
    )


def _age(declared: Declared) -> tuple[str, bytes]:
    # What was looked at in the same moment is told apart by what it is, so that the order of merging does not matter.
    return declared.at, msgspec.json.encode(declared, order="deterministic")


def combined(parts: Iterable[Coverage]) -> Coverage:
    """Return what was seen in any of *parts*."""
    whole = Coverage()
    for part in parts:
        whole |= part
    return whole


# ---------------------------------------------------------------- JSON


class _BotInFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A bot as it is written: the conversations of a fact are numbers, those of their names in `by`."""

    name: str
    file: str = ""
    reference: str = ""
    seen: list[tuple[Fact, list[int]]] = []
    declared: Declared | None = None


class _File(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    coverage: int
    by: list[str] = []
    bots: list[_BotInFile] = []


def encoded(coverage: Coverage) -> bytes:
    """Write *coverage* as JSON; equal ones are equal bytes."""
    names = sorted({name for bot in coverage.bots.values() for by in bot.seen.values() for name in by})
    numbers = {name: number for number, name in enumerate(names)}
    bots = [
        _BotInFile(
            bot.name,
            bot.file,
            recorded.reference,
            sorted(((fact, sorted(numbers[name] for name in by)) for fact, by in recorded.seen.items()), key=_written),
            recorded.declared,
        )
        for bot, recorded in sorted(coverage.bots.items())
    ]
    return msgspec.json.encode(_File(coverage=FORMAT, by=names, bots=bots))


def _written(seen: tuple[Fact, Any]) -> bytes:
    return msgspec.json.encode(seen[0])


def decoded(data: bytes) -> Coverage:
    """Read what `encoded` wrote.  Raises `ValueError` (`msgspec.DecodeError` is one) for what is none of it."""
    file = msgspec.json.decode(data, type=_File)
    if file.coverage != FORMAT:
        raise ValueError(f"it has the format {file.coverage}, and this chatsim reads {FORMAT}")
    try:
        return Coverage(
            {
                BotId(bot.name, bot.file): Recorded(
                    bot.reference,
                    {fact: frozenset(file.by[number] for number in by) for fact, by in bot.seen},
                    bot.declared,
                )
                for bot in file.bots
            }
        )
    except IndexError:
        raise ValueError("a conversation is named by a number that stands for none") from None
