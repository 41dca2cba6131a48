"""Which states and transitions a search reached, and the shortest way to each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chatsim.explore.letters import Letter
from chatsim.explore.results.result import Edge
from chatsim.explore.walk.search import Search
from chatsim.trace import Callback, Form

_MOST_STEPS_FOR_PAIRS = 40_000
_digits = re.compile(r"\d+")


@dataclass(slots=True)
class Ways:
    """The transitions, how many pairs of them follow each other, and for states and transitions where they end.

    `last` names for each the moment from which it was reached soonest, and the letter.
    """

    edges: dict[Edge, None] = field(default_factory=dict)
    pairs: int = 0
    last: dict[str | Edge, tuple[int, int]] = field(default_factory=dict)


def ways_of(search: Search) -> Ways:
    """Return what *search* reached."""
    book, nodes = search.book, search.nodes
    labels = [_label(letter) for letter in search.letters]
    names, ways = book.state_names, Ways()
    came: dict[int, set[Edge]] = {}
    left: dict[int, set[Edge]] = {}
    counts = len(nodes.sources) <= _MOST_STEPS_FOR_PAIRS
    for index, (source, number, target, _) in enumerate(nodes.steps()):
        before = names[nodes.state[source]]
        after = book.ends.get(index) or names[nodes.state[target]]
        edge = (before, labels[book.merged.get((before, number), number)], after)
        ways.edges[edge] = None
        for what in (edge, after):
            known = ways.last.get(what)
            if known is None or nodes.depth[source] < nodes.depth[known[0]]:
                ways.last[what] = (source, number)
        if counts:
            left.setdefault(source, set()).add(edge)
            came.setdefault(target, set()).add(edge)
    pairs = {(first, second) for node, firsts in came.items() for first in firsts for second in left.get(node, ())}
    ways.pairs = len(pairs)
    return ways


def _label(letter: Letter) -> str:
    """Return what a letter is called in a transition: data that come from machines without their numbers."""
    return _digits.sub("0", letter.label) if isinstance(letter.event, Callback | Form) else letter.label
