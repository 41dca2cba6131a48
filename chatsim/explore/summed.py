"""Make the result of a search: states, transitions, findings with witnesses that were played again."""

from __future__ import annotations

from collections.abc import Callable

from chatsim.explore.checks.base import Found
from chatsim.explore.letters import Letter
from chatsim.explore.result import Edge, Exploration, Finding, Outcome, Severity
from chatsim.explore.search import Search
from chatsim.trace import Trace

_MOST_STEPS_FOR_PAIRS = 500_000


def summed(search: Search, name: str) -> Exploration:
    """Return the result of *search*, which is over; within the player's world."""
    search.nodes.straighten(search.turns_of)
    severities: dict[str, Severity] = {
        kind: severity for check in search.checks for kind, severity in check.kinds.items()
    }
    for check in search.checks:
        for found in check.close(search):
            search.found.setdefault((found.kind, found.key), found)
    findings = [_finding(search, found, severities.get(found.kind, "error")) for found in search.found.values()]
    edges, ways, pairs = _edges(search)
    book = search.book
    return Exploration(
        bot=name,
        outcome=outcome_of(search),
        stopped=search.stopped,
        snapshots=len(search.nodes),
        unexpanded=len(search.nodes) - sum(search.nodes.expanded),
        steps=search.steps,
        seconds=search.seconds,
        states=tuple(book.visited),
        transitions=edges,
        findings=tuple(sorted(findings, key=lambda found: (found.severity != "error", found.kind, found.state or ""))),
        pairs=pairs,
        guards={guard: tuple(sorted(answers)) for guard, answers in sorted(book.guards.items())},
        hops=tuple(book.hops),
        faults=book.faults,
        trace_of=_traces(search, ways),
    )


def outcome_of(search: Search) -> Outcome:
    """Return how far *search* came."""
    if search.closed:
        return "complete"
    return "projected" if search.is_projected and not search.unplayable and search.stopped != "max-depth" else "bounded"


def _finding(search: Search, found: Found, severity: Severity) -> Finding:
    letters = [*search.way_to(found.node), *found.letters]
    return Finding(
        found.kind,
        found.severity or severity,
        found.state,
        found.message,
        search.player.trace(letters),
        found.event,
        found.key,
        found.expects,
        found.inconclusive,
    )


def _edges(search: Search) -> tuple[tuple[Edge, ...], dict[str | Edge, list[Letter]], int]:
    """Return the transitions, the shortest way to each state and through each transition, and how many pairs there are."""
    book, nodes = search.book, search.nodes
    labels = [letter.label for letter in search.letters]
    names = book.state_names
    edges: dict[tuple[str, int, str], tuple[int, int]] = {}
    states: dict[str, tuple[int, int]] = {}
    came: dict[int, set[tuple[str, int, str]]] = {}
    left: dict[int, set[tuple[str, int, str]]] = {}
    counts = len(nodes.sources) <= _MOST_STEPS_FOR_PAIRS
    for index, (source, number, target, _) in enumerate(nodes.steps()):
        before = names[nodes.state[source]]
        after = book.ends.get(index) or names[nodes.state[target]]
        edge = (before, book.merged.get((before, number), number), after)
        known = edges.get(edge)
        if known is None or nodes.depth[source] < nodes.depth[known[0]]:
            edges[edge] = (source, number)
        reached = states.get(after)
        if reached is None or nodes.depth[source] < nodes.depth[reached[0]]:
            states[after] = (source, number)
        if counts:
            left.setdefault(source, set()).add(edge)
            came.setdefault(target, set()).add(edge)
    pairs = {(first, second) for node, firsts in came.items() for first in firsts for second in left.get(node, ())}
    ways: dict[str | Edge, list[Letter]] = {names[nodes.state[0]]: []}
    shortest: dict[str | Edge, tuple[int, int]] = dict(states.items())
    shortest |= {_named(edge, labels): way for edge, way in edges.items()}
    for what, (source, number) in shortest.items():
        ways.setdefault(what, [*search.way_to(source), search.letters[number]])
    return tuple(_named(edge, labels) for edge in edges), ways, len(pairs)


def _named(edge: tuple[str, int, str], labels: list[str]) -> Edge:
    return edge[0], labels[edge[1]], edge[2]


def _traces(search: Search, ways: dict[str | Edge, list[Letter]]) -> Callable[[str | Edge], Trace | None]:
    def trace_of(what: str | Edge) -> Trace | None:
        letters = ways.get(what)
        if letters is None:
            return None
        with search.player.inside():
            return search.player.trace(letters)

    return trace_of
