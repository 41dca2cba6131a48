"""Compile what a bot class declares, once, into what its machines run on."""

from __future__ import annotations

from typing import Any

from chatsim.fsm.declared import read_table
from chatsim.fsm.faults import FaultyMachine
from chatsim.fsm.routes import Program, Route, Ways, plain_ways
from chatsim.fsm.shorthands import offer
from chatsim.fsm.table import NEXT, Table, shorthand_names


def program_of(cls: Any) -> Program:
    """Return the program of a bot class, compiled when it is first asked for.

    Raises `FaultyMachine` with everything that is wrong with the class.
    """
    program: Program | None = vars(cls).get("_fsm_program")
    if program is None:
        cls.check_sanity()
        program = cls._fsm_program = compile_machine(cls, cls)
    return program


def compile_machine(owner: Any, cls: Any) -> Program:
    """Return the program of what *owner* declares: the bot class *cls*, or an instance of it with lists of its own."""
    name = cls.__name__
    if not owner.states:
        raise FaultyMachine(name, ["no states: the class is abstract; run one that inherits from it and has states"])
    table, faults = read_table(owner)
    if faults:
        raise FaultyMachine(name, faults)
    routes = _routes(table, owner)
    plain = {state: ways for state, found in routes.get(NEXT, {}).items() if (ways := plain_ways(found)) is not None}
    names = shorthand_names(table)
    offer(cls, names)
    plugins = getattr(owner, "plugins", None)
    return Program(owner, owner.states, owner.transitions, table, routes, plain, names, plugins)


def _routes(table: Table, owner: Any) -> dict[str, Ways]:
    found: dict[str, dict[str, list[Route]]] = {}
    for transition in table.transitions:
        # A trigger of the name to_<state> leads to that state from anywhere, and nothing after that is reached.
        if not (transition.trigger.startswith("to_") and transition.trigger[3:] in table.states):
            ways = found.setdefault(transition.trigger, {}).setdefault(transition.source, [])
            ways.append(Route(transition, table.states, owner))
    return {
        trigger: {source: tuple(routes) for source, routes in sources.items()} for trigger, sources in found.items()
    }
