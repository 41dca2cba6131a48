"""The methods that a machine offers beside those of its class: its triggers, and questions about its state."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from chatsim.fsm.declared import nearest
from chatsim.fsm.firing import fire, may_fire
from chatsim.fsm.routes import Program


class Shorthand:
    """One such method, as an attribute of a bot class.

    Whatever else the class or its bases have by that name comes first, and a machine whose table does not offer
    it does not have it: just as with a ``__getattr__``, which would make every look-up on a machine slow.
    """

    def __init__(self, cls: type, name: str) -> None:
        self.cls = cls
        self.name = name

    def __get__(self, machine: Any, owner: type) -> Any:
        """Return what a base class has by this name, or else the method for *machine*."""
        try:
            return getattr(super(self.cls, owner if machine is None else machine), self.name)
        except AttributeError:
            if machine is not None and self.name in machine._fsm_program.shorthands:
                return _bind(machine, machine._fsm_program, self.name)
        raise AttributeError(f"{owner.__name__!r} object has no attribute {self.name!r}", name=self.name, obj=machine)


def offer(cls: Any, names: Iterable[str]) -> None:
    """Give the bot class *cls* the methods *names*, where it has nothing by that name."""
    known = {name for kind in cls.__mro__ for name in vars(kind)}
    for name in names:
        if name not in known:
            setattr(cls, name, Shorthand(cls, name))


def _bind(machine: Any, program: Program, name: str) -> Any:
    """Return the method *name* of *machine*.

    These are each trigger and ``to_<state>``, ``trigger(name)``, ``may_<trigger>``, ``may_trigger(name)`` and
    ``is_<state>``.
    """
    if name == "trigger":
        return partial(_fire_named, machine)
    if name == "may_trigger":
        return partial(may_fire, machine)
    if program.is_trigger(name):
        return partial(fire, machine, name)
    verb, _, about = name.partition("_")
    return partial(may_fire, machine, about) if verb == "may" else partial(_is_in, machine, about)


def _fire_named(machine: Any, trigger: str, *args: Any, **kwargs: Any) -> bool:
    program = machine._fsm_program
    if program.is_trigger(trigger):
        return fire(machine, trigger, *args, **kwargs)
    state = program.table.states.get(machine.state)
    if state is not None and state.ignore_invalid_triggers:
        return False
    raise AttributeError(f"Do not know event named '{trigger}'{nearest(trigger, program.routes)}")


def _is_in(machine: Any, state: str) -> bool:
    return bool(machine.state == state)
