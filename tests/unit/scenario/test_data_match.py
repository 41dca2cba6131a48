"""How data matches: by type and value, texts as words do, mappings by the keys they name."""

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.scenario.data_match import Compared, DataPattern, same_data, show_data
from chatsim.scenario.words import Value

plain_text = st.text().map(lambda text: text.replace("$", "").replace(".", "").replace("/", ""))
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | plain_text
json_data = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain_text, inner, max_size=3), max_leaves=8
)


def matches(pattern, actual, values=None):
    return DataPattern.of(pattern).match(actual, values or {}) is not None


class TestRules:
    @pytest.mark.parametrize(
        ("pattern", "actual", "held"),
        [
            (9, 9, True),
            ("9", 9, False),
            (9, "9", False),
            (1, 1.0, False),
            (1, True, False),
            (None, None, True),
            (False, 0, False),
            ("Small", "Small\n", True),
            ("S...", "Small", True),
            ("S...", 5, False),
            ("/^S/", "Small", True),
            ({"a": 1}, {"a": 1, "b": 2}, True),
            ({"a": 1}, {"b": 2}, False),
            ({"a": None}, {}, False),
            ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, True),
            ({"a": {"b": 1}}, {"a": 1}, False),
            ({}, {"a": 1}, True),
            ({}, [], False),
            ({"a": {}}, {"a": {"b": 1}}, True),
            ([], [], True),
            ([], [1], False),
            ([], "", False),
            ([1, 2], [1, 2], True),
            ([1, 2], [2, 1], False),
            ([1], [1, 2], False),
            ([{"a": "..."}], [{"a": "x", "b": 1}], True),
            ([1], {"0": 1}, False),
        ],
    )
    def test_held(self, pattern, actual, held):
        assert matches(pattern, actual) is held
        assert all(place.held for place in DataPattern.of(pattern).compare(actual, {})) is held

    @given(json_data)
    def test_matches_itself(self, data):
        assert matches(data, data)

    @given(json_data, json_data)
    def test_same_data_is_symmetric(self, one, other):
        assert same_data(one, other) == same_data(other, one)
        assert same_data(one, one)

    @given(st.dictionaries(plain_text, json_data, max_size=3), plain_text, json_data)
    def test_more_keys_do_not_matter(self, data, key, more):
        assert matches(data, {key: more, **data})

    @given(st.lists(json_data, max_size=3), json_data)
    def test_more_items_do(self, data, more):
        assert not matches(data, [*data, more])


class TestValues:
    VALUES: ClassVar = {"n": Value("007", 7), "t": Value("...", "..."), "m": Value("{}", {"a": 1})}

    @pytest.mark.parametrize(
        ("pattern", "actual", "held"),
        [
            ("${n}", 7, True),
            ("${n}", "007", False),
            ("no. ${n}", "no. 007", True),
            ("${t}", "...", True),
            ("${t}", "abc", False),
            ("${m}", {"a": 1}, True),
            ("${m}", {"a": 1, "b": 2}, False),
        ],
    )
    def test_a_name_alone_keeps_its_type(self, pattern, actual, held):
        assert matches({"x": pattern}, {"x": actual}, self.VALUES) is held

    @pytest.mark.parametrize(
        ("kind", "actual", "expected"),
        [
            ("int", 41, Value("41", 41)),
            ("int", "41", Value("41", 41)),
            ("int", 4.5, None),
            ("int", True, None),
            ("int", "x", None),
            ("int", None, None),
            ("float", 4.5, Value("4.5", 4.5)),
            ("float", 4, Value("4", 4)),
            ("float", "4.50", Value("4.50", 4.5)),
            ("word", "a", Value("a", "a")),
            ("word", "a b", None),
            ("word", 1, None),
            ("text", "a b", Value("a b", "a b")),
            ("date", "2024-05-01", Value("2024-05-01", "2024-05-01")),
            ("date", "today", None),
            ("json", {"a": 1}, Value('{"a": 1}', {"a": 1})),
            ("json", "a", Value("a", "a")),
            ("json", None, Value("null", None)),
        ],
    )
    def test_taking_out(self, kind, actual, expected):
        pattern = DataPattern.of({"x": f"${{v:{kind}}}"})
        assert pattern.match({"x": actual}, {}) == (None if expected is None else {"v": expected})

    def test_what_is_not_there_is_not_taken(self):
        assert DataPattern.of({"x": "${v:json}"}).match({}, {}) is None

    def test_names_and_captures(self):
        pattern = DataPattern.of({"a": "${n}", "b": ["${v:int} ${t}", "${w:json}", 1]})
        assert pattern.names == ("n", "t")
        assert pattern.captures == ("v", "w")

    def test_taken_out_of_text_within(self):
        assert DataPattern.of(["no. ${v:int}"]).match(["no. 5"], {}) == {"v": Value("5", 5)}


class TestCompare:
    def test_every_place_in_order(self):
        pattern = DataPattern.of({"a": 1, "b": {"c": "x...", "d": [1, "y"]}, "e": "${n}", "f": {}, "g": "${v:int}"})
        actual = {"a": 1, "b": {"c": "z", "d": [1, "y"]}, "e": 8, "f": [], "g": "q"}
        assert pattern.compare(actual, {"n": Value("7", 7)}) == [
            Compared("a", True, "1", "1"),
            Compared("b.c", False, "x...", '"z"'),
            Compared("b.d[0]", True, "1", "1"),
            Compared("b.d[1]", True, '"y"', '"y"'),
            Compared("e", False, "7", "8"),
            Compared("f", False, "{}", "[]"),
            Compared("g", False, "${v:int}", '"q"'),
        ]

    def test_a_whole_that_does_not_fit(self):
        pattern = DataPattern.of({"a": {"b": ["${n}", "x...", 1, "${v:int}"]}, "c": [1]})
        assert pattern.compare({"a": 5}, {"n": Value("7", 7)}) == [
            Compared("a", False, '{"b": [7, "x...", 1, "${v:int}"]}', "5"),
            Compared("c", False, "[1]", "(not there)"),
        ]

    @given(json_data, json_data)
    def test_agrees_with_match(self, pattern, actual):
        assert all(place.held for place in DataPattern.of(pattern).compare(actual, {})) == matches(pattern, actual)


def test_show_data():
    assert show_data({"name": "Zoë"}) == '{"name": "Zoë"}'
