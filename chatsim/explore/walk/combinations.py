"""The second pass of a search: conversations that combine what was found to lead on, each pair of choices once.

What goes wrong late hangs on a few answers that were given early, mostly on two.  To close a form of many questions takes
all combinations of its answers; to see each pair of answers in one conversation takes a few dozen conversations.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from chatsim.explore.play.moment import Moment
from chatsim.explore.seen.book import state_name
from chatsim.explore.sources.offers import has_begun

if TYPE_CHECKING:
    from chatsim.explore.walk.search import Search

STEPS = 3000
"""How many turns this pass takes at most."""

_MOST_TURNS = 60
"""How many turns a conversation has at most."""

_MOST_VISITS = 3
"""How often a conversation comes to the same state."""

_MOST_CHOICES = 8
"""How many letters of a state are combined with others."""

_MOST_FRUITLESS = 3
"""After so many conversations in a row that combine nothing new, this pass is over."""

Choice: TypeAlias = tuple[str, int]
"""A letter that was said in a state."""

Played: TypeAlias = dict[int, dict[int, int]]
"""For moments, where which letter led."""


def combine_choices(search: Search, played: Played) -> None:
    """Hold conversations until every pair of choices was made in one of them; note in *played* what was tried."""
    walks = _Walks(search, played)
    until, fruitless = search.steps + STEPS, 0
    while search.steps < until and fruitless < _MOST_FRUITLESS:
        fruitless = 0 if walks.walk() else fruitless + 1


class _Walks:
    """The conversations, and which pairs of choices were made."""

    def __init__(self, search: Search, played: Played) -> None:
        self.search = search
        self.played = played
        self.choices = _choices_in(search)
        self._pairs: set[tuple[Choice, Choice]] = set()
        self._uses: Counter[Choice] = Counter()

    def walk(self) -> int:
        """Hold one conversation, and return how many pairs were new in it."""
        node, new = 0, 0
        made: list[Choice] = []
        visits: Counter[str] = Counter()
        for _ in range(_MOST_TURNS):
            self.search.check_limits()
            moment = self.search.moment(node)
            state = state_name(moment.snapshot)
            visits[state] += 1
            choice = self._best(moment, state, made)
            if choice is None or visits[state] > _MOST_VISITS or self.search.is_too_deep(node):
                break
            pairs = {(before, choice) for before in made} - self._pairs
            self._pairs |= pairs
            self._uses[choice] += 1
            new += len(pairs)
            made.append(choice)
            target = self._say(node, moment, choice[1])
            if target is None or (made[1:] and not has_begun(self.search.moment(target))):
                break
            node = target
        return new

    def _best(self, moment: Moment, state: str, made: list[Choice]) -> Choice | None:
        """Return the choice that makes most pairs that were not made yet; of equal ones, that which was made least."""
        known = self.choices.get(state, {})
        choices = [(state, number) for number in self.search.numbers(moment) if number in known]
        if not choices:
            return None
        news = {choice: sum((before, choice) not in self._pairs for before in made) for choice in choices}
        return min(choices, key=lambda choice: (-news[choice], self._uses[choice]))

    def _say(self, node: int, moment: Moment, number: int) -> int | None:
        """Return where the letter leads, played only if that is not known."""
        done = self.played.setdefault(node, {})
        target = done[number] if number in done else self.search.step(moment, number)
        if target is not None:
            done[number] = target
        return target


def _choices_in(search: Search) -> dict[str, dict[int, None]]:
    """Return for each state the letters that led on from it so far, or were on offer; of others that came to the same, the first."""
    found: dict[str, dict[int, None]] = {}
    names, nodes = search.book.state_names, search.nodes
    for source, number, target, _ in nodes.steps():
        state, letter = names[nodes.state[source]], search.letters[number]
        is_offered = letter.origin == "offered"
        leads_on = nodes.state[source] != nodes.state[target] and search.book.merged.get((state, number)) == number
        if not (is_offered or leads_on) or letter.delivery is not None or letter.origin in ("stale", "timer"):
            continue
        choices = found.setdefault(state, {})
        if is_offered or len(choices) < _MOST_CHOICES:
            choices[number] = None
    return found
