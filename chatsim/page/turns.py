"""The turns of all conversations, and the shortest ways that a search found, by their places in the picture."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from chatsim.explore.results.result import Exploration
from chatsim.graph.model import NOWHERE
from chatsim.masking import Masking
from chatsim.page.data import ArrowView, GoalView, KindView, StateView, TurnView
from chatsim.page.picture import Picture
from chatsim.page.story import Beat, beats_of
from chatsim.report.reasons import answers_of, hop_place
from chatsim.trace import Trace

Numbers = tuple[int, ...]


class Turns:
    """All turns of all conversations, each once: many scenarios begin in the same way."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._numbers: dict[bytes, int] = {}
        self._views: list[TurnView] = []

    def numbers(self, beats: Iterable[Beat]) -> Numbers:
        """Return the numbers of the turns that *beats* are."""
        return tuple(self._number(beat) for beat in beats)

    def all(self) -> tuple[TurnView, ...]:
        """Return the turns in the order of their numbers."""
        return tuple(self._views)

    def view(self, number: int) -> TurnView:
        """Return the turn with this number."""
        return self._views[number]

    def _number(self, beat: Beat) -> int:
        view = self._seen(beat)
        number = self._numbers.setdefault(msgspec.json.encode(view), len(self._views))
        if number == len(self._views):
            self._views.append(view)
        return number

    def _seen(self, beat: Beat) -> TurnView:
        hops = beat.hops
        arrows = [number for hop in hops if (number := self._picture.arrow_of(hop)) is not None]
        ways = [(hop.source or NOWHERE, hop.machine) for hop in hops[:1]]
        ways += [(hop.source or NOWHERE if hop.target is None else hop.target, hop.machine) for hop in hops]
        # Where the bot's own hops end is where it is; after an end, the turn says which state it was that ended.
        after = [] if hops and not hops[-1].machine else [(beat.state, "")]
        named = [(beat.before, ""), *ways, *after]
        states: list[int] = []
        for name, machine in named:
            number = self._picture.state(name, machine)
            if number is not None and number not in states[-1:]:
                states.append(number)
        guards = dict.fromkeys(f"{hop_place(hop)}: {answers_of(hop)}" for hop in hops if hop.guards)
        return TurnView(beat.said, tuple(arrows), tuple(states), tuple(guards))


class Ways:
    """The shortest conversations that a search found, to the states and along the arrows that it reached.

    Args:
        exploration: What the search found.
        turns: Where the turns of its conversations go.
        masking: Keeps credentials out of them.
    """

    def __init__(self, exploration: Exploration, turns: Turns, masking: Masking) -> None:
        self._turns = turns
        self._to: dict[int, Numbers] = {}
        self._along: dict[int, Numbers] = {}
        found = map(exploration.trace_through, exploration.transitions)
        for trace in filter(None, (*found, *map(exploration.trace_to, exploration.states))):
            self._take(masking.data(trace))

    def _take(self, trace: Trace) -> None:
        numbers = self._turns.numbers(beats_of(trace))
        for length, number in enumerate(numbers, 1):
            view = self._turns.view(number)
            for shortest, places in ((self._to, view.states), (self._along, view.arrows)):
                for place in places:
                    if place not in shortest or length < len(shortest[place]):
                        shortest[place] = numbers[:length]

    def states(self, views: Iterable[StateView]) -> tuple[StateView, ...]:
        """Return *views* with the way to each."""
        return tuple(
            msgspec.structs.replace(view, explored=self._to.get(number, ())) for number, view in enumerate(views)
        )

    def arrows(self, views: Iterable[ArrowView]) -> tuple[ArrowView, ...]:
        """Return *views* with the way along each."""
        return tuple(
            msgspec.structs.replace(view, explored=self._along.get(number, ())) for number, view in enumerate(views)
        )

    def reached(self, states: tuple[StateView, ...], arrows: tuple[ArrowView, ...]) -> KindView:
        """Return what the search reached, as one more kind of coverage."""
        goals = [
            GoalView(view.name, number in self._to, (number,))
            for number, view in enumerate(states)
            if view.shape != "open"
        ]
        goals += [
            GoalView(view.transitions[0].name, number in self._along, arrows=(number,))
            for number, view in enumerate(arrows)
            if states[view.target].shape != "open"
        ]
        goals.sort(key=lambda goal: goal.reached)
        return KindView(
            "explored",
            sum(goal.reached for goal in goals),
            len(goals),
            tuple(goals),
            {str(goal.states[0]): (int(goal.reached), 1) for goal in goals if goal.states},
            {str(goal.arrows[0]): (int(goal.reached), 1) for goal in goals if goal.arrows},
        )
