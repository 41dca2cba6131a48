"""What a search reached, as coverage: the shortest conversations to all that it found."""

from __future__ import annotations

from collections.abc import Mapping

from chatsim.coverage.collect import facts_of
from chatsim.coverage.data import Declared, Recorded
from chatsim.coverage.facts import Fact
from chatsim.explore.results.result import Edge, Exploration
from chatsim.trace import Trace

EXPLORED = "explore"
"""The name under which conversations of a search count."""


def shortest_traces(exploration: Exploration) -> list[Trace]:
    """Return the shortest conversation to each state and through each transition of *exploration*, the shortest first."""
    wanted: list[str | Edge] = [*exploration.states, *exploration.transitions]
    traces = [trace for trace in map(exploration.trace_of, wanted) if trace is not None and trace.turns]
    return sorted(traces, key=lambda trace: len(trace.turns))


def recorded_of(traces: Mapping[str, Trace], reference: str, declared: Declared | None) -> Recorded:
    """Return what *traces* show of a bot, each under its own name."""
    seen: dict[Fact, set[str]] = {}
    for name, trace in traces.items():
        for fact in facts_of(trace):
            seen.setdefault(fact, set()).add(name)
    return Recorded(reference, {fact: frozenset(by) for fact, by in seen.items()}, declared)


def explored(exploration: Exploration, reference: str, declared: Declared | None) -> Recorded:
    """Return what *exploration* reached of a bot, as one conversation."""
    facts = {fact for trace in shortest_traces(exploration) for fact in facts_of(trace)}
    return Recorded(reference, dict.fromkeys(facts, frozenset({EXPLORED})), declared)
