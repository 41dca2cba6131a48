"""Where in its rank a member stands: near what it is joined with, and clear of its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatsim.graph.layout.order import Ranks

MOST, ROUNDS, LEAST = 40_000, 60, 10
"""How often the ranks are gone through, down and up: so often that it comes to about `MOST` members, within bounds."""


def columns(
    ranks: Ranks,
    widths: Sequence[float],
    gap: Sequence[float],
    *,
    above: Sequence[Mapping[int, float]],
    below: Sequence[Mapping[int, float]],
) -> list[float]:
    """Return the x of each member's middle.

    Each round draws every member to the weighted mean of those it is joined with, which spreads the drawing out evenly;
    two more to their weighted median, which makes lines straight.  A rank as a whole goes as near to that as its order
    and the distances between neighbours let it.

    Args:
        ranks: The members of each rank, from left to right.
        widths: How wide each member is.
        gap: How much room each member has on either side.
        above: For each member those of the rank above that it is joined with, and how strongly.
        below: The same for the rank below.
    """
    x = [0.0] * len(widths)
    offsets: list[list[float]] = []
    for rank in ranks:
        offset, along = 0.0, []
        for index, member in enumerate(rank):
            if index:
                left = rank[index - 1]
                offset += (widths[left] + widths[member]) / 2 + max(gap[left], gap[member])
            along.append(offset)
            x[member] = offset
        for member in rank:
            x[member] -= offset / 2
        offsets.append(along)
    rounds = max(LEAST, min(ROUNDS, MOST // max(len(widths), 1)))
    for round_ in range(rounds):
        downwards = round_ % 2 == 0
        for index in range(len(ranks)) if downwards else reversed(range(len(ranks))):
            # The last rounds look both ways, so that a member stands between what is above and what is below it.
            sides = (above, below) if round_ >= rounds // 2 else (above,) if downwards else (below,)
            _place(ranks[index], offsets[index], x, sides)
    for side, order in ((below, reversed(range(len(ranks)))), (above, range(len(ranks)))):
        for index in order:
            _align(ranks[index], offsets[index], x, side)
    return x


def _align(rank: Sequence[int], offsets: Sequence[float], x: list[float], side: Sequence[Mapping[int, float]]) -> None:
    """Put the members of *rank* straight below, or above, what they are joined with, as far as there is room."""
    wanted = [
        [(x[other] - offset, strength) for other, strength in side[member].items()] or [(x[member] - offset, 0.01)]
        for member, offset in zip(rank, offsets, strict=True)
    ]
    for member, offset, placed in zip(rank, offsets, rising_medians(wanted), strict=True):
        x[member] = placed + offset


def rising_medians(wanted: Sequence[Sequence[tuple[float, float]]]) -> list[float]:
    """Return the numbers that never fall and are nearest to all that is *wanted* for each, by weighted distances.

    >>> rising_medians([[(1, 1)], [(4, 2), (9, 1)], [(2, 1)], [(5, 1)]])
    [1, 4, 4, 5]
    """
    blocks: list[tuple[float, list[tuple[float, float]], int]] = []  # median, what is wanted, for how many
    for each in wanted:
        places, count = sorted(each), 1
        middle = _median(places)
        while blocks and blocks[-1][0] > middle:
            _, before, many = blocks.pop()
            places, count = sorted([*before, *places]), count + many
            middle = _median(places)
        blocks.append((middle, places, count))
    return [middle for middle, _, count in blocks for _ in range(count)]


def _median(places: Sequence[tuple[float, float]]) -> float:
    """Return the weighted median of *places*, which are in order; between two that are equally good, the middle."""
    half = sum(weight for _, weight in places) / 2
    passed = 0.0
    for index, (place, weight) in enumerate(places):
        passed += weight
        if passed > half:
            return place
        if passed == half:
            return (place + places[index + 1][0]) / 2
    return places[-1][0]


def _place(
    rank: Sequence[int], offsets: Sequence[float], x: list[float], sides: Sequence[Sequence[Mapping[int, float]]]
) -> None:
    wanted, weights = [], []
    for member, offset in zip(rank, offsets, strict=True):
        joined = [(x[other], strength) for side in sides for other, strength in side[member].items()]
        weight = sum(strength for _, strength in joined)
        place = sum(at * strength for at, strength in joined) / weight if weight else x[member]
        wanted.append(place - offset)
        weights.append(weight or 0.01)
    for member, offset, placed in zip(rank, offsets, rising(wanted, weights), strict=True):
        x[member] = placed + offset


def rising(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the numbers that never fall and are nearest to *wanted*, by weighted squares (pool adjacent violators).

    >>> rising([1, 4, 2, 5], [1, 1, 1, 1])
    [1.0, 3.0, 3.0, 5.0]
    """
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    for value, weight in zip(wanted, weights, strict=True):
        mean, mass, count = float(value), weight, 1
        while blocks and blocks[-1][0] > mean:
            before, heavy, many = blocks.pop()
            mean = (before * heavy + mean * mass) / (heavy + mass)
            mass, count = mass + heavy, count + many
        blocks.append((mean, mass, count))
    return [mean for mean, _, count in blocks for _ in range(count)]
