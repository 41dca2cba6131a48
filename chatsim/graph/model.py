"""A bot as a graph: its states, and the transitions between them, with where each is known from.

All of it is frozen data, and JSON (`chatsim.jsondata.to_json`, `from_json`).  A graph is declared (read from the bot),
observed (seen in traces), explored (found by the search), or several of these in one: see `chatsim.graph.join`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Literal, TypeAlias

import msgspec

from chatsim.trace import Hop, Waits

EventKind: TypeAlias = Literal["input", "callback", "time", "none", "unknown"]
"""What lets a transition happen: a person, the outside world, time, or nothing (the bot goes on by itself)."""

StateId: TypeAlias = tuple[str, str]
"""The machine of a state (empty for the bot's own, else the plugin's path) and its name there."""

Way: TypeAlias = tuple[str, str, str | None]
"""Where a transition leads, without how: machine, source, target."""

NOWHERE = ""
"""The name of the state before a conversation has begun, in frameworks that have conversations."""

NOT = "not "
"""What stands before the name of a guard that has to fail."""


NO_RESULT = "returns nothing"
"""What stands in `Transition.when` of an open end where a step may come to its end without a ``return``."""


class SourceLine(msgspec.Struct, frozen=True, order=True):
    """A line of a file, counted from 1.

    >>> str(SourceLine("bot.py", 12))
    'bot.py:12'
    """

    file: str
    line: int

    def __str__(self) -> str:
        """Return ``file:line``, as editors open it."""
        return f"{self.file}:{self.line}"


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """A state of a bot, or of one of its plugins.

    Args:
        name: Its name within its machine.
        initial: Whether a chat begins here; in a plugin, whether the plugin does.
        waits: What the bot waits for here; None where it goes on by itself, or where that is not known.
        may: All that entering it may come to, ``on`` being to go on by itself; empty where that is not known.
        line: Where it is defined: its ``on_enter_…`` method, or its handler.
        machine: The path of the plugin that it belongs to; empty for the bot's own.
        runs: The name of the plugin that it runs.
        declared: Whether the bot declares it.
        observed: Whether traces went through it.
        explored: Whether the search reached it.
    """

    name: str
    initial: bool = False
    waits: Waits | None = None
    may: tuple[Literal["input", "callback", "end", "on"], ...] = ()
    line: SourceLine | None = None
    machine: str = ""
    runs: str = ""
    declared: bool = False
    observed: bool = False
    explored: bool = False

    @property
    def id(self) -> StateId:
        """What tells it from every other state of the graph."""
        return (self.machine, self.name)

    @property
    def title(self) -> str:
        """Its name as people read it: that of a plugin's state begins with the plugin's.

        >>> State("ask", machine="pay.card").title, State(NOWHERE).title
        ('pay.card/ask', '(start)')
        """
        name = self.name or "(start)"
        return f"{self.machine}/{name}" if self.machine else name


class Transition(msgspec.Struct, frozen=True, omit_defaults=True):
    """A way from one state to the next.

    Args:
        source: The name of the state that it leaves.
        target: The name of the state that it enters, or None for an open end: the bot goes somewhere, and where
            cannot be known without running it.
        event: What lets it happen.
        guards: The guards that have to hold, in the order that they are asked; one that has to fail begins with
            ``not``.
        trigger: The name of the machine's trigger; empty where there is but one.
        when: What the source asks before it goes this way, where that is no guard; several are alternatives.
        internal: Whether the state is neither left nor entered.
        line: Where it is defined: an entry of `transitions`, or a ``return``.
        machine: The path of the plugin that it belongs to; empty for the bot's own.
        declared: Whether the bot declares it.
        observed: Whether traces took it.
        explored: Whether the search took it.
    """

    source: str
    target: str | None
    event: EventKind = "unknown"
    guards: tuple[str, ...] = ()
    trigger: str = ""
    when: tuple[str, ...] = ()
    internal: bool = False
    line: SourceLine | None = None
    machine: str = ""
    declared: bool = False
    observed: bool = False
    explored: bool = False

    @property
    def id(self) -> tuple[str, str, str | None, str, tuple[str, ...], bool]:
        """What tells it from every other transition of the graph."""
        return (self.machine, self.source, self.target, self.trigger, self.guards, self.internal)

    @property
    def way(self) -> Way:
        """Where it leads from and to."""
        return (self.machine, self.source, self.target)


class Graph(msgspec.Struct, frozen=True, omit_defaults=True):
    """A bot's states and transitions, in the order of their declaration.

    `bot` names it (``module:object``).  Each state and each transition is there once, by its `id`.  `ordered` says
    that the bot is a machine which tries the transitions of a state in this order, and takes the first whose guards
    hold; an orchestrator's steps decide by themselves.  `exclusive` are pairs of guards, after the path of their
    machine, of which at most one can hold at a time, as far as the source tells.

    >>> graph = Graph("shop:Bot", (State("zero", initial=True), State("ask")), (Transition("zero", "ask"),))
    >>> [state.name for state in graph.states]
    ['zero', 'ask']
    """

    bot: str = ""
    states: tuple[State, ...] = ()
    transitions: tuple[Transition, ...] = ()
    ordered: bool = False
    exclusive: tuple[tuple[str, str, str], ...] = ()


# ---------------------------------------------------------------- asking a graph


def states_by_id(graph: Graph) -> dict[StateId, State]:
    """Return the states of *graph* by their ids."""
    return {state.id: state for state in graph.states}


def transitions_from(graph: Graph) -> dict[StateId, list[Transition]]:
    """Return the transitions of *graph* by the state that they leave, in the order that they are tried."""
    found: dict[StateId, list[Transition]] = defaultdict(list)
    for transition in graph.transitions:
        found[transition.machine, transition.source].append(transition)
    return dict(found)


def initial_states(graph: Graph, machine: str = "") -> list[State]:
    """Return the states that chats begin in, or, with *machine*, those that a plugin begins in."""
    return [state for state in graph.states if state.initial and state.machine == machine]


def plugin_path(state: State) -> str:
    """Return the path of the machine of the plugin that *state* runs.

    >>> plugin_path(State("buy", machine="shop", runs="pay"))
    'shop.pay'
    """
    return f"{state.machine}.{state.runs}" if state.machine else state.runs


def machines(graph: Graph) -> list[str]:
    """Return the paths of the machines of *graph*, the bot's own (empty) first.

    >>> machines(Graph(states=(State("a", machine="pay"), State("a"))))
    ['', 'pay']
    """
    return sorted(dict.fromkeys(state.machine for state in graph.states), key=bool)


class Hops:
    """Finds the transitions of *graph* that hops take.

    >>> big = Transition("ask", "big", guards=("is_big",))
    >>> hops = Hops(Graph(transitions=(big, Transition("ask", "small"))))
    >>> hops.taken(Hop("ask", "small")).guards
    ()
    """

    def __init__(self, graph: Graph) -> None:
        self._ways: dict[Way, list[Transition]] = defaultdict(list)
        for transition in graph.transitions:
            self._ways[transition.way].append(transition)

    def taken(self, hop: Hop) -> Transition | None:
        """Return the transition that *hop* took, or None if the graph has none that leads there.

        Where several lead there, it is the one whose guards are those that held last; an adapter that sees no guards
        gives no way to tell, and it is the first.
        """
        source = hop.source or NOWHERE
        # An internal transition leaves and enters nothing; in a graph its target is where it stays.
        found = self._ways.get((hop.machine, source, source if hop.target is None else hop.target), [])
        inside = [transition for transition in found if transition.internal == (hop.target is None)]
        asked = [guard.name if guard.value else f"{NOT}{guard.name}" for guard in hop.guards]
        for transition in inside:
            guards = transition.guards
            if guards and asked[-len(guards) :] == list(guards):
                return transition
        return next((transition for transition in inside if not transition.guards), inside[0] if inside else None)
