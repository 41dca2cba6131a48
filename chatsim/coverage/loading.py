"""Load the bots that a data file names, for what is not in it: their graph, or a search through them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from chatsim.coverage.data import BotId, Coverage, Recorded
from chatsim.coverage.declare import declared_by
from chatsim.errors import SetupError
from chatsim.stage import Stage


def stage_for(bot: BotId, reference: str, root: Path) -> Stage:
    """Return *bot* on a stage; its module is looked for where its file lies.  Raises `SetupError` where it is not there.

    >>> stage_for(BotId("Bot", "shop/bots.py"), "nowhere:Bot", Path("/nonexistent"))
    Traceback (most recent call last):
        ...
    chatsim.errors.SetupError: bot 'nowhere:Bot': there is no folder /nonexistent
    """
    return Stage.of(reference, home_of(bot, reference, root))


def home_of(bot: BotId, reference: str, root: Path) -> Path:
    """Return the folder from which *reference* is imported: that of the file, less the packages that are named."""
    module, _, _ = reference.partition(":")
    path = module.split(".")
    file = root / bot.file
    for tail in (Path(*path).with_suffix(".py"), Path(*path, "__init__.py")):
        parts = len(tail.parts)
        if file.parts[-parts:] == tail.parts:
            return Path(*file.parts[:-parts])
    # The module only names what is made in another file, which most often lies beside it.
    beside = file.parent
    return beside if bot.file and (beside / Path(*path).with_suffix(".py")).is_file() else root


def with_declared(coverage: Coverage, root: Path) -> tuple[Coverage, list[str]]:
    """Return *coverage* with what its bots declare, where that is not known, and why it cannot be said of the others."""
    bots: dict[BotId, Recorded] = {}
    problems = []
    for bot, recorded in coverage.bots.items():
        bots[bot] = recorded
        if recorded.declared is None:
            try:
                declared = declared_by(stage_for(bot, recorded.reference, root).bot, root)
            except SetupError as error:
                problems.append(str(error))
            else:
                bots[bot] = msgspec.structs.replace(recorded, declared=declared)
    return Coverage(bots), problems
