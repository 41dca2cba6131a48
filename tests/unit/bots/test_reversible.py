"""What a framework keeps beside JSON comes back as it was."""

import datetime as dt
import enum
import json
from collections import Counter, OrderedDict, defaultdict, namedtuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.bots.reversible import decode, encode
from chatsim.errors import ContextNotSerializable


class Size(enum.IntEnum):
    SMALL = 1


class Word(str, enum.Enum):  # noqa: UP042 - a text that is a member, and is written as itself
    YES = "yes"


class Outer:
    class Inner(enum.Enum):
        A = "a"


KEYS = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.sampled_from([*Size, *Word, *Outer.Inner])
)
LEAVES = (
    KEYS
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.datetimes(timezones=st.none() | st.just(dt.UTC))
    | st.dates()
    | st.times()
    | st.timedeltas()
)
DOLLARS = st.sampled_from(["$tuple", "$dict", "$enum", "$", "$bytes", "$$x"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.sets(KEYS)
        | st.frozensets(KEYS)
        | st.dictionaries(KEYS | DOLLARS | st.tuples(KEYS, KEYS), inner)
        | st.dictionaries(st.text(), inner).map(lambda items: defaultdict(list, items))
    ),
    max_leaves=12,
)


def same(left, right):
    """Equal, and of the same types all the way down (1 is not True, a tuple is not a list)."""
    if type(left) is not type(right) or left != right:
        return False
    if isinstance(left, dict):
        pairs = zip(left.items(), right.items(), strict=True)
        return all(same(a, c) and same(b, d) for (a, b), (c, d) in pairs)
    if isinstance(left, list | tuple):
        return all(same(a, b) for a, b in zip(left, right, strict=True))
    return True


class TestRoundTrip:
    @given(VALUES)
    def test_law(self, value):
        """What is read is what was written, and between the two it is JSON."""
        assert same(decode(json.loads(json.dumps(encode(value)))), value)

    def test_json_stays_as_it_is(self):
        value = {"a": [1, 2.5, None, {"b": "c"}]}
        assert encode(value) == value

    def test_an_ordered_dict_is_a_dict(self):
        assert decode(encode(OrderedDict(b=1, a=2))) == {"b": 1, "a": 2}

    def test_defaultdicts_keep_their_default(self):
        assert decode(encode(defaultdict(int, {3: 1})))["new"] == 0
        assert decode(encode(defaultdict(None, {3: 1}))).default_factory is None


class TestRefusals:
    @pytest.mark.parametrize(
        ("value", "where"),
        [
            (object(), "$"),
            ({"a": [1, b"x"]}, "$.a[1]"),
            ({"a": (1, object())}, "$.a[1]"),
            ({1: object()}, "$[1]"),
            ({object(): 1}, "$"),
            (namedtuple("Pair", "a b")(1, 2), "$"),  # noqa: PYI024
            ({"n": float("nan")}, "$.n"),
            ({"d": defaultdict(lambda: 1)}, "$.d"),
            ({frozenset({object()}): 1}, "$[0]"),
        ],
    )
    def test_names_the_place(self, value, where):
        with pytest.raises(ContextNotSerializable) as caught:
            encode(value)
        assert caught.value.path == where

    def test_a_counter_is_written_as_a_dict(self):
        assert decode(encode(Counter("aab"))) == {"a": 2, "b": 1}
