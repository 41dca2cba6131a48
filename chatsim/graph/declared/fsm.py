"""The graph of an FSM class, of chatsim's or of jb_manager_bot: from its table, and from what its states wait for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from inspect import getattr_static
from types import FunctionType
from typing import Any

from chatsim.bots.fsm import FSMBot
from chatsim.fsm.declared import read_table
from chatsim.fsm.table import INITIAL, NEXT, Condition, Table, triggers
from chatsim.fsm.table import Transition as TableTransition
from chatsim.graph.declared.guards import exclusive_guards
from chatsim.graph.declared.lines import DeclarationLines
from chatsim.graph.declared.statuses import Entering, entering
from chatsim.graph.model import NOT, EventKind, Graph, State, Transition
from chatsim.graph.source.code import is_the_bots, line_of

_TO = "to_"
_MOST_PLUGINS = 20
"""A machine whose plugins run plugins is followed no further than this many of them."""


def graph_of(bot: FSMBot) -> Graph:
    """Return the graph of *bot*'s class and of its plugins."""
    return fsm_graph(bot.cls, bot.table, _plugins(bot))


def _plugins(bot: FSMBot) -> dict[str, Any]:
    """Return the plugins of *bot*, which a machine may make for itself; none where it cannot be made."""
    try:
        machine: Any = bot.cls(lambda _: None, dict(bot.credentials))
    except Exception:  # noqa: BLE001 - the bot's own constructor; what it raises, a turn will show
        return dict(getattr(bot.cls, "plugins", None) or {})
    return dict(machine.plugins or {})


def fsm_graph(kind: type, table: Table | None = None, plugins: Mapping[str, Any] | None = None) -> Graph:
    """Return the graph of the class *kind* and of its plugins.

    Args:
        kind: A class with `states` and `transitions`, and methods ``on_enter_<state>``.
        table: What it declares, compiled; by default it is read from the class, and what is wrong is left out.
        plugins: The machines that it runs, by name.
    """
    states, transitions = _machine(kind, table or read_table(kind)[0], "")
    exclusive = _exclusive(kind, transitions, "")
    waiting = [(name, plugin) for name, plugin in (plugins or {}).items()]
    for path, plugin in waiting:
        inner = type(plugin)
        more_states, more_transitions = _machine(inner, read_table(plugin)[0], path)
        states += more_states
        transitions += more_transitions
        exclusive += _exclusive(inner, more_transitions, path)
        if len(waiting) < _MOST_PLUGINS:
            waiting += [(f"{path}.{name}", each) for name, each in getattr(plugin, "plugins", {}).items()]
    return Graph("", tuple(states), tuple(transitions), ordered=True, exclusive=tuple(exclusive))


def _exclusive(kind: type, transitions: Iterable[Transition], machine: str) -> list[tuple[str, str, str]]:
    names = [guard.removeprefix(NOT) for way in transitions for guard in way.guards]
    return [(machine, first, second) for first, second in exclusive_guards(kind, names)]


def _machine(kind: type, table: Table, machine: str) -> tuple[list[State], list[Transition]]:
    lines = DeclarationLines(kind)
    fires = _fired_by_hand(kind, table)
    # Nothing is entered when a chat begins.
    entered = {
        name: Entering(("on",)) if name == INITIAL else entering(kind, state.on_enter, fires)
        for name, state in table.states.items()
    }
    states = [_state(kind, table, name, found, machine=machine, lines=lines) for name, found in entered.items()]
    known = {state.name: state for state in states}
    declared = list(getattr(kind, "transitions", ()))
    places = lines.of_transitions(declared)
    transitions: dict[Hashable, Transition] = {}
    for each in table.transitions:
        place = places[each.index] if each.index < len(places) else None
        transition = _transition(each, known, machine, place)
        transitions.setdefault(transition.id, transition)  # one that comes again is never reached
    for name, found in entered.items():
        for way in _jumps(known[name], found, known):
            transitions.setdefault(way.id, way)
    return states, list(transitions.values())


def _fired_by_hand(kind: type, table: Table) -> list[str]:
    """Return the methods by which a machine moves itself: triggers, and ``to_<state>`` for every state."""
    names = [*triggers(table), *(f"{_TO}{state}" for state in table.states)]
    return [name for name in names if not isinstance(getattr_static(kind, name, None), FunctionType)]


def _jumps(state: State, found: Entering, states: dict[str, State]) -> Iterator[Transition]:
    """Yield the transitions that *state* makes when it is entered, and that are in no table."""
    for trigger in found.fires:
        target = trigger.removeprefix(_TO)
        if trigger != target and target in states:
            yield Transition(
                state.name, target, "none", trigger=trigger, line=state.line, machine=state.machine, declared=True
            )


def _state(kind: type, table: Table, name: str, found: Entering, *, machine: str, lines: DeclarationLines) -> State:
    actions = table.states[name].on_enter
    methods = [getattr(kind, action, None) if isinstance(action, str) else action for action in actions]
    own = [method for method in methods if isinstance(method, FunctionType) and is_the_bots(method)]
    line = line_of(own[-1]) if own else None
    return State(
        name,
        initial=name == table.initial,
        waits=found.waits,
        may=found.may,
        line=line or lines.of_list("states") or lines.of_class,
        machine=machine,
        runs=found.runs,
        declared=True,
    )


def _transition(each: TableTransition, states: dict[str, State], machine: str, line: Any) -> Transition:
    return Transition(
        each.source,
        each.source if each.target is None else each.target,
        _event(states.get(each.source), machine),
        tuple(_guard(condition) for condition in each.conditions),
        "" if each.trigger == NEXT else each.trigger,
        internal=each.target is None,
        line=line,
        machine=machine,
        declared=True,
    )


def _guard(condition: Condition) -> str:
    return condition.name if condition.expected else f"{NOT}{condition.name}"


def _event(source: State | None, machine: str) -> EventKind:
    """Return what lets a transition out of *source* happen: what it waits for, or nothing."""
    if source is None or (not source.may and not source.runs):
        return "unknown"
    if source.initial:
        return "none" if machine else "input"  # whatever begins the chat
    return "callback" if source.waits == "callback" else "input" if source.waits == "input" else "none"
