"""What is laid out, and what comes of it: boxes, the links between them, and where each of them goes.

Lengths are in pixels; x grows to the right and y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    """A place in the drawing."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """Something to be placed.

    Args:
        width: How wide it is.
        height: How high it is.
        root: Whether conversations begin here: then it stands above what can be reached from it.
        group: Boxes with the same group stand together in a frame; the empty one has none.
    """

    width: float
    height: float = 34.0
    root: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow from one box to another, by their indices.  `label` is the width of what is written on it; 0 is nothing."""

    source: int
    target: int
    label: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an arrow: `points` to go through, from the source's edge to the target's, and the label's middle.

    `loops` is whether it leads back to the box that it comes from; then its points are those of one curve.
    """

    points: tuple[Point, ...]
    label: Point | None = None
    loops: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What a group is drawn in: its upper left corner, and its size."""

    group: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything goes: the middles of the boxes, the routes of the links, and the size of the whole."""

    width: float
    height: float
    boxes: tuple[Point, ...]
    routes: tuple[Route, ...]
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class Spacing:
    """How far things stay apart.

    Args:
        ranks: Between the boxes of one rank and those of the next.
        boxes: Between two boxes of a rank.
        lines: Between two lines that pass through a rank beside each other.
        ports: Between two arrows at one side of a box.
        label: How high a label is.
        loop: How far an arrow that leads back to its own box stands out.
        parts: Between parts that no link joins.
        frame: Between a frame and what is in it; above that, its name has as much again.
    """

    ranks: float = 44.0
    boxes: float = 26.0
    lines: float = 16.0
    ports: float = 12.0
    label: float = 18.0
    loop: float = 26.0
    parts: float = 40.0
    frame: float = 20.0


SPACING = Spacing()
