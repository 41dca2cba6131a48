"""A graph as it is to be drawn: shapes, arrows, order, and what a large one becomes."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.graph.collapse import collapsed
from chatsim.graph.labels import labels, shown, title, way_label
from chatsim.graph.legend import legend
from chatsim.graph.model import Graph, SourceLine, State, Transition
from chatsim.graph.view import COMMON, Edge, in_order, one_mark, shape_of, view
from chatsim.graph.wording import short_condition


def chain(*names):
    return [Transition(source, target) for source, target in pairwise(names)]


class TestShapes:
    @pytest.mark.parametrize(
        ("state", "shape"),
        [
            (State("a", waits="input"), "input"),
            (State("a", waits="callback"), "callback"),
            (State("a", waits="end"), "end"),
            (State("a", may=("on",)), "on"),
            (State("a", waits="input", may=("input", "on")), "input"),
            (State("a"), "unknown"),
            (State("a", may=("on",), runs="pay"), "plugin"),
        ],
    )
    def test_of_states(self, state, shape):
        assert shape_of(state) == shape

    def test_of_what_is_not_there(self):
        drawn = view(
            Graph(states=(State("a"),), transitions=(*chain("a", "b"), *chain("b", "c"), Transition("a", None)))
        )

        assert [(node.title, node.shape) for node in drawn.nodes] == [
            ("a", "unknown"),
            ("b", "missing"),
            ("c", "missing"),
            ("?", "open"),
        ]
        assert len({node.id for node in drawn.nodes}) == 4

    def test_the_legend_names_what_is_there(self):
        graph = Graph(states=(State("a", waits="input"), State("b", waits="end")), transitions=tuple(chain("a", "b")))

        assert legend(view(graph)) == "rounded: waits for a person · double line: ends"
        assert legend(view(graph, {("", "a"): "hit"})).endswith("ends · green: reached")


class TestOrder:
    def test_of_the_conversation(self):
        states = [State(name) for name in ("d", "c", "b", "island")] + [State("a", initial=True)]
        graph = Graph(states=tuple(states), transitions=(*chain("a", "b", "d"), *chain("a", "c")))

        assert [state.name for state in in_order(graph)] == ["a", "b", "c", "d", "island"]

    def test_plugins_come_after(self):
        states = State("x", machine="pay"), State("b"), State("a", initial=True)

        assert [state.title for state in in_order(Graph(states=states))] == ["a", "b", "pay/x"]


class TestArrows:
    def test_parallel_ways_are_one(self):
        ways = [Transition("a", "b", guards=(guard,)) for guard in ("x", "y")]
        drawn = view(Graph(states=(State("a"), State("b")), transitions=tuple(ways)))

        [edge] = drawn.edges
        assert edge.labels == ("x", "y")
        assert edge.ways == tuple(ways)

    def test_their_event_is_theirs_if_they_agree(self):
        def event_of(*events):
            ways = [Transition("a", "b", event, guards=(str(n),)) for n, event in enumerate(events)]
            return view(Graph(states=(State("a"), State("b")), transitions=tuple(ways))).edges[0].event

        assert event_of("input", "input") == "input"
        assert event_of("input", "callback") == "unknown"

    def test_common_ones(self):
        """Many arrows to one place for one reason keep in the background."""
        names = [f"s{n}" for n in range(COMMON)]
        ways = [Transition(name, "end", when=("cancel",)) for name in names]
        states = tuple(State(name) for name in [*names, "end"])

        assert all(edge.common for edge in view(Graph(states=states, transitions=tuple(ways))).edges)
        assert not any(edge.common for edge in view(Graph(states=states, transitions=tuple(ways[1:]))).edges)

    def test_a_plugin_hangs_at_the_state_that_runs_it(self):
        states = State("a", runs="pay"), State("zero", initial=True, machine="pay")
        drawn = view(Graph(states=states))

        assert [edge for edge in drawn.edges if edge.runs] == [Edge("s0", "s1", runs=True)]
        assert drawn.frames == {"pay": "pay"}

    @pytest.mark.parametrize(
        ("several", "mark"),
        [
            (["", ""], ""),
            (["hit", "hit"], "hit"),
            (["hit", "missed"], "missed"),
            (["hit", "undeclared"], "undeclared"),
            (["added", "hit"], "changed"),
            (["gone", "added"], "changed"),
            (["", "hit"], "hit"),
        ],
    )
    def test_marks(self, several, mark):
        assert one_mark(several) == mark


class TestLabels:
    def test_short_and_on_one_line(self):
        assert shown("a\tb\n\nc") == "a b c"
        assert shown("x" * 50) == "x" * 39 + "…"
        assert title(State("  ")) == "(blank)"

    def test_one_way_that_asks_nothing_says_it_for_all(self):
        assert labels([Transition("a", "b", guards=("g",)), Transition("a", "b")]) == ()

    @pytest.mark.parametrize(
        ("way", "label"),
        [
            (Transition("a", "b"), ""),
            (Transition("a", "b", trigger="go"), "go"),
            (Transition("a", "b", trigger="go", guards=("is_ok",)), "go [is_ok]"),
            (Transition("a", "b", guards=("x", "not y")), "x, not y"),
            (Transition("a", "b", when=("text == 'a'", "late")), "“a” | late"),
            (
                Transition("a", "b", when=("pick(text, ['Another pizza']) and len(context['cart']) < 3",)),
                "“Another pizza” and …",
            ),
            (Transition("a", "b", when=("x" * 40,)), "x" * 31 + "…"),
        ],
    )
    def test_of_ways(self, way, label):
        assert way_label(way) == label

    @pytest.mark.parametrize(
        ("condition", "words"),
        [
            ("text in ('a', 'b')", "“a”, “b”"),
            ("text not in {'a'}", "not “a”"),
            ("text == MENU", "MENU"),
            ("not pick(text, ['yes'])", "not “yes”"),
            ("not name", "not name"),
            ("a == 1 and b == 'x' or c", "1 and “x” or c"),
            ("len(text) == 3", "len(text) == 3"),
            ("except ValueError", "except ValueError"),
            ("text: 'a' | 'b' | 'c'", "“a”, “b”, “c”"),
            ("text: {'x': y}", "{'x': y}"),
            ("text: [a, *b", "text: [a, *b"),
            ("0 < size <= 3", "0 < size <= 3"),
        ],
    )
    def test_conditions(self, condition, words):
        assert short_condition(condition) == words


class TestCollapse:
    def line(self, count, *ways):
        names = ["zero", *(f"s{n}" for n in range(count))]
        states = [State(name, waits="input", line=SourceLine("b.py", 1)) for name in names[1:]]
        return view(Graph(states=(State("zero", initial=True), *states), transitions=(*chain(*names), *ways)))

    def test_what_is_small_stays(self):
        drawn = self.line(5)

        assert collapsed(drawn, 10) is drawn
        assert collapsed(drawn, 0) is drawn

    def test_a_chain_is_one_box(self):
        found = collapsed(self.line(20), 10)

        assert [(node.shape, node.title) for node in found.nodes] == [
            ("begin", ""),
            ("unknown", "zero"),
            ("several", "s0 … s18\n19 states"),
            ("input", "s19"),
        ]
        assert len(found.nodes[2].states) == 19
        assert found.notes == ("22 boxes drawn as 4: what follows each other is one",)
        assert [(edge.source, edge.target) for edge in found.edges] == [("begin0", "s0"), ("s0", "s1"), ("s1", "s20")]

    def test_a_ring_is_no_chain_without_end(self):
        ring = [State(f"s{n}") for n in range(30)]
        drawn = view(Graph(states=tuple(ring), transitions=tuple(chain(*[state.name for state in ring], "s0"))))

        assert len(collapsed(drawn, 10).nodes) <= 10

    def test_ways_within_a_box_are_not_drawn_and_those_beside_it_are_one(self):
        found = collapsed(self.line(20, Transition("s3", "s3"), Transition("zero", "s0", guards=("g",))), 10)

        assert not any(edge.source == edge.target for edge in found.edges)
        [edge] = [edge for edge in found.edges if (edge.source, edge.target) == ("s0", "s1")]
        assert len(edge.ways) == 2

    def test_a_hub_belongs_to_nothing(self):
        ways = [Transition(f"s{n}", "cancelled", guards=("g",)) for n in range(0, 60, 2)]
        drawn = self.line(60, *ways)

        found = collapsed(drawn, 20)

        assert "cancelled" in {node.title for node in found.nodes}

    def test_plugins_stay_in_their_frames(self):
        states = [State(f"s{n}", machine="pay" if n > 20 else "") for n in range(40)]
        ways = [Transition(f"s{n}", f"s{n + 1}", machine="pay" if n > 20 else "") for n in range(39) if n != 20]
        found = collapsed(view(Graph(states=tuple(states), transitions=tuple(ways))), 10)

        for node in found.nodes:
            assert {state.machine for state in node.states} == {node.machine}

    def test_too_many_arrows_say_nothing(self):
        names = [f"s{n}" for n in range(12)]
        ways = [Transition(a, b, guards=(f"{a}{b}",)) for a in names for b in names]
        found = collapsed(view(Graph(states=tuple(map(State, names)), transitions=tuple(ways))), 12)

        assert all(edge.labels == () for edge in found.edges) or len(found.edges) <= 24

    @settings(max_examples=30)
    @given(st.integers(2, 60), st.data())
    def test_no_state_is_lost(self, count, data):
        numbers = st.integers(0, count - 1)
        pairs = data.draw(st.lists(st.tuples(numbers, numbers), max_size=3 * count))
        states = tuple(State(f"s{n}", initial=n == 0) for n in range(count))
        ways = {(a, b): Transition(f"s{a}", f"s{b}") for a, b in pairs}
        drawn = view(Graph(states=states, transitions=tuple(ways.values())))

        found = collapsed(drawn, 8)

        assert sorted(state.name for node in found.nodes for state in node.states) == sorted(s.name for s in states)
        ids = {node.id for node in found.nodes}
        assert all({edge.source, edge.target} <= ids for edge in found.edges)
