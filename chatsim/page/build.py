"""Put the page together: of each bot its graph, what of it was reached, its conversations, and what a search found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path

import msgspec

from chatsim.coverage.data import BotId, Coverage, Recorded
from chatsim.coverage.exclude import Pattern
from chatsim.coverage.items import Item, items_of
from chatsim.coverage.report import KindReport, report_on
from chatsim.explore.result import Edge, Exploration, Finding
from chatsim.graph.model import NOWHERE, Graph, State, StateId, Transition
from chatsim.masking import NOTHING, Masking
from chatsim.page.data import ArrowView, BotView, FindingView, GoalView, KindView, ScenarioView, StateView, TurnView
from chatsim.page.picture import Picture
from chatsim.page.source import Sources
from chatsim.page.story import Beat, Story, beats_of
from chatsim.report.reasons import answers_of, hop_place
from chatsim.trace import Trace
from chatsim.visible import visible

LISTED = 2_000
"""How many things of one kind are listed by name; the figures count all."""

SHOWN = 300
"""Above so many states the page shows less code of each."""


def bot_view(
    name: str,
    recorded: Recorded,
    stories: Iterable[Story] = (),
    *,
    exploration: Exploration | None = None,
    exclude: Iterable[Pattern] = (),
    folder: Path | None = None,
    masking: Masking = NOTHING,
) -> BotView:
    """Return what the page shows of a bot.

    Args:
        name: What it is called.
        recorded: Its declared graph, and what conversations showed of it.
        stories: The conversations themselves.
        exploration: What a search found.
        exclude: What does not count.
        folder: Where the paths of its source begin; by default the working folder.
        masking: Keeps credentials out of code and findings.
    """
    items = items_of(recorded)
    graph = _whole(recorded, items["states"], items["transitions"])
    sources = Sources(folder or Path.cwd(), masking, 14 if len(graph.states) <= SHOWN else 5)
    picture = Picture(graph, [item.name for item in items["transitions"]], sources)
    arrows = {
        item.name: picture.arrow(transition)
        for item, transition in zip(items["transitions"], graph.transitions, strict=True)
    }
    turns = _Turns(picture)
    scenarios = tuple(_scenario(story, turns) for story in stories)
    findings: tuple[FindingView, ...] = ()
    states, drawn, explored = picture.states, picture.arrows, ""
    if exploration is not None:
        findings = tuple(_finding(found, turns, picture, masking) for found in exploration.findings)
        ways = _Ways(exploration, turns, masking)
        states = tuple(ways.state(view, state) for view, state in zip_longest(states, graph.states))
        drawn = tuple(ways.arrow(view, graph) for view in drawn)
        explored = f"{exploration.outcome}, {exploration.snapshots} snapshots in {exploration.steps} steps"
    kinds = _kinds(name, recorded, exclude, picture, arrows) if recorded.seen else ()
    return BotView(
        visible(name),
        picture.width,
        picture.height,
        states,
        drawn,
        picture.frames,
        kinds,
        turns.all(),
        scenarios,
        findings,
        explored,
    )


def _whole(recorded: Recorded, states: Sequence[Item], transitions: Sequence[Item]) -> Graph:
    """Return the graph that a bot declares, with what was seen beside it, in the order of *states* and *transitions*."""
    declared = Graph() if recorded.declared is None else recorded.declared.graph
    known = {state.id for state in declared.states}
    seen = [_seen_state(item.within[0]) for item in states if item.within[0] not in known]
    for item in transitions[len(declared.transitions) :]:
        missing = [state for state in item.within if state not in known and state not in {each.id for each in seen}]
        seen += map(_seen_state, missing)
    more = [_seen_transition(item) for item in transitions[len(declared.transitions) :]]
    if seen and not any(state.initial for state in (*declared.states, *seen)):
        seen[0] = msgspec.structs.replace(seen[0], initial=True)
    return Graph(declared.bot, (*declared.states, *seen), (*declared.transitions, *more))


def _seen_state(state: StateId) -> State:
    return State(state[1], machine=state[0], observed=True)


def _seen_transition(item: Item) -> Transition:
    (machine, source), (_, target) = item.within[0], item.within[-1]
    internal = item.name.endswith("↺")
    return Transition(source, target, machine=machine, internal=internal, observed=True)


# ---------------------------------------------------------------- coverage


def _kinds(
    name: str,
    recorded: Recorded,
    exclude: Iterable[Pattern],
    picture: Picture,
    arrows: dict[str, int | None],
) -> tuple[KindView, ...]:
    report = report_on(Coverage({BotId(name): recorded}), exclude).bots[0]
    return tuple(_kind(kind, picture, arrows) for kind in report.kinds)


def _kind(report: KindReport, picture: Picture, arrows: dict[str, int | None]) -> KindView:
    goals = [_goal(item, picture, arrows) for item in (*report.missing, *report.covered)]
    left_out = [_goal(each.item, picture, arrows, visible(each.why)) for each in report.excluded]
    listed = (*goals, *left_out)[:LISTED]
    return KindView(
        report.kind,
        len(report.covered),
        report.total,
        listed,
        _marks((goal.states, goal.reached) for goal in goals) if report.kind != "transitions" else {},
        _marks((goal.arrows, goal.reached) for goal in goals),
        len(goals) + len(left_out) - len(listed),
    )


def _goal(item: Item, picture: Picture, arrows: dict[str, int | None], excluded: str = "") -> GoalView:
    states = dict.fromkeys(number for state in item.within if (number := picture.numbers.get(state)) is not None)
    along = dict.fromkeys(number for name in item.of if (number := arrows.get(name)) is not None)
    if item.kind == "pairs":
        # A pair is a way through the state in its middle.
        states = dict.fromkeys(picture.arrows[number].source for number in list(along)[1:] or along)
    return GoalView(
        visible(item.name),
        item.covered,
        tuple(states),
        tuple(along),
        "" if item.line is None else visible(str(item.line)),
        excluded,
    )


def _marks(places: Iterable[tuple[tuple[int, ...], bool]]) -> dict[str, tuple[int, int]]:
    """Return for each place how many were reached there, of how many."""
    reached: Counter[int] = Counter()
    total: Counter[int] = Counter()
    for numbers, was_reached in places:
        total.update(numbers)
        if was_reached:
            reached.update(numbers)
    return {str(number): (reached[number], count) for number, count in sorted(total.items())}


# ---------------------------------------------------------------- conversations


class _Turns:
    """All turns of all conversations, each once: many scenarios begin in the same way."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._numbers: dict[bytes, int] = {}
        self._views: list[TurnView] = []

    def numbers(self, beats: Iterable[Beat]) -> tuple[int, ...]:
        """Return the numbers of the turns that *beats* are."""
        return tuple(self._number(beat) for beat in beats)

    def all(self) -> tuple[TurnView, ...]:
        """Return the turns in the order of their numbers."""
        return tuple(self._views)

    def _number(self, beat: Beat) -> int:
        view = self._view(beat)
        number = self._numbers.setdefault(msgspec.json.encode(view), len(self._views))
        if number == len(self._views):
            self._views.append(view)
        return number

    def _view(self, beat: Beat) -> TurnView:
        hops = beat.hops
        arrows = [number for hop in hops if (number := self._picture.arrow_of(hop)) is not None]
        ways = [(hop.source or NOWHERE, hop.machine) for hop in hops[:1]]
        ways += [(hop.source or NOWHERE if hop.target is None else hop.target, hop.machine) for hop in hops]
        named = [(beat.before, ""), *ways, (beat.state, "")]
        states: list[int] = []
        for name, machine in named:
            number = self._picture.state(name, machine)
            if number is not None and number not in states[-1:]:
                states.append(number)
        guards = dict.fromkeys(f"{hop_place(hop)}: {answers_of(hop)}" for hop in hops if hop.guards)
        return TurnView(beat.said, tuple(arrows), tuple(states), tuple(guards))


def _scenario(story: Story, turns: _Turns) -> ScenarioView:
    return ScenarioView(
        visible(story.name),
        visible(story.file),
        story.line,
        story.outcome,
        turns.numbers(story.beats),
        story.turn,
        story.headline,
        story.lines,
        story.hint,
        visible(story.again),
        story.midway,
    )


class _Ways:
    """The shortest conversations that a search found, to what it reached."""

    def __init__(self, exploration: Exploration, turns: _Turns, masking: Masking) -> None:
        self._exploration = exploration
        self._turns = turns
        self._masking = masking
        self._edges: dict[tuple[str, str], Edge] = {}
        for edge in exploration.transitions:
            self._edges.setdefault((edge[0], edge[2]), edge)

    def state(self, view: StateView, state: State | None) -> StateView:
        """Return *view* with the way to *state*; what is drawn and is none has no way."""
        if state is None or state.machine or state.name not in self._exploration.states:
            return view
        return msgspec.structs.replace(view, explored=self._numbers(self._exploration.trace_to(state.name)))

    def arrow(self, view: ArrowView, graph: Graph) -> ArrowView:
        """Return *view* with the way along it."""
        ends = [graph.states[end] for end in (view.source, view.target) if end < len(graph.states)]
        edge = None if any(state.machine for state in ends) else self._edges.get((ends[0].name, ends[-1].name))
        if edge is None:
            return view
        return msgspec.structs.replace(view, explored=self._numbers(self._exploration.trace_through(edge)))

    def _numbers(self, trace: Trace | None) -> tuple[int, ...]:
        return () if trace is None else self._turns.numbers(beats_of(self._masking.data(trace)))


def _finding(found: Finding, turns: _Turns, picture: Picture, masking: Masking) -> FindingView:
    witness: Trace = masking.data(found.witness)
    state = picture.state(found.state)
    return FindingView(
        found.kind,
        found.severity,
        visible(masking.text(found.message)),
        -1 if state is None else state,
        turns.numbers(beats_of(witness)),
    )
