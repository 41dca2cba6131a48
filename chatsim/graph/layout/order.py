"""In which order the members of a rank stand: so that few lines cross.

Members of ranks are numbers.  A line joins a member with one of the next rank; a link through several ranks is a
chain of lines, with a member for each rank that it passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Ranks = list[list[int]]
Neighbours = Sequence[Sequence[int]]

SWEEPS = 12
"""How often the ranks are gone through, down and up in turn."""

TRANSPOSED = 600
"""Up to how many members neighbours are also exchanged one by one, which takes long and finds the last crossings."""


def few_crossings(ranks: Ranks, above: Neighbours, below: Neighbours, sweeps: int = SWEEPS) -> Ranks:
    """Return *ranks*, each in an order of its own, with as few crossings as a couple of sweeps find.

    Args:
        ranks: The members of each rank, in an order that is a good beginning.
        above: For each member those of the rank above that it is joined with.
        below: The same for the rank below.
        sweeps: How often the ranks are gone through.

    >>> few_crossings([[0, 1], [2, 3]], [[], [], [1], [0]], [[3], [2], [], []])
    [[0, 1], [3, 2]]
    """
    best, least = ranks, crossings(ranks, below)
    current = ranks
    small = sum(map(len, ranks)) <= TRANSPOSED
    for sweep in range(sweeps):
        if not least:
            break
        current = _swept_down(current, above) if sweep % 2 == 0 else _swept_down(current[::-1], below)[::-1]
        if small:
            current = _transposed(current, above, below)
        found = crossings(current, below)
        if found < least:
            best, least = current, found
    return best


def crossings(ranks: Ranks, below: Neighbours) -> int:
    """Return how many lines cross.

    >>> crossings([[0, 1], [2, 3]], [[3], [2], [], []])
    1
    """
    total = 0
    for upper, lower in pairwise(ranks):
        place = {member: index for index, member in enumerate(lower)}
        total += _inversions(
            [place[end] for start in upper for end in sorted(below[start], key=place.__getitem__)], len(lower)
        )
    return total


def _inversions(values: Sequence[int], bound: int) -> int:
    """Count the pairs in *values* that stand in the wrong order, with a Fenwick tree over values below *bound*."""
    tree = [0] * (bound + 1)
    total = 0
    for seen, value in enumerate(values):
        not_greater, index = 0, value + 1
        while index:
            not_greater += tree[index]
            index &= index - 1
        total += seen - not_greater
        index = value + 1
        while index <= bound:
            tree[index] += 1
            index += index & -index
    return total


def _swept_down(ranks: Ranks, joined: Neighbours) -> Ranks:
    """Return *ranks* with each but the first in the order of what its members are joined with in the one before."""
    swept = [ranks[0]]
    for rank in ranks[1:]:
        place = {member: index for index, member in enumerate(swept[-1])}
        medians = {member: _median(sorted(place[other] for other in joined[member])) for member in rank}
        ordered = iter(sorted((member for member in rank if medians[member] >= 0), key=medians.__getitem__))
        # Whoever is joined with nobody keeps its place.
        swept.append([member if medians[member] < 0 else next(ordered) for member in rank])
    return swept


def _median(places: Sequence[int]) -> float:
    """Return the median, leaning to the side where places are closer together; -1 without any."""
    if not places:
        return -1
    middle = len(places) // 2
    if len(places) % 2:
        return places[middle]
    if len(places) == 2:  # noqa: PLR2004 - of two, the middle between them
        return (places[0] + places[1]) / 2
    left, right = places[middle - 1] - places[0], places[-1] - places[middle]
    return (places[middle - 1] * right + places[middle] * left) / (left + right)


def _transposed(ranks: Ranks, above: Neighbours, below: Neighbours) -> Ranks:
    """Return *ranks* with neighbours exchanged as long as that takes crossings away."""
    ranks = [list(rank) for rank in ranks]
    places = {member: index for rank in ranks for index, member in enumerate(rank)}
    improved = True
    while improved:
        improved = False
        for rank in ranks:
            for index in range(len(rank) - 1):
                left, right = rank[index], rank[index + 1]
                gain = 0
                for joined in (above, below):
                    ours, theirs = [places[end] for end in joined[left]], [places[end] for end in joined[right]]
                    gain += sum((mine > other) - (mine < other) for mine in ours for other in theirs)
                if gain > 0:
                    rank[index], rank[index + 1] = right, left
                    places[left], places[right] = index + 1, index
                    improved = True
    return ranks
