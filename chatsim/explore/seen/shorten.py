"""Find the shortest conversation for a finding: what was seen first need not have been seen soonest."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from chatsim.explore.checks.base import Check, Found, Seen
from chatsim.explore.play.player import after
from chatsim.explore.walk.search import Search

_MOST_TRIED = 8


def shortened(search: Search, found: Iterable[Found]) -> list[Found]:
    """Return *found*, each where it happens after the fewest turns."""
    found = list(found)
    wanted = {each.letters[0].label for each in found if each.letters}
    sources: dict[tuple[str, str], list[int]] = {}
    labels = [letter.label if letter.label in wanted else "" for letter in search.letters]
    nodes, names = search.nodes, search.book.state_names
    for source, number, _, _ in nodes.steps():
        if labels[number]:
            sources.setdefault((names[nodes.state[source]], labels[number]), []).append(source)
    return [_shortest(search, each, sources) for each in found]


def _shortest(search: Search, found: Found, sources: dict[tuple[str, str], list[int]]) -> Found:
    if not found.letters:
        return found
    depth, name = search.nodes.depth, search.book.state_names[search.nodes.state[found.node]]
    others = {node for node in sources.get((name, found.letters[0].label), ()) if depth[node] < depth[found.node]}
    for node in sorted(others, key=lambda node: depth[node])[:_MOST_TRIED]:
        if any(_happens(search, check, found, node) for check in search.checks if found.kind in check.kinds):
            return msgspec.structs.replace(found, node=node)
    return found


def _happens(search: Search, check: Check, found: Found, node: int) -> bool:
    """Say whether *check* finds the same in *node*."""
    moment, letter = search.moment(node), found.letters[0]
    turns = search.player.play(moment, letter)
    seen = Seen(moment, letter, turns, after(moment, letter, turns), search.player.play)
    return any((again.kind, again.key) == (found.kind, found.key) for again in check.look(seen))
