"""What stands in the ranks: the boxes, and for each link that passes a rank a place of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatsim.graph.layout.model import Box, Link, Spacing
from chatsim.graph.layout.order import Ranks
from chatsim.graph.layout.ranks import by_longest_way, by_shortest_way, forward, span

LABELLED = 250
"""Up to how many links their labels have room of their own: they double the number of ranks."""

PASSING = 3_000
"""Up to how many places of passing links the ranks follow the longest ways.  Above, ranks follow the shortest."""

BARE = 3
"""In a graph above that, a link that passes more ranks than this is one curve and has no places."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A link from the upper to the lower of its boxes, with its places in between; `upwards` if it leads up.

    A chain without lines (`bare`) does not say where anything stands.
    """

    link: int
    upper: int
    lower: int
    places: tuple[int, ...] = ()
    upwards: bool = False
    bare: bool = False
    label: int | None = None

    @property
    def members(self) -> tuple[int, ...]:
        """All that it goes through, from the top down."""
        return (self.upper, *self.places, self.lower)


@dataclass(frozen=True, slots=True)
class Layers:
    """Ranks of members.  Numbers below that of the boxes are these, all others places.  Loops are in no chain."""

    ranks: Ranks
    chains: tuple[Chain, ...]
    widths: tuple[float, ...]
    doubled: bool

    def joined(self, boxes: int) -> tuple[list[dict[int, float]], list[dict[int, float]]]:
        """Return what each member is joined with in the rank above and below, and how strongly.

        The more of both ends are places, the stronger: long lines are to be straight.
        """
        above: list[dict[int, float]] = [{} for _ in self.widths]
        below: list[dict[int, float]] = [{} for _ in self.widths]
        for chain in self.chains:
            if chain.bare:
                continue
            for upper, lower in pairwise(chain.members):
                strength = (1.0, 3.0, 8.0)[(upper >= boxes) + (lower >= boxes)]
                above[lower][upper] = above[lower].get(upper, 0.0) + strength
                below[upper][lower] = below[upper].get(lower, 0.0) + strength
        return above, below


def layers(boxes: Sequence[Box], links: Sequence[Link], spacing: Spacing) -> Layers:
    """Put *boxes* into ranks, and the places of *links* between them."""
    pairs = [(link.source, link.target) for link in links]
    roots = [index for index, box in enumerate(boxes) if box.root]
    acyclic = forward(len(boxes), pairs, roots)
    labelled = len(links) <= LABELLED and any(link.label for link in links)
    ranks = by_longest_way(len(boxes), acyclic)
    huge = span(acyclic, ranks) > PASSING
    if huge:
        ranks = by_shortest_way(len(boxes), pairs, roots)
    elif labelled:
        ranks = [2 * rank for rank in ranks]
    loops = _loop_rooms(links, spacing)
    widths = [box.width + loops.get(index, 0.0) for index, box in enumerate(boxes)]
    rows: list[list[int]] = [[] for _ in range(max(ranks) + 1)]
    chains = []
    for index, link in enumerate(links):
        if link.source != link.target:
            bare = huge and not 0 < abs(ranks[link.target] - ranks[link.source]) <= BARE
            chains.append(_chain(index, link, ranks, rows, widths, bare=bare))
    for box, rank in enumerate(ranks):
        rows[rank].append(box)
    found = Layers(rows, tuple(chains), tuple(widths), labelled and not huge)
    return Layers(_as_discovered(found, len(boxes)), found.chains, found.widths, found.doubled)


def _loop_rooms(links: Sequence[Link], spacing: Spacing) -> dict[int, float]:
    """Return how much wider than itself each box is with the widest loop at its right side."""
    rooms: dict[int, float] = {}
    for link in links:
        if link.source == link.target:
            rooms[link.source] = max(rooms.get(link.source, 0.0), spacing.loop + link.label)
    return rooms


def _chain(index: int, link: Link, ranks: Sequence[int], rows: Ranks, widths: list[float], *, bare: bool) -> Chain:
    """Make the chain of *link*, with new places in *rows* and *widths*."""
    upwards = ranks[link.target] < ranks[link.source]
    upper, lower = (link.target, link.source) if upwards else (link.source, link.target)
    if bare:
        return Chain(index, upper, lower, upwards=upwards, bare=True)
    places = []
    for rank in range(ranks[upper] + 1, ranks[lower]):
        places.append(len(widths))
        widths.append(0.0)
        rows[rank].append(places[-1])
    label = None
    if places and link.label:
        # What leads away from a box is read there.
        label = places[-1] if upwards else places[0]
        widths[label] = link.label
    return Chain(index, upper, lower, tuple(places), upwards, label=label)


def _as_discovered(layers: Layers, boxes: int) -> Ranks:
    """Return the ranks in the order in which a walk along the chains comes to their members."""
    _, below = layers.joined(boxes)
    found: dict[int, int] = {}
    for rank in layers.ranks:
        for start in rank:
            walk = [start]
            while walk:
                member = walk.pop()
                if member not in found:
                    found[member] = len(found)
                    walk.extend(reversed(below[member]))
    return [sorted(rank, key=found.__getitem__) for rank in layers.ranks]
