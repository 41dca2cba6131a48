"""Draw a large graph with fewer boxes: states that follow each other in the conversation are drawn as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from chatsim.graph.labels import labels
from chatsim.graph.view import Edge, Node, View, counted, one_mark

MOST = 250
"""So many boxes are drawn one by one, if nobody says otherwise."""

_ARROWS, _LABELLED = 3, 2
"""So many arrows are drawn for each of `MOST` boxes, and so many with something written on them."""

_HUB = 8


def collapsed(drawn: View, most: int = MOST, arrows: int = 0) -> View:
    """Return *drawn* with at most *most* boxes (0 is no limit), and a note that says so.

    Chains are drawn as one box first.  If there are still too many, so is what is reached one after the other.
    *arrows* are drawn at most, by default three for each box.
    """
    limits = most, arrows or _ARROWS * most
    if not most or _is_small(len(drawn.nodes), len(drawn.edges), limits):
        return drawn
    found = _merged(drawn, _chains(drawn))
    if not _is_small(len(found.nodes), len(found.edges), limits):
        found = _clustered(found, limits)
    if len(found.edges) > _LABELLED * most:
        found = replace(found, edges=tuple(replace(edge, labels=()) for edge in found.edges))
    note = f"{len(drawn.nodes):,} boxes drawn as {len(found.nodes):,}: what follows each other is one"
    return replace(found, notes=(*found.notes, note))


def _is_small(boxes: int, arrows: int, limits: tuple[int, int]) -> bool:
    return boxes <= limits[0] and arrows <= limits[1]


def _chains(drawn: View) -> list[list[Node]]:
    """Return the runs of boxes that are come to from one other alone, and lead to one other alone."""
    known = {node.id: node for node in drawn.nodes}
    after, before = _neighbours(drawn.edges)
    inside = {name for name in known if len(after[name]) == len(before[name]) == 1 and _may_merge(known[name])}
    chains: list[list[Node]] = []
    seen: set[str] = set()
    for name in known:
        if name not in inside or name in seen or next(iter(before[name])) in inside:
            continue
        chain = [name]
        while (following := next(iter(after[chain[-1]]))) in inside and following not in chain:
            chain.append(following)
        seen.update(chain)
        chains += _of_one_machine([known[each] for each in chain])
    return chains


def _clustered(drawn: View, limits: tuple[int, int]) -> View:
    """Return *drawn* with boxes that are reached one from the other put together, as few as make it small enough."""
    size = 2
    while True:
        clusters = _clusters(drawn, size)
        places = {node.id: number for number, cluster in enumerate(clusters) for node in cluster}
        arrows = {(places[edge.source], places[edge.target]) for edge in drawn.edges}
        if _is_small(len(clusters), len(arrows), limits) or size > len(drawn.nodes):
            return _merged(drawn, clusters)
        size = max(size + 1, size * 3 // 2)


def _clusters(drawn: View, size: int) -> list[list[Node]]:
    """Return parts of at least *size* boxes, each of them a box with what is first come to from it."""
    known = {node.id: node for node in drawn.nodes}
    parents, hubs = _first_reached_from(drawn), _hubs(drawn)
    waiting: dict[str, list[Node]] = {name: [node] for name, node in known.items()}
    clusters: list[list[Node]] = []
    # From the last that is reached to the first: what is too small by itself goes to where it is come from.
    for name in reversed(parents):
        members = waiting.pop(name)
        parent = parents[name]
        node = known[name]
        alone = name in hubs or not _may_merge(node)
        if alone or parent is None or len(members) >= size or known[parent].machine != node.machine:
            clusters.append(members)
        else:
            waiting[parent] += members
    return clusters


def _hubs(drawn: View) -> set[str]:
    """Return the boxes that far more arrows lead to than to others: they belong to no part of the conversation."""
    _, before = _neighbours(drawn.edges)
    usual = sum(map(len, before.values())) / max(1, len(drawn.nodes))
    return {name for name, several in before.items() if len(several) > max(_HUB, 4 * usual)}


def _first_reached_from(drawn: View) -> dict[str, str | None]:
    """Return for each box the one that it is first reached from, in the order of reaching."""
    after, _ = _neighbours(drawn.edges)
    parents: dict[str, str | None] = {}
    for node in drawn.nodes:
        if node.id in parents:
            continue
        parents[node.id] = None
        waiting = [node.id]
        for name in waiting:
            fresh = [each for each in after[name] if each not in parents]
            parents.update(dict.fromkeys(fresh, name))
            waiting += fresh
    return parents


def _merged(drawn: View, groups: Iterable[list[Node]]) -> View:
    """Return *drawn* with each of *groups* as one box, and what leads from one into another as one arrow."""
    names: dict[str, str] = {}
    boxes: dict[str, Node] = {}
    for group in groups:
        if len(group) > 1 and all(_may_merge(node) for node in group):
            box = _several(group)
            boxes[box.id] = box
            names.update({node.id: box.id for node in group})
    nodes = dict.fromkeys(names.get(node.id, node.id) for node in drawn.nodes)
    known = {node.id: node for node in drawn.nodes} | boxes
    return replace(drawn, nodes=tuple(known[name] for name in nodes), edges=_between(drawn.edges, names))


def _several(group: list[Node]) -> Node:
    states = tuple(state for node in group for state in node.states)
    first = group[0].title.split(" … ")[0]
    last = group[-1].title.split("\n")[0].split(" … ")[-1]
    title = f"{first} … {last}\n{counted(len(states), 'state')}"
    return Node(group[0].id, title, "several", group[0].machine, states, one_mark([node.mark for node in group]))


def _between(edges: Iterable[Edge], names: Mapping[str, str]) -> tuple[Edge, ...]:
    found: dict[tuple[str, str, bool], list[Edge]] = defaultdict(list)
    for edge in edges:
        source, target = names.get(edge.source, edge.source), names.get(edge.target, edge.target)
        if source != target or edge.source not in names:
            found[source, target, edge.runs].append(edge)
    return tuple(_one(source, target, several) for (source, target, _), several in found.items())


def _one(source: str, target: str, several: list[Edge]) -> Edge:
    first = several[0]
    if len(several) == 1:
        return replace(first, source=source, target=target)
    ways = tuple(way for edge in several for way in edge.ways)
    event = first.event if len({edge.event for edge in several}) == 1 else "unknown"
    return Edge(source, target, labels(ways), event, ways, one_mark([edge.mark for edge in several]), runs=first.runs)


def _neighbours(edges: Iterable[Edge]) -> tuple[dict[str, dict[str, None]], dict[str, dict[str, None]]]:
    """Return what each box leads to, and what leads to it, in order; not itself."""
    after: dict[str, dict[str, None]] = defaultdict(dict)
    before: dict[str, dict[str, None]] = defaultdict(dict)
    for edge in edges:
        if edge.source != edge.target:
            after[edge.source][edge.target] = None
            before[edge.target][edge.source] = None
    return after, before


def _of_one_machine(chain: list[Node]) -> list[list[Node]]:
    return [chain] if len({node.machine for node in chain}) == 1 else []


def _may_merge(node: Node) -> bool:
    return bool(node.states) and not any(state.initial for state in node.states)
