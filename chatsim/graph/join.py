"""Put graphs of one bot together, and say what one of them knows that the declared one does not."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

import msgspec

from chatsim.graph.model import Graph, State, Transition

_Part = TypeVar("_Part", State, Transition)


def join(*graphs: Graph) -> Graph:
    """Return one graph of all that *graphs* say of the same bot.

    What the first says stands; those after it add what it leaves out, and where each thing is known from.

    >>> declared = Graph(states=(State("ask", waits="input", declared=True),))
    >>> [state] = join(declared, Graph(states=(State("ask", observed=True),))).states
    >>> state.waits, state.declared, state.observed
    ('input', True, True)
    """
    return Graph(
        next((graph.bot for graph in graphs if graph.bot), ""),
        _joined(state for graph in graphs for state in graph.states),
        _joined(transition for graph in graphs for transition in graph.transitions),
        any(graph.ordered for graph in graphs),
        tuple(dict.fromkeys(pair for graph in graphs for pair in graph.exclusive)),
    )


def undeclared(graph: Graph) -> Graph:
    """Return what of *graph* was observed or explored and is not declared, where anything is declared at all.

    A transition out of a state whose handler has an open end is what that end stands for, and does not count; neither
    does the state that it leads to, if nothing else is known of it.
    """
    if not any(state.declared for state in graph.states):
        return Graph(graph.bot)
    open_ends = {
        (end.machine, end.source) for end in graph.transitions if end.target is None and end.declared
    }  # fmt: skip
    transitions = tuple(
        transition
        for transition in graph.transitions
        if not transition.declared and (transition.machine, transition.source) not in open_ends
    )
    states = tuple(state for state in graph.states if not state.declared)
    return Graph(graph.bot, states, transitions)


def _joined(parts: Iterable[_Part]) -> tuple[_Part, ...]:
    found: dict[Hashable, _Part] = {}
    for part in parts:
        known = found.get(part.id)
        found[part.id] = part if known is None else _completed(known, part)
    return tuple(found.values())


def _completed(known: _Part, other: _Part) -> _Part:
    """Return *known* with the fields of *other* where it has none."""
    if known == other:
        return known
    missing: dict[str, Any] = {}
    for field in known.__struct_fields__:
        mine, theirs = getattr(known, field), getattr(other, field)
        if theirs and (not mine or mine == "unknown"):
            missing[field] = theirs
    return msgspec.structs.replace(known, **missing)
