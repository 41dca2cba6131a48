"""What a turn did to variables, told so that it can be compared with what another did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.delivery.changes import deeds

values = st.recursive(
    st.none() | st.booleans() | st.integers(2, 9) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=2),
    max_leaves=5,
)
variables = st.dictionaries(st.sampled_from("abc"), values, max_size=3)


@pytest.mark.parametrize(
    ("before", "after", "done"),
    [
        ({"n": 1}, {"n": 3}, {("n",): ("by", 2)}),
        ({"n": 0.1}, {"n": 0.3}, {("n",): ("by", 0.2)}),
        ({"n": 1}, {"n": True}, {("n",): ("put", True)}),
        ({"n": False}, {"n": True}, {("n",): ("put", True)}),
        ({}, {"n": 1}, {("n",): ("by", 1)}),
        ({}, {"n": "a"}, {("n",): ("put", "a")}),
        ({"n": None}, {"n": 1}, {("n",): ("put", 1)}),
        ({}, {"l": [1, 2]}, {("l",): ("grew", 2)}),
        ({}, {"l": []}, {("l",): ("put", [])}),
        ({"n": 1}, {}, {("n",): ("put", None)}),
        ({"l": [1]}, {"l": [1, 2, 3]}, {("l",): ("grew", 2)}),
        ({"l": [1, 2]}, {"l": [2, 3]}, {("l",): ("put", [2, 3])}),
        ({"l": [1, 2]}, {"l": [1]}, {("l",): ("put", [1])}),
        ({"t": "ab"}, {"t": "abc"}, {("t",): ("grew", "c")}),
        ({"t": ""}, {"t": "abc"}, {("t",): ("put", "abc")}),
        ({"t": "ab"}, {"t": "b"}, {("t",): ("put", "b")}),
        ({"cart": {"n": 1}}, {"cart": {"n": 2}}, {("cart", "n"): ("by", 1)}),
        ({"cart": {}}, {"cart": {"n": 2}}, {("cart", "n"): ("by", 2)}),
        ({"orders": {}}, {"orders": {"r1": {"s": 1}}}, {("orders", "*"): ("grew", ("s",))}),
        ({"orders": {}}, {"orders": {"r1": []}}, {("orders", "*"): ("grew", ("[]",))}),
        ({"orders": {"r1": {"s": 1}}}, {"orders": {"r1": {"s": 2}}}, {("orders", "r1", "s"): ("by", 1)}),
        ({}, {"order": {"s": 1}}, {("order",): ("put", {"s": 1})}),
    ],
)
def test_deeds(before, after, done):
    assert deeds(before, after) == done


@given(variables)
def test_nothing_was_done(same):
    assert deeds(same, same) == {}


@given(variables, variables)
def test_something_was_done_where_they_differ(before, after):
    assert bool(deeds(before, after)) == (before != after)


@given(variables, variables)
def test_ignored(before, after):
    assert deeds(before, after, "abc") == {}
    assert set(deeds(before, after, "a")) == {path for path in deeds(before, after) if path[0] != "a"}
