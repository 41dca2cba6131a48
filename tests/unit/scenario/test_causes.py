"""Why something failed, in words."""

import pytest

from chatsim.scenario.causes import other_values, raised
from chatsim.scenario.data_match import DataPattern
from chatsim.trace import Failure


def said(expected, actual):
    return other_values(DataPattern.of(expected).compare(actual, {}), actual)


class TestRaised:
    def test_an_error_without_a_message(self):
        assert raised(Failure("bot-raised", "KeyError", "")) == ("the bot raised KeyError", "")

    def test_what_the_runtime_found_comes_with_its_cure(self):
        failure = Failure("hop-loop", "HopLoop", "hop loop: more than 9 hops. Let one wait, or raise hop_budget")
        assert raised(failure) == ("hop loop: more than 9 hops", "Let one wait, or raise hop_budget")

    def test_a_message_of_many_lines(self):
        failure = Failure("faulty-machine", "FaultyMachine", "Pizza cannot run, 1 fault:\n- no method")
        assert raised(failure) == ("Pizza cannot run, 1 fault:", "- no method")


class TestOtherValues:
    def test_one_place(self):
        assert said({"order": {"size": "S"}}, {"order": {"size": "L"}})[0] == 'vars: order.size is "L", not "S"'

    def test_long_values_are_cut(self):
        headline, _ = said({"a": "x" * 90}, {"a": "y" * 90})
        assert len(headline) < 100

    def test_several_places(self):
        assert said({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 3, "c": 4})[0] == "vars: 2 of 3 places differ"

    def test_the_whole(self):
        assert said([1], {"a": 1})[0] == "vars: 1 of 1 places differ"

    @pytest.mark.parametrize(
        ("expected", "actual", "hint"),
        [
            ("9", 9, "a is a number, not a text: write it without quotes"),
            (9, "9", "a is a text, not a number: write it in quotes"),
            ("true", True, "a is a boolean, not a text: write it without quotes"),
            ("9", 10, ""),
            (9, 10, ""),
            ([1], {"b": 1}, ""),
        ],
    )
    def test_quotes(self, expected, actual, hint):
        assert said({"a": expected}, {"a": actual})[1] == hint

    def test_the_nearest_name(self):
        assert said({"order": {"prize": 1}}, {"order": {"price": 1}}) == (
            "vars: order.prize is not there",
            "did you mean 'price'?",
        )
        assert said({"cart": [{"prize": 1}]}, {"cart": [{"price": 1}]})[1] == "did you mean 'price'?"
        assert said({"a": 1}, {})[1] == ""
        assert said({"a": {"b": 1}}, {"a": {}})[1] == ""


class TestLists:
    def test_items_that_are_missing_or_too_many(self):
        compared = DataPattern.of({"a": ["x", "y", "z"]}).compare({"a": ["x", "z"]}, {})
        assert [(place.path, place.held, place.expected, place.actual) for place in compared] == [
            ("a[0]", True, '"x"', '"x"'),
            ("a[1]", False, '"y"', "(not there)"),
            ("a[2]", True, '"z"', '"z"'),
        ]
        compared = DataPattern.of({"a": [1]}).compare({"a": [0, 1]}, {})
        assert [(place.path, place.held, place.expected, place.actual) for place in compared] == [
            ("a[0]", False, "(nothing)", "0"),
            ("a[0]", True, "1", "1"),
        ]
