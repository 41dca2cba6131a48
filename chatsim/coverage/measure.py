"""Measure a run: every conversation is noted as it ends, under its own name, for the bot that took part in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from weakref import WeakKeyDictionary

from chatsim.coverage.data import BotId, Coverage, Declared, Recorded
from chatsim.coverage.declare import declared_by
from chatsim.coverage.identify import identify
from chatsim.coverage.recorder import Recorder
from chatsim.stage import Stage
from chatsim.trace import Trace


class Measuring:
    """What one process sees of the bots that it runs.

    Args:
        root: The project's folder, from which files are named.
        chosen: The bots to measure, as people name them (`is_named`); all, if there are none.
        part: The file to write to as it goes; None keeps everything in memory.
    """

    def __init__(self, root: Path, chosen: Iterable[str] = (), part: Path | None = None) -> None:
        self.root = root
        self.chosen = tuple(chosen)
        self.recorder = Recorder(part)
        self._known: WeakKeyDictionary[Stage, BotId | None] = WeakKeyDictionary()
        self._named: dict[tuple[str, Path], BotId | None] = {}
        self._met: set[BotId] = set()

    def note(self, stage: Stage, by: str, trace: Trace) -> None:
        """Take note of *trace*, a conversation with the bot on *stage*; *by* is the name of the test that held it."""
        try:
            bot = self._known[stage]
        except KeyError:
            bot = self._known[stage] = self._find(stage)
        if bot is not None:
            self.recorder.note(bot, by, trace)

    def coverage(self) -> Coverage:
        """Return what was seen so far."""
        return self.recorder.coverage()

    def discard(self) -> None:
        """Remove the file that was written as it went: what was seen is kept elsewhere."""
        part = self.recorder.path
        self.recorder.close()
        if part is not None:
            part.unlink(missing_ok=True)

    def _find(self, stage: Stage) -> BotId | None:
        """Return which bot is on *stage*; of a thousand files that name one bot in one folder it is looked up once."""
        if not isinstance(stage.made_of, str) or stage.folder is None:
            return self._meet(stage)
        named = (stage.made_of, stage.folder)
        if named not in self._named:
            self._named[named] = self._meet(stage)
        return self._named[named]

    def _meet(self, stage: Stage) -> BotId | None:
        """Return which bot is on *stage*, or None where it is not to be measured; one that is new says what it declares."""
        bot, reference = identify(stage, self.root)
        if self.chosen and not any(is_named(name, bot, reference) for name in self.chosen):
            return None
        if bot not in self._met:
            self._met.add(bot)
            self.recorder.declares(bot, reference, declared_by(stage.bot, self.root))
        return bot


def is_named(name: str, bot: BotId, reference: str) -> bool:
    """Say whether *name* means the bot: ``module:object``, or ``file:object``.

    A module may be named from the folder of the bot, or from further up.

    >>> bot = BotId("PizzaBot", "shop/pizzeria.py")
    >>> [is_named(name, bot, "pizzeria:PizzaBot") for name in ("shop.pizzeria:PizzaBot", "shop/pizzeria.py:PizzaBot")]
    [True, True]
    """
    wanted, _, thing = name.strip().partition(":")
    if wanted == bot.file:
        return thing in {"", bot.name}
    modules = (reference.partition(":")[0], bot.file.removesuffix(".py").replace("/", "."))
    things = (reference.partition(":")[2], bot.name)
    return thing in things and any(f".{known}".endswith(f".{wanted}") for known in modules)


def unseen(name: str, stage: Stage, root: Path) -> Coverage:
    """Return the coverage of the bot *name*, on *stage*, with which no conversation was held."""
    bot, reference = identify(stage, root)
    declared: Declared | None = declared_by(stage.bot, root)
    return Coverage({bot: Recorded(reference or name, {}, declared)})
