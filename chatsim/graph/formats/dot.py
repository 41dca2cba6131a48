"""Graphs as DOT, the language of Graphviz: drawn with care, and with all of the graph in it, so that it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from chatsim.errors import SetupError
from chatsim.graph.formats.data import packed, packed_graph, unpacked
from chatsim.graph.labels import shown
from chatsim.graph.layout.model import Point
from chatsim.graph.legend import legend
from chatsim.graph.model import Graph, State, Transition
from chatsim.graph.style import COMMON_STYLE, EDGE_STYLES, FONT, INK, MARK_COLOURS, NODE_STYLES, QUIET, RUNS_STYLE
from chatsim.graph.view import Edge, Marks, Node, View, view

DATA = "chatsim"
"""The attribute that holds what was packed."""

_PLACE = 200
"""How many characters of a place in the source are shown."""

_TOKEN = re.compile(
    r'<(?P<html>.*?)>(?=\];\n)|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<word>\w+)|(?P<sign>->|[\[\]{}=;,])|\s+', re.DOTALL
)


def write_dot(graph: Graph, marks: Marks | None = None) -> str:
    """Return *graph* as DOT, which `read_dot` reads again."""
    return dot_of(view(graph, marks or {}), graph)


def dot_of(drawn: View, graph: Graph | None = None, places: Mapping[str, Point] | None = None) -> str:
    """Return *drawn* as DOT, with the states and transitions of *graph* in it, and the boxes where *places* says.

    *places* are the middles of the boxes by their ids, in points; ``neato -n2`` leaves them there.
    """
    data = _Data(graph, places or {})
    lines = ["digraph chatsim {", *(f"  {line}" for line in _head(drawn, graph))]
    lines += [f"  {_node(node, data)}" for node in drawn.nodes if not node.machine]
    for number, (machine, name) in enumerate(drawn.frames.items()):
        lines += [f"  subgraph cluster{number} {{", f"    {_attributes(_frame(name))[1:-1].replace(', ', '; ')};"]
        lines += [f"    {_node(node, data)}" for node in drawn.nodes if node.machine == machine]
        lines += ["  }"]
    lines += [f"  {_edge(edge, data)}" for edge in drawn.edges]
    return "\n".join([*lines, "}", ""])


def read_dot(text: str) -> Graph:
    """Return the graph that `write_dot` wrote; raise `SetupError` for any other text."""
    found: dict[str, list[str]] = {"graph": [], "node": [], "edge": []}
    for kind, attributes in _statements(text):
        if DATA in attributes:
            found[kind] += attributes[DATA].split("\n")  # packed parts hold no line end
    if len(found["graph"]) != 1:
        raise SetupError("the file is no DOT that chatsim wrote: it holds no graph of a bot")
    return unpacked(found["node"], found["edge"], found["graph"][0])


# ---------------------------------------------------------------- writing


class _Data:
    """What is known of boxes and arrows besides how they look: the packed parts of a graph, and places."""

    def __init__(self, graph: Graph | None, places: Mapping[str, Point]) -> None:
        self.places = places
        parts: list[tuple[int, State | Transition]] = []
        if graph is not None:
            parts = [*enumerate(graph.states), *enumerate(graph.transitions)]
        self._packed = {(type(part), part.id): packed(index, part) for index, part in parts}

    def of(self, parts: Iterable[State | Transition]) -> dict[str, str]:
        known = [self._packed[type(part), part.id] for part in parts if self._packed]
        return {DATA: "\n".join(known)} if known else {}


def _head(drawn: View, graph: Graph | None) -> Iterator[str]:
    whole: dict[str, str] = {
        "rankdir": "TB",
        "bgcolor": "white",
        "fontname": FONT,
        "fontsize": "10",
        "fontcolor": QUIET,
        "labelloc": "t",
        "labeljust": "l",
        "nodesep": "0.3",
        "ranksep": "0.45",
        "pad": "0.3",
    }
    if graph is not None:
        whole[DATA] = _quotable(packed_graph(graph))
    yield f"graph {_attributes(whole)};"
    yield f"graph [label=<{_headline(drawn)}>];"
    yield f"node {_attributes({'fontname': FONT, 'fontsize': '12', 'fontcolor': INK, 'height': '0.4', 'margin': '0.16,0.06'})};"
    yield f"edge {_attributes({'fontname': FONT, 'fontsize': '9', 'fontcolor': QUIET, 'arrowsize': '0.7'})};"


def _headline(drawn: View) -> str:
    """Return what is written above the picture, as Graphviz's HTML: the bot, and what is drawn of it."""
    lines = [f'<FONT POINT-SIZE="16" COLOR="{INK}">{escape(drawn.title)}</FONT>'] if drawn.title else []
    lines += [escape(line) for line in (drawn.caption, *drawn.notes, legend(drawn))]
    rows = "".join(f'<TR><TD ALIGN="LEFT">{line}</TD></TR>' for line in [*lines, " "])
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="3" CELLPADDING="0">{rows}</TABLE>'


def _frame(name: str) -> dict[str, str]:
    return {"label": _escaped(f"plugin {name}"), "style": "rounded,dashed", "color": QUIET, "margin": "14"}


def _node(node: Node, data: _Data) -> str:
    style = NODE_STYLES[node.shape]
    attributes = {"label": _escaped(node.title), **style.dot}
    if node.mark:
        colour = MARK_COLOURS[node.mark]
        attributes |= {"color": colour.line, "fillcolor": colour.fill, "penwidth": "1.8"}
        attributes["style"] = f"{attributes.get('style', 'filled')}{colour.dot_style}"
    if node.id in data.places:
        at = data.places[node.id]
        attributes["pos"] = f"{at.x:.1f},{-at.y:.1f}!"  # upwards, as Graphviz counts
    lines = [state.line for state in node.states if state.line is not None]
    if lines:
        attributes["tooltip"] = _escaped(f"{node.title}\n{shown(str(lines[0]), _PLACE)}")
    return f"{_quoted(node.id)} {_attributes({**attributes, **_text(data.of(node.states))})};"


def _edge(edge: Edge, data: _Data) -> str:
    style = RUNS_STYLE if edge.runs else COMMON_STYLE if edge.common else EDGE_STYLES[edge.event]
    attributes = dict(style.dot)
    if edge.labels:
        # Blanks at both sides keep the words off the line.
        attributes["label"] = _escaped("\n".join(f" {label} " for label in edge.labels))
    if edge.mark:
        colour = MARK_COLOURS[edge.mark]
        attributes |= {"color": colour.line, "fontcolor": colour.line, "style": colour.edge_style}
    return (
        f"{_quoted(edge.source)} -> {_quoted(edge.target)} {_attributes({**attributes, **_text(data.of(edge.ways))})};"
    )


def _text(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: _quotable(value) for name, value in attributes.items()}


def _attributes(attributes: Mapping[str, str]) -> str:
    return f"[{', '.join(f'{name}={_quoted(value)}' for name, value in attributes.items())}]"


def _quoted(text: str) -> str:
    return f'"{text}"'


def _quotable(text: str) -> str:
    r"""Return *text*, which has no backslash before a quote, so that it can stand between quotes."""
    return text.replace('"', '\\"')


def _escaped(text: str) -> str:
    r"""Return *text* as a label that shows it to the letter.

    In a label ``\n`` is a line end, ``\N`` the name of the node, and ``&lt;`` a sign.

    >>> print(_escaped('say "\\N" & <b>'))
    say \"\\N\" &amp; <b>
    """
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;").replace("\n", "\\n")


# ---------------------------------------------------------------- reading


def _statements(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the attributes of each statement, with whether they are the graph's, a node's or an edge's."""
    tokens = list(_tokens(text))
    start = 0
    for at, (kind, token) in enumerate(tokens):
        if kind == "sign" and token in {";", "{", "}"}:
            statement = tokens[start:at]
            start = at + 1
            if ("sign", "[") in statement:
                yield _kind(statement), dict(_pairs(statement))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SetupError(f"line {text.count(chr(10), 0, at) + 1} is no DOT that chatsim wrote")
        at = match.end()
        if match.lastgroup is not None:
            yield match.lastgroup, match[match.lastgroup]


def _kind(statement: list[tuple[str, str]]) -> str:
    if ("sign", "->") in statement:
        return "edge"
    return "graph" if statement[0] == ("word", "graph") else "node"


def _pairs(statement: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for (_, name), sign, (_, value) in zip(statement, statement[1:], statement[2:], strict=False):
        if sign == ("sign", "="):
            yield name, value.replace('\\"', '"')
