"""What a JSON value is, and what is refused."""

import collections
import copy
import datetime as dt
import decimal
import enum
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.errors import ContextNotSerializable
from chatsim.jsondata import from_builtins, json_clone, json_copy, to_builtins

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | words
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
json_values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(words, inner), max_leaves=12)
loose_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(words, inner).map(collections.OrderedDict)
    ),
    max_leaves=12,
)


class Colour(enum.StrEnum):
    RED = "red"


class OldColour(str, enum.Enum):  # noqa: UP042 - the form from before StrEnum, whose str() is not its value
    RED = "red"


class Size(enum.IntEnum):
    SMALL = 1


def containers(value):
    """Return the ids of all dicts and lists in *value*."""
    if isinstance(value, dict):
        return {id(value)} | {i for item in value.values() for i in containers(item)}
    if isinstance(value, list):
        return {id(value)} | {i for item in value for i in containers(item)}
    return set()


class TestJsonCopy:
    @given(loose_values)
    def test_is_what_a_round_trip_through_json_gives(self, value):
        before = copy.deepcopy(value)
        result = json_copy(value)
        assert result == json.loads(json.dumps(value))
        assert repr(result) == repr(json.loads(json.dumps(value)))
        assert value == before

    @given(json_values)
    def test_shares_nothing(self, value):
        assert not containers(json_copy(value)) & containers(value)
        assert not containers(json_clone(value)) & containers(value)

    @given(json_values)
    def test_clone_is_equal(self, value):
        assert repr(json_clone(value)) == repr(value)

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ({"a": (1, (2,))}, {"a": [1, [2]]}),
            ({"a": Colour.RED}, {"a": "red"}),
            ({"a": (OldColour.RED,)}, {"a": ["red"]}),
            ({"a": (Size.SMALL, True)}, {"a": [1, True]}),
            (collections.defaultdict(list, a=(1,)), {"a": [1]}),
            ({Colour.RED: (1.0,)}, {"red": [1.0]}),
            ({"a": -(2**63), "b": 2**63 - 1}, {"a": -(2**63), "b": 2**63 - 1}),
        ],
    )
    def test_takes_what_json_would_take(self, value, expected):
        result = json_copy(value)
        assert repr(result) == repr(expected)

    @pytest.mark.parametrize(
        ("value", "path", "why"),
        [
            ({"x": float("nan")}, "$.x", "JSON has no nan"),
            ({"x": [1, float("-inf")]}, "$.x[1]", "JSON has no -inf"),
            ({"x": b"a"}, "$.x", "JSON cannot hold bytes"),
            ({"x": {"y": {1, 2}}}, "$.x.y", "JSON cannot hold set"),
            ({"x y": dt.date(2026, 1, 1)}, "$['x y']", "JSON cannot hold date"),
            ({"x": decimal.Decimal(1)}, "$.x", "JSON cannot hold Decimal"),
            ({1: "a"}, "$", "key 1 is of type int; JSON keys are text"),
            ({"x": {None: 1}}, "$.x", "key None is of type NoneType; JSON keys are text"),
            ({"x": 2**63}, "$.x", "an integer that does not fit into a signed 64-bit integer"),
            ({"x": -(2**63) - 1}, "$.x", "an integer that does not fit into a signed 64-bit integer"),
            ({"x": [2**9999]}, "$.x[0]", "an integer that does not fit into a signed 64-bit integer"),
            ({"x": "\ud800"}, "$.x", "the text holds a lone surrogate, which no encoding can write"),
            ({"\ud800": 1}, "$", "key '\\ud800' holds a lone surrogate, which no encoding can write"),
        ],
    )
    def test_refuses_the_rest_and_says_where(self, value, path, why):
        with pytest.raises(ContextNotSerializable) as caught:
            json_copy(value)
        assert (caught.value.path, caught.value.why) == (path, why)
        assert str(caught.value) == f"{path}: {why}"

    def test_structure_that_contains_itself(self):
        loop = {}
        loop["again"] = (loop,)
        with pytest.raises(ContextNotSerializable, match=r"^\$: nested too deeply, or contains itself$"):
            json_copy(loop)

    def test_path_starts_where_the_caller_says(self):
        with pytest.raises(ContextNotSerializable, match=r"^variables\.x: JSON cannot hold bytes$"):
            json_copy({"x": b""}, "variables")


class TestBytes:
    """Bytes travel tagged; data that looks like the tag survives all the same."""

    @given(
        st.recursive(
            scalars | st.binary(),
            lambda inner: st.dictionaries(st.sampled_from(["$bytes", "$$bytes", "a"]), inner) | st.lists(inner),
        )
    )
    def test_round_trip(self, value):
        assert from_builtins(json.loads(json.dumps(to_builtins(value))), object) == value
