"""A graph as it is to be drawn: boxes with a shape, arrows with short labels, and what stands around them.

Every picture (`chatsim.graph.formats`) is a text of a `View`; what a shape or a mark looks like is the format's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from chatsim.graph.labels import labels, shown, title
from chatsim.graph.model import (
    EventKind,
    Graph,
    State,
    StateId,
    Transition,
    initial_states,
    machines,
    plugin_path,
    states_by_id,
)

Shape: TypeAlias = Literal["begin", "input", "callback", "end", "on", "plugin", "unknown", "missing", "open", "several"]
"""What a box stands for.

``begin`` is where a chat begins; ``input``, ``callback`` and ``end`` are what a state waits for, ``on`` goes on by
itself, ``plugin`` runs a plugin, and of ``unknown`` none of these is known; ``missing`` is a state that is named and
not there, ``open`` the end of an arrow that leads nobody knows where, ``several`` are states drawn as one.
"""

Mark: TypeAlias = Literal["", "hit", "missed", "undeclared", "added", "gone", "changed"]
"""What else is to be seen of a box or an arrow: whether tests reached it, or what became of it since."""

Marks: TypeAlias = Mapping[Hashable, Mark]
"""The marks of states and transitions, by their ids."""

_NO_MARKS: Marks = {}

COMMON = 4
"""So many arrows to one box with the same words on them are common."""


@dataclass(frozen=True, slots=True)
class Node:
    """A box.  `states` are those that it stands for, `machine` is the frame that it is in."""

    id: str
    title: str
    shape: Shape
    machine: str = ""
    states: tuple[State, ...] = ()
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from one box to another, by their ids, with what is written on it, line by line.

    `common` are those of which many lead to one place for one reason (``cancel``), and which a picture keeps in the
    background; `runs` leads from a state to the plugin that it runs.
    """

    source: str
    target: str
    labels: tuple[str, ...] = ()
    event: EventKind = "unknown"
    ways: tuple[Transition, ...] = ()
    mark: Mark = ""
    common: bool = False
    runs: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What is to be drawn, in the order of the conversation.

    `frames` are the machines of plugins by their paths, with what is written on the frame; `caption` says what the
    picture shows, and `notes` what it leaves out.
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    frames: Mapping[str, str] = field(default_factory=dict)
    caption: str = ""
    notes: tuple[str, ...] = ()


def view(graph: Graph, marks: Marks = _NO_MARKS) -> View:
    """Return *graph* as it is to be drawn; transitions between the same two states are one arrow.

    >>> graph = Graph(states=(State("a", initial=True), State("b")), transitions=(Transition("a", "b"),))
    >>> [(edge.source, edge.target) for edge in view(graph).edges]
    [('begin0', 's0'), ('s0', 's1')]
    """
    ordered = in_order(graph)
    boxes = {state.id: _box(f"s{index}", state, marks) for index, state in enumerate(ordered)}
    begins, arrows = _beginnings(graph, boxes)
    missing: dict[StateId, Node] = {}
    opens: list[Node] = []
    edges: list[Edge] = []
    for ways in _between(graph).values():
        first = ways[0]
        source = boxes.get((first.machine, first.source)) or _missing(first.machine, first.source, missing)
        if first.target is None:
            target = Node(f"open{len(opens)}", "?", "open", first.machine)
            opens.append(target)
        else:
            target = boxes.get((first.machine, first.target)) or _missing(first.machine, first.target, missing)
        edges.append(_arrow(source.id, target.id, ways, marks))
    frames = {machine: shown(machine) or "(blank)" for machine in machines(graph) if machine}
    nodes = (*begins, *boxes.values(), *missing.values(), *opens)
    edges += _runs(graph, boxes)
    return View(shown(graph.bot, 80), nodes, (*arrows, *_in_the_background(edges)), frames, _caption(graph))


def in_order(graph: Graph) -> list[State]:
    """Return the states of *graph* in the order in which a conversation comes to them, machine by machine."""
    known = states_by_id(graph)
    after: dict[StateId, list[StateId]] = defaultdict(list)
    for way in graph.transitions:
        if way.target is not None:
            after[way.machine, way.source].append((way.machine, way.target))
    found: dict[StateId, State] = {}
    for machine in machines(graph):
        begins = [state.id for state in initial_states(graph, machine)]
        others = [state.id for state in graph.states if state.machine == machine]
        for begin in (*begins, *others):
            waiting = [begin]
            for at in waiting:
                if at in known and at not in found:
                    found[at] = known[at]
                    waiting += after[at]
    return list(found.values())


def shape_of(state: State) -> Shape:
    """Return the shape of *state*."""
    if state.runs:
        return "plugin"
    return state.waits or ("on" if state.may == ("on",) else "unknown")


def _box(name: str, state: State, marks: Marks) -> Node:
    return Node(name, title(state), shape_of(state), state.machine, (state,), marks.get(state.id, ""))


def _beginnings(graph: Graph, boxes: Mapping[StateId, Node]) -> tuple[list[Node], list[Edge]]:
    nodes: list[Node] = []
    edges: list[Edge] = []
    for machine in machines(graph):
        for state in initial_states(graph, machine):
            node = Node(f"begin{len(nodes)}", "", "begin", machine)
            nodes.append(node)
            edges.append(Edge(node.id, boxes[state.id].id))
    return nodes, edges


def _runs(graph: Graph, boxes: Mapping[StateId, Node]) -> list[Edge]:
    """Return the arrows from states to the plugins that they run."""
    return [
        Edge(boxes[state.id].id, boxes[inner.id].id, runs=True)
        for state in graph.states
        if state.runs
        for inner in initial_states(graph, plugin_path(state))
    ]


def _in_the_background(edges: list[Edge]) -> list[Edge]:
    alike = Counter((edge.target, edge.labels) for edge in edges if edge.labels)
    return [replace(edge, common=alike[edge.target, edge.labels] >= COMMON) for edge in edges]


def _between(graph: Graph) -> dict[Hashable, list[Transition]]:
    """Return the transitions by where they lead from and to."""
    found: dict[Hashable, list[Transition]] = defaultdict(list)
    for way in graph.transitions:
        found[way.way].append(way)
    return found


def _missing(machine: str, name: str, missing: dict[StateId, Node]) -> Node:
    """Return the box of a state that is named and not there."""
    node = Node(f"missing{len(missing)}", title(State(name)), "missing", machine)
    return missing.setdefault((machine, name), node)


def _arrow(source: str, target: str, ways: list[Transition], marks: Marks) -> Edge:
    event: EventKind = ways[0].event if len({way.event for way in ways}) == 1 else "unknown"
    return Edge(source, target, labels(ways), event, tuple(ways), one_mark([marks.get(way.id, "") for way in ways]))


def one_mark(several: list[Mark]) -> Mark:
    """Return the mark of what stands for several: theirs if they agree, ``changed`` where some came or went.

    >>> one_mark(["hit", "missed"]), one_mark(["added", ""]), one_mark(["gone", "gone"])
    ('missed', 'changed', 'gone')
    """
    found = set(several)
    if len(found) == 1:
        return found.pop()
    if found & {"added", "gone", "changed"}:
        return "changed"
    return "undeclared" if "undeclared" in found else "missed" if "missed" in found else "hit"


def _caption(graph: Graph) -> str:
    return f"{counted(len(graph.states), 'state')}, {counted(len(graph.transitions), 'transition')}"


def counted(number: int, word: str) -> str:
    """Return *number* with *word*, which takes an s for more than one.

    >>> counted(1, "state"), counted(1200, "transition")
    ('1 state', '1,200 transitions')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"
