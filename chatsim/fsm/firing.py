"""Fire triggers: ask guards, take the first route whose guards hold, call what is to be called, note the hop."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from functools import partial
from typing import Any

from chatsim.errors import HopLoop, NoWayOn, UnknownState
from chatsim.fsm.declared import nearest
from chatsim.fsm.program import Check, Program, Route
from chatsim.fsm.table import Action
from chatsim.trace import Guard, Hop

_SHOWN_IN_A_LOOP = 6


def fire(machine: Any, trigger: str, *args: Any, **kwargs: Any) -> bool:
    """Fire *trigger*, handing the arguments to all that is called; say whether a transition was taken.

    Raises `NoWayOn` if the state has no transition for it at all, `UnknownState` if there is no such state,
    `HopLoop` if the turn has made too many hops.
    """
    return fire_noting(machine, trigger, [], args, kwargs)


def fire_noting(machine: Any, trigger: str, asked: list[Guard], args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    """Do as `fire` does, with every guard that is asked added to *asked*."""
    program: Program = machine._fsm_program
    try:
        ways = program.routes[trigger][machine.state]
    except (KeyError, TypeError):
        found = _find_ways(machine, program, trigger)
        if found is None:
            return False
        ways = found
    for route in ways:
        if route.plain and not args and not kwargs:
            if _take_plain(machine, route, asked):
                return True
        elif _is_open(machine, route, asked, args, kwargs):
            _take(machine, route, asked, args, kwargs)
            return True
    return False


def _take_plain(machine: Any, route: Route, asked: list[Guard]) -> bool:
    """Do what `_is_open` and `_take` do, for a route that calls nothing but the bot's own methods.

    Nearly every hop goes this way, and takes half as long as on the other.
    """
    for check in route.checks:
        answer = getattr(machine, check.name)()
        if answer != check.expected:
            asked.append(check.failed)
            _note_odd(machine, check, answer)
            return False
        asked.append(check.held)
    trail = machine._fsm_trail
    if trail is not None:
        _note(machine, trail, route, asked)
    machine.state = route.target
    for name in route.enter_names:
        getattr(machine, name)()
    return True


def call(machine: Any, action: Action, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Call *action* on behalf of *machine* and return its answer; that of a property is its value."""
    if isinstance(action, str):
        try:
            function = getattr(machine, action)
        except AttributeError:
            if "." not in action:
                raise
            function = pkgutil.resolve_name(action)
        if not callable(function):
            return function
        return function(*args, **kwargs)
    return action(*args, **kwargs)


def may_fire(machine: Any, trigger: str, *args: Any, **kwargs: Any) -> bool:
    """Say whether *trigger* would take a transition now.  Guards are asked, and `prepare` is called; nothing moves."""
    ways = machine._fsm_program.ways(trigger, machine.state) or ()
    return any(_is_open(machine, route, [], args, kwargs) for route in ways)


def shorthand(machine: Any, program: Program, name: str) -> Any:
    """Return the method *name* that a machine offers beside those of its class.

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


def _is_open(machine: Any, route: Route, asked: list[Guard], args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    for action in route.prepare:
        call(machine, action, args, kwargs)
    for check in route.checks:
        # Equal, not truthy: a guard answers True or False, and what is neither holds neither way.
        answer = call(machine, check.action, args, kwargs)
        if answer != check.expected:
            asked.append(check.failed)
            _note_odd(machine, check, answer)
            return False
        asked.append(check.held)
    return True


def _note_odd(machine: Any, check: Check, answer: Any) -> None:
    if not isinstance(answer, bool):
        machine._fsm_odd = {**(machine._fsm_odd or {}), check.name: answer}


def _take(machine: Any, route: Route, asked: list[Guard], args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    for action in route.before:
        call(machine, action, args, kwargs)
    for action in route.leave:
        call(machine, action, args, kwargs)
    trail = machine._fsm_trail
    if trail is not None:
        _note(machine, trail, route, asked)
    if route.target is not None:
        machine.state = route.target
    for action in route.enter:
        call(machine, action, args, kwargs)
    for action in route.after:
        call(machine, action, args, kwargs)


def _note(machine: Any, trail: list[Hop], route: Route, asked: list[Guard]) -> None:
    if len(trail) >= machine.hop_budget:
        raise _hop_loop(machine, trail)
    name = machine._fsm_name
    trail.append(Hop(route.source, route.target, tuple(asked), name) if asked or name else route.hop)


def _hop_loop(machine: Any, trail: list[Hop]) -> HopLoop:
    path = " → ".join(str(hop.target or hop.source) for hop in trail[-_SHOWN_IN_A_LOOP:])
    return HopLoop(
        f"hop loop: more than {machine.hop_budget} hops in one turn{_whose(machine)}, the last … → {path}. "
        "Let one of these states wait (WAIT_FOR_USER_INPUT, WAIT_FOR_CALLBACK) or end, or raise hop_budget"
    )


def no_way_on(machine: Any, asked: Sequence[Guard]) -> NoWayOn:
    """Return the error for a state none of whose guards held."""
    guards = ", ".join(dict.fromkeys(f"{guard.name}={guard.value}" for guard in asked))
    answers = [(guard.name, machine._fsm_odd[guard.name]) for guard in asked if guard.name in (machine._fsm_odd or {})]
    odd = "".join(f"; {name} returned {answer!r}, which is neither True nor False" for name, answer in answers)
    return NoWayOn(
        f"no way on: state {machine.state}{_whose(machine)}, guards {guards or '(none)'}. "
        f"Add a transition without conditions as the last one, or let one of the guards hold{odd}"
    )


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


def _find_ways(machine: Any, program: Program, trigger: str) -> tuple[Route, ...] | None:
    """Return the routes that are not compiled yet; None if the state ignores triggers that it has no way for."""
    ways = program.ways(trigger, machine.state)
    states = program.table.states
    if ways is not None:
        return ways
    if machine.state not in states:
        raise UnknownState(
            f"no state {machine.state!r}{_whose(machine)}{nearest(machine.state, states)}. "
            "Was it renamed since the chat was saved?"
        )
    if states[machine.state].ignore_invalid_triggers:
        return None
    sources = ", ".join(program.routes.get(trigger, {})) or "no state"
    raise NoWayOn(
        f"no way on: state {machine.state}{_whose(machine)} has no transition for {trigger!r} ({sources} has). "
        f"Add {{'trigger': {trigger!r}, 'source': {machine.state!r}, 'dest': …}}, or let the state wait or end"
    )


def _whose(machine: Any) -> str:
    name = machine._fsm_name
    return f" of plugin {name}" if name else ""
