"""The first pass of a search: every letter once in every state, what promises most first, so that coverage comes fast."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING

from chatsim.explore.letters import ORIGINS, Letter

if TYPE_CHECKING:
    from chatsim.explore.search import Search

STEPS = 4000
"""How many turns this pass takes at most."""

_MOST_OF_A_STATE = 2
"""In so many moments of a state letters are tried."""

_TIRED = 3
"""By how much a source comes later in a state for each of its letters that brought nothing new there."""


def look_for_news(search: Search, played: dict[int, dict[int, int]]) -> None:
    """Walk in order of novelty; note in *played* for each moment which letters were tried, and where they led."""
    first = _First(search)
    first.add(0)
    while first.waiting and search.steps < STEPS:
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
        self._tried: set[tuple[int, int]] = set()
        self._misses: Counter[tuple[int, str]] = Counter()
        self._met: Counter[int] = Counter()
        self._count = 0

    def add(self, node: int) -> None:
        """Line up the letters of *node* that were not tried in its state."""
        state = self.search.nodes.state[node]
        self._met[state] += 1
        if self._met[state] > _MOST_OF_A_STATE:
            return
        for number in self.search.numbers(self.search.moment(node)):
            if (state, number) not in self._tried:
                self._count += 1
                heapq.heappush(self.waiting, (self._rank(state, number), self._count, node, number))

    def take(self) -> tuple[int, int] | None:
        """Return the moment and the letter that promise most; None if that was tried, or promises less by now."""
        best, order, node, number = heapq.heappop(self.waiting)
        state = self.search.nodes.state[node]
        now = self._rank(state, number)
        if now > best:
            heapq.heappush(self.waiting, (now, order, node, number))
            return None
        return None if (state, number) in self._tried else (node, number)

    def play(self, node: int, number: int) -> int | None:
        """Play the letter, and note whether that was worth it; return where it led."""
        search, state = self.search, self.search.nodes.state[node]
        self._tried.add((state, number))
        known = len(search.nodes)
        target = search.step(search.moment(node), number)
        if target is not None and len(search.nodes) > known:
            self.add(target)
        elif search.book.merged.get((search.book.state_names[state], number)) != number:
            self._misses[state, self._letter(number).origin] += 1
        return target

    def _letter(self, number: int) -> Letter:
        return self.search.letters[number]

    def _rank(self, state: int, number: int) -> int:
        origin = self._letter(number).origin
        return ORIGINS.index(origin) + _TIRED * self._misses[state, origin]
