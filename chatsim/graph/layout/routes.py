"""The ways of the arrows: from a port at one box through the places in between to a port at the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from chatsim.graph.layout.members import Layers
from chatsim.graph.layout.model import Box, Link, Point, Route, Spacing

EDGE = 20.0
"""How much of a box's side is kept free of ports, so that none is at a round corner."""


def routes(
    boxes: Sequence[Box], links: Sequence[Link], layers: Layers, middles: Sequence[Point], spacing: Spacing
) -> list[Route]:
    """Return the route of each of *links*; *middles* are those of all members."""
    found: dict[int, Route] = {
        index: _loop(boxes[link.source], link, middles[link.source], spacing)
        for index, link in enumerate(links)
        if link.source == link.target
    }
    ports = _ports(boxes, layers, middles, spacing)
    for chain in layers.chains:
        points = (ports[chain.link, "upper"], *(middles[place] for place in chain.places), ports[chain.link, "lower"])
        label = None if chain.label is None else middles[chain.label]
        found[chain.link] = Route(points[::-1] if chain.upwards else points, label)
    return [found[index] for index in range(len(links))]


def _ports(
    boxes: Sequence[Box], layers: Layers, middles: Sequence[Point], spacing: Spacing
) -> dict[tuple[int, str], Point]:
    """Return where each chain leaves its upper box and enters its lower one, with the ports of a side in order."""
    sides: dict[tuple[int, str], list[tuple[float, int, str]]] = defaultdict(list)
    for chain in layers.chains:
        after, before = chain.members[1], chain.members[-2]
        # Two of a rank are joined by an arc above them.
        flat = middles[chain.upper].y == middles[chain.lower].y
        sides[chain.upper, "top" if flat else "bottom"].append((middles[after].x, chain.link, "upper"))
        sides[chain.lower, "top"].append((middles[before].x, chain.link, "lower"))
    ports = {}
    for (box, side), ends in sides.items():
        step = min(spacing.ports, max(boxes[box].width - EDGE, 0.0) / max(len(ends) - 1, 1))
        y = middles[box].y + boxes[box].height / 2 * (1 if side == "bottom" else -1)
        for index, (_, link, end) in enumerate(sorted(ends)):
            ports[link, end] = Point(middles[box].x + (index - (len(ends) - 1) / 2) * step, y)
    return ports


def _loop(box: Box, link: Link, middle: Point, spacing: Spacing) -> Route:
    right, out = middle.x + box.width / 2, spacing.loop * 1.2
    up, down = middle.y - box.height / 4, middle.y + box.height / 4
    points = (Point(right, up), Point(right + out, up - 10), Point(right + out, down + 10), Point(right, down))
    label = Point(right + spacing.loop + link.label / 2, middle.y) if link.label else None
    return Route(points, label, loops=True)
