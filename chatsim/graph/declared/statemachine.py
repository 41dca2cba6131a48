"""The graph of a class of python-statemachine, or of an instance of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chatsim.graph.declared.lines import DeclarationLines
from chatsim.graph.declared.nested import Nesting
from chatsim.graph.model import NOT, Graph, SourceLine, State, Transition
from chatsim.graph.source.code import line_of


def graph_of(machine: Any) -> Graph:
    """Return the graph of *machine*; a state is called by the name of its attribute."""
    kind = machine if isinstance(machine, type) else type(machine)
    lines = DeclarationLines(kind)
    found = list(_all(kind.states))  # type: ignore[attr-defined]
    nesting = Nesting(
        {state.id: [inner.id for inner in state.states] for state in found},
        {state.id: [inner.id for inner in state.states if inner.initial] for state in found},
    )
    begins = [leaf for state in kind.states if state.initial for leaf in nesting.entered(state.id)]  # type: ignore[attr-defined]
    states = [
        State(
            state.id,
            initial=state.id in begins,
            waits="end" if state.final else "input",
            line=_line(kind, state.id, lines),
            declared=True,
        )
        for state in found
        if not state.states
    ]
    transitions = {each.id: each for state in found for each in _transitions(state, nesting, lines)}
    return Graph("", tuple(states), tuple(transitions.values()), ordered=True)


def _all(states: Any) -> Iterator[Any]:
    for state in states:
        yield state
        yield from _all(state.states)


def _line(kind: type, name: str, lines: DeclarationLines) -> SourceLine | None:
    return line_of(getattr(kind, f"on_enter_{name}", None)) or lines.of_list(name) or lines.of_class


def _transitions(state: Any, nesting: Nesting, lines: DeclarationLines) -> Iterator[Transition]:
    for each in state.transitions:
        if each.initial:  # how a state that has others within it is entered
            continue
        events = str(each.event or "").split() or [""]
        guards = tuple(_guard(spec) for spec in each.cond)
        for trigger in events:
            line = lines.of_list(trigger) or lines.of_class
            for source in nesting.within(state.id):
                for target in _targets(each, source, nesting):
                    yield Transition(
                        source,
                        target,
                        "input" if trigger else "none",
                        guards,
                        trigger,
                        internal=each.internal or not each.targets,
                        line=line,
                        declared=True,
                    )


def _targets(each: Any, source: str, nesting: Nesting) -> list[str]:
    if each.internal or not each.targets:
        return [source]
    return [leaf for target in each.targets for leaf in nesting.entered(target.id)]


def _guard(spec: Any) -> str:
    return f"{NOT}{spec.attr_name}" if spec.expected_value is False else str(spec.attr_name)
