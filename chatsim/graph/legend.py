"""What the shapes of a picture stand for, in words."""

from __future__ import annotations

from collections.abc import Mapping

from chatsim.graph.view import Mark, Shape, View

SHAPES: Mapping[Shape, str] = {
    "input": "rounded: waits for a person",
    "callback": "hexagon: waits for a webhook",
    "end": "double line: ends",
    "on": "square: goes on by itself",
    "plugin": "tabs: runs a plugin",
    "missing": "octagon: no such state",
    "open": "?: cannot be known without running it",
    "several": "folder: several states",
}
MARKS: Mapping[Mark, str] = {
    "hit": "green: reached",
    "missed": "red, dashed: not reached",
    "undeclared": "pink, bold: seen, and not declared",
    "added": "green, bold: added",
    "gone": "red, dashed: gone",
    "changed": "yellow: changed",
}


def legend(drawn: View) -> str:
    """Return what the shapes and marks in *drawn* stand for."""
    shapes = {node.shape for node in drawn.nodes}
    marks = {node.mark for node in drawn.nodes} | {edge.mark for edge in drawn.edges}
    words = [words for shape, words in SHAPES.items() if shape in shapes]
    return " · ".join([*words, *(words for mark, words in MARKS.items() if mark in marks)])
