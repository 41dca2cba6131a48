"""Check that a bot class has what its table calls: methods of states, guards and callbacks, and callers of triggers."""

from __future__ import annotations

import dis
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any

from chatsim.fsm.declared import nearest, read_table
from chatsim.fsm.table import INITIAL, NEXT, Action, Table, shorthand_names, triggers
from chatsim.nearest import nearest_of

_FIRES_BY_NAME = frozenset({"trigger", "getattr", "methodcaller"})
"""A bot that uses one of these may fire a trigger whose name is nowhere in its code."""


def find_faults(cls: type) -> tuple[str, ...]:
    """Return everything that keeps *cls* from running, in words; nothing for a class without states (abstract)."""
    if not cls.states:  # type: ignore[attr-defined]
        return ()
    table, faults = read_table(cls)
    code = _Code(cls)
    if not table.transitions and not faults:
        faults.append("no transitions: add {'trigger': 'next', 'source': 'zero', 'dest': …}")
    faults += _states_without_method(table, cls)
    faults += _missing_callables(table, cls, code)
    faults += _wrong_arguments(table, cls)
    faults += _methods_without_state(table, cls)
    faults += _unfired_triggers(table, code)
    return tuple(faults)


class _Code:
    """What the code of a class mentions, found by reading its byte code and that of the functions beside it.

    Nothing is read before it is asked for: it takes most of the time of a check, and most bots need none of it.
    """

    def __init__(self, cls: type) -> None:
        self.cls = cls

    @cached_property
    def assigned(self) -> set[str]:
        """The attributes that are set."""
        return {
            instruction.argval
            for code in _codes_of(self.cls)
            for instruction in dis.get_instructions(code)
            if instruction.opname == "STORE_ATTR"
        }

    @cached_property
    def mentioned(self) -> set[str]:
        """Names, and texts."""
        mentioned: set[str] = set()
        for code in _codes_of(self.cls):
            mentioned.update(code.co_names, (text for text in code.co_consts if isinstance(text, str)))
        return mentioned


def _codes_of(cls: type) -> Iterator[CodeType]:
    """Yield the code of the methods of *cls* and of the functions in the modules where these were defined."""
    methods = [
        function for kind in _bot_classes(cls) for member in vars(kind).values() for function in _functions(member)
    ]
    modules = {id(method.__globals__): method.__globals__ for method in methods}
    beside = [member for names in modules.values() for member in names.values() if isinstance(member, FunctionType)]
    seen: set[CodeType] = set()
    for function in [*methods, *beside]:
        yield from _nested(function.__code__, seen)


def _bot_classes(cls: type) -> list[type]:
    """Return *cls* and its bases up to the runtime's own, which knows nothing of a bot's triggers."""
    return [kind for kind in cls.__mro__ if kind is not object and not kind.__module__.startswith("chatsim.fsm.")]


def _functions(member: Any) -> Iterator[FunctionType]:
    """Yield the functions in a member of a class, whatever it wraps them in."""
    if isinstance(member, FunctionType):
        yield member
    for name in ("__func__", "__wrapped__", "func", "fget", "fset"):
        if (wrapped := getattr(member, name, None)) is not None:
            yield from _functions(wrapped)


def _nested(code: CodeType, seen: set[CodeType]) -> Iterator[CodeType]:
    if code not in seen:
        seen.add(code)
        yield code
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from _nested(constant, seen)


def _states_without_method(table: Table, cls: type) -> Iterator[str]:
    prefix = "on_enter_"
    known = {prefix + name for name in (*table.states, "end")}
    for name, state in table.states.items():
        if name != INITIAL and not state.on_enter:
            method = prefix + name
            entered = [
                other.removeprefix(prefix) for other in dir(cls) if other.startswith(prefix) and other not in known
            ]
            alike = nearest_of(name, entered)
            hint = f"; did you mean its method {prefix + alike!r}?" if alike else ""
            yield f"state {name!r} has no method {method}(self){hint}"


def _missing_callables(table: Table, cls: type, code: _Code) -> Iterator[str]:
    offered = shorthand_names(table)
    for action, place in _named_actions(table).items():
        if hasattr(cls, action) or action in offered or action in code.assigned or _can_import(action):
            continue
        names = [name for name in dir(cls) if not name.startswith("__") and hasattr(cls, name)]
        yield f"{place} {action!r} has no method {action}(self){nearest(action, names)}"


def _wrong_arguments(table: Table, cls: type) -> Iterator[str]:
    """Say which methods want arguments though ``next``, which the machine fires itself, gives them none."""
    for action, place in _named_actions(_fired_by_the_machine(table)).items():
        method = inspect.getattr_static(cls, action, None)
        if not isinstance(method, FunctionType):
            continue
        # A decorator may give what the function within it asks for, so that one is not looked at.
        signature = inspect.signature(method, follow_wrapped=False)
        parameters = list(signature.parameters.values())
        takes_self = bool(parameters) and parameters[0].kind is not inspect.Parameter.KEYWORD_ONLY
        rest = parameters if parameters and parameters[0].kind is inspect.Parameter.VAR_POSITIONAL else parameters[1:]
        wanted = [
            each.name
            for each in rest
            if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        ]
        if wanted or not takes_self:
            yield f"{place} {action!r} is called with self alone, and this is {action}{signature}"


def _methods_without_state(table: Table, cls: type) -> Iterator[str]:
    """Say which methods of the bot's own would be called for a state that there is not."""
    missing = [name for name, state in table.states.items() if name != INITIAL and not state.on_enter]
    called = _named_actions(table)
    for prefix in ("on_enter_", "on_exit_"):
        for method in vars(cls):  # those of a parent may be for the parent's states
            state = method.removeprefix(prefix)
            if not method.startswith(prefix) or state in (*table.states, "end") or method in called:
                continue
            if prefix != "on_enter_" or nearest_of(state, missing) is None:
                yield f"method {method}: no state {state!r}{nearest(state, table.states)}"


def _fired_by_the_machine(table: Table) -> Table:
    """Return what of *table* runs without a trigger that the bot fires, perhaps with arguments."""
    ways = tuple(transition for transition in table.transitions if transition.trigger == NEXT)
    reached = {name for way in ways for name in (way.source, way.target)}
    return Table({name: state for name, state in table.states.items() if name in reached}, ways, ())


def _named_actions(table: Table) -> dict[str, str]:
    """Return what is called by name, each with where it was first named."""
    places: dict[str, str] = {}

    def add(actions: Iterable[Action], place: str) -> None:
        for action in actions:
            if isinstance(action, str):
                places.setdefault(action, place)

    add(table.conditions, "conditions:")
    for transition in table.transitions:
        place = f"transitions[{transition.index}]:"
        add((condition.action for condition in transition.conditions), f"{place} condition")
        for word in ("prepare", "before", "after"):
            add(getattr(transition, word), f"{place} {word}")
    for state in table.states.values():
        add(state.on_enter, f"state {state.name!r}: on_enter")
        add(state.on_exit, f"state {state.name!r}: on_exit")
    return places


def _can_import(path: str) -> bool:
    if "." not in path:
        return False
    try:
        pkgutil.resolve_name(path)
    except (ImportError, AttributeError, ValueError):
        return False
    return True


def _unfired_triggers(table: Table, code: _Code) -> Iterator[str]:
    called = _named_actions(table)
    for trigger in triggers(table):
        if trigger == NEXT or trigger in called or code.mentioned & {trigger, *_FIRES_BY_NAME}:
            continue
        index = next(t.index for t in table.transitions if t.trigger == trigger)
        yield f"transitions[{index}]: trigger {trigger!r} is never fired; write 'next', or call self.{trigger}()"
