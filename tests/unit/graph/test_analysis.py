"""What a declared graph tells of a bot without running it."""

import pytest

from chatsim.graph.analysis import Fact, endless, facts, order_dependent, reachable, shadowed, without_fallback
from chatsim.graph.model import NO_RESULT, Graph, SourceLine, State, Transition

LINE = SourceLine("bot.py", 7)


def state(name, **more):
    return State(name, line=LINE, declared=True, **{"waits": "input", **more})


def way(source, target, **more):
    return Transition(source, target, line=LINE, declared=True, **more)


def graph(states, *ways, ordered=True):
    return Graph("b:B", tuple(states), ways, ordered)


BEGIN = state("zero", initial=True, waits=None, may=("on",))


class TestReachable:
    def test_follows_the_transitions(self):
        found = graph([BEGIN, state("a"), state("b"), state("c")], way("zero", "a"), way("a", "b"), way("c", "b"))

        assert reachable(found) == {("", "zero"), ("", "a"), ("", "b")}
        assert facts(found) == (
            Fact(
                "dead-end",
                "b",
                "'b' waits for a person, and nothing leads on from it. Add a transition, or end there",
                LINE,
            ),
            Fact("unreachable", "c", "nothing leads to 'c'", LINE),
        )

    def test_a_plugin_is_entered_where_a_state_runs_it(self):
        plugin = [State("zero", initial=True, machine="pay"), State("ask", machine="pay")]
        inside = Transition("zero", "ask", machine="pay")
        runs, idle = state("a", runs="pay"), state("a")

        assert ("pay", "ask") in reachable(graph([BEGIN, runs, *plugin], way("zero", "a"), inside))
        assert ("pay", "ask") not in reachable(graph([BEGIN, runs, *plugin], inside))
        assert ("pay", "ask") in reachable(graph([BEGIN, idle, *plugin], inside))

    def test_plugins_of_plugins(self):
        outer = State("zero", initial=True, machine="pay", runs="card")
        inner = State("zero", initial=True, machine="pay.card")

        assert reachable(graph([state("zero", initial=True, runs="pay"), outer, inner])) == {
            ("", "zero"),
            ("pay", "zero"),
            ("pay.card", "zero"),
        }

    def test_a_machine_without_a_beginning_begins_with_its_first_state(self):
        assert reachable(graph([state("a"), state("b")])) == {("", "a")}

    def test_behind_an_open_end_nothing_is_certain(self):
        found = graph([BEGIN, state("a")], way("zero", None), way("a", "a"), ordered=False)

        assert [(fact.kind, fact.state, fact.certain) for fact in facts(found)] == [
            ("unreachable", "a", False),
            ("open-end", "zero", True),
        ]


class TestTargets:
    def test_unknown(self):
        found = graph([BEGIN, state("ask_size")], way("zero", "ask_szie"), way("ask_size", "zero"))

        [first, _] = facts(found)

        assert first == Fact(
            "unknown-state",
            "zero",
            "'zero' goes to 'ask_szie', and there is no such state. Did you mean 'ask_size'?",
            LINE,
            "ask_szie",
        )

    def test_those_of_a_plugin_are_its_own(self):
        plugin = [state("zero", initial=True, machine="pay")]

        [fact] = facts(graph([BEGIN, *plugin], way("zero", "zero"), Transition("zero", "ask", machine="pay")))

        assert (fact.kind, fact.state) == ("unknown-state", "pay/zero")
        assert fact.message.endswith("There are: zero.")

    def test_no_handler_for_the_beginning(self):
        found = graph([State("start", initial=True), state("strat")], way("strat", "strat"), ordered=False)

        assert [fact.kind for fact in facts(found)] == ["missing-handler", "unreachable"]
        assert facts(found)[0].message == "a chat begins in 'start', and nothing handles it. Did you mean 'strat'?"


class TestDeadEnds:
    def test_ends_are_none(self):
        assert facts(graph([BEGIN, state("done", waits="end")], way("zero", "done"))) == ()

    def test_a_state_that_goes_on_and_cannot(self):
        [fact] = facts(graph([BEGIN]))

        assert (fact.kind, fact.message) == (
            "no-way-on",
            "'zero' goes on by itself, and no transition leads on from it",
        )

    def test_for_a_webhook(self):
        [fact] = facts(graph([BEGIN, state("a", waits="callback")], way("zero", "a")))

        assert fact.message.startswith("'a' waits for a webhook, and nothing leads on")

    def test_a_step_without_a_result(self):
        ways = way("a", "a"), way("a", None, when=(f"late and {NO_RESULT}",))
        found = graph([state("a", initial=True)], *ways, ordered=False)

        [fact] = facts(found)

        assert (fact.kind, fact.line, fact.certain) == ("no-result", LINE, False)


class TestEndless:
    def test_names_what_cannot_end(self):
        found = graph(
            [BEGIN, state("a"), state("b"), state("done", waits="end")],
            way("zero", "a", guards=("g",)),
            way("zero", "done"),
            way("a", "b"),
            way("b", "a"),
        )

        assert [each.name for each in endless(found)] == ["a", "b"]
        assert [fact.message for fact in facts(found)] == [
            "from 'a' no end can be reached",
            "from 'b' no end can be reached",
        ]

    def test_not_in_a_bot_without_ends(self):
        assert endless(graph([BEGIN, state("a")], way("zero", "a"), way("a", "a"))) == []

    def test_an_open_end_may_lead_anywhere(self):
        assert endless(graph([BEGIN, state("a"), state("z", waits="end")], way("a", None))) == []

    def test_through_a_plugin(self):
        """The end of a plugin is no end of the bot: the state that runs it goes on."""
        inside = [
            state("zero", initial=True, machine="pay"),
            state("ask", machine="pay"),
            state("end", waits="end", machine="pay"),
        ]
        ways = (
            Transition("zero", "ask", machine="pay"),
            Transition("ask", "end", machine="pay"),
            way("zero", "run"),
        )
        run = state("run", waits=None, runs="pay")

        ending = graph([BEGIN, run, state("done", waits="end"), *inside], *ways, way("run", "done"))
        circling = graph([BEGIN, run, state("done", waits="end"), *inside], *ways, way("run", "run"))

        assert endless(ending) == []
        assert [each.title for each in endless(circling)] == ["pay/zero", "pay/ask"]


class TestGuards:
    def found(self, *ways, ordered=True):
        return graph([BEGIN, state("a"), state("b"), state("c")], *ways, ordered=ordered)

    def test_shadowed_by_one_that_asks_nothing(self):
        late = way("a", "c", guards=("g",))

        assert shadowed(self.found(way("a", "b"), late)) == [late]
        assert shadowed(self.found(late, way("a", "b"))) == []

    def test_shadowed_by_one_that_asks_less(self):
        late = way("a", "c", guards=("g", "h"))

        assert shadowed(self.found(way("a", "b", guards=("h",)), late)) == [late]

    def test_another_trigger_is_another_thing(self):
        assert shadowed(self.found(way("a", "b", trigger="go"), way("a", "c", trigger="stop"))) == []

    def test_steps_of_an_orchestrator_decide_by_themselves(self):
        ways = way("a", "b"), way("a", "c", guards=("g",))

        assert shadowed(self.found(*ways, ordered=False)) == []
        assert without_fallback(self.found(ways[1], ordered=False)) == []
        assert order_dependent(self.found(ways[1], way("a", "b", guards=("h",)), ordered=False)) == []

    def test_no_fallback(self):
        ways = [way("a", "b", guards=("g",)), way("a", "c", guards=("h",))]

        assert without_fallback(self.found(*ways)) == [ways]
        assert without_fallback(self.found(*ways, way("a", "a"))) == []

    def test_opposites_leave_nothing_open(self):
        assert without_fallback(self.found(way("a", "b", guards=("g",)), way("a", "c", guards=("not g",)))) == []

    def test_named_triggers_need_no_fallback(self):
        assert without_fallback(self.found(way("a", "b", guards=("g",), trigger="go"))) == []

    @pytest.mark.parametrize(
        ("first", "second", "count"),
        [
            (("a_first",), ("b_second",), 1),
            (("b_first",), ("a_second",), 0),
            (("g",), ("not g",), 0),
            (("g",), (), 0),
        ],
    )
    def test_order_dependent(self, first, second, count):
        """Only where the published package, which sorts by name, takes the other one."""
        found = self.found(way("a", "b", guards=first), way("a", "c", guards=second))

        assert len(order_dependent(found)) == count

    def test_to_the_same_state_the_order_does_not_matter(self):
        assert order_dependent(self.found(way("a", "b", guards=("a",)), way("a", "b", guards=("b",)))) == []

    def test_in_words(self):
        found = graph(
            [BEGIN, state("a"), state("b")],
            way("zero", "a", guards=("early",)),
            way("zero", "b", guards=("late",)),
            way("zero", "a", guards=("early", "more")),
            way("a", "b"),
            way("b", "a"),
        )

        assert [(fact.kind, fact.message) for fact in facts(found)] == [
            (
                "no-fallback",
                "where none of early, late, more holds, 'zero' has no way on. Add a transition without a guard last",
            ),
            (
                "guard-overlap",
                "in 'zero', where both early and late hold, the first defined wins (a), and in jb_manager_bot the last in the alphabet (b)",
            ),
            ("shadowed", "'zero' never goes to 'a' (if early and more): a transition before it is always taken"),
        ]
