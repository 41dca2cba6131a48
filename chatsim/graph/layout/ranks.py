"""Which box stands in which rank: the order of the conversation, from the top down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Pair = tuple[int, int]


def forward(count: int, pairs: Iterable[Pair], roots: Sequence[int]) -> list[Pair]:
    """Return *pairs* without loops, and with those turned round that lead back to where a conversation has been.

    What is left has no cycles.  A pair leads back when its target is on the way from a root to its source.

    >>> forward(3, [(0, 1), (1, 2), (2, 0), (1, 1)], [0])
    [(0, 1), (1, 2), (0, 2)]
    """
    pairs = list(pairs)
    back = _leading_back(count, pairs, roots)
    return [
        (target, source) if (source, target) in back else (source, target)
        for source, target in pairs
        if source != target
    ]


def _leading_back(count: int, pairs: Sequence[Pair], roots: Sequence[int]) -> set[Pair]:
    """Return the pairs that a depth-first walk from *roots* finds to lead to a box that it is still inside of."""
    following = successors(count, pairs)
    new, open_, done = 0, 1, 2
    seen = [new] * count
    back: set[Pair] = set()
    for start in (*roots, *range(count)):
        if seen[start] != new:
            continue
        seen[start] = open_
        walk = [(start, iter(following[start]))]
        while walk:
            box, rest = walk[-1]
            for target in rest:
                if seen[target] == open_:
                    back.add((box, target))
                elif seen[target] == new:
                    seen[target] = open_
                    walk.append((target, iter(following[target])))
                    break
            else:
                seen[box] = done
                walk.pop()
    return back


def successors(count: int, pairs: Iterable[Pair]) -> list[list[int]]:
    """Return for each box the boxes that pairs lead to from it."""
    found: list[list[int]] = [[] for _ in range(count)]
    for source, target in pairs:
        found[source].append(target)
    return found


def by_longest_way(count: int, acyclic: Sequence[Pair]) -> list[int]:
    """Return the rank of each box: one below the lowest that leads to it.

    What nothing leads to stands right above what it leads to itself.

    >>> by_longest_way(4, [(0, 1), (1, 2), (0, 2), (3, 2)])
    [0, 1, 2, 1]
    """
    following = successors(count, acyclic)
    waiting = [0] * count
    for _, target in acyclic:
        waiting[target] += 1
    sources = [box for box in range(count) if not waiting[box]]
    ranks = [0] * count
    ready = list(sources)
    for box in ready:  # grows while it is gone through
        for target in following[box]:
            ranks[target] = max(ranks[target], ranks[box] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for box in sources:
        if following[box]:
            ranks[box] = min(ranks[target] for target in following[box]) - 1
    return ranks


def by_shortest_way(count: int, pairs: Iterable[Pair], roots: Sequence[int]) -> list[int]:
    """Return the rank of each box: how many steps a conversation needs from the nearest root.

    What cannot be reached from them starts anew at 0.

    >>> by_shortest_way(4, [(0, 1), (1, 2), (0, 2), (3, 2)], [0])
    [0, 1, 1, 0]
    """
    following = successors(count, pairs)
    ranks = [-1] * count
    for starts in (roots, *((box,) for box in range(count))):
        level = [box for box in starts if ranks[box] < 0]
        depth = 0
        while level:
            for box in level:
                ranks[box] = depth
            level = list(dict.fromkeys(target for box in level for target in following[box] if ranks[target] < 0))
            depth += 1
    return ranks


def span(pairs: Iterable[Pair], ranks: Sequence[int]) -> int:
    """Return how many ranks all *pairs* pass through: how much there would be to lay out."""
    return sum(max(abs(ranks[target] - ranks[source]) - 1, 0) for source, target in pairs)
