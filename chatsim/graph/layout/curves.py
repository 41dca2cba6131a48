"""A route as the data of an SVG path."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from chatsim.graph.layout.model import Point, Route


def path_data(route: Route) -> str:
    """Return *route* as the ``d`` of an SVG path, which leaves and enters boxes upright and bends nowhere sharply.

    >>> path_data(Route((Point(0, 0), Point(10, 40))))
    'M0 0C0 20 10 20 10 40'
    >>> path_data(Route((Point(0, 0), Point(0, 40))))
    'M0 0V40'
    """
    first, *others = route.points
    if route.loops:
        return f"M{_at(first)}C{' '.join(map(_at, others))}"
    slopes = _slopes(route.points)
    pieces = [_piece(*ends, *slope) for ends, slope in zip(pairwise(route.points), pairwise(slopes), strict=True)]
    return f"M{_at(first)}{''.join(pieces)}"


def _slopes(points: Sequence[Point]) -> list[float]:
    """Return how much x changes with y at each of *points*: nothing at the ends and where the direction turns."""
    slopes = [0.0]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        arriving, leaving = point.x - before.x, after.x - point.x
        slopes.append((after.x - before.x) / (after.y - before.y) if arriving * leaving > 0 else 0.0)
    return [*slopes, 0.0]


def _piece(start: Point, end: Point, leaves: float, enters: float) -> str:
    if start.y == end.y:
        # Two of a rank: an arc above them.
        top = start.y - 24 - abs(end.x - start.x) / 12
        return f"C{_at(Point(start.x, top))} {_at(Point(end.x, top))} {_at(end)}"
    if start.x == end.x and not leaves and not enters:
        return f"V{_number(end.y)}"
    pull = (end.y - start.y) * (2 / 5 if leaves or enters else 1 / 2)
    one, other = Point(start.x + leaves * pull, start.y + pull), Point(end.x - enters * pull, end.y - pull)
    return f"C{_at(one)} {_at(other)} {_at(end)}"


def _at(point: Point) -> str:
    return f"{_number(point.x)} {_number(point.y)}"


def _number(value: float) -> str:
    """Return *value* to a tenth of a pixel, as short as can be."""
    return f"{round(value, 1):g}" if abs(value) < 100_000 else str(round(value))  # noqa: PLR2004 - where %g turns to exponents
