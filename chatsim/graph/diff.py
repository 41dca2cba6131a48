"""What became of a bot: states and transitions that were added, are gone, or changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator
from typing import Literal, TypeAlias

import msgspec

from chatsim.graph.join import join
from chatsim.graph.labels import way_label
from chatsim.graph.model import Graph, SourceLine, State, Transition
from chatsim.graph.view import Mark, counted

Became: TypeAlias = Literal["added", "gone", "changed"]

_SIGNS = {"added": "+", "gone": "-", "changed": "~"}
_WAITS = {"input": "waits for a person", "callback": "waits for a webhook", "end": "ends", None: "goes on by itself"}


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that differs.

    `what` is ``state`` or ``transition``, `name` what people call it, `details` what changed in it, in words, and
    `line` where it is now, or where it was.
    """

    became: Became
    what: Literal["state", "transition"]
    name: str
    details: str = ""
    line: SourceLine | None = None


class Difference(msgspec.Struct, frozen=True):
    """What became of *old*: the changes, states first, and a graph with all that there is or was, with its marks."""

    old: Graph
    new: Graph
    changes: tuple[Change, ...]
    both: Graph
    marks: dict[Hashable, Mark]


def difference(old: Graph, new: Graph) -> Difference:
    """Return what became of *old* in *new*.

    >>> found = difference(Graph(states=(State("ask"),)), Graph(states=(State("ask", waits="input"), State("pay"))))
    >>> [(change.became, change.name) for change in found.changes]
    [('changed', 'ask'), ('added', 'pay')]
    """
    marks: dict[Hashable, Mark] = {}
    changes = [*_states(old, new, marks), *_transitions(old, new, marks)]
    both = join(_without_lines(new), _without_lines(old))
    return Difference(old, new, tuple(changes), msgspec.structs.replace(both, bot=_names(old, new)), marks)


def in_words(found: Difference) -> str:
    """Return *found* as text, a line for each change, and a line that counts them."""
    names = found.both.bot
    if not found.changes:
        return f"{names}\nnothing differs: {counted(len(found.new.states), 'state')}, {counted(len(found.new.transitions), 'transition')}"
    names_wide = min(60, max(len(change.name) for change in found.changes))
    details_wide = min(60, max(len(change.details) for change in found.changes))
    lines = [_line(change, names_wide, details_wide) for change in found.changes]
    states = sum(change.what == "state" for change in found.changes)
    counts = [counted(states, "state"), counted(len(found.changes) - states, "transition")]
    return "\n".join([names, *lines, f"{counts[0]} and {counts[1]} differ"])


def _names(old: Graph, new: Graph) -> str:
    return f"{old.bot or 'old'} → {new.bot or 'new'}"


def _line(change: Change, name: int, details: int) -> str:
    where = change.line or ""
    return f"{_SIGNS[change.became]} {change.what:<10}  {change.name:<{name}}  {change.details:<{details}}  {where}".rstrip()


# ---------------------------------------------------------------- states


def _states(old: Graph, new: Graph, marks: dict[Hashable, Mark]) -> Iterator[Change]:
    was = {state.id: state for state in old.states}
    for state in new.states:
        before = was.pop(state.id, None)
        if before is None:
            marks[state.id] = "added"
            yield Change("added", "state", state.title, _is(state), state.line)
        elif details := _state_details(before, state):
            marks[state.id] = "changed"
            yield Change("changed", "state", state.title, details, state.line)
    for state in was.values():
        marks[state.id] = "gone"
        yield Change("gone", "state", state.title, _is(state), state.line)


def _is(state: State) -> str:
    return _WAITS[state.waits] if state.waits or state.may == ("on",) else ""


def _state_details(old: State, new: State) -> str:
    details = []
    if old.waits != new.waits:
        details.append(f"{_WAITS[new.waits]}, and not: {_WAITS[old.waits]}")
    elif set(old.may) != set(new.may):
        details.append(f"may {_any(new)}, and not: {_any(old)}")
    if old.initial != new.initial:
        details.append("a chat begins here" if new.initial else "no chat begins here any more")
    if old.runs != new.runs:
        details.append(f"runs the plugin {new.runs}" if new.runs else f"does not run the plugin {old.runs} any more")
    return "; ".join(details)


def _any(state: State) -> str:
    return " or ".join(state.may) or "not be known"


# ---------------------------------------------------------------- transitions


def _transitions(old: Graph, new: Graph, marks: dict[Hashable, Mark]) -> Iterator[Change]:
    was = {way.id: way for way in old.transitions}
    fresh = []
    for way in new.transitions:
        before = was.pop(way.id, None)
        if before is None:
            fresh.append(way)
        elif details := _way_details(before, way):
            marks[way.id] = "changed"
            yield Change("changed", "transition", _name(way), details, way.line)
    left = defaultdict(list)
    for way in was.values():
        left[way.way, way.trigger].append(way)
    for way in fresh:
        replaced = left[way.way, way.trigger]
        if replaced:
            # Its guards are other ones: that is the same way, under another condition.
            before = replaced.pop(0)
            marks[way.id] = "changed"
            marks[before.id] = "gone"
            yield Change("changed", "transition", _name(way), f"{_label(before)} → {_label(way)}", way.line)
        else:
            marks[way.id] = "added"
            yield Change("added", "transition", _name(way), way_label(way), way.line)
    for several in left.values():
        for way in several:
            marks[way.id] = "gone"
            yield Change("gone", "transition", _name(way), way_label(way), way.line)
    yield from _orders(old, new, marks)


def _name(way: Transition) -> str:
    target = "?" if way.target is None else State(way.target).title
    return f"{State(way.source, machine=way.machine).title} → {target}"


def _label(way: Transition) -> str:
    return way_label(way) or "always"


def _way_details(old: Transition, new: Transition) -> str:
    if set(old.when) != set(new.when):
        return f"{_label(old)} → {_label(new)}"
    return f"on {new.event}, and not on {old.event}" if old.event != new.event else ""


def _orders(old: Graph, new: Graph, marks: dict[Hashable, Mark]) -> Iterator[Change]:
    """Yield the states whose transitions are tried in another order, where the first that is open is taken."""
    if not (old.ordered and new.ordered):
        return
    there: set[Hashable] = {way.id for way in new.transitions}
    kept = {way.id for way in old.transitions if way.id in there}
    before, after = _by_source(old, kept), _by_source(new, kept)
    for source, ways in after.items():
        if [way.id for way in ways] != [way.id for way in before[source]]:
            marks.update({way.id: "changed" for way in ways if not marks.get(way.id)})
            order = ", ".join(str(way.target) for way in ways)
            name = State(source[1], machine=source[0]).title
            yield Change("changed", "transition", f"{name} → …", f"now tried in this order: {order}", ways[0].line)


def _by_source(graph: Graph, kept: Collection[Hashable]) -> dict[tuple[str, str, str], list[Transition]]:
    found: dict[tuple[str, str, str], list[Transition]] = defaultdict(list)
    for way in graph.transitions:
        if way.id in kept:
            found[way.machine, way.source, way.trigger].append(way)
    return found


def _without_lines(graph: Graph) -> Graph:
    """Return *graph* without what differs between any two versions of a file."""
    states = tuple(msgspec.structs.replace(state, line=None) for state in graph.states)
    transitions = tuple(msgspec.structs.replace(way, line=None) for way in graph.transitions)
    return msgspec.structs.replace(graph, states=states, transitions=transitions)
