"""How boxes and arrows look: by what they stand for, and by their marks.  Shapes tell what colours tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatsim.graph.model import EventKind
from chatsim.graph.view import Mark, Shape

FONT = "Arial"
INK, QUIET = "#1f2933", "#5f6c7b"


@dataclass(frozen=True, slots=True)
class NodeStyle:
    """The colours of a box, and its attributes in DOT."""

    line: str
    fill: str
    dot: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EdgeStyle:
    """The colour of an arrow, and its attributes in DOT."""

    line: str
    dot: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MarkColour:
    """The colours of a mark, and how a box and an arrow show it without them."""

    line: str
    fill: str
    dot_style: str = ""
    edge_style: str = "solid"


def _node(line: str, fill: str, shape: str, style: str = "filled", **more: str) -> NodeStyle:
    return NodeStyle(line, fill, {"shape": shape, "style": style, "color": line, "fillcolor": fill, **more})


NODE_STYLES: Mapping[Shape, NodeStyle] = {
    "begin": _node(INK, INK, "circle", width="0.16", height="0.16", margin="0", fixedsize="true"),
    "input": _node("#2b6cb0", "#e3effb", "box", "rounded,filled"),
    "callback": _node("#b7791f", "#fdf3d8", "hexagon", "filled", margin="0.02,0.04"),
    "end": _node("#4a5568", "#e8ebf0", "box", "rounded,filled", peripheries="2"),
    "on": _node("#a0aec0", "#ffffff", "box", "filled", height="0.32", fontsize="11"),
    "plugin": _node("#6b46c1", "#efe9fb", "component", "filled"),
    "unknown": _node("#718096", "#f7fafc", "box", "filled"),
    "missing": _node("#c53030", "#fff5f5", "octagon", "filled,dashed"),
    "open": _node("#c53030", "#ffffff", "circle", "filled,dashed", width="0.28", margin="0.02"),
    "several": _node("#4a5568", "#f7fafc", "folder", "filled"),
}

EDGE_STYLES: Mapping[EventKind, EdgeStyle] = {
    "input": EdgeStyle("#2b6cb0", {"color": "#2b6cb0"}),
    "callback": EdgeStyle("#b7791f", {"color": "#b7791f", "style": "dashed"}),
    "time": EdgeStyle("#b7791f", {"color": "#b7791f", "style": "dotted"}),
    "none": EdgeStyle("#8795a8", {"color": "#8795a8"}),
    "unknown": EdgeStyle("#5f6c7b", {"color": "#5f6c7b"}),
}

COMMON_STYLE = EdgeStyle("#b8c4d3", {"color": "#b8c4d3", "fontcolor": "#8795a8", "penwidth": "0.8", "weight": "0"})
RUNS_STYLE = EdgeStyle("#6b46c1", {"color": "#6b46c1", "style": "dotted", "constraint": "false", "arrowhead": "open"})

MARK_COLOURS: Mapping[Mark, MarkColour] = {
    "hit": MarkColour("#2f855a", "#e6f6ec"),
    "missed": MarkColour("#c53030", "#fdecec", ",dashed", "dashed"),
    "undeclared": MarkColour("#b83280", "#fdeef6", ",bold", "bold"),
    "added": MarkColour("#2f855a", "#e6f6ec", ",bold", "bold"),
    "gone": MarkColour("#c53030", "#fdecec", ",dashed", "dashed"),
    "changed": MarkColour("#b7791f", "#fdf3d8", ",diagonals"),
}
