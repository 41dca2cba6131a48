"""What can be said of a bot from its declared graph alone, without running it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations, groupby
from typing import Literal, TypeAlias

import msgspec

from chatsim.errors import did_you_mean
from chatsim.graph.model import (
    NO_RESULT,
    NOT,
    Graph,
    SourceLine,
    State,
    StateId,
    Transition,
    initial_states,
    machines,
    plugin_path,
    states_by_id,
    transitions_from,
)

FactKind: TypeAlias = Literal[
    "missing-handler",
    "unknown-state",
    "dead-end",
    "no-way-on",
    "no-result",
    "no-fallback",
    "guard-overlap",
    "no-end",
    "unreachable",
    "shadowed",
    "open-end",
]


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something about a state or a transition that its author should know.

    `state` is its title; `target` is that of the transition it is about, where it is about one; `certain` is False
    where it is so unless the running bot does what its source does not show.
    """

    kind: FactKind
    state: str
    message: str
    line: SourceLine | None = None
    target: str | None = None
    certain: bool = True


def facts(graph: Graph) -> tuple[Fact, ...]:
    """Return all facts about *graph*, which is declared: what is wrong before what is merely odd.

    >>> graph = Graph(states=(State("a", initial=True, waits="input"),), transitions=(Transition("a", "b"),))
    >>> [fact.message for fact in facts(graph)]
    ["'a' goes to 'b', and there is no such state. There are: a."]
    """
    return tuple(fact for find in _FINDERS for fact in find(graph))


# ---------------------------------------------------------------- reaching


def reachable(graph: Graph) -> frozenset[StateId]:
    """Return the ids of the states that chats can come to, by the transitions whose targets are known.

    The machine of a plugin is entered where a state runs it; one that no state is known to run may be run anywhere.
    """
    known, ways = states_by_id(graph), transitions_from(graph)
    run = {plugin_path(state) for state in graph.states if state.runs}
    begins = [
        state.id
        for machine in machines(graph)
        if machine not in run
        for state in (initial_states(graph, machine) or _first(graph, machine))
    ]
    return frozenset(_reached(graph, begins, known, ways))


def open_ends(graph: Graph) -> list[Transition]:
    """Return the transitions whose targets are not known."""
    return [way for way in graph.transitions if way.target is None and NO_RESULT not in _asked(way)]


def unreachable_states(graph: Graph) -> list[State]:
    """Return the states that nothing leads to."""
    found = reachable(graph)
    return [state for state in graph.states if state.id not in found]


def shadowed(graph: Graph) -> list[Transition]:
    """Return the transitions that are never tried, because one before them asks nothing, or no more than they do."""
    if not graph.ordered:
        return []
    return [late for ways in _alternatives(graph) for late in _shadowed(ways)]


def dead_ends(graph: Graph) -> list[State]:
    """Return the states where something is waited for and which nothing leaves, not even to themselves."""
    ways = transitions_from(graph)
    return [state for state in graph.states if state.waits in {"input", "callback"} and not ways.get(state.id)]


def endless(graph: Graph) -> list[State]:
    """Return the states where something is waited for, and from which no end can be reached; none if there are no ends."""
    if not any(_may_end(state) and state.machine == "" for state in graph.states):
        return []
    back = _before_an_end(graph)
    return [state for state in graph.states if state.waits in {"input", "callback"} and state.id not in back]


def _reached(
    graph: Graph, begins: list[StateId], known: dict[StateId, State], ways: dict[StateId, list[Transition]]
) -> set[StateId]:
    found = set(begins)
    waiting = list(begins)
    while waiting:
        at = waiting.pop()
        machine = at[0]
        after = [(machine, way.target) for way in ways.get(at, ()) if way.target is not None]
        state = known.get(at)
        if state is not None and state.runs:
            after += [inner.id for inner in initial_states(graph, plugin_path(state))]
        fresh = [each for each in after if each not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _before_an_end(graph: Graph) -> set[StateId]:
    """Return the states from which an end of the bot, or an open end, can be reached."""
    before: dict[StateId, list[StateId]] = defaultdict(list)
    found = {state.id for state in graph.states if _may_end(state) and state.machine == ""}
    for way in graph.transitions:
        if way.target is None:
            found.add((way.machine, way.source))
        else:
            before[way.machine, way.target].append((way.machine, way.source))
    for state in graph.states:
        if state.runs:  # when a plugin has ended, the state that runs it goes on
            before[state.id] += [
                inner.id for inner in graph.states if inner.machine == plugin_path(state) and _may_end(inner)
            ]
    waiting = list(found)
    while waiting:
        fresh = [each for each in before[waiting.pop()] if each not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _may_end(state: State) -> bool:
    return state.waits == "end" or "end" in state.may


def _first(graph: Graph, machine: str) -> list[State]:
    return [state for state in graph.states if state.machine == machine][:1]


# ---------------------------------------------------------------- guards


def _alternatives(graph: Graph) -> Iterator[list[Transition]]:
    """Yield the transitions that one state has for one trigger, in the order that they are tried."""
    for ways in transitions_from(graph).values():
        for _, several in groupby(sorted(ways, key=lambda way: way.trigger), key=lambda way: way.trigger):
            yield list(several)


def _shadowed(ways: list[Transition]) -> list[Transition]:
    return [
        late for index, late in enumerate(ways) if any(set(early.guards) <= set(late.guards) for early in ways[:index])
    ]


def without_fallback(graph: Graph) -> list[list[Transition]]:
    """Return the transitions of each state all of which ask a guard, so that there may be no way on.

    A guard and its opposite leave nothing open.  A machine with named triggers is not meant: it just stays.
    """
    if not graph.ordered:
        return []
    return [
        ways
        for ways in _alternatives(graph)
        if ways[0].trigger == "" and all(way.guards for way in ways) and not _covers_all(ways)
    ]


def order_dependent(graph: Graph) -> list[tuple[Transition, Transition]]:
    """Return pairs of transitions that lead elsewhere in the published package, if the guards of both hold.

    The document says that the first one defined wins; ``jb_manager_bot`` tries the name that comes last in the
    alphabet first, and those without a guard last.
    """
    if not graph.ordered:
        return []
    exclusive = {frozenset(pair) for pair in graph.exclusive}
    return [
        (first, second)
        for ways in _alternatives(graph)
        if ways[0].trigger == ""
        for first, second in combinations(ways, 2)
        if first.target != second.target
        and not _exclude_each_other(first, second, exclusive)
        and first.guards
        and second.guards
        and first.guards[0] < second.guards[0]
    ]


def published_order(ways: Sequence[Transition]) -> list[Transition]:
    """Return *ways* from one state in the order in which ``jb_manager_bot`` tries them.

    That is the alphabet backwards by what they ask; what asks nothing comes last, and ``unless`` is overlooked.

    >>> [way.target for way in published_order([Transition("s", t, guards=g) for t, g in (("x", ()), ("y", ("is_a",)))])]
    ['y', 'x']
    """
    return sorted(ways, key=lambda way: [guard for guard in way.guards if not guard.startswith(NOT)], reverse=True)


def _covers_all(ways: list[Transition]) -> bool:
    single = {way.guards[0] for way in ways if len(way.guards) == 1}
    return any(_opposite(guard) in single for guard in single)


def _exclude_each_other(first: Transition, second: Transition, exclusive: Collection[frozenset[str]]) -> bool:
    return any(
        guard == _opposite(other) or frozenset({first.machine, guard, other}) in exclusive
        for guard in first.guards
        for other in second.guards
    )


def _opposite(guard: str) -> str:
    return guard.removeprefix(NOT) if guard.startswith(NOT) else f"{NOT}{guard}"


# ---------------------------------------------------------------- in words


def _missing_handlers(graph: Graph) -> Iterator[Fact]:
    declared = [state.name for state in graph.states if state.declared]
    for state in graph.states:
        if state.initial and not state.declared and declared:
            message = f"a chat begins in {state.title!r}, and nothing handles it. {did_you_mean(state.name, declared)}"
            yield Fact("missing-handler", state.title, message, state.line)


def _unknown_targets(graph: Graph) -> Iterator[Fact]:
    known = states_by_id(graph)
    for way in graph.transitions:
        if way.target is not None and (way.machine, way.target) not in known:
            names = [name for machine, name in known if machine == way.machine]
            message = (
                f"{way.source!r} goes to {way.target!r}, and there is no such state. {did_you_mean(way.target, names)}"
            )
            yield Fact("unknown-state", _title(way), message, way.line, way.target)


def _dead_ends(graph: Graph) -> Iterator[Fact]:
    for state in dead_ends(graph):
        message = (
            f"{state.title!r} waits for {_awaited(state)}, and nothing leads on from it. Add a transition, or end there"
        )
        yield Fact("dead-end", state.title, message, state.line)
    ways = transitions_from(graph)
    for state in graph.states:
        if "on" in state.may and not ways.get(state.id):
            message = f"{state.title!r} goes on by itself, and no transition leads on from it"
            yield Fact("no-way-on", state.title, message, state.line)


def _without_result(graph: Graph) -> Iterator[Fact]:
    for way in graph.transitions:
        if way.target is None and NO_RESULT in _asked(way):
            message = (
                f"the step of {way.source!r} may come to its end without a return; it has to return the next state"
            )
            yield Fact("no-result", _title(way), message, way.line, certain=False)


def _without_fallback(graph: Graph) -> Iterator[Fact]:
    for ways in without_fallback(graph):
        guards = ", ".join(dict.fromkeys(guard for way in ways for guard in way.guards))
        message = (
            f"where none of {guards} holds, {ways[0].source!r} has no way on. Add a transition without a guard last"
        )
        yield Fact("no-fallback", _title(ways[0]), message, ways[-1].line, certain=False)


def _order_dependent(graph: Graph) -> Iterator[Fact]:
    for first, second in order_dependent(graph):
        one, other = _guards(first), _guards(second)
        message = (
            f"in {first.source!r}, where both {one} and {other} hold, the first defined wins ({first.target}), "
            f"and in jb_manager_bot the last in the alphabet ({second.target})"
        )
        yield Fact("guard-overlap", _title(first), message, second.line, second.target, certain=False)


def _unreachable(graph: Graph) -> Iterator[Fact]:
    certain = not open_ends(graph)
    for state in unreachable_states(graph):
        message = f"nothing leads to {state.title!r}{'' if certain else ', as far as the source tells'}"
        yield Fact("unreachable", state.title, message, state.line, certain=certain)
    for way in shadowed(graph):
        asks = f" (if {_guards(way)})" if way.guards else ""
        message = f"{way.source!r} never goes to {way.target!r}{asks}: a transition before it is always taken"
        yield Fact("shadowed", _title(way), message, way.line, way.target)


def _endless(graph: Graph) -> Iterator[Fact]:
    dead = {state.id for state in dead_ends(graph)}
    for state in endless(graph):
        if state.id not in dead:
            yield Fact("no-end", state.title, f"from {state.title!r} no end can be reached", state.line)


def _open_ends(graph: Graph) -> Iterator[Fact]:
    for way in open_ends(graph):
        message = f"where {way.source!r} goes from here cannot be known without running it"
        yield Fact("open-end", _title(way), message, way.line)


_FINDERS = (
    _missing_handlers,
    _unknown_targets,
    _dead_ends,
    _without_result,
    _endless,
    _without_fallback,
    _order_dependent,
    _unreachable,
    _open_ends,
)


def _title(way: Transition) -> str:
    return State(way.source, machine=way.machine).title


def _asked(way: Transition) -> str:
    return " ".join(way.when)


def _guards(way: Transition) -> str:
    return " and ".join(way.guards)


def _awaited(state: State) -> str:
    return "a webhook" if state.waits == "callback" else "a person"
