"""All that can be reached of a bot, by kind, and who reached it."""

from chatsim.coverage.data import Declared, Recorded
from chatsim.coverage.facts import CalledBack, Chosen, Ended, Followed, Hopped, Moved, Offered, WasIn
from chatsim.coverage.items import KINDS, MANY, Item, items_of
from chatsim.graph.model import Graph, SourceLine, State, Transition
from chatsim.trace import Guard


def line(number):
    return SourceLine("shop.py", number)


def state(name, **more):
    return State(name, declared=True, **more)


def way(source, target, *guards, **more):
    return Transition(source, target, guards=guards, declared=True, **more)


GRAPH = Graph(
    "shop:Shop",
    (
        state("zero", initial=True),
        state("menu", waits="input", line=line(20)),
        state("pay", waits="callback", line=line(30)),
        state("bye", waits="end", line=line(40)),
    ),
    (
        way("zero", "menu", line=line(5)),
        way("menu", "pay", "buys", line=line(6)),
        way("menu", "bye", "not buys", "leaves", line=line(7)),
        way("menu", "menu", line=line(8)),
        way("pay", "bye", line=line(9)),
    ),
)


def items(*facts, graph=GRAPH, kind):
    recorded = Recorded("shop:Shop", dict.fromkeys(facts, frozenset({"a"})), Declared(graph) if graph else None)
    return items_of(recorded)[kind]


def reached(*facts, graph=GRAPH, kind):
    return [item.name for item in items(*facts, graph=graph, kind=kind) if item.covered]


def missing(*facts, graph=GRAPH, kind):
    return [item.name for item in items(*facts, graph=graph, kind=kind) if not item.covered]


def test_nothing_seen():
    """Everything is missing, in the order of its declaration."""
    assert {kind: missing(kind=kind) for kind in KINDS} == {
        "states": ["zero", "menu", "pay", "bye"],
        "transitions": ["zero → menu", "menu → pay", "menu → bye", "menu → menu", "pay → bye"],
        "guards": ["menu: buys true", "menu: buys false", "menu: leaves true", "menu: leaves false"],
        "pairs": [
            "zero → menu → pay",
            "zero → menu → bye",
            "zero → menu → menu",
            "menu → pay → bye",
            "menu → menu → pay",
            "menu → menu → bye",
            "menu → menu → menu",
        ],
        "options": [],
        "callbacks": ["pay"],
        "ends": ["bye"],
    }


class TestStates:
    def test_by_hops_rest_and_end(self):
        assert reached(Hopped("zero", "menu"), WasIn("pay", "callback"), Ended("bye"), kind="states") == [
            "zero",
            "menu",
            "pay",
            "bye",
        ]

    def test_lines(self):
        assert [item.line for item in items(kind="states")] == [None, line(20), line(30), line(40)]

    def test_undeclared(self):
        found = [item for item in items(WasIn("attic"), kind="states") if not item.declared]
        assert [(item.name, item.covered) for item in found] == [("attic", True)]

    def test_before_the_beginning(self):
        assert "(start)" in reached(Hopped(None, "menu"), kind="states")

    def test_of_a_plugin(self):
        graph = Graph(states=(state("wait", machine="card"),))
        assert reached(Hopped("wait", None, machine="card"), graph=graph, kind="states") == ["card/wait"]

    def test_whose_machine_was_not_seen(self):
        """Some frameworks tell the state alone; it is the only one of that name."""
        graph = Graph(states=(state("wait", machine="card"),))
        assert reached(WasIn("wait"), graph=graph, kind="states") == ["card/wait"]


class TestTransitions:
    def test_told_apart_by_guards(self):
        graph = Graph(transitions=(way("a", "b", "x"), way("a", "b", "not x", "y"), way("a", "b")))
        x, y = Guard("x", value=False), Guard("y", value=True)
        assert reached(Hopped("a", "b", (x, y)), graph=graph, kind="transitions") == ["a → b [not x, y]"]
        assert reached(Hopped("a", "b", (x,)), graph=graph, kind="transitions") == ["a → b [else]"]

    def test_told_apart_by_triggers(self):
        graph = Graph(transitions=(way("a", "b", trigger="go"), way("a", "b", "x", trigger="run")))
        assert missing(graph=graph, kind="transitions") == ["a → b by go [else]", "a → b by run [x]"]

    def test_internal(self):
        graph = Graph(transitions=(way("a", "a", internal=True), way("a", "a")))
        assert reached(Hopped("a", None), graph=graph, kind="transitions") == ["a ↺"]

    def test_open_end(self):
        """Where the target cannot be known, any that nothing else leads to is it."""
        graph = Graph(transitions=(way("a", "b"), way("a", None)))
        assert missing(Hopped("a", "z"), graph=graph, kind="transitions") == ["a → b"]
        assert missing(Hopped("a", "b"), graph=graph, kind="transitions") == ["a → ?"]

    def test_undeclared(self):
        found = [item for item in items(Hopped("pay", "menu"), kind="transitions") if not item.declared]
        assert [item.name for item in found] == ["pay → menu"]

    def test_moved(self):
        """A turn that tells no hops took what leads there directly, and else something that is not known."""
        assert reached(Moved("menu", "pay"), kind="transitions") == ["menu → pay"]
        assert len(items(Moved("zero", "bye"), kind="transitions")) == len(GRAPH.transitions)
        assert reached(Moved("zero", "bye"), graph=None, kind="transitions") == ["zero → bye"]


class TestGuards:
    def test_both_ways(self):
        yes, no = (Hopped("menu", "menu", (Guard("buys", value),)) for value in (True, False))
        assert missing(yes, kind="guards") == ["menu: buys false", "menu: leaves true", "menu: leaves false"]
        assert missing(yes, no, kind="guards") == ["menu: leaves true", "menu: leaves false"]

    def test_in_each_state(self):
        graph = Graph(transitions=(way("a", "b", "x"), way("b", "a", "x")))
        assert missing(Hopped("a", "b", (Guard("x", value=True),)), graph=graph, kind="guards") == [
            "a: x false",
            "b: x true",
            "b: x false",
        ]

    def test_merely_seen(self):
        seen = Hopped("a", "b", (Guard("x", value=True),))
        assert [(item.name, item.covered, item.declared) for item in items(seen, graph=None, kind="guards")] == [
            ("a: x true", True, False),
            ("a: x false", False, False),
        ]


class TestPairs:
    def test_followed(self):
        pair = Followed(Hopped("zero", "menu"), Hopped("menu", "pay", (Guard("buys", value=True),)))
        assert reached(pair, kind="pairs") == ["zero → menu → pay"]

    def test_named_by_what_tells_transitions_apart(self):
        graph = Graph(transitions=(way("a", "b", "x"), way("a", "b"), way("b", "c")))
        assert missing(graph=graph, kind="pairs") == ["a → b [x], then b → c", "a → b [else], then b → c"]

    def test_over_an_internal_one(self):
        graph = Graph(transitions=(way("a", "a", internal=True), way("a", "b")))
        assert missing(graph=graph, kind="pairs") == ["a ↺, then a ↺", "a ↺, then a → b"]

    def test_none_over_an_open_end(self):
        graph = Graph(transitions=(way("a", None), way("b", "c")))
        assert missing(graph=graph, kind="pairs") == []

    def test_merely_seen(self):
        pair = Followed(Hopped("a", "b"), Hopped("b", "c"))
        assert reached(Hopped("a", "b"), Hopped("b", "c"), pair, graph=None, kind="pairs") == ["a → b → c"]


class TestOptions:
    def test_offered_and_chosen(self):
        facts = Offered("menu", "Buy"), Offered("menu", "Leave"), Chosen("menu", "Buy")
        assert items(*facts, kind="options") == (
            Item("options", "menu: Buy", line(20), frozenset({"a"}), (("", "menu"),)),
            Item("options", "menu: Leave", line(20), frozenset(), (("", "menu"),)),
        )

    def test_many_that_differ_in_numbers(self):
        """A bot that offers days has others tomorrow: they count as one."""
        days = [Offered("menu", f"{day} March") for day in range(MANY + 1)]
        assert missing(*days, kind="options") == ["menu: … March"]
        assert reached(*days, Chosen("menu", "3 March"), kind="options") == ["menu: … March"]

    def test_few_that_differ_in_numbers(self):
        assert missing(Offered("menu", "1 pizza"), Offered("menu", "2 pizzas"), kind="options") == [
            "menu: 1 pizza",
            "menu: 2 pizzas",
        ]


class TestCallbacks:
    def test_came(self):
        assert reached(CalledBack("pay"), kind="callbacks") == ["pay"]

    def test_may_wait_for_one(self):
        graph = Graph(states=(state("ask", waits="input", may=("input", "callback")),))
        assert missing(graph=graph, kind="callbacks") == ["ask"]

    def test_merely_seen(self):
        assert missing(WasIn("pay", "callback"), WasIn("menu"), graph=None, kind="callbacks") == ["pay"]

    def test_undeclared(self):
        found = [item for item in items(CalledBack("menu"), kind="callbacks") if not item.declared]
        assert [item.name for item in found] == ["menu"]


class TestEnds:
    def test_ended(self):
        assert reached(Ended("bye"), kind="ends") == ["bye"]

    def test_may_end(self):
        graph = Graph(states=(state("ask", waits="input", may=("input", "end")),))
        assert missing(WasIn("ask"), graph=graph, kind="ends") == ["ask"]

    def test_of_a_plugin(self):
        """That it came to its end is all that can be seen of it."""
        graph = Graph(states=(state("done", waits="end", machine="card"),))
        assert reached(Hopped("a", "done", machine="card"), graph=graph, kind="ends") == ["card/done"]
        assert reached(Hopped("done", "a", machine="card"), graph=graph, kind="ends") == []
