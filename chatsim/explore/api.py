"""Explore a bot: `chatsim.explore.explore` in tests, and what ``chatsim explore`` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chatsim.bots.recognise import Origin, recognise
from chatsim.explore.alphabet import Alphabet, Fixed
from chatsim.explore.checks.base import Check
from chatsim.explore.checks.raised import Raised
from chatsim.explore.letters import Letter
from chatsim.explore.player import Player
from chatsim.explore.result import Exploration
from chatsim.explore.search import Limits, Search
from chatsim.explore.summed import summed
from chatsim.stage import Stage, in_a_world
from chatsim.trace import Event, JsonObject, Start, Text


def explore(
    bot: Any,
    *,
    alphabet: Alphabet | Iterable[Letter | Event] | None = None,
    checks: Sequence[Check] | None = None,
    max_states: int | None = None,
    max_depth: int | None = None,
    max_time: float | None = None,
    folder: Path | None = None,
    credentials: JsonObject | None = None,
    seed: int = 0,
) -> Exploration:
    """Search what *bot* can reach, and return what is wrong with it.

    Args:
        bot: ``module:object``, or an object of any kind that chatsim recognises.
        alphabet: What to try; by default what the bot offers, and what can be read from its code.
        checks: What to look for; by default everything.
        max_states: How many snapshots to reach at most.
        max_depth: How many turns a conversation has at most.
        max_time: How many seconds to take at most.
        folder: Where the module is looked for first; by default the working folder.
        credentials: What the bot's framework takes as credentials.
        seed: With the number of the turn, decides over chance.

    Raises `SetupError` where there is no such bot.
    """
    player = Player(stage_of(bot, folder, credentials), seed=seed)
    search = Search(
        player,
        alphabet_of(alphabet),
        (Raised(),) if checks is None else checks,
        Limits(max_states, max_depth, max_time),
    )
    with player.inside():
        search.run()
        return summed(search, bot if isinstance(bot, str) else type(bot).__name__)


def stage_of(bot: Any, folder: Path | None = None, credentials: JsonObject | None = None) -> Stage:
    """Return the stage of *bot*: of what it names, or of the object itself; raise `SetupError` where there is none."""
    if isinstance(bot, Stage):
        return bot
    if isinstance(bot, str):
        return Stage.of(bot, folder or Path.cwd(), credentials, own_modules=True)
    return Stage(in_a_world(lambda: recognise(bot, Origin(credentials=dict(credentials or {})))))


def alphabet_of(given: Alphabet | Iterable[Letter | Event] | None) -> Alphabet:
    """Return what was given as an alphabet."""
    if isinstance(given, Alphabet):
        return given
    if given is None:
        return Alphabet(Fixed([Letter(Start(), "begin"), Letter(Text("hi"), "boundary")]))
    return Alphabet(Fixed([letter if isinstance(letter, Letter) else Letter(letter) for letter in given]))
