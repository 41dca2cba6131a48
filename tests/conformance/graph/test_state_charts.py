"""A state-chart tool opens what we write as SCXML, and finds our states and transitions in it."""

from pathlib import Path

import pytest

from chatsim.bots.loading import load_bot
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.formats.scxml import write_scxml
from chatsim.graph.model import Graph, State, Transition

SCENARIOS = Path(__file__).parents[3] / "scenarios"
BOTS = [("car_wash", "bot:CarWash"), ("pizza", "bot:orch"), ("clinic", "bot:Clinic"), ("greeter_json", "bot:orch")]


def opened(graph, tmp_path):
    """Return the chart as python-statemachine, which reads SCXML, understands it."""
    from statemachine.io import load

    path = tmp_path / "bot.scxml"
    path.write_text(write_scxml(graph), "utf-8")
    return load(path)


def states_of(chart):
    def walk(states):
        for state in states:
            yield state
            yield from walk(state.states)

    return [state for state in walk(chart.states) if not state.states]


@pytest.mark.parametrize(("folder", "reference"), BOTS)
def test_the_example_bots(folder, reference, tmp_path):
    graph = declared_graph(load_bot(reference, SCENARIOS / folder))

    chart = opened(graph, tmp_path)

    found = {state.id for state in states_of(chart)}
    assert found == {f"{state.machine}.{state.name}" if state.machine else state.name for state in graph.states}
    [begin] = [state.name for state in graph.states if state.initial and not state.machine]
    assert [state.id for state in chart.states if state.initial] == [begin]
    ways = [
        (each.source.id, target.id)
        for state in states_of(chart)
        for each in state.transitions
        for target in each.targets
    ]
    named = [
        tuple(f"{way.machine}.{name}" if way.machine else name for name in (way.source, way.target))
        for way in graph.transitions
    ]
    assert sorted(ways) == sorted(named)


def test_guards_and_events(tmp_path):
    states = State("a", initial=True, waits="input"), State("b", waits="end")
    ways = (
        Transition("a", "b", "input", guards=("is_big", "not is_late")),
        Transition("a", "b", "callback", trigger="pay"),
        Transition("a", "a", "none", guards=("not a name",)),
    )

    chart = opened(Graph("shop", states, ways), tmp_path)

    [begin, end] = states_of(chart)
    assert end.final
    assert [str(each.event or "") for each in begin.transitions] == ["input", "pay", ""]
