"""Why something failed, in words."""

import pytest

from chatsim.errors import SetupError
from chatsim.scenario.causes import not_mocked, not_restarted, other_values, raised
from chatsim.scenario.data_match import DataPattern
from chatsim.trace import Failure
from chatsim.world.mocks import CallNotMocked


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


class TestNotRestarted:
    def test_a_bot_that_raises(self):
        """Its own frames are shown, and what it raised stands in the headline."""
        cause = caught("raise RuntimeError('no bell')")
        error = SetupError("bot 'a:b': calling it raised\n  a.py:1 in make")
        error.__cause__ = cause
        headline, hint, failure = not_restarted(error)
        assert (headline, hint) == ("restart: bot 'a:b': calling it raised RuntimeError: no bell", "")
        assert failure.frames[-1].file == "/a/bot.py"

    def test_an_error_without_a_message(self):
        error = SetupError("bot 'a:b': calling it raised")
        error.__cause__ = caught("raise RuntimeError")
        assert not_restarted(error)[0] == "restart: bot 'a:b': calling it raised RuntimeError"

    def test_a_bot_that_is_not_there_any_more(self):
        error = SetupError("there is no module 'a'\n  did you mean 'b'?")
        assert not_restarted(error) == ("restart: there is no module 'a'", "did you mean 'b'?", None)

    def test_what_has_no_lines_of_the_bot(self):
        """A syntax error is raised by Python alone: where it is, is in the text."""
        error = SetupError("bot 'a:b': importing module 'a' raised\n  a.py:3: def\n  SyntaxError: invalid syntax")
        error.__cause__ = SyntaxError("invalid syntax")
        assert not_restarted(error)[1:] == ("a.py:3: def\nSyntaxError: invalid syntax", None)


def caught(code):
    """Return what *code* raises, as that of a bot."""
    try:
        exec(compile(code, "/a/bot.py", "exec"), {})
    except Exception as error:  # noqa: BLE001 - whatever it is
        return error
    raise AssertionError


class TestNotMocked:
    def test_all_that_is_known(self):
        missing = CallNotMocked(
            "GET x", "GET x: {json: {}}", "; the nearest, 'POST x', differs in method", "localhost:80"
        )
        headline, hint = not_mocked(missing)
        assert headline == "call: no mock covers GET x"
        assert hint.split("\n") == [
            "the nearest, 'POST x', differs in method",
            "paste below `mock:`",
            "GET x: {json: {}}",
            "or let it through: allow: [localhost:80]",
        ]

    def test_the_least(self):
        hint = "paste below `mock:`\nGET x: {json: {}}"
        assert not_mocked(CallNotMocked("GET x", "GET x: {json: {}}")) == ("call: no mock covers GET x", hint)


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
