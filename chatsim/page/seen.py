"""The whole graph of a bot: what it declares, and what conversations showed beside that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chatsim.coverage.data import Recorded
from chatsim.coverage.facts import Ended, WasIn
from chatsim.coverage.items import Item
from chatsim.graph.model import NOWHERE, Graph, State, StateId, Transition
from chatsim.page.story import Story
from chatsim.trace import Waits


def believed(recorded: Recorded) -> Recorded:
    """Return *recorded*; where a graph declares nothing of what it holds, all of that counts as declared."""
    declared = recorded.declared
    if declared is None or any(state.declared for state in declared.graph.states):
        return recorded
    graph = Graph(
        declared.graph.bot,
        tuple(msgspec.structs.replace(state, declared=True) for state in declared.graph.states),
        tuple(msgspec.structs.replace(each, declared=True) for each in declared.graph.transitions),
    )
    return msgspec.structs.replace(recorded, declared=msgspec.structs.replace(declared, graph=graph))


def begins_in(stories: Iterable[Story]) -> StateId | None:
    """Return the state in which the first of *stories* begins that does not begin in the middle."""
    for story in stories:
        if not story.midway and story.beats:
            first = story.beats[0]
            if first.hops:
                return (first.hops[0].machine, first.hops[0].source or NOWHERE)
            return ("", first.before or first.state or NOWHERE)
    return None


def whole(
    recorded: Recorded, states: Sequence[Item], transitions: Sequence[Item], begins: StateId | None = None
) -> Graph:
    """Return the graph that a bot declares, with what was seen beside it, in the order of *states* and *transitions*.

    Args:
        recorded: What it declares, and what was seen.
        states: All of its states.
        transitions: All of its transitions: first those that it declares.
        begins: Where chats begin, if it does not declare that.
    """
    declared = Graph() if recorded.declared is None else recorded.declared.graph
    more = tuple(_transition(item) for item in transitions[len(declared.transitions) :])
    known = {state.id for state in declared.states}
    ends = [state for item in (*states, *transitions[len(declared.transitions) :]) for state in item.within]
    left = {(each.machine, each.source) for each in more}
    waits = _waits(recorded)
    waiting: dict[StateId, Waits] = {state: "end" for state in ends if state not in left}
    waiting.update(waits)
    seen = [
        State(name, waits=waiting.get((machine, name)), machine=machine)
        for machine, name in dict.fromkeys(ends)
        if (machine, name) not in known
    ]
    every = (*(_completed(state, waits) for state in declared.states), *seen)
    if every and not any(state.initial for state in every):
        first = next((state.id for state in every if state.id == begins), every[0].id)
        every = tuple(msgspec.structs.replace(state, initial=state.id == first) for state in every)
    return Graph(declared.bot, every, (*declared.transitions, *more))


def _completed(state: State, waits: Mapping[StateId, Waits]) -> State:
    """Return *state* with what it was seen to wait for, where its bot does not say what happens there."""
    says = state.waits is not None or state.may
    return state if says or state.id not in waits else msgspec.structs.replace(state, waits=waits[state.id])


def _transition(item: Item) -> Transition:
    (machine, source), (_, target) = item.within[0], item.within[-1]
    return Transition(source, target, machine=machine, internal=item.name.endswith("↺"), observed=True)


def _waits(recorded: Recorded) -> Mapping[StateId, Waits]:
    """Return what the bot was seen to wait for in its states.

    One that was put into a state takes whatever comes, so that a callback that it waited for once tells more.
    """
    found: dict[StateId, Waits] = {("", fact.state): "end" for fact in recorded.seen if isinstance(fact, Ended)}
    was_in = [fact for fact in recorded.seen if isinstance(fact, WasIn)]
    for fact in sorted(was_in, key=lambda fact: fact.waits == "callback"):
        found["", fact.state] = fact.waits
    return found
