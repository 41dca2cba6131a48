"""The first pass of a search: every letter once in every state, what promises most first, so that coverage comes fast."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from chatsim.explore.book import Pair, state_name
from chatsim.explore.letters import ORIGINS, Letter
from chatsim.explore.moment import Moment
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.model import Graph

if TYPE_CHECKING:
    from chatsim.explore.search import Search

STEPS = 4000
"""How many turns this pass takes at most."""

QUICK_STEPS = 200
"""And how many where turns need not be made: so many take as long as to close a thousand moments."""

_MOST_OF_A_STATE = 2
"""In so many moments of a state letters are tried."""

_TIRED = 3
"""By how much a source comes later in a state for each of its letters that brought nothing new there."""


_SATED = 6
"""By how much letters come later in a state all of whose declared ways were taken."""


def look_for_news(search: Search, played: dict[int, dict[int, int]]) -> None:
    """Walk in order of novelty; note in *played* for each moment which letters were tried, and where they led."""
    most = QUICK_STEPS if search.is_quick and search.fixed_numbers else STEPS
    first = _First(search)
    first.add(0)
    while first.waiting and search.steps < most:
        search.check_limits()
        following = first.take()
        if following is None or search.is_too_deep(following[0]):
            continue
        node, number = following
        target = first.play(node, number)
        if target is not None:
            played.setdefault(node, {})[number] = target


class _First:
    """What waits to be tried, and what was."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.waiting: list[tuple[int, int, int, int]] = []
        self._tried: set[tuple[Hashable, int]] = set()
        self._misses: Counter[tuple[Hashable, str]] = Counter()
        self._met: Counter[Hashable] = Counter()
        self._count = 0
        self._places: dict[int, Hashable] = {}
        # To read the code of very many states takes longer than to go everywhere.
        self._ways = {} if search.book.kinds else ways_from(declared_graph(search.bot))

    def add(self, node: int) -> None:
        """Line up the letters of *node* that were not tried in its state."""
        moment = self.search.moment(node)
        place = self._places[node] = _place(moment)
        self._met[place] += 1
        if self._met[place] > _MOST_OF_A_STATE:
            return
        for number in self.search.numbers(moment):
            if (place, number) not in self._tried:
                self._count += 1
                heapq.heappush(self.waiting, (self._rank(node, number), self._count, node, number))

    def take(self) -> tuple[int, int] | None:
        """Return the moment and the letter that promise most; None if that was tried, or promises less by now."""
        best, order, node, number = heapq.heappop(self.waiting)
        now = self._rank(node, number)
        if now > best:
            heapq.heappush(self.waiting, (now, order, node, number))
            return None
        return None if (self._places[node], number) in self._tried else (node, number)

    def play(self, node: int, number: int) -> int | None:
        """Play the letter, and note whether that was worth it; return where it led."""
        search, state = self.search, self.search.nodes.state[node]
        place = self._places[node]
        self._tried.add((place, number))
        known = len(search.nodes)
        target = search.step(search.moment(node), number)
        if target is not None and len(search.nodes) > known:
            self.add(target)
        elif search.book.merged.get((search.book.state_names[state], number)) != number:
            self._misses[place, self._letter(number).origin] += 1
        return target

    def _letter(self, number: int) -> Letter:
        return self.search.letters[number]

    def _rank(self, node: int, number: int) -> int:
        origin, taken = self._letter(number).origin, self.search.book.hops
        ways = self._ways.get(self.search.book.state_names[self.search.nodes.state[node]])
        is_sated = ways is not None and all(way in taken for way in ways)
        return ORIGINS.index(origin) + _TIRED * self._misses[self._places[node], origin] + _SATED * is_sated


def ways_from(graph: Graph | None) -> dict[str, set[Pair]]:
    """Return for each state the declared transitions that one event there can take, through states that do not wait.

    States from which the bot goes somewhere that is not known are left out.
    """
    if graph is None:
        return {}
    own = [way for way in graph.transitions if not way.machine]
    leaving: dict[str, list[str | None]] = {}
    for way in own:
        leaving.setdefault(way.source, []).append(way.target)
    passing = {state.name for state in graph.states if not state.machine and state.waits is None}
    found = {}
    for first in leaving:
        ways: set[Pair] = set()
        waiting = [first]
        while waiting:
            source = waiting.pop()
            for target in leaving.get(source, ()):
                if (source, target) not in ways:
                    ways.add((source, target))
                    waiting += [target] if target in passing else []
        if all(target is not None for _, target in ways):
            found[first] = ways
    return found


def _place(moment: Moment) -> Hashable:
    """Return where the bot is: its state, what it waits for, and the states of its plugins."""
    extra = moment.chat.extra if moment.chat is not None else None
    plugins = extra.get("plugins") if isinstance(extra, dict) else None
    return state_name(moment.snapshot), moment.waits, _states(plugins)


def _states(plugins: Any) -> Hashable:
    if not isinstance(plugins, dict):
        return None
    saved = [(name, plugin) for name, plugin in sorted(plugins.items()) if isinstance(plugin, dict)]
    return tuple((name, plugin.get("main", {}).get("state"), _states(plugin.get("plugins"))) for name, plugin in saved)
