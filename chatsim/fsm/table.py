"""A machine as plain data: its states and transitions, for the runtime that runs it and the graph that draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

INITIAL = "zero"
"""The state in which every chat begins; a bot need not declare it."""

NEXT = "next"
"""The trigger that the run loop fires."""

Action: TypeAlias = str | Callable[..., Any]
"""What a machine calls: the name of a method or property, the dotted path of a function, or a callable."""


def action_name(action: Action) -> str:
    """Return the name by which people know *action*.

    >>> action_name("is_paid"), action_name(len)
    ('is_paid', 'len')
    """
    return action if isinstance(action, str) else getattr(action, "__name__", None) or repr(action)


@dataclass(frozen=True, slots=True)
class Condition:
    """A guard on a transition, and the answer that lets it pass (False under ``unless``)."""

    action: Action
    expected: bool = True

    @property
    def name(self) -> str:
        """The guard's name."""
        return action_name(self.action)


@dataclass(frozen=True, slots=True)
class State:
    """A state, what is called when it is entered and left, and whether it ignores triggers that it has no way for."""

    name: str
    on_enter: tuple[Action, ...] = ()
    on_exit: tuple[Action, ...] = ()
    ignore_invalid_triggers: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from one state: a list of sources or ``*`` is one transition for each source.

    `target` is None for an internal transition, which leaves and enters nothing.  `index` is the place in the
    class's `transitions`.
    """

    trigger: str
    source: str
    target: str | None
    conditions: tuple[Condition, ...] = ()
    prepare: tuple[Action, ...] = ()
    before: tuple[Action, ...] = ()
    after: tuple[Action, ...] = ()
    index: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """All of a machine: states by name in the order of their declaration, transitions in the order that they are tried.

    `conditions` are the guards that the class declares, used or not.
    """

    states: dict[str, State] = field(default_factory=dict)
    transitions: tuple[Transition, ...] = ()
    conditions: tuple[str, ...] = ()
    initial: str = INITIAL


def triggers(table: Table) -> tuple[str, ...]:
    """Return the names of all triggers, in the order of their first transition.

    >>> triggers(Table(transitions=(Transition("next", "zero", "hello"),)))
    ('next',)
    """
    return tuple(dict.fromkeys(transition.trigger for transition in table.transitions))


def shorthand_names(table: Table) -> frozenset[str]:
    """Return the methods that a machine of *table* offers beside those that its class has.

    >>> sorted(shorthand_names(Table({"pay": State("pay")})))
    ['is_pay', 'may_to_pay', 'may_trigger', 'to_pay', 'trigger']
    """
    names = {"trigger", "may_trigger"}
    for state in table.states:
        names |= {f"is_{state}", f"to_{state}", f"may_to_{state}"}
    for trigger in triggers(table):
        names |= {trigger, f"may_{trigger}"}
    return frozenset(names)
