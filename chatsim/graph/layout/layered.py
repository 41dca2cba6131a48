"""Lay boxes and links out in layers.

The method is Sugiyama's: cycles are opened, boxes go into ranks, links that pass ranks get a place in each, sweeps by
medians take crossings away, and columns follow from the neighbours.  No library was found that would do: grandalf and
igraph take from seconds to minutes for 1,000 boxes with 5,000 links, and others need a compiler or `dot`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from chatsim.graph.layout.columns import columns
from chatsim.graph.layout.members import Layers, layers
from chatsim.graph.layout.model import SPACING, Box, Drawing, Frame, Link, Point, Route, Spacing
from chatsim.graph.layout.order import Ranks, few_crossings
from chatsim.graph.layout.routes import routes

WIDEST = 8_000
"""How wide a rank may be before its members stand in several rows."""


def lay_out(boxes: Sequence[Box], links: Sequence[Link], spacing: Spacing = SPACING) -> Drawing:
    """Return where *boxes* and *links* go.  The same in is the same out.

    What no link joins is laid out by itself; groups get a frame.  Links go within a group.

    >>> drawing = lay_out([Box(80, root=True), Box(60)], [Link(0, 1)])
    >>> drawing.boxes[0].y < drawing.boxes[1].y
    True
    """
    groups: dict[str, list[list[int]]] = defaultdict(list)
    for part in _parts(len(boxes), links):
        groups[boxes[part[0]].group].append(part)
    placed = _Placed(len(boxes), len(links))
    corners = []
    for group, parts in groups.items():
        drawings = [(part, *_part(part, boxes, links, spacing)) for part in parts]
        around = (spacing.frame, 2 * spacing.frame) if group else (0.0, 0.0)
        places, width, height = _on_shelves([(each[1].width, each[1].height) for each in drawings], spacing.parts)
        corners.append((group, drawings, places, around, width + 2 * around[0], height + around[0] + around[1]))
    places, width, height = _on_shelves([(each[4], each[5]) for each in corners], spacing.parts)
    for (group, drawings, inner, around, wide, high), corner in zip(corners, places, strict=True):
        if group:
            placed.frames.append(Frame(group, corner.x, corner.y, wide, high))
        for (part, drawing, own), place in zip(drawings, inner, strict=True):
            placed.put(part, own, drawing, Point(corner.x + around[0] + place.x, corner.y + around[1] + place.y))
    return Drawing(width, height, tuple(placed.boxes), tuple(placed.routes), tuple(placed.frames))


class _Placed:
    """What has its place in the whole by now."""

    def __init__(self, boxes: int, links: int) -> None:
        self.boxes = [Point(0, 0)] * boxes
        self.routes = [Route(())] * links
        self.frames: list[Frame] = []

    def put(self, boxes: Iterable[int], links: Iterable[int], drawing: Drawing, corner: Point) -> None:
        def moved(point: Point) -> Point:
            return Point(point.x + corner.x, point.y + corner.y)

        for box, middle in zip(boxes, drawing.boxes, strict=True):
            self.boxes[box] = moved(middle)
        for link, route in zip(links, drawing.routes, strict=True):
            label = None if route.label is None else moved(route.label)
            self.routes[link] = Route(tuple(map(moved, route.points)), label, route.loops)


def _parts(count: int, links: Sequence[Link]) -> list[list[int]]:
    """Return the boxes that links join, by parts."""
    part = list(range(count))

    def leader(box: int) -> int:
        while part[box] != box:
            part[box] = part[part[box]]
            box = part[box]
        return box

    for link in links:
        one, other = leader(link.source), leader(link.target)
        part[max(one, other)] = min(one, other)
    found: dict[int, list[int]] = defaultdict(list)
    for box in range(count):
        found[leader(box)].append(box)
    return list(found.values())


def _part(
    part: Sequence[int], boxes: Sequence[Box], links: Sequence[Link], spacing: Spacing
) -> tuple[Drawing, list[int]]:
    """Return the drawing of the boxes in *part*, and which of *links* are theirs."""
    number = {box: index for index, box in enumerate(part)}
    own = [index for index, link in enumerate(links) if link.source in number]
    ours = [Link(number[links[index].source], number[links[index].target], links[index].label) for index in own]
    return _drawn([boxes[box] for box in part], ours, spacing), own


def _drawn(boxes: Sequence[Box], links: Sequence[Link], spacing: Spacing) -> Drawing:
    ranked = layers(boxes, links, spacing)
    above, below = ranked.joined(len(boxes))
    ordered = few_crossings(ranked.ranks, [list(each) for each in above], [list(each) for each in below])
    folds = [Fold.of(rank, ranked.widths, spacing) for rank in ordered]
    widths, gaps = list(ranked.widths), [spacing.lines] * len(ranked.widths)
    gaps[: len(boxes)] = [spacing.boxes] * len(boxes)
    for fold, rank in zip(folds, ordered, strict=True):
        if fold.rows > 1:
            for member in rank:
                widths[member], gaps[member] = fold.width / fold.rows, spacing.boxes / fold.rows
    xs = columns(ordered, widths, gaps, above=above, below=below)
    left = min(x - width / 2 for x, width in zip(xs, ranked.widths, strict=True))
    right = max(x + width / 2 for x, width in zip(xs, ranked.widths, strict=True))
    ys, height = _rows(boxes, ranked, ordered, folds, spacing)
    middles = [Point(x - left, y) for x, y in zip(xs, ys, strict=True)]
    for index, box in enumerate(boxes):
        # A loop stands out at the right, so the box itself is left of the middle of its room.
        middles[index] = Point(middles[index].x - (ranked.widths[index] - box.width) / 2, middles[index].y)
    return Drawing(
        right - left, height, tuple(middles[: len(boxes)]), tuple(routes(boxes, links, ranked, middles, spacing))
    )


@dataclass(frozen=True, slots=True)
class Fold:
    """How a rank that would be far too wide stands: its members in so many rows in turn, each as wide as the widest."""

    rows: int
    width: float

    @classmethod
    def of(cls, rank: Sequence[int], widths: Sequence[float], spacing: Spacing) -> Fold:
        """Return how *rank* stands."""
        widest = max(widths[member] for member in rank)
        whole = sum(widths[member] + spacing.boxes for member in rank)
        return cls(1 if whole <= WIDEST else ceil((widest + spacing.boxes) * len(rank) / WIDEST), widest)


def _rows(
    boxes: Sequence[Box], layered: Layers, ordered: Ranks, folds: Sequence[Fold], spacing: Spacing
) -> tuple[list[float], float]:
    """Return the y of each member's middle, and the height of all ranks."""
    ys = [0.0] * len(layered.widths)
    gap = spacing.ranks / 2 if layered.doubled else spacing.ranks
    top = 0.0
    for rank, fold in zip(ordered, folds, strict=True):
        labels = any(member >= len(boxes) and layered.widths[member] for member in rank)
        high = max([spacing.label if labels else 0.0, *(boxes[each].height for each in rank if each < len(boxes))])
        for index, member in enumerate(rank):
            ys[member] = top + high / 2 + index % fold.rows * (high + spacing.lines)
        top += high + (fold.rows - 1) * (high + spacing.lines) + gap
    return ys, top - gap


def _on_shelves(sizes: Sequence[tuple[float, float]], gap: float) -> tuple[list[Point], float, float]:
    """Return a place for each of *sizes*, from left to right in rows no wider than they need to be, and the whole."""
    widest = max((width for width, _ in sizes), default=0.0)
    limit = max(widest, 1.6 * sqrt(sum((width + gap) * (height + gap) for width, height in sizes)))
    places, x, y, row, whole = [], 0.0, 0.0, 0.0, 0.0
    for width, height in sizes:
        if x and x + width > limit:
            x, y, row = 0.0, y + row + gap, 0.0
        places.append(Point(x, y))
        whole, row = max(whole, x + width), max(row, height)
        x += width + gap
    return places, whole, y + row
