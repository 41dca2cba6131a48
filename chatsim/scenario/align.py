"""Pair what was expected with what came, in order: what is in both, what is missing, what is too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Pair: TypeAlias = tuple[int | None, int | None]
_MOST = 40_000
"""How many pairs of one that was expected and one that came are looked at."""


def align(expected: int, came: int, fits: Callable[[int, int], bool]) -> list[Pair]:
    """Pair as many of the *expected* with those that *came* as can be without crossing, first ones first.

    Returns pairs of places in order; None stands for what is missing, or too much.  *fits* says whether the one
    expected at a place is what came at another.  Where there are too many, none are paired.

    >>> align(2, 2, lambda one, other: (one, other) == (1, 0))
    [(0, None), (1, 0), (None, 1)]
    """
    if expected * came > _MOST:
        return [*((place, None) for place in range(expected)), *((None, place) for place in range(came))]
    fit = [[fits(one, other) for other in range(came)] for one in range(expected)]
    best = [[0] * (came + 1) for _ in range(expected + 1)]
    for one in reversed(range(expected)):
        for other in reversed(range(came)):
            together = 1 + best[one + 1][other + 1] if fit[one][other] else 0
            best[one][other] = max(together, best[one + 1][other], best[one][other + 1])
    pairs: list[Pair] = []
    one = other = 0
    while one < expected and other < came:
        if fit[one][other] and best[one][other] == 1 + best[one + 1][other + 1]:
            pairs.append((one, other))
            one, other = one + 1, other + 1
        elif best[one + 1][other] >= best[one][other + 1]:
            pairs.append((one, None))
            one += 1
        else:
            pairs.append((None, other))
            other += 1
    pairs += [(place, None) for place in range(one, expected)]
    return pairs + [(None, place) for place in range(other, came)]
