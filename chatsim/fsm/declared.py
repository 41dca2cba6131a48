"""Read what a bot class declares (`states`, `transitions`, `conditions`) into a table, and say all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, EnumMeta
from typing import Any

from chatsim.fsm.table import INITIAL, Action, Condition, State, Table, Transition
from chatsim.nearest import nearest_of

_TRANSITION_KEYS = ("trigger", "source", "dest", "conditions", "unless", "before", "after", "prepare")
_NEEDED_KEYS = _TRANSITION_KEYS[:3]
_STATE_KEYS = ("name", "on_enter", "on_exit", "ignore_invalid_triggers", "final")


def read_table(owner: Any) -> tuple[Table, list[str]]:
    """Return the table that *owner* (a bot class, or an instance with lists of its own) declares, and its faults.

    What is at fault is left out of the table.
    """
    faults: list[str] = []
    states = _read_states(owner, faults)
    transitions: list[Transition] = []
    for index, declared in enumerate(owner.transitions):
        transitions += _read_transition(declared, index, states, faults)
    return Table(states, tuple(transitions), tuple(sorted(owner.conditions))), faults


def nearest(name: Any, names: Iterable[str]) -> str:
    """Return a hint at the one of *names* that is most like *name*, or nothing.

    >>> nearest("ask_szie", ["ask_size", "pay"])
    "; did you mean 'ask_size'?"
    """
    found = nearest_of(str(name), names)
    return f"; did you mean {found!r}?" if found else ""


def listify(value: Any) -> list[Any]:
    """Return *value* as a list: None is none, a list, tuple or enumeration is its members, all else is one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | EnumMeta) else [value]


def _read_states(owner: Any, faults: list[str]) -> dict[str, State]:
    states: dict[str, State] = {}
    for index, declared in enumerate(listify(owner.states)):
        if (state := _read_state(declared, f"states[{index}]", owner, faults)) is not None:
            states[state.name] = state
    return states if INITIAL in states else {INITIAL: _with_methods(State(INITIAL), owner), **states}


def _read_state(declared: Any, place: str, owner: Any, faults: list[str]) -> State | None:
    if isinstance(declared, dict):
        fields = declared
        faults += [
            f"{place}: unknown key {key!r}{nearest(key, _STATE_KEYS)}" for key in fields if key not in _STATE_KEYS
        ]
    else:
        fields = {key: getattr(declared, key, None) for key in _STATE_KEYS[1:]}
        fields["name"] = declared
    name = _state_name(fields.get("name"))
    if not isinstance(name, str):
        faults.append(f"{place}: {declared!r} is no state; write its name, or a dict with 'name'")
        return None
    enter, leave = _actions(fields.get("on_enter")), _actions(fields.get("on_exit"))
    return _with_methods(State(name, enter, leave, bool(fields.get("ignore_invalid_triggers"))), owner)


def _state_name(declared: Any) -> Any:
    """Return the name of a state that is given by name, as a member of an enumeration, or as an object with a name."""
    if isinstance(declared, Enum) or not isinstance(declared, str):
        return getattr(declared, "name", declared)
    return declared


def _with_methods(state: State, owner: Any) -> State:
    """Return *state* with the bot's own ``on_enter_<state>`` and ``on_exit_<state>`` after what it was given."""
    enter, leave = f"on_enter_{state.name}", f"on_exit_{state.name}"
    return State(
        state.name,
        _with_method(state.on_enter, enter, owner),
        _with_method(state.on_exit, leave, owner),
        state.ignore_invalid_triggers,
    )


def _with_method(actions: tuple[Action, ...], method: str, owner: Any) -> tuple[Action, ...]:
    kind = owner if isinstance(owner, type) else type(owner)
    return (*actions, method) if method not in actions and callable(getattr(kind, method, None)) else actions


def _read_transition(declared: Any, index: int, states: dict[str, State], faults: list[str]) -> Iterator[Transition]:
    place = f"transitions[{index}]"
    fields: Any = dict(zip(_TRANSITION_KEYS, declared, strict=False)) if isinstance(declared, list) else declared
    if not isinstance(fields, dict):
        faults.append(f"{place}: {declared!r} is no dict with 'trigger', 'source' and 'dest'")
        return
    found = _faults_in(fields, states)
    faults += [f"{place}: {fault}" for fault in found]
    if found:
        return
    conditions = tuple(
        [Condition(action) for action in listify(fields.get("conditions"))]
        + [Condition(action, expected=False) for action in listify(fields.get("unless"))]
    )
    prepare, before, after = (_actions(fields.get(key)) for key in ("prepare", "before", "after"))
    for source in _sources(fields, states):
        dest = fields["dest"]
        target = source if dest == "=" else _state_name(dest)
        yield Transition(fields["trigger"], source, target, conditions, prepare, before, after, index)


def _faults_in(fields: dict[str, Any], states: dict[str, State]) -> list[str]:
    faults = [f"unknown key {key!r}{nearest(key, _TRANSITION_KEYS)}" for key in fields if key not in _TRANSITION_KEYS]
    missing = [key for key in _NEEDED_KEYS if key not in fields]
    faults += [f"no {key!r}" for key in missing]
    if missing:
        return faults
    trigger, dest = fields["trigger"], _state_name(fields["dest"])
    if not isinstance(trigger, str) or trigger in {"", "state"}:
        faults.append(f"{trigger!r} cannot be a trigger; write 'next', or another name for a method")
    faults += [_no_state(source, "source", states) for source in _sources(fields, states) if _unknown(source, states)]
    if dest is not None and dest != "=" and _unknown(dest, states):
        faults.append(_no_state(dest, "dest", states))
    return faults


def _unknown(name: Any, states: dict[str, State]) -> bool:
    return not isinstance(name, str) or name not in states


def _no_state(name: Any, where: str, states: dict[str, State]) -> str:
    return f"no state {name!r} ({where}){nearest(name, states)}"


def _sources(fields: dict[str, Any], states: dict[str, State]) -> list[Any]:
    source = fields["source"]
    return list(states) if source == "*" else [_state_name(member) for member in listify(source)]


def _actions(value: Any) -> tuple[Action, ...]:
    return tuple(listify(value)) if value else ()
