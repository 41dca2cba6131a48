"""Graphs as Mermaid flowcharts, which code hosts draw in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from chatsim.graph.legend import legend
from chatsim.graph.model import Graph
from chatsim.graph.style import COMMON_STYLE, EDGE_STYLES, INK, MARK_COLOURS, NODE_STYLES, QUIET, RUNS_STYLE
from chatsim.graph.view import Edge, Mark, Marks, Node, Shape, View, view

SHAPES: Mapping[Shape, tuple[str, str]] = {
    "begin": ("((", "))"),
    "input": ("([", "])"),
    "callback": ("{{", "}}"),
    "end": ("(((", ")))"),
    "on": ("[", "]"),
    "plugin": ("[[", "]]"),
    "unknown": ("(", ")"),
    "missing": (">", "]"),
    "open": ("((", "))"),
    "several": ("[/", "/]"),
}
"""What stands around the text of a box."""

_DASHED = frozenset({"callback", "time"})
_PLAIN = re.compile(r"[^\w .,:()'?!/|+=*“”…·\u00b7-]")
"""What is written out in a label.  Mermaid has entities of its own, directives anywhere, and Markdown in texts."""

MOST_ARROWS = 500
"""Mermaid draws no more arrows than these, unless whoever shows the diagram lets it; the diagram itself cannot."""


def write_mermaid(graph: Graph, marks: Marks | None = None) -> str:
    """Return *graph* as a Mermaid flowchart.

    >>> from chatsim.graph.model import State
    >>> drawn = write_mermaid(Graph("shop:Bot", (State("ask", initial=True, waits="input"),)))
    >>> next(line for line in drawn.splitlines() if "ask" in line).strip()
    's0(["ask"]):::is_input'
    """
    return mermaid_of(view(graph, marks or {}))


def mermaid_of(drawn: View) -> str:
    """Return *drawn* as a Mermaid flowchart."""
    body = [*_nodes(drawn), *(f"  {_edge(edge)}" for edge in drawn.edges), *_edge_styles(drawn), *_classes(drawn)]
    head = [f"%% {_comment(line)}" for line in (drawn.title, drawn.caption, *drawn.notes, legend(drawn))]
    return "\n".join([*head, "flowchart TD", *body, ""])


def _comment(text: str) -> str:
    # A comment ends with its line; a directive in it would be obeyed all the same.
    return text.replace("{", "(").replace("}", ")") or "a bot"


def _nodes(drawn: View) -> Iterator[str]:
    for node in drawn.nodes:
        if not node.machine:
            yield f"  {_node(node)}"
    for number, (machine, name) in enumerate(drawn.frames.items()):
        yield f'  subgraph p{number}["plugin {_escaped(name)}"]'
        yield from (f"    {_node(node)}" for node in drawn.nodes if node.machine == machine)
        yield "  end"


def _node(node: Node) -> str:
    left, right = SHAPES[node.shape]
    return f'{node.id}{left}"{_lines(node.title.splitlines()) or " "}"{right}:::{_class(node)}'


def _class(node: Node) -> str:
    return f"is_{node.mark or node.shape}"  # `end` is a word of Mermaid's


def _edge(edge: Edge) -> str:
    dashed = edge.runs or edge.event in _DASHED or edge.mark in {"missed", "gone"}
    arrow = "-.->" if dashed else "==>" if edge.mark == "added" else "-->"
    words = _lines(edge.labels)
    return f'{edge.source} {arrow}|"{words}"| {edge.target}' if words else f"{edge.source} {arrow} {edge.target}"


def _lines(texts: Iterable[str]) -> str:
    return "<br/>".join(_escaped(text) for text in texts)


def _edge_styles(drawn: View) -> Iterator[str]:
    """Yield the colours of the arrows, which are named by their numbers."""
    numbers: dict[str, list[str]] = {}
    for number, edge in enumerate(drawn.edges):
        style = RUNS_STYLE if edge.runs else COMMON_STYLE if edge.common else EDGE_STYLES[edge.event]
        colour = MARK_COLOURS[edge.mark].line if edge.mark else style.line
        numbers.setdefault(colour, []).append(str(number))
    for colour, several in numbers.items():
        yield f"  linkStyle {','.join(several)} stroke:{colour}"


def _classes(drawn: View) -> Iterator[str]:
    shapes: list[Shape] = [node.shape for node in drawn.nodes if not node.mark]
    marks: list[Mark] = [node.mark for node in drawn.nodes if node.mark]
    for shape in dict.fromkeys(shapes):
        style = NODE_STYLES[shape]
        yield f"  classDef is_{shape} fill:{style.fill},stroke:{style.line},color:{INK if shape != 'begin' else QUIET}"
    for mark in dict.fromkeys(marks):
        colour = MARK_COLOURS[mark]
        dashes = ",stroke-dasharray:5 3" if "dashed" in colour.dot_style else ",stroke-width:2px"
        yield f"  classDef is_{mark} fill:{colour.fill},stroke:{colour.line},color:{INK}{dashes}"


def _escaped(text: str) -> str:
    """Return *text* as it stands between quotes: what could mean something to Mermaid is written as an entity.

    >>> _escaped('say "#quot;" <b>')
    'say #34;#35;quot#59;#34; #60;b#62;'
    """
    return _PLAIN.sub(lambda match: f"#{ord(match[0])};", text)
