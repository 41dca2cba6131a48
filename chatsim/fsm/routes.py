"""What a table is compiled into: for each trigger and state the ways on, with all that can be known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from inspect import getattr_static
from types import FunctionType
from typing import Any, TypeAlias

from chatsim.fsm.table import Action, Condition, State, Table, Transition, action_name
from chatsim.trace import Guard, Hop


class Check:
    """A guard to ask, and what to note for either answer."""

    __slots__ = ("action", "expected", "failed", "held", "name")

    def __init__(self, condition: Condition) -> None:
        self.action = condition.action
        self.name = condition.name
        self.expected = condition.expected
        self.held = Guard(condition.name, condition.expected)
        self.failed = Guard(condition.name, not condition.expected)


class Route:
    """One transition, ready to be taken.

    It is *plain* when all that it calls are one guard at most and ``on_enter_*``, each a function of the bot's class.
    """

    __slots__ = (
        "after",
        "before",
        "checks",
        "enter",
        "leave",
        "plain",
        "prepare",
        "source",
        "target",
    )

    def __init__(self, transition: Transition, states: dict[str, State], owner: Any) -> None:
        self.source = transition.source
        self.target = transition.target
        self.checks = tuple([Check(condition) for condition in transition.conditions])
        self.prepare = transition.prepare
        self.before = transition.before
        self.after = transition.after
        self.leave: tuple[Action, ...] = ()
        self.enter: tuple[Action, ...] = ()
        if transition.target is not None:
            self.leave = states[transition.source].on_exit
            self.enter = states[transition.target].on_enter
        others = (*self.prepare, *self.before, *self.leave, *self.after)
        called = [*(check.action for check in self.checks), *self.enter]
        self.plain = (
            self.target is not None
            and not others
            and len(self.checks) <= 1
            and all(_is_function(owner, action) for action in called)
        )


class PlainWay:
    """One of the ways on from a state whose routes are all plain, with all that comes of taking it.

    Which guards are asked until a plain route is open is known beforehand: those of the routes before it fail, its
    own holds.  `check` is None where nothing is asked.
    """

    __slots__ = ("check", "enter", "hop", "target")

    def __init__(self, route: Route, before: Sequence[Route]) -> None:
        self.check = route.checks[0] if route.checks else None
        failed = [check.failed for earlier in before for check in earlier.checks]
        self.hop = Hop(route.source, route.target, (*failed, *(check.held for check in route.checks)))
        self.target = route.target
        self.enter = tuple([action_name(action) for action in route.enter])


def plain_ways(routes: Sequence[Route]) -> tuple[PlainWay, ...] | None:
    """Return the ways of *routes* from one state, None if one of them is not plain."""
    if not all(route.plain for route in routes):
        return None
    return tuple([PlainWay(route, routes[:index]) for index, route in enumerate(routes)])


def _is_function(owner: Any, action: Action) -> bool:
    if not isinstance(action, str):
        return False
    return isinstance(getattr_static(owner, action, None), FunctionType)


Ways: TypeAlias = dict[str, tuple[Route, ...]]
"""The routes of one trigger by their source state, in the order that they are tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A table, its routes by trigger and source state, and what a machine offers.

    `owner` is the class or instance that declares it in `states` and `transitions`; `plugins` are those that the
    class itself holds; `plain` has the ways of `next` from each state all of whose routes are plain.
    """

    owner: Any
    states: Any
    transitions: Any
    table: Table
    routes: dict[str, Ways]
    plain: dict[str, tuple[PlainWay, ...]]
    shorthands: frozenset[str]
    plugins: dict[str, Any] | None

    def is_trigger(self, name: str) -> bool:
        """Say whether *name* is a trigger, declared or ``to_<state>``."""
        return name in self.routes or (name.startswith("to_") and name[3:] in self.table.states)

    def enters(self, state: str) -> tuple[Action, ...]:
        """Return what is called when *state* is entered."""
        known = self.table.states.get(state)
        return known.on_enter if known is not None else ()

    def ways(self, trigger: str, state: str) -> tuple[Route, ...] | None:
        """Return the routes that *trigger* opens from *state*, or None if there are none."""
        states = self.table.states
        if state not in states or not self.is_trigger(trigger):
            return None
        routes = self.routes.setdefault(trigger, {})
        if state not in routes and trigger.startswith("to_") and trigger[3:] in states:
            # Made when first asked for: all of them are the square of the states, and hardly a bot uses one.
            routes[state] = (Route(Transition(trigger, state, trigger[3:]), states, self.owner),)
        return routes.get(state)
