"""What became of a bot."""

import pytest

from chatsim.graph.diff import Change, difference, in_words
from chatsim.graph.model import Graph, SourceLine, State, Transition

LINE, MOVED = SourceLine("bot.py", 3), SourceLine("bot.py", 30)


def graph(*parts, bot="", ordered=False):
    return Graph(
        bot,
        tuple(part for part in parts if isinstance(part, State)),
        tuple(part for part in parts if isinstance(part, Transition)),
        ordered,
    )


def changes(old, new):
    return [(change.became, change.what, change.name, change.details) for change in difference(old, new).changes]


class TestStates:
    def test_nothing(self):
        """Where something is written is not what it is."""
        old = graph(State("a", line=LINE), Transition("a", "a", line=LINE))
        new = graph(State("a", line=MOVED), Transition("a", "a", line=MOVED))

        assert changes(old, new) == []

    def test_added_and_gone(self):
        old = graph(State("a"), State("b", waits="end"))
        new = graph(State("a"), State("c", waits="input", machine="pay"))

        assert changes(old, new) == [
            ("added", "state", "pay/c", "waits for a person"),
            ("gone", "state", "b", "ends"),
        ]

    @pytest.mark.parametrize(
        ("before", "after", "details"),
        [
            ({"waits": "input"}, {"waits": "callback"}, "waits for a webhook, and not: waits for a person"),
            ({"waits": "end"}, {"may": ("on",)}, "goes on by itself, and not: ends"),
            ({"may": ("on",)}, {"may": ()}, "may not be known, and not: on"),
            (
                {"waits": "input", "may": ("input",)},
                {"waits": "input", "may": ("input", "on")},
                "may input or on, and not: input",
            ),
            ({"initial": True}, {}, "no chat begins here any more"),
            ({}, {"initial": True}, "a chat begins here"),
            ({}, {"runs": "pay"}, "runs the plugin pay"),
            ({"runs": "pay"}, {}, "does not run the plugin pay any more"),
            ({"runs": "pay", "initial": True}, {"runs": "card", "initial": True}, "runs the plugin card"),
        ],
    )
    def test_changed(self, before, after, details):
        assert changes(graph(State("a", **before)), graph(State("a", **after))) == [("changed", "state", "a", details)]


class TestTransitions:
    def test_added_and_gone(self):
        old = graph(Transition("a", "b", guards=("g",)), Transition("a", "c"))
        new = graph(Transition("a", "c"), Transition("a", None, when=("x",)))

        assert changes(old, new) == [
            ("added", "transition", "a → ?", "x"),
            ("gone", "transition", "a → b", "g"),
        ]

    def test_another_guard_is_another_condition_of_the_same_way(self):
        old = graph(Transition("a", "b", guards=("is_paid",)))
        new = graph(Transition("a", "b", guards=("is_paid", "not is_late")))
        found = difference(old, new)

        assert [(change.became, change.details) for change in found.changes] == [
            ("changed", "is_paid → is_paid, not is_late")
        ]
        assert found.marks == {new.transitions[0].id: "changed", old.transitions[0].id: "gone"}

    def test_no_guard_any_more(self):
        assert changes(graph(Transition("a", "b", guards=("g",))), graph(Transition("a", "b"))) == [
            ("changed", "transition", "a → b", "g → always")
        ]

    def test_another_condition_in_the_source(self):
        old, new = graph(Transition("a", "b", when=("x", "y"))), graph(Transition("a", "b", when=("y", "x")))

        assert changes(old, new) == []
        assert changes(old, graph(Transition("a", "b", when=("z",)))) == [
            ("changed", "transition", "a → b", "x | y → z")
        ]

    def test_another_event(self):
        assert changes(graph(Transition("a", "b", "input")), graph(Transition("a", "b", "callback"))) == [
            ("changed", "transition", "a → b", "on callback, and not on input")
        ]

    def test_another_order(self):
        ways = Transition("a", "b", guards=("g",)), Transition("a", "c", guards=("h",))
        new = ways[1], Transition("a", "d"), ways[0]

        assert changes(graph(*ways, ordered=True), graph(*new, ordered=True)) == [
            ("added", "transition", "a → d", ""),
            ("changed", "transition", "a → …", "now tried in this order: c, b"),
        ]

    def test_the_order_of_steps_is_none(self):
        ways = Transition("a", "b"), Transition("a", "c")

        assert changes(graph(*ways), graph(*ways[::-1])) == []


class TestWhole:
    def test_both_are_drawn(self):
        old = graph(State("a"), State("b"), Transition("a", "b"), bot="old:Bot")
        new = graph(State("a"), State("c"), Transition("a", "c"), bot="new:Bot")
        found = difference(old, new)

        assert [state.name for state in found.both.states] == ["a", "c", "b"]
        assert found.both.bot == "old:Bot → new:Bot"
        assert found.marks == {
            ("", "c"): "added",
            ("", "b"): "gone",
            new.transitions[0].id: "added",
            old.transitions[0].id: "gone",
        }

    def test_in_words(self):
        old = graph(State("ask", line=LINE), Transition("ask", "ask"), bot="old:Bot")
        new = graph(State("ask", waits="input", line=MOVED), Transition("ask", "ask_again"), State("ask_again"))

        assert in_words(difference(old, new)) == (
            "old:Bot → new\n"
            "~ state       ask              waits for a person, and not: goes on by itself  bot.py:30\n"
            "+ state       ask_again\n"
            "+ transition  ask → ask_again\n"
            "- transition  ask → ask\n"
            "2 states and 2 transitions differ"
        )

    def test_nothing_in_words(self):
        same = graph(State("a"))

        assert in_words(difference(same, same)) == "old → new\nnothing differs: 1 state, 0 transitions"

    def test_where_it_was(self):
        assert difference(graph(State("a", line=LINE)), graph()).changes == (Change("gone", "state", "a", "", LINE),)
