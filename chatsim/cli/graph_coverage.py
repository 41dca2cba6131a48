"""Mark in a graph what conversations reached, from the data that a run with coverage wrote."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TypeVar

import msgspec

from chatsim.coverage.data import Recorded
from chatsim.coverage.facts import Hopped, Moved, WasIn
from chatsim.coverage.files import read_coverage
from chatsim.errors import SetupError, did_you_mean
from chatsim.graph.join import join, undeclared
from chatsim.graph.model import NOWHERE, Graph, Hops, State, Transition
from chatsim.graph.view import Mark
from chatsim.trace import Hop

PartT = TypeVar("PartT", State, Transition)


def coverage_marks(recorded: Recorded, graph: Graph) -> tuple[Graph, dict[Hashable, Mark]]:
    """Return *graph* with all that was seen, and for each of its states and transitions whether it was reached."""
    whole = join(graph, _seen(recorded, graph))
    odd = undeclared(whole)
    marks: dict[Hashable, Mark] = {state.id: _mark(state.observed) for state in whole.states}
    marks.update({way.id: _mark(way.observed) for way in whole.transitions})
    marks.update({state.id: "undeclared" for state in odd.states})
    marks.update({way.id: "undeclared" for way in odd.transitions})
    return whole, marks


def _mark(observed: bool) -> Mark:
    return "hit" if observed else "missed"


def recorded_of(path: Path, reference: str) -> Recorded:
    """Return what the coverage data in the file at *path* says of the bot *reference*, or of the only one there is.

    Raises `SetupError` where there is no such file, or no such bot in it.
    """
    coverage = read_coverage(path)
    known = {str(bot): recorded for bot, recorded in coverage.bots.items()}
    for recorded in coverage.bots.values():
        if reference and recorded.reference == reference:
            return recorded
    if len(known) == 1:
        return next(iter(known.values()))
    names = [recorded.reference for recorded in coverage.bots.values()]
    raise SetupError(f"{path} has no coverage of {reference or 'this bot'}. {did_you_mean(reference, names)}")


def _seen(recorded: Recorded, graph: Graph) -> Graph:
    """Return what the facts of *recorded* say was seen of *graph*."""
    hops = Hops(graph)
    states: dict[Hashable, State] = {}
    ways: dict[Hashable, Transition] = {}
    for fact in recorded.seen:
        if isinstance(fact, WasIn):
            _note(states, State(fact.state, observed=True))
        elif isinstance(fact, Hopped):
            hop = Hop(fact.source, fact.target, fact.guards, fact.machine)
            taken = hops.taken(hop) or _unknown(hop)
            _note(ways, msgspec.structs.replace(taken, observed=True))
        elif isinstance(fact, Moved):
            _note(ways, Transition(fact.source, fact.target, observed=True))
    for way in ways.values():
        _note(states, State(way.source, machine=way.machine, observed=True))
        if way.target is not None:
            _note(states, State(way.target, machine=way.machine, observed=True))
    return Graph("", tuple(states.values()), tuple(ways.values()))


def _note(found: dict[Hashable, PartT], part: PartT) -> None:
    found.setdefault(part.id, part)


def _unknown(hop: Hop) -> Transition:
    source = hop.source or NOWHERE
    target = source if hop.target is None else hop.target
    return Transition(source, target, internal=hop.target is None, machine=hop.machine)
