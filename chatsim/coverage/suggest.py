"""For what was not reached, the shortest conversation to it, as a scenario."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec

from chatsim.coverage.data import Recorded
from chatsim.coverage.explored import recorded_of, shortest_traces
from chatsim.coverage.items import Item, items_of
from chatsim.coverage.loading import home_of
from chatsim.coverage.report import BotReport
from chatsim.errors import SetupError
from chatsim.explore import explore
from chatsim.explore.results.result import Exploration
from chatsim.scenario.write import write_scenario
from chatsim.trace import Trace

SECONDS = 10.0
"""How long a bot is searched, unless it is said otherwise."""

_MOST_NAMED = 3
_UNTOLD = (" → ?", " ↺")
"""What stands in the names of transitions whose target is not known, or that leave nothing."""


class Suggestion(msgspec.Struct, frozen=True):
    """A conversation that reaches *items*, and its scenario: the lines under ``scenarios:``."""

    items: tuple[Item, ...]
    trace: Trace
    scenario: str


class Suggestions(msgspec.Struct, frozen=True):
    """What a search suggests for one bot.

    Args:
        reference: ``module:object``.
        found: Conversations, the shortest first.
        unknown: What no conversation was found to.
        impossible: What nothing reaches that was tried, by a search that is complete: it is out of reach, or needs an
            input that cannot be guessed.
        exploration: The search.
    """

    reference: str
    found: tuple[Suggestion, ...]
    unknown: tuple[Item, ...]
    impossible: tuple[Item, ...]
    exploration: Exploration

    @property
    def text(self) -> str:
        """All scenarios as one file, ready to run in the folder of the bot."""
        if not self.found:
            return ""
        return "".join([f"bot: {self.reference}\n", "scenarios:\n", *(each.scenario for each in self.found)])


def suggest(
    bot: BotReport, recorded: Recorded, root: Path, *, pairs: bool = False, seconds: float | None = SECONDS
) -> Suggestions | None:
    """Return the shortest conversation to each thing of *bot* that was not reached, or None where nothing is missing.

    Args:
        bot: What was reached, and what was not.
        recorded: What was seen of the bot, with what it declares.
        root: The project's folder.
        pairs: Whether pairs of transitions count as missing.
        seconds: How long to search at most.

    Raises `SetupError` where the bot cannot be loaded.
    """
    missing = [item for kind in bot.kinds for item in kind.missing if pairs or kind.kind != "pairs"]
    if not missing:
        return None
    folder = home_of(bot.bot, bot.reference, root)
    exploration = explore(bot.reference, folder=folder, max_time=seconds)
    traces = shortest_traces(exploration)
    ways = _ways(traces, missing, recorded)
    by_trace: dict[int, list[Item]] = defaultdict(list)
    for item in missing:
        if item.name in ways.get(item.kind, {}):
            by_trace[ways[item.kind][item.name]].append(item)
    found = [
        suggestion
        for number, items in sorted(by_trace.items())
        if (suggestion := _suggestion(items, traces[number], bot.reference)) is not None
    ]
    told = {id(item) for suggestion in found for item in suggestion.items}
    left = [item for item in missing if id(item) not in told]
    impossible = tuple(item for item in left if is_impossible(item, exploration))
    unknown = tuple(item for item in left if item not in impossible)
    return Suggestions(bot.reference, tuple(found), unknown, impossible, exploration)


def is_impossible(item: Item, exploration: Exploration) -> bool:
    """Say whether *exploration* shows that nothing it tries reaches *item*: it is complete, and never came there.

    Of what it keeps no account (pairs, options), and of one of several transitions between two states, it shows
    nothing.
    """
    if exploration.outcome != "complete":
        return False
    been = {*exploration.states, *(state for hop in exploration.hops for state in hop)}
    match item.kind:
        case "states" | "ends" | "callbacks":
            return item.within[0][1] not in been
        case "transitions" if not any(mark in item.name for mark in _UNTOLD):
            return (item.within[0][1], item.within[-1][1]) not in exploration.hops
        case "guards":
            asked, _, value = item.name.rpartition(" ")
            return (value == "true") not in exploration.guards.get(asked.rpartition(": ")[2], ())
        case _:
            return False


def _ways(traces: Sequence[Trace], missing: Sequence[Item], recorded: Recorded) -> dict[str, dict[str, int]]:
    """Return, by kind and name, the number of the shortest of *traces* that reaches each of *missing*."""
    wanted = {(item.kind, item.name) for item in missing}
    shown = recorded_of({str(number): trace for number, trace in enumerate(traces)}, "", recorded.declared)
    ways: dict[str, dict[str, int]] = defaultdict(dict)
    for items in items_of(shown).values():
        for item in items:
            if item.by and (item.kind, item.name) in wanted:
                ways[item.kind][item.name] = min(map(int, item.by))
    return ways


def _suggestion(items: Sequence[Item], trace: Trace, reference: str) -> Suggestion | None:
    """Return *trace* as a scenario, or None where a scenario has no words for it."""
    try:
        written = write_scenario(trace, bot=reference, title=_title(items)).text
    except SetupError:
        return None
    _, _, scenario = written.partition("scenarios:\n")
    return Suggestion(tuple(items), trace, scenario)


def _title(items: Sequence[Item]) -> str:
    names = [_name(item) for item in items[:_MOST_NAMED]]
    more = [f"{len(items) - _MOST_NAMED} more"] if len(items) > _MOST_NAMED else []
    return f"reaches {', '.join([*names, *more])}"


def _name(item: Item) -> str:
    """Return the name of *item* as the name of a scenario may hold it."""
    what = {"callbacks": "a callback in ", "ends": "the end in "}.get(item.kind, "")
    return f"{what}{' '.join(item.name.replace('::', ':').split())}"
