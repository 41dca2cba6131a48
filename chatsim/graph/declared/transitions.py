"""The graph of a machine of the ``transitions`` library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from transitions import Machine
from transitions.extensions.nesting import HierarchicalMachine

from chatsim.bots.machine_watch import guard_name, model_state, state_name
from chatsim.bots.transitions import TransitionsBot
from chatsim.graph.declared.lines import DeclarationLines
from chatsim.graph.declared.nested import Nesting
from chatsim.graph.model import NOT, Graph, SourceLine, State, Transition
from chatsim.graph.source.code import line_of


def graph_of(bot: TransitionsBot) -> Graph:
    """Return the graph of *bot*'s machine; triggers that the library adds for every state (``to_…``) are no part of it."""
    machine, model = bot.machine, bot.model
    nesting = _nesting(machine)
    begins = model_state(machine, model).split(",")
    states = [
        State(
            name,
            initial=name in begins,
            waits="end" if machine.get_state(name).final else "input",
            line=_line(model, machine.get_state(name), name),
            declared=True,
        )
        for name in bot.state_names()
        if not nesting.children.get(name)
    ]
    transitions = {each.id: each for each in _transitions(machine, nesting, _declared_lines(machine, model))}
    return Graph("", tuple(states), tuple(transitions.values()), ordered=True)


def _nesting(machine: Machine) -> Nesting:
    if not isinstance(machine, HierarchicalMachine):
        return Nesting({}, {})
    separator = machine.state_cls.separator
    names = machine.get_nested_state_names()
    children = {
        name: [
            other
            for other in names
            if other.startswith(f"{name}{separator}") and separator not in other[len(name) + 1 :]
        ]
        for name in names
    }
    initial = {
        name: [f"{name}{separator}{first}" for first in _first(machine.get_state(name).initial)] for name in names
    }
    return Nesting(children, initial)


def _first(initial: Any) -> list[str]:
    return (
        [] if initial is None else [state_name(each) for each in (initial if isinstance(initial, list) else [initial])]
    )


def _transitions(
    machine: Machine, nesting: Nesting, lines: dict[tuple[str, str, str | None], SourceLine | None]
) -> Iterator[Transition]:
    nested = isinstance(machine, HierarchicalMachine)
    names = set(machine.get_nested_state_names() if nested else machine.states)
    for trigger in machine.get_nested_triggers() if nested else machine.events:
        if trigger.startswith("to_") and trigger[3:] in names:
            continue
        for each in machine.get_transitions(trigger):
            line = lines.get((trigger, each.source, each.dest), lines.get((trigger, "*", each.dest)))
            guards = tuple(_guard(condition) for condition in each.conditions)
            for source in nesting.within(each.source):
                for target in (source,) if not each.dest else nesting.entered(each.dest):
                    yield Transition(
                        source, target, "input", guards, trigger, internal=not each.dest, line=line, declared=True
                    )


def _guard(condition: Any) -> str:
    name = guard_name(condition.func)
    return name if condition.target else f"{NOT}{name}"


def _line(model: Any, state: Any, name: str) -> SourceLine | None:
    """Return the line of what is called when *state* is entered."""
    callbacks = [*state.on_enter, f"on_enter_{name}"]
    methods = [getattr(type(model), each, None) if isinstance(each, str) else each for each in callbacks]
    return next((line for method in methods if (line := line_of(method)) is not None), None)


def _declared_lines(machine: Machine, model: Any) -> dict[tuple[str, str, str | None], SourceLine | None]:
    """Return the lines of what the class of *model* or of *machine* has in a list called ``transitions``."""
    found: dict[tuple[str, str, str | None], SourceLine | None] = {}
    for kind in (type(model), type(machine)):
        declared = getattr(kind, "transitions", None)
        if not isinstance(declared, list | tuple):
            continue
        for each, line in zip(declared, DeclarationLines(kind).of_transitions(declared), strict=True):
            trigger, sources, dest = _fields(each)
            for source in sources if isinstance(sources, list | tuple) else [sources]:
                name = state_name(source)
                found.setdefault((state_name(trigger), name, name if dest == "=" else dest and state_name(dest)), line)
    return found


def _fields(declared: Any) -> tuple[Any, Any, Any]:
    if isinstance(declared, dict):
        return declared.get("trigger"), declared.get("source"), declared.get("dest")
    trigger, source, dest = (*tuple(declared), None, None, None)[:3]
    return trigger, source, dest
