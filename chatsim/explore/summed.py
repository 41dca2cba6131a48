"""Make the result of a search: states, transitions, findings with witnesses that were played again."""

from __future__ import annotations

from collections.abc import Callable

from chatsim.explore.checks.base import Found
from chatsim.explore.letters import Letter
from chatsim.explore.result import Edge, Exploration, Finding, Severity
from chatsim.explore.search import Search
from chatsim.trace import Trace


def summed(search: Search, name: str) -> Exploration:
    """Return the result of *search*, which is over; within the player's world."""
    severities: dict[str, Severity] = {
        kind: severity for check in search.checks for kind, severity in check.kinds.items()
    }
    for check in search.checks:
        for found in check.close(search):
            search.found.setdefault((found.kind, found.key), found)
    findings = [_finding(search, found, severities.get(found.kind, "error")) for found in search.found.values()]
    unexpanded = len(search.nodes) - sum(search.nodes.expanded)
    return Exploration(
        bot=name,
        outcome="bounded" if unexpanded else "complete",
        stopped=search.stopped,
        snapshots=len(search.nodes),
        unexpanded=unexpanded,
        steps=search.steps,
        seconds=search.seconds,
        states=(),
        transitions=(),
        findings=tuple(sorted(findings, key=lambda found: (found.severity != "error", found.kind, found.state or ""))),
        trace_of=_traces(search),
    )


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


def _traces(search: Search) -> Callable[[str | Edge], Trace | None]:
    ways: dict[str | Edge, list[Letter]] = {}

    def trace_of(what: str | Edge) -> Trace | None:
        letters = ways.get(what)
        if letters is None:
            return None
        with search.player.inside():
            return search.player.trace(letters)

    return trace_of
