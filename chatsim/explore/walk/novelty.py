"""The first pass of a search: what promises most first, so that coverage comes fast.

Every letter is tried once in every state.  What got somewhere there, or was on offer, is tried again where the bot
remembers something else, for guards ask for that: the third wrong PIN, a basket that is worth a delivery.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Hashable
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from chatsim.explore.letters import ORIGINS
from chatsim.explore.play.moment import Moment
from chatsim.explore.seen.book import Pair, state_name
from chatsim.explore.seen.nodes import ANSWERED
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.model import Graph
from chatsim.trace import Callback, Wait

if TYPE_CHECKING:
    from chatsim.explore.walk.search import Search

STEPS = 2000
"""How many turns this pass takes at most."""

QUICK_STEPS = 200
"""And how many where turns need not be made: so many take as long as to close a thousand moments."""

_MOST_OF_A_STATE = 2
"""In so many moments of a state all letters are tried that were not tried there; in later ones, what is on offer."""

_MOST_CLASSES, _MOST_OTHERS = 40, 200
"""In so many moments of a state letters are tried again: of the first, those of other classes; of all, those of new facts."""

_MOST_IN_A_ROW = 8
"""How often a letter is said in a row that the bot only remembers."""

_TIRED = 3
"""By how much a source comes later in a state for each of its letters that brought nothing new there."""

_SATED = 6
"""By how much letters come later in a state all of whose declared ways were taken."""

_PROMPT = ("given", "begin", "offered")
"""Where letters come from that get somewhere by all that is known."""

_digits = re.compile(r"\d+")
Like: TypeAlias = Hashable
"""What is the same for letters of different moments that are alike."""


class _Why(IntEnum):
    """Why a letter is tried: it was not in this state, not in this class of moments, or it was the last one said."""

    FRESH = 0
    AGAIN = 1
    REPEATED = 2


_RANKS = {_Why.AGAIN: ORIGINS.index("wrong-kind"), _Why.REPEATED: ORIGINS.index("literal")}


class _Waiting(NamedTuple):
    """What waits to be tried, in the order in which it is: the letter `number`, which is as good as others like it."""

    rank: int
    order: int
    node: int
    number: int
    like: Like
    why: _Why


def look_for_news(search: Search, played: dict[int, dict[int, int]]) -> None:
    """Walk in order of novelty; note in *played* for each moment which letters were tried, and where they led."""
    most = QUICK_STEPS if search.is_quick and search.fixed_numbers else STEPS
    first = _First(search, played)
    first.add(0)
    while first.waiting and search.steps < most:
        search.check_limits()
        following = first.take()
        if following is not None and not search.is_too_deep(following.node):
            first.play(following)


class _First:
    """What waits to be tried, and what was."""

    def __init__(self, search: Search, played: dict[int, dict[int, int]]) -> None:
        self.search = search
        self.played = played
        self.waiting: list[_Waiting] = []
        self._tried: set[tuple[Hashable, Like]] = set()
        self._misses: Counter[tuple[Hashable, Hashable]] = Counter()
        self._met: Counter[Hashable] = Counter()
        self._count = 0
        self._places: dict[int, Hashable] = {}
        self._waits_for_callback: dict[Hashable, bool] = {}
        self._facts: dict[Hashable, set[Hashable]] = defaultdict(set)
        self._facts_of: dict[int, frozenset[Hashable]] = {}
        self._variables: dict[Hashable, set[frozenset[str]]] = defaultdict(set)
        self._lacking: set[int] = set()
        self._same: dict[tuple[Hashable, Like], Like] = {}
        self._leads: dict[tuple[Hashable, Like], Hashable] = {}
        self._others: dict[Hashable, list[tuple[int, dict[Like, int]]]] = defaultdict(list)
        self._led_on: dict[Hashable, dict[Like, None]] = defaultdict(dict)
        self._row: dict[int, int] = {}
        # To read the code of very many states takes longer than to go everywhere.
        self._ways = {} if search.book.kinds else ways_from(declared_graph(search.bot))

    def add(self, node: int) -> bool:
        """Line up the letters of *node* that were not tried in its state, and those that got somewhere in others.

        Return whether there is something about it that was not so in its state before.
        """
        moment = self.search.moment(node)
        place = self._places[node] = _place(moment)
        self._met[place] += 1
        self._waits_for_callback[place] = moment.waits == "callback"
        is_early = self._met[place] <= _MOST_OF_A_STATE
        letters = self._letters(moment)
        for like, number in letters.items():
            if (place, like) not in self._tried and (is_early or self._origin(number) in _PROMPT):
                self._line_up(node, number, like, _Why.FRESH)
        is_another = self._is_another(node, place, moment)
        if is_another:
            for like in self._led_on[place] if self._others[place] else ():
                if like in letters and not self._stands_back(node, like, letters):
                    self._line_up(node, letters[like], like, _Why.AGAIN)
            self._others[place].append((node, letters))
        return is_another

    def _letters(self, moment: Moment) -> dict[Like, int]:
        """Return the letters of *moment* by what they are like: data from machines are so without their numbers."""
        found: dict[Like, int] = {}
        times: Counter[str] = Counter()
        for number in self.search.numbers(moment):
            letter = self.search.letters[number]
            like: Like = number
            if isinstance(letter.event, Callback):
                shape = _digits.sub("0", letter.event.body)
                times[shape] += 1
                like = (letter.origin, shape, times[shape])
            found[like] = number
        return found

    def _is_another(self, node: int, place: Hashable, moment: Moment) -> bool:
        """Say whether there is something about *node* that was not so in *place* before, and a guard may ask for."""
        classes = self.search.classes
        if classes is None:
            return False
        self._note_variables(node, place, moment)
        known = self._facts[place]
        facts = set(classes.projection.facts(moment.snapshot))
        self._facts_of[node] = frozenset(facts)
        if len(self._others[place]) < _MOST_CLASSES:
            facts.add(classes.of(node))
        is_another = not facts <= known
        known |= facts
        return is_another and len(self._others[place]) < _MOST_OTHERS

    def _note_variables(self, node: int, place: Hashable, moment: Moment) -> None:
        """Note which variables there are in *node*, and whether it lacks some that were there in *place* before."""
        context = moment.chat.context if moment.chat is not None else None
        variables, known = frozenset(context if isinstance(context, dict) else ()), self._variables[place]
        if variables not in known and any(variables < others for others in known):
            self._lacking.add(node)
        known.add(variables)

    def _line_up(self, node: int, number: int, like: Like, why: _Why) -> None:
        self._count += 1
        heapq.heappush(
            self.waiting, _Waiting(self._rank(node, number, like, why), self._count, node, number, like, why)
        )

    def take(self) -> _Waiting | None:
        """Return what promises most; None if that was tried, or promises less by now."""
        best = heapq.heappop(self.waiting)
        now = self._rank(best.node, best.number, best.like, best.why)
        if now > best.rank:
            heapq.heappush(self.waiting, best._replace(rank=now))
            return None
        if best.why is _Why.FRESH and (self._places[best.node], best.like) in self._tried:
            return None
        return None if best.number in self.played.get(best.node, ()) else best

    def play(self, tried: _Waiting) -> None:
        """Play the letter, note whether that was worth it, and line up what is to follow."""
        search, node, number = self.search, tried.node, tried.number
        place = self._places[node]
        self._tried.add((place, tried.like))
        known, hops = len(search.nodes), len(search.book.hops)
        target = search.step(search.moment(node), number)
        if target is None:
            return
        self.played.setdefault(node, {})[number] = target
        is_met = len(search.nodes) > known
        is_news = len(search.book.hops) > hops
        if is_met:
            is_news |= self.add(target)
            self._say_again(tried, target)
        self._leads[place, tried.like] = self._places[target]
        if tried.why is _Why.FRESH:
            state = search.book.state_names[search.nodes.state[node]]
            same = search.book.merged.get((state, number))
            is_merged = same != number
            if is_merged and same is not None:
                self._same[place, tried.like] = same
            if self._origin(number) in _PROMPT or target != node:
                self._note_led_on(place, tried)
            if is_merged and not is_met:
                self._misses[place, self._origin(number)] += 1
        elif not is_news:
            self._misses[place, tried.like] += 1
            self._misses[node, tried.why] += 1

    def _note_led_on(self, place: Hashable, tried: _Waiting) -> None:
        """Note a letter that got somewhere, and line it up where the bot remembers something else in the same place."""
        self._led_on[place][tried.like] = None
        for other, letters in self._others[place]:
            is_other = other != tried.node and tried.like in letters
            if is_other and not self._stands_back(other, tried.like, letters):
                self._line_up(other, letters[tried.like], tried.like, _Why.AGAIN)

    def _stands_back(self, node: int, like: Like, letters: dict[Like, int]) -> bool:
        """Say whether another letter came to the same where *node* is: a text is typed only where no button says it.

        And there only if variables are missing: everything twice would be too much.
        """
        same = self._same.get((self._places[node], like), like)
        return same != like and (same in letters or node not in self._lacking)

    def _say_again(self, tried: _Waiting, target: int) -> None:
        """Line up a letter in *target* that the bot only remembers: who knows what it does when it has heard enough."""
        row = self._row.get(tried.node, 0) + 1
        if self._places[target] != self._places[tried.node] or row >= _MOST_IN_A_ROW:
            return
        if isinstance(self.search.letters[tried.number].event, Wait) and not self.search.nodes.marks[-1] & ANSWERED:
            return  # time that passes, and nothing happens
        number = self._letters(self.search.moment(target)).get(tried.like)
        if number is not None:
            self._row[target] = row
            self._line_up(target, number, tried.like, _Why.REPEATED)

    def _origin(self, number: int) -> str:
        return self.search.letters[number].origin

    def _rank(self, node: int, number: int, like: Like, why: _Why) -> int:
        place = self._places[node]
        ways = self._ways.get(self.search.book.state_names[self.search.nodes.state[node]])
        sated = _SATED * (ways is not None and all(way in self.search.book.hops for way in ways))
        if why is not _Why.FRESH:
            return self._rank_again(node, number, like, why) + (0 if node in self._lacking else sated)
        origin = self._origin(number)
        is_way_on = origin == "guess" and self._waits_for_callback[place]
        rank = ORIGINS.index("shaped" if is_way_on else origin)
        return rank + (1 if is_way_on else _TIRED) * self._misses[place, origin] + sated

    def _rank_again(self, node: int, number: int, like: Like, why: _Why) -> int:
        """Return the rank of a letter that got somewhere before: the better where it brings there what is no news here.

        What is so in *node* and was never so where the letter leads is likely to be so there then.  Where variables are
        missing that were there before, code that counts on them fails.
        """
        place = self._places[node]
        rank = _RANKS[why] - (self._origin(number) in _PROMPT) + self._misses[node, why]
        leads = self._leads.get((place, like), place)
        brings = self._facts_of.get(node, frozenset()) - self._facts[leads]
        return (
            rank + self._misses[place, like]
            if brings or node in self._lacking
            else rank + 3 + 2 * self._misses[place, like]
        )


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
