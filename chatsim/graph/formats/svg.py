"""Graphs as SVG, drawn without Graphviz: where it is not installed, or does not come to an end."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from chatsim.graph.layout.curves import path_data
from chatsim.graph.layout.layered import lay_out
from chatsim.graph.layout.model import Box, Drawing, Link, Point, Route
from chatsim.graph.legend import legend
from chatsim.graph.style import COMMON_STYLE, EDGE_STYLES, INK, MARK_COLOURS, NODE_STYLES, QUIET, RUNS_STYLE
from chatsim.graph.view import Edge, Node, View

_FONT = "Helvetica,Arial,sans-serif"
_LETTER, _SMALL = 7.0, 5.4
"""How wide a letter is at the size of a title, and at that of a label, in pixels."""

_LINE, _HEIGHT = 16, 34
_MARGIN, _HEAD = 24, 15


def svg_of(drawn: View) -> str:
    """Return *drawn* as an SVG image."""
    boxes, layout = arranged(drawn)
    places = {node.id: index for index, node in enumerate(drawn.nodes)}
    inside = _inside(drawn)
    head = [drawn.caption, *drawn.notes, legend(drawn)]
    top = _MARGIN + 30 + _HEAD * len(head)
    width = max(layout.width, *(len(line) * _SMALL for line in head)) + 2 * _MARGIN
    height = layout.height + top + _MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_FONT}" font-size="12" fill="{INK}">',
            f"<title>{escape(drawn.title or 'a bot')}</title>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *_arrow_heads(inside),
            _text(drawn.title, _MARGIN, _MARGIN + 16, size=16),
            *(_text(line, _MARGIN, _MARGIN + 36 + _HEAD * row, size=10, fill=QUIET) for row, line in enumerate(head)),
            f'<g transform="translate({_MARGIN} {top})">',
            *_frames(drawn, layout),
            *(_arrow(edge, route) for edge, route in zip(inside, layout.routes, strict=True)),
            *_runs(drawn, layout, places),
            *(
                line
                for node, box, at in zip(drawn.nodes, boxes, layout.boxes, strict=True)
                for line in _node(node, box, at)
            ),
            *(line for edge, route in zip(inside, layout.routes, strict=True) for line in _labels(edge, route)),
            "</g>",
            "</svg>",
            "",
        ]
    )


def arranged(drawn: View) -> tuple[list[Box], Drawing]:
    """Return the boxes of *drawn* with their sizes, and where they and its arrows go."""
    places = {node.id: index for index, node in enumerate(drawn.nodes)}
    boxes = [_box(node) for node in drawn.nodes]
    links = [Link(places[edge.source], places[edge.target], _label_width(edge)) for edge in _inside(drawn)]
    return boxes, lay_out(boxes, links)


def _inside(drawn: View) -> list[Edge]:
    """Return the arrows within a machine; those from one to another are drawn over the whole."""
    return [edge for edge in drawn.edges if not edge.runs]


def _box(node: Node) -> Box:
    if node.shape == "begin":
        return Box(16, 16, root=True, group=node.machine)
    lines = node.title.split("\n")
    width = max(len(line) for line in lines) * _LETTER + (48 if node.shape == "callback" else 28)
    return Box(max(40, width), _HEIGHT + _LINE * (len(lines) - 1), group=node.machine)


def _label_width(edge: Edge) -> float:
    return max((len(label) for label in edge.labels), default=0) * _SMALL


def _text(text: str, x: float, y: float, *, size: int, fill: str = INK, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'
    )


# ---------------------------------------------------------------- boxes


def _node(node: Node, box: Box, at: Point) -> Iterator[str]:
    style = NODE_STYLES[node.shape]
    fill, line = style.fill, style.line
    dashes = ' stroke-dasharray="5 3"' if node.shape in {"missing", "open"} else ""
    if node.mark:
        colour = MARK_COLOURS[node.mark]
        fill, line = colour.fill, colour.line
        dashes = ' stroke-dasharray="5 3"' if "dashed" in colour.dot_style else ' stroke-width="2.5"'
    yield f'<g fill="{fill}" stroke="{line}"{dashes}>{_outline(node, box, at)}</g>'
    lines = node.title.split("\n")
    first = at.y + 4 - _LINE * (len(lines) - 1) / 2
    for row, text in enumerate(lines):
        yield _text(text, at.x, first + row * _LINE, size=12, anchor="middle")


def _outline(node: Node, box: Box, at: Point) -> str:  # noqa: PLR0911 - one for each shape
    left, top, width, height = at.x - box.width / 2, at.y - box.height / 2, box.width, box.height
    match node.shape:
        case "begin" | "open":
            return f'<circle cx="{at.x:.1f}" cy="{at.y:.1f}" r="{min(width, height) / 2:.1f}"/>'
        case "callback":
            tip = height / 2
            points = [(left, at.y), (left + tip, top), (left + width - tip, top), (left + width, at.y)]
            points += [(left + width - tip, top + height), (left + tip, top + height)]
            return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'
        case "end":
            return _rectangle(left, top, width, height, 10) + _rectangle(left + 3, top + 3, width - 6, height - 6, 8)
        case "plugin":
            tab = f'<rect x="{left - 5:.1f}" y="{top + 7:.1f}" width="10" height="6"/>'
            low = f'<rect x="{left - 5:.1f}" y="{top + height - 13:.1f}" width="10" height="6"/>'
            return _rectangle(left, top, width, height, 0) + tab + low
        case "several":
            return _rectangle(left + 4, top - 4, width, height, 2) + _rectangle(left, top, width, height, 2)
        case "input":
            return _rectangle(left, top, width, height, 12)
        case _:
            return _rectangle(left, top, width, height, 0)


def _rectangle(x: float, y: float, width: float, height: float, round_: float) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_:.0f}"/>'


def _frames(drawn: View, layout: Drawing) -> Iterator[str]:
    for frame in layout.frames:
        yield (
            f'<rect x="{frame.x:.1f}" y="{frame.y:.1f}" width="{frame.width:.1f}" height="{frame.height:.1f}" '
            f'rx="10" fill="none" stroke="{QUIET}" stroke-dasharray="6 4"/>'
        )
        yield _text(f"plugin {drawn.frames[frame.group]}", frame.x + 12, frame.y + 18, size=10, fill=QUIET)


# ---------------------------------------------------------------- arrows


def _colour(edge: Edge) -> str:
    if edge.mark:
        return MARK_COLOURS[edge.mark].line
    style = RUNS_STYLE if edge.runs else COMMON_STYLE if edge.common else EDGE_STYLES[edge.event]
    return style.line


def _arrow_heads(edges: list[Edge]) -> Iterator[str]:
    yield "<defs>"
    for colour in dict.fromkeys([*map(_colour, edges), RUNS_STYLE.line]):
        yield (
            f'<marker id="{_head_id(colour)}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            f'orient="auto"><path d="M0 0.8L7.5 4L0 7.2z" fill="{colour}"/></marker>'
        )
    yield "</defs>"


def _head_id(colour: str) -> str:
    return f"head{colour.removeprefix('#')}"


def _arrow(edge: Edge, route: Route) -> str:
    return _path(edge, path_data(route))


def _path(edge: Edge, data: str) -> str:
    colour = _colour(edge)
    dashed = edge.event == "callback" or edge.mark in {"missed", "gone"}
    dashes = ' stroke-dasharray="5 3"' if dashed else ' stroke-dasharray="1.5 3"' if edge.runs else ""
    width = 0.8 if edge.common and not edge.mark else 2 if edge.mark in {"added", "undeclared"} else 1.2
    return f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{width}"{dashes} marker-end="url(#{_head_id(colour)})"/>'


def _runs(drawn: View, layout: Drawing, places: dict[str, int]) -> Iterator[str]:
    """Yield the arrows from states to their plugins, which lie in frames of their own."""
    for edge in drawn.edges:
        if edge.runs:
            start, end = layout.boxes[places[edge.source]], layout.boxes[places[edge.target]]
            middle = (start.x + end.x) / 2
            yield _path(
                edge,
                f"M{start.x:.1f} {start.y:.1f}C{middle:.1f} {start.y:.1f} {middle:.1f} {end.y:.1f} {end.x:.1f} {end.y:.1f}",
            )


def _labels(edge: Edge, route: Route) -> Iterator[str]:
    if not edge.labels:
        return
    at = route.label or route.points[len(route.points) // 2]
    fill = QUIET if not edge.mark else _colour(edge)
    for row, label in enumerate(edge.labels):
        yield (
            f'<text x="{at.x:.1f}" y="{at.y + 3 + 11 * row:.1f}" font-size="9" fill="{fill}" text-anchor="middle" '
            f'stroke="#ffffff" stroke-width="3" paint-order="stroke">{escape(label)}</text>'
        )
