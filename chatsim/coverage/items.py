"""All of a bot that can be reached, by kind, and which conversations reached it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias, TypeVar, get_args

import msgspec

from chatsim.coverage.data import Recorded
from chatsim.coverage.facts import CalledBack, Chosen, Ended, Fact, Followed, Hopped, Moved, Offered, WasIn
from chatsim.graph.model import NOT, NOWHERE, Graph, Hops, SourceLine, State, StateId, Transition, transitions_from
from chatsim.trace import Hop

Kind: TypeAlias = Literal["states", "transitions", "guards", "pairs", "options", "callbacks", "ends"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MANY = 5
"""How many options of a state that differ in their numbers alone are told apart."""

_DIGITS = re.compile(r"\d+")

By: TypeAlias = frozenset[str]
NOBODY: By = frozenset()


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that can be reached.

    Args:
        kind: What kind of thing.
        name: Its name, which no other of its kind and bot has.
        line: Where it is written.
        by: The conversations that reached it.
        within: The ids of the states that it belongs to: where these are not counted, it is not, either.
        of: The names of the transitions that it consists of, likewise.
        declared: Whether it is counted; else it was seen, and the bot does not declare it.
    """

    kind: Kind
    name: str
    line: SourceLine | None = None
    by: By = NOBODY
    within: tuple[StateId, ...] = ()
    of: tuple[str, ...] = ()
    declared: bool = True

    @property
    def covered(self) -> bool:
        """Whether any conversation reached it."""
        return bool(self.by)


def items_of(recorded: Recorded) -> dict[Kind, tuple[Item, ...]]:
    """Return all that can be reached of a bot: what it declares, in that order, then what was merely seen."""
    items = _Items(recorded)
    return {
        "states": tuple(items.states()),
        "transitions": tuple(items.transitions()),
        "guards": tuple(items.guards()),
        "pairs": tuple(items.pairs()),
        "options": tuple(items.options()),
        "callbacks": tuple(items.callbacks()),
        "ends": tuple(items.ends()),
    }


def title_of(state: StateId) -> str:
    """Return the name of a state as people read it."""
    return State(state[1], machine=state[0]).title


class _Items:
    """What is declared, and what was seen, side by side."""

    def __init__(self, recorded: Recorded) -> None:
        self.seen = recorded.seen
        self.graph = Graph() if recorded.declared is None else recorded.declared.graph
        self.hops = Hops(self.graph)
        self.known = {state.id: state for state in self.graph.states}
        self.taken = _gathered(self._transitions_taken())
        drawn = set(self.graph.transitions)
        self.every = [*self.graph.transitions, *(each for each in self.taken if each not in drawn)]
        self.named = _names(self.every)

    def _transitions_taken(self) -> Iterator[tuple[Transition, By]]:
        for hopped, by in _of(self.seen, Hopped):
            yield self._transition(hopped), by
        for moved, by in _of(self.seen, Moved):
            # Between the two there may have been others: what leads there directly is believed to have been taken.
            taken = self._transition(Hopped(moved.source, moved.target))
            if taken.declared or not self.known:
                yield taken, by

    def _transition(self, hopped: Hopped) -> Transition:
        """Return the transition that was taken: one that is declared, or one made of what was seen."""
        hop = Hop(hopped.source, hopped.target, hopped.guards, hopped.machine)
        declared = self.hops.taken(hop) or self._open_end(hop)
        if declared is not None:
            return declared
        source = hop.source or NOWHERE
        target = source if hop.target is None else hop.target
        return Transition(source, target, internal=hop.target is None, machine=hop.machine, observed=True)

    def _open_end(self, hop: Hop) -> Transition | None:
        """Return the transition whose target is not known that *hop* may have taken."""
        source = hop.source or NOWHERE
        return next(
            (
                each
                for each in self.graph.transitions
                if each.target is None and not each.internal and (each.machine, each.source) == (hop.machine, source)
            ),
            None,
        )

    # ------------------------------------------------------------ the kinds

    def states(self) -> Iterator[Item]:
        reached: dict[StateId, set[str]] = defaultdict(set)
        for fact, by in self.seen.items():
            for state in self._states_in(fact):
                reached[state] |= by
        for state in (*self.known, *(state for state in reached if state not in self.known)):
            known = self.known.get(state)
            line = known.line if known is not None else None
            yield Item("states", title_of(state), line, _by(reached, state), (state,), (), known is not None)

    def _states_in(self, fact: Fact) -> Iterator[StateId]:
        if isinstance(fact, Hopped):
            yield (fact.machine, fact.source or NOWHERE)
            if fact.target is not None:
                yield (fact.machine, fact.target)
        elif isinstance(fact, WasIn | Ended):
            yield self._placed(fact.state)

    def _placed(self, state: str) -> StateId:
        """Return the id of a state of which only the name was seen: in some frameworks it belongs to a machine."""
        if ("", state) not in self.known:
            found = [known for known in self.known if known[1] == state]
            if len(found) == 1:
                return found[0]
        return ("", state)

    def transitions(self) -> Iterator[Item]:
        for each in self.every:
            by = _by(self.taken, each)
            yield Item("transitions", self.named[each], each.line, by, _ends(each), (self.named[each],), each.declared)

    def guards(self) -> Iterator[Item]:
        asked: dict[tuple[StateId, str, bool], set[str]] = defaultdict(set)
        for fact, by in _of(self.seen, Hopped):
            for guard in fact.guards:
                asked[(fact.machine, fact.source or NOWHERE), guard.name, guard.value] |= by
        uses: dict[tuple[StateId, str], list[Transition]] = defaultdict(list)
        for each in self.graph.transitions:
            for name in each.guards:
                uses[(each.machine, each.source), name.removeprefix(NOT)].append(each)
        for state, name, _ in asked:
            uses.setdefault((state, name), [])
        for (state, name), used in uses.items():
            of = tuple(self.named[each] for each in used)
            line = next((each.line for each in used), None)
            for value in (True, False):
                title = f"{title_of(state)}: {name} {'true' if value else 'false'}"
                yield Item("guards", title, line, _by(asked, (state, name, value)), (state,), of, bool(used))

    def pairs(self) -> Iterator[Item]:
        followed = _gathered(
            ((self._transition(fact.first), self._transition(fact.second)), by) for fact, by in _of(self.seen, Followed)
        )
        following = transitions_from(self.graph)
        for first in self.graph.transitions:
            target = first.source if first.internal else first.target
            for second in following.get((first.machine, target), ()) if target is not None else ():
                yield self._pair(first, second, _by(followed, (first, second)), declared=True)
                followed.pop((first, second), None)
        for (first, second), by in followed.items():
            yield self._pair(first, second, frozenset(by), declared=False)

    def _pair(self, first: Transition, second: Transition, by: By, *, declared: bool) -> Item:
        one, two = self.named[first], self.named[second]
        plain = one.endswith(f" → {title_of((first.machine, second.source))}") and second.target is not None
        rest = two.removeprefix(f"{title_of((second.machine, second.source))} ")
        name = f"{one} {rest}" if plain else f"{one}, then {two}"
        return Item("pairs", name, second.line, by, (*_ends(first), *_ends(second)), (one, two), declared)

    def options(self) -> Iterator[Item]:
        offered: dict[tuple[StateId, str], set[str]] = {}
        for fact, _ in _of(self.seen, Offered):
            offered.setdefault((self._placed(fact.state), fact.title), set())
        for chosen, by in _of(self.seen, Chosen):
            offered.setdefault((self._placed(chosen.state), chosen.title), set()).update(by)
        for (state, title), taken in _alike_as_one(offered).items():
            known = self.known.get(state)
            line = known.line if known is not None else None
            yield Item("options", f"{title_of(state)}: {title}", line, frozenset(taken), (state,))

    def callbacks(self) -> Iterator[Item]:
        came = {(fact.machine, fact.state): by for fact, by in _of(self.seen, CalledBack)}
        waiting = [state.id for state in self.graph.states if "callback" in {state.waits, *state.may}]
        if not self.known:
            waiting += [("", fact.state) for fact, _ in _of(self.seen, WasIn) if fact.waits == "callback"]
        yield from self._at_states("callbacks", waiting, came)

    def ends(self) -> Iterator[Item]:
        declared = [state.id for state in self.graph.states if "end" in {state.waits, *state.may}]
        ended: dict[StateId, set[str]] = defaultdict(set)
        for fact, by in self.seen.items():
            if isinstance(fact, Ended):
                ended[self._placed(fact.state)] |= by
            elif isinstance(fact, Hopped) and fact.machine and (fact.machine, fact.target) in declared:
                # A plugin ends within a turn: that it came to its end is all that can be seen of it.
                ended[fact.machine, fact.target or ""] |= by
        yield from self._at_states("ends", declared, {state: frozenset(by) for state, by in ended.items()})

    def _at_states(
        self, kind: Literal["callbacks", "ends"], declared: list[StateId], reached: Mapping[StateId, By]
    ) -> Iterator[Item]:
        for state in dict.fromkeys([*declared, *reached]):
            known = self.known.get(state)
            line = known.line if known is not None else None
            yield Item(kind, title_of(state), line, reached.get(state, NOBODY), (state,), (), state in declared)


def _names(transitions: Iterable[Transition]) -> dict[Transition, str]:
    """Return the name of each transition; what makes it another than those between the same states stands behind it."""
    ways: dict[str, list[Transition]] = defaultdict(list)
    for each in transitions:
        ways[_way(each)].append(each)
    return {
        each: way if len(alike) == 1 else f"{way}{_difference(each)}" for way, alike in ways.items() for each in alike
    }


def _way(each: Transition) -> str:
    source = title_of((each.machine, each.source))
    if each.internal:
        return f"{source} ↺"
    return f"{source} → {'?' if each.target is None else title_of((each.machine, each.target))}"


def _difference(each: Transition) -> str:
    trigger = f" by {each.trigger}" if each.trigger else ""
    return f"{trigger} [{', '.join(each.guards)}]" if each.guards else f"{trigger} [else]"


def _ends(each: Transition) -> tuple[StateId, ...]:
    source = (each.machine, each.source)
    return (source,) if each.target is None or each.target == each.source else (source, (each.machine, each.target))


def _alike_as_one(offered: Mapping[tuple[StateId, str], set[str]]) -> dict[tuple[StateId, str], set[str]]:
    """Return *offered* with options that differ in their numbers alone as one, where a state has many of them.

    A bot that offers days, hours or orders has others tomorrow.
    """
    alike: dict[tuple[StateId, str], list[tuple[StateId, str]]] = defaultdict(list)
    for state, title in offered:
        alike[state, _DIGITS.sub("…", title)].append((state, title))
    return {
        key: set().union(*(offered[each] for each in group))
        for mask, group in alike.items()
        for key, group in ([(mask, group)] if len(group) > MANY else [(each, [each]) for each in group])
    }


FactT = TypeVar("FactT", bound=Fact)
Key = TypeVar("Key")


def _of(seen: Mapping[Fact, By], kind: type[FactT]) -> Iterator[tuple[FactT, By]]:
    """Yield the facts of one kind in an order of their own, whichever came first."""
    found = [(fact, by) for fact, by in seen.items() if isinstance(fact, kind)]
    yield from sorted(found, key=lambda each: msgspec.json.encode(each[0]))


def _gathered(pairs: Iterable[tuple[Key, By]]) -> dict[Key, set[str]]:
    found: dict[Key, set[str]] = defaultdict(set)
    for key, by in pairs:
        found[key] |= by
    return found


def _by(reached: Mapping[Key, set[str]], key: Key) -> By:
    return frozenset(reached.get(key, ()))
