"""The graph of an orchestrator: a state for each step, and a transition for each state that a step may return."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.graph.model import NO_RESULT, Graph, SourceLine, State, Transition
from chatsim.graph.source.code import line_of
from chatsim.graph.source.values import UNKNOWN, Const, Items, Unknown, Value, Values, const
from chatsim.graph.source.walk import Reading
from chatsim.handlers import ARGUMENTS
from chatsim.orchestrator import ChatOrchestrator


def graph_of(bot: OrchestratorBot) -> Graph:
    """Return the graph of *bot*'s orchestrator."""
    return orchestrator_graph(bot.orchestrator)


def orchestrator_graph(orchestrator: ChatOrchestrator) -> Graph:
    """Return the graph of *orchestrator*, read from the source of its steps without running them.

    Where the state that a step returns cannot be known, there is a transition with an open end.  An initial state
    that no step handles is there, and not declared.
    """
    states = []
    transitions: list[Transition] = []
    if orchestrator.initial_state_id not in orchestrator.steps:
        states.append(State(orchestrator.initial_state_id, initial=True))
    for name, handler in orchestrator.steps.items():
        line = line_of(handler)
        initial = name == orchestrator.initial_state_id
        states.append(State(name, initial=initial, waits="input", line=line, declared=True))
        transitions += _transitions(name, handler, line)
    return Graph("", tuple(states), tuple(transitions))


@dataclass(frozen=True, slots=True)
class _Next:
    """One state that a step may return, None where it is not known which."""

    state: str | None
    when: tuple[str, ...]
    line: SourceLine | None


def _transitions(source: str, handler: Any, line: SourceLine | None) -> Iterator[Transition]:
    ways: dict[str | None, list[_Next]] = {}
    for found in _next_states(Reading().call(Const(handler), [UNKNOWN] * len(ARGUMENTS))):
        ways.setdefault(found.state, []).append(found)
    for target, several in ways.items():
        when = tuple(dict.fromkeys(" and ".join(way.when) for way in several))
        at = next((way.line for way in several if way.line is not None), line)
        # Where one of the ways asks nothing, the others say nothing of when this target is come to.
        yield Transition(source, target, "input", when=() if "" in when else when, line=at, declared=True)


def _next_states(returned: Values) -> Iterator[_Next]:
    for value in returned:
        match value:
            case Items(items=(first, _)):
                for state in first:
                    yield _next(state, value)
            case Const(value=(first, _)):
                yield from (_next(state, value) for state in const(first))
            case Const(value=None):
                yield _Next(None, (*value.when, NO_RESULT), value.line)
            case _:
                yield _Next(None, value.when, value.line)


def _next(state: Value, result: Value) -> _Next:
    when, line = (*result.when, *state.when), state.line or result.line
    match state:
        case Const(value=str() as name):
            # A member of a text enumeration is the text that it is.
            return _Next(str(name.value) if isinstance(name, Enum) else name, when, line)
        case Unknown():
            return _Next(None, when, line)
        case _:
            return _Next(None, when, line)
