"""Fire triggers: ask guards, take the first route whose guards hold, call what is to be called, note the hop."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from typing import Any

from chatsim.errors import HopLoop, NoWayOn, UnknownState
from chatsim.fsm.declared import nearest
from chatsim.fsm.faults import received
from chatsim.fsm.routes import Check, Program, Route
from chatsim.fsm.table import NEXT, Action
from chatsim.trace import Guard, Hop

_SHOWN_IN_A_LOOP = 6


def fire(machine: Any, trigger: str, *args: Any, **kwargs: Any) -> bool:
    """Fire *trigger*, handing the arguments to all that is called; say whether a transition was taken.

    Raises `NoWayOn` if the state has no transition for it at all, `UnknownState` if there is no such state,
    `HopLoop` if the turn has made too many hops.
    """
    return _fire(machine, trigger, [], args, kwargs)


def fire_next(machine: Any) -> tuple[Guard, ...] | None:
    """Fire ``next``, as the run loop does: return None if a transition was taken, or the guards that were asked.

    Nearly every hop is made here, by ways that are known to call nothing but a guard and ``on_enter_*``; the rest
    takes twice as long.
    """
    try:
        ways = machine._fsm_program.plain[machine.state]
    except (KeyError, TypeError):
        asked: list[Guard] = []
        return None if _fire(machine, NEXT, asked, (), {}) else tuple(asked)
    for way in ways:
        check = way.check
        if check is not None:
            answer = getattr(machine, check.name)()
            if answer is not check.expected and answer != check.expected:
                if type(answer) is not bool:
                    _note_odd(machine, check, answer)
                continue
        trail = machine._fsm_trail
        if machine._fsm_name or trail is None or len(trail) >= machine.hop_budget:
            _note_hop(machine, way.hop)
        else:
            trail.append(way.hop)
        machine.state = way.target
        for name in way.enter:
            getattr(machine, name)()
        return None
    return tuple([way.check.failed for way in ways])


def _fire(machine: Any, trigger: str, asked: list[Guard], args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    program: Program = machine._fsm_program
    try:
        ways = program.routes[trigger][machine.state]
    except (KeyError, TypeError):
        found = _find_ways(machine, program, trigger)
        if found is None:
            return False
        ways = found
    for route in ways:
        if _is_open(machine, route, asked, args, kwargs):
            _take(machine, route, asked, args, kwargs)
            return True
    return False


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


def _is_open(machine: Any, route: Route, asked: list[Guard], args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    for action in route.prepare:
        call(machine, action, args, kwargs)
    for check in route.checks:
        # Equal, not truthy: a guard answers True or False, and what is neither holds neither way.
        answer = call(machine, check.action, args, kwargs)
        if answer != check.expected:
            asked.append(check.failed)
            if type(answer) is not bool:
                _note_odd(machine, check, answer)
            return False
        asked.append(check.held)
    return True


def _note_odd(machine: Any, check: Check, answer: Any) -> None:
    machine._fsm_odd = {**(machine._fsm_odd or {}), check.name: answer}


def _take(machine: Any, route: Route, asked: list[Guard], args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    for action in route.before:
        call(machine, action, args, kwargs)
    for action in route.leave:
        call(machine, action, args, kwargs)
    _note_hop(machine, Hop(route.source, route.target, tuple(asked)))
    if route.target is not None:
        machine.state = route.target
    for action in route.enter:
        call(machine, action, args, kwargs)
    for action in route.after:
        call(machine, action, args, kwargs)


def _note_hop(machine: Any, hop: Hop) -> None:
    """Add *hop* to those of the turn; triggers that are fired by hand, with no turn running, are none."""
    trail = machine._fsm_trail
    if trail is None:
        return
    if len(trail) >= machine.hop_budget:
        raise _hop_loop(machine, trail)
    name = machine._fsm_name
    trail.append(Hop(hop.source, hop.target, hop.guards, name) if name else hop)


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
        f"Add a transition without conditions as the last one, or let one of the guards hold{odd}{received(machine.current_input)}"
    )


def _find_ways(machine: Any, program: Program, trigger: str) -> tuple[Route, ...] | None:
    """Return the routes that are not compiled yet; None if the state ignores triggers that it has no way for."""
    ways = program.ways(trigger, machine.state)
    states = program.table.states
    if ways is not None:
        return ways
    if machine.state not in states:
        raise UnknownState(
            f"no state {machine.state!r}{_whose(machine)}{nearest(machine.state, states) or '.'} "
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
