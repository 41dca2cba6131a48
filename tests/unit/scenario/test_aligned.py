"""All replies of a turn beside all that was expected of it, and lists beside lists."""

from hypothesis import given
from hypothesis import strategies as st

from chatsim.scenario.align import align
from chatsim.scenario.aligned import count_of, other_order, whole_turn, would_hold
from chatsim.scenario.match import compile_text
from chatsim.scenario.model import BotStep, Position
from chatsim.trace import Reply


def expected(text, chat="user"):
    return BotStep(position=Position("a.chat.yaml", 1, 1), text=compile_text(text), chat=chat)


def shown(lines):
    marks = {"held": "✓", "expected": "-", "came": "+"}
    return [f"{marks[line.mark]} {f'{line.label}: ' if line.label else ''}{line.text}" for line in lines]


class TestAlign:
    @given(st.lists(st.sampled_from("abc"), max_size=6), st.lists(st.sampled_from("abc"), max_size=6))
    def test_every_place_is_there_once_and_in_order(self, one, other):
        pairs = align(len(one), len(other), lambda a, b: one[a] == other[b])
        assert [a for a, _ in pairs if a is not None] == list(range(len(one)))
        assert [b for _, b in pairs if b is not None] == list(range(len(other)))
        assert all(one[a] == other[b] for a, b in pairs if a is not None and b is not None)

    @given(st.lists(st.sampled_from("abc"), max_size=6), st.lists(st.sampled_from("abc"), max_size=6))
    def test_no_alignment_pairs_more(self, one, other):
        def most(a, b):
            if not a or not b:
                return 0
            return max(most(a[1:], b), most(a, b[1:]), (a[0] == b[0]) + most(a[1:], b[1:]) if a[0] == b[0] else 0)

        pairs = align(len(one), len(other), lambda a, b: one[a] == other[b])
        assert sum(None not in pair for pair in pairs) == most(one, other)

    def test_of_too_many_none_are_paired(self):
        pairs = align(300, 300, lambda a, b: True)
        assert len(pairs) == 600


class TestWholeTurn:
    def test_what_held_what_is_missing_and_what_is_too_much(self):
        lines = whole_turn(
            [Reply("Hi")], [expected("b"), expected("c")], [Reply("x"), Reply("c"), Reply("d", chat="cook")], {}
        )
        assert shown(lines) == ["✓ Hi", "- b", "+ x", "✓ c", "+ to cook: d"]

    def test_names_without_a_value_hold_nothing(self):
        assert not would_hold(expected("no. ${n}"), Reply("no. 1"), {})

    def test_patterns_that_cannot_be_decided_hold_nothing(self):
        assert not would_hold(expected("/^(a|a)+$/"), Reply("a" * 40 + "!"), {})


def test_other_order():
    lines = other_order(1, [expected("b"), expected("a")], [Reply("a"), Reply("b")], {})
    assert shown(lines) == ["- 2nd expected: b", "- 3rd expected: a", "+ 2nd came: a", "+ 3rd came: b"]


def test_count_of():
    assert [count_of(1, "reply", "replies"), count_of(3, "reply", "replies")] == ["a reply", "3 replies"]
