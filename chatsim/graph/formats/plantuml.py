"""Graphs as PlantUML state diagrams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from chatsim.graph.model import Graph
from chatsim.graph.style import COMMON_STYLE, EDGE_STYLES, MARK_COLOURS, NODE_STYLES, QUIET, RUNS_STYLE
from chatsim.graph.view import Edge, Marks, Node, Shape, View, view

_LINES: Mapping[Shape, tuple[str, str]] = {
    "input": ("", "waits for a person"),
    "callback": ("[dashed]", "waits for a webhook"),
    "end": ("[bold]", "ends"),
    "on": ("", ""),
    "plugin": ("[bold]", "runs a plugin"),
    "unknown": ("", ""),
    "missing": ("[dotted]", "no such state"),
    "open": ("[dotted]", "cannot be known"),
    "several": ("[bold]", "several states"),
}
"""How the line around a box is drawn, and what stands under its name: a state diagram has but one shape for states."""

_PLAIN = re.compile(r"[^\w .,:()'?!/|+=“”…·-]")


def write_plantuml(graph: Graph, marks: Marks | None = None) -> str:
    """Return *graph* as a PlantUML state diagram."""
    return plantuml_of(view(graph, marks or {}))


def plantuml_of(drawn: View) -> str:
    """Return *drawn* as a PlantUML state diagram.

    >>> from chatsim.graph.model import State
    >>> plantuml_of(view(Graph("", (State("ask", waits="input"),)))).splitlines()[-2]
    's0 : waits for a person'
    """
    return "\n".join(["@startuml", *_head(drawn), *_body(drawn), "@enduml", ""])


def _head(drawn: View) -> Iterator[str]:
    yield "hide empty description"
    yield "skinparam shadowing false"
    yield f"skinparam ArrowColor {QUIET}"
    yield f"skinparam StateBorderColor {NODE_STYLES['on'].line}"
    yield f"skinparam StateBackgroundColor {NODE_STYLES['on'].fill}"
    if drawn.title:
        yield f"title {_escaped(drawn.title)}"
    yield f"caption {_lines((drawn.caption, *drawn.notes))}"


def _body(drawn: View) -> Iterator[str]:
    begins = {node.id for node in drawn.nodes if node.shape == "begin"}
    for node in drawn.nodes:
        if not node.machine:
            yield from _node(node, drawn, begins)
    for number, (machine, name) in enumerate(drawn.frames.items()):
        yield f'state "plugin {_escaped(name)}" as p{number} #ffffff ##[dashed]{QUIET.removeprefix("#")} {{'
        for node in drawn.nodes:
            if node.machine == machine:
                yield from (f"  {line}" for line in _node(node, drawn, begins))
        yield "}"
    for edge in drawn.edges:
        if edge.source not in begins:
            yield _edge(edge)


def _node(node: Node, drawn: View, begins: set[str]) -> Iterator[str]:
    if node.id in begins:
        yield from (f"[*] --> {edge.target}" for edge in drawn.edges if edge.source == node.id)
        return
    style = NODE_STYLES[node.shape]
    border, words = _LINES[node.shape]
    fill, line = style.fill, style.line
    if node.mark:
        fill, line = MARK_COLOURS[node.mark].fill, MARK_COLOURS[node.mark].line
        words = " - ".join(part for part in (words, node.mark) if part)
    yield f'state "{_lines(node.title.splitlines())}" as {node.id} {fill} ##{border}{line.removeprefix("#")}'
    if words:
        yield f"{node.id} : {words}"
    if node.shape == "end":
        yield f"{node.id} --> [*]"


def _edge(edge: Edge) -> str:
    style = RUNS_STYLE if edge.runs else COMMON_STYLE if edge.common else EDGE_STYLES[edge.event]
    colour = MARK_COLOURS[edge.mark].line if edge.mark else style.line
    dashed = "dashed" if edge.event == "callback" or edge.mark in {"missed", "gone"} else "dotted" if edge.runs else ""
    arrow = f"-[{colour}{f',{dashed}' if dashed else ''}]->"
    words = _lines(edge.labels)
    return f"{edge.source} {arrow} {edge.target}{f' : {words}' if words else ''}"


def _lines(texts: Iterable[str]) -> str:
    return "\\n".join(_escaped(text) for text in texts)


def _escaped(text: str) -> str:
    r"""Return *text* with what could mean something to PlantUML written as its number.

    >>> _escaped('a "b"\\n**c**')
    'a <U+0022>b<U+0022><U+005C>n<U+002A><U+002A>c<U+002A><U+002A>'
    """
    return _PLAIN.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)
