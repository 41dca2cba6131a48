"""Watch machines of the ``transitions`` library at work: where they move, and which guards they ask on the way.

The library calls back with the data of an event only where a machine was made with ``send_event``.  So the few
methods that every machine passes through are replaced while a turn runs, and put back after it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, TypeAlias

from transitions import Machine
from transitions.core import Condition, Transition
from transitions.extensions.nesting import HierarchicalMachine, NestedTransition

from chatsim.trace import Guard

Watched: TypeAlias = tuple[type, str, Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Move:
    """One transition that a model took; *target* is None for an internal one."""

    model: object
    source: str
    target: str | None
    guards: tuple[Guard, ...]


class Watch:
    """What the machines did, move by move; in `asked` the guards that the attempt under way has asked so far."""

    def __init__(self) -> None:
        self.moves: list[Move] = []
        self.asked: list[Guard] = []
        self.leaving: tuple[object, str] | None = None

    def tried(self, machine: Machine, moved: bool) -> None:  # noqa: FBT001 - the library's result, not a switch
        """Be told that a trigger was processed, and whether a transition was taken.  What is raised stops the turn."""

    def move(self, model: object, source: str, target: str | None) -> None:
        """Note that *model* moved."""
        self.moves.append(Move(model, source, target, tuple(self.asked)))
        self.asked.clear()


def state_name(state: Any) -> str:
    """Return the name of a state as the library holds it in a model: text, an enum member, or a list of these.

    >>> state_name(["cooking", ["paying", "waiting"]])
    'cooking,paying,waiting'
    """
    if isinstance(state, list | tuple):
        return ",".join(state_name(part) for part in state)
    return str(state.name) if isinstance(state, Enum) else str(state)


def model_state(machine: Machine, model: object) -> str:
    """Return the name of the state that *model* is in."""
    return state_name(getattr(model, machine.model_attribute))


def guard_name(function: Any) -> str:
    """Return the name of a guard: that of the method, or of the function.

    >>> guard_name("is_small"), guard_name(str.isdigit), guard_name(partial(max, 1))
    ('is_small', 'isdigit', 'max')
    """
    while isinstance(function, partial):
        function = function.func
    return function if isinstance(function, str) else getattr(function, "__name__", repr(function))


@contextlib.contextmanager
def watching(watch: Watch, *more: Watched) -> Iterator[None]:
    """Tell *watch* what machines do within the block.  One block at a time, whichever thread it runs in.

    *more* are further methods to watch: the class, the method's name, and a function that is called in its place
    with the watch, the original method, and the method's arguments.
    """
    with _ONE_AT_A_TIME:
        watched_methods = (*_WATCHED, *more)
        originals = [(owner, name, vars(owner)[name]) for owner, name, _ in watched_methods]
        for owner, name, watched in watched_methods:
            setattr(owner, name, _method(watched, watch, vars(owner)[name]))
        try:
            yield
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)


def _method(watched: Callable[..., Any], watch: Watch, original: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return watched(watch, original, self, *args, **kwargs)

    return method


def _check(watch: Watch, original: Callable[..., bool], condition: Condition, event: Any) -> bool:
    holds = original(condition, event)
    watch.asked.append(Guard(guard_name(condition.func), holds == condition.target))
    return holds


def _execute(watch: Watch, original: Callable[..., bool], transition: Transition, event: Any) -> bool:
    taken = original(transition, event)
    if taken and not transition.dest:
        watch.move(event.model, model_state(event.machine, event.model), None)
    return taken


def _change_state(watch: Watch, original: Callable[..., None], transition: Any, event: Any) -> None:
    watch.leaving = (event.model, model_state(event.machine, event.model))
    try:
        original(transition, event)
    finally:
        watch.leaving = None  # an error on the way out left it behind


def _set_state(watch: Watch, original: Callable[..., None], machine: Machine, state: Any, model: Any = None) -> None:
    leaving, watch.leaving = watch.leaving, None
    original(machine, state, model)
    if leaving is not None:
        watch.move(*leaving, model_state(machine, leaving[0]))


def _process(watch: Watch, original: Callable[..., bool], machine: Machine, trigger: Any) -> bool:
    outer, watch.asked = watch.asked, []
    moved = original(machine, trigger)
    watch.tried(machine, moved)
    watch.asked = outer
    return moved


_ONE_AT_A_TIME = threading.RLock()
_WATCHED: tuple[Watched, ...] = (
    (Condition, "check", _check),
    (Transition, "execute", _execute),
    (Transition, "_change_state", _change_state),
    (NestedTransition, "_change_state", _change_state),
    (Machine, "set_state", _set_state),
    (HierarchicalMachine, "set_state", _set_state),
    (Machine, "_process", _process),
)
