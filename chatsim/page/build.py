"""Put the page together: of each bot its graph, what of it was reached, its conversations, and what a search found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from chatsim.coverage.data import BotId, Coverage, Recorded
from chatsim.coverage.exclude import Pattern
from chatsim.coverage.items import Item, items_of
from chatsim.coverage.report import KindReport, report_on
from chatsim.explore.results.result import Exploration, Finding
from chatsim.explore.results.shown import outcome_words
from chatsim.masking import NOTHING, Masking
from chatsim.page.data import BotView, FindingView, GoalView, KindView, ScenarioView
from chatsim.page.picture import Picture
from chatsim.page.seen import begins_in, believed, whole
from chatsim.page.source import Sources
from chatsim.page.story import Story, beats_of
from chatsim.page.turns import Turns, Ways
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
    recorded, stories = believed(recorded), tuple(stories)
    items = items_of(recorded)
    graph = whole(recorded, items["states"], items["transitions"], begins_in(stories))
    sources = Sources(folder or Path.cwd(), masking, 14 if len(graph.states) <= SHOWN else 5)
    picture = Picture(graph, [item.name for item in items["transitions"]], sources)
    arrows = {
        item.name: picture.arrow(transition)
        for item, transition in zip(items["transitions"], graph.transitions, strict=True)
    }
    turns = Turns(picture)
    scenarios = tuple(_scenario(story, turns) for story in stories)
    kinds = _kinds(name, recorded, exclude, picture, arrows) if recorded.seen else ()
    findings: tuple[FindingView, ...] = ()
    states, drawn, explored = picture.states, picture.arrows, ""
    if exploration is not None:
        findings = tuple(_finding(found, turns, picture, masking) for found in exploration.findings)
        ways = Ways(exploration, turns, masking)
        states, drawn = ways.states(states), ways.arrows(drawn)
        kinds = (*kinds, ways.reached(states, drawn))
        explored = outcome_words(exploration)
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


def _scenario(story: Story, turns: Turns) -> ScenarioView:
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


def _finding(found: Finding, turns: Turns, picture: Picture, masking: Masking) -> FindingView:
    witness: Trace = masking.data(found.witness)
    state = picture.state(found.state)
    return FindingView(
        found.kind,
        found.severity,
        visible(masking.text(found.message)),
        -1 if state is None else state,
        turns.numbers(beats_of(witness)),
    )
