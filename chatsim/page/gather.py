"""Gather what the page shows of a run, conversation by conversation: in one process, or from workers of pytest-xdist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec

from chatsim import errors
from chatsim.coverage.collect import facts_of
from chatsim.coverage.data import BotId, Declared, Recorded
from chatsim.coverage.declare import declared_by
from chatsim.coverage.exclude import Pattern
from chatsim.coverage.facts import Fact
from chatsim.coverage.identify import identify
from chatsim.coverage.settings import settings_of
from chatsim.masking import Masking
from chatsim.page.build import bot_view
from chatsim.page.data import BotView, Page, Problem
from chatsim.page.story import Story
from chatsim.stage import Stage
from chatsim.trace import JsonObject, Trace
from chatsim.visible import visible


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """One conversation, with what it showed of its bot; JSON, so that a worker can send it.

    `declared` is there when its process met the bot for the first time.
    """

    bot: BotId
    story: Story
    facts: tuple[Fact, ...] = ()
    declared: Declared | None = None


class Teller:
    """Makes parts of conversations, in the process in which they are held.

    Args:
        root: The project's folder, from which files are named.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: WeakKeyDictionary[Stage, BotId] = WeakKeyDictionary()
        self._told: set[BotId] = set()

    def part(self, stage: Stage, trace: Trace, story: Story) -> Part:
        """Return the part of *story*, whose *trace* was held on *stage*; both are without secrets."""
        bot = self._known.get(stage)
        if bot is None:
            bot = self._known[stage] = identify(stage, self._root)[0]
        declared = None
        if bot not in self._told:
            self._told.add(bot)
            declared = declared_by(stage.bot, self._root)
        return Part(bot, story, tuple(facts_of(trace)), declared)


class Gathered:
    """What was gathered of a run so far.

    Args:
        root: The project's folder, in which the source of the bots is found.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stories: dict[BotId, list[Story]] = defaultdict(list)
        self._seen: dict[BotId, dict[Fact, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._declared: dict[BotId, Declared] = {}
        self._secrets: dict[str, JsonObject] = {}

    def add(self, part: Part) -> None:
        """Take a part in."""
        self._stories[part.bot].append(part.story)
        for fact in part.facts:
            self._seen[part.bot][fact].add(f"{part.story.file}::{part.story.name}")
        if part.declared is not None:
            self._declared.setdefault(part.bot, part.declared)

    def keep_secret(self, credentials: JsonObject) -> None:
        """Keep *credentials* out of the source that is shown."""
        self._secrets.setdefault(repr(credentials), credentials)

    def page(self, title: str, problems: Iterable[errors.Problem] = (), summary: str = "") -> Page:
        """Return the page of the run; raise `SetupError` for settings of the project that cannot be meant."""
        exclude = settings_of(self._root).exclude
        masking = _masking(self._secrets.values())
        bots = [self._bot(bot, exclude, masking) for bot in sorted(self._stories)]
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        made = " · ".join(filter(None, (summary, f"chatsim {version('chatsim')}", now)))
        return Page(visible(title), tuple(bots), tuple(map(_problem, problems)), made)

    def _bot(self, bot: BotId, exclude: tuple[Pattern, ...], masking: Masking) -> BotView:
        seen = {fact: frozenset(by) for fact, by in self._seen[bot].items()}
        return bot_view(
            str(bot),
            Recorded(str(bot), seen, self._declared.get(bot)),
            self._stories[bot],
            exclude=exclude,
            folder=self._root,
            masking=masking,
        )


def _masking(secrets: Iterable[JsonObject]) -> Masking:
    """Return what masks all of *secrets*; of two with one name, each by a name of its own."""
    merged: JsonObject = {}
    for credentials in secrets:
        for name, value in credentials.items():
            if merged.setdefault(name, value) != value:
                merged[f"{name} {len(merged)}"] = value
    return Masking(merged)


def _problem(problem: errors.Problem) -> Problem:
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.file else ""
    return Problem(visible(place), visible(problem.what), visible(problem.cure))
