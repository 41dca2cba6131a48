"""How data matches: texts as words do, all else by type and value; a mapping asks only for the keys it names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

import msgspec

from chatsim.scenario.align import align
from chatsim.scenario.match import LiteralText, compile_text
from chatsim.scenario.pieced_text import PiecedText
from chatsim.scenario.search import NotThis, convert
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.words import Capture, Insert, Value, Values

MISSING = object()
"""Stands where nothing is, which is not null."""


class Whole(msgspec.Struct, frozen=True):
    """A text that is only ``${x}``: it asks for the value with its type."""

    name: str


class Taken(msgspec.Struct, frozen=True):
    """A text that is only ``${x:type}``: it takes data of that type, or a text that can be read as such."""

    capture: Capture


_NUMBERS: dict[str, tuple[type, ...]] = {"int": (int,), "float": (float, int)}

Tree: TypeAlias = Any
"""JSON with `TextPattern`, `Whole` or `Taken` where a text is."""


class Compared(msgspec.Struct, frozen=True):
    """One place in data that was compared: where, what was expected and what is there, as JSON."""

    path: str
    held: bool
    expected: str
    actual: str


class DataPattern(msgspec.Struct, frozen=True):
    """Data that a chat's variables must hold.

    >>> DataPattern.of({"size": "S...", "price": 9}).match({"size": "Small", "price": 9, "more": 1}, {})
    {}
    >>> DataPattern.of({"price": 9}).match({"price": "9"}, {}) is None
    True
    """

    source: Any
    tree: Tree

    @classmethod
    def of(cls, data: Any) -> DataPattern:
        """Read *data*, which is JSON; raise `BrokenText` for a text in it that is broken."""
        return cls(data, _compile(data))

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go in, in order."""
        return tuple(name for leaf in _leaves(self.tree) for name in _names(leaf))

    @property
    def captures(self) -> tuple[str, ...]:
        """The names that a match takes out, in order."""
        return tuple(name for leaf in _leaves(self.tree) for name in _captures(leaf))

    def match(self, actual: Any, values: Values) -> dict[str, Value] | None:
        """Return what was taken out of *actual*, or None where it does not match; raise `PatternFailed`."""
        taken: dict[str, Value] = {}
        held = all(_leaf_matches(leaf, found, values, taken) for _, leaf, found in _pairs(self.tree, actual, ""))
        return taken if held else None

    def compare(self, actual: Any, values: Values) -> list[Compared]:
        """Return every place that was compared, in the order in which it is written."""
        return [
            place
            for path, leaf, found in _pairs(self.tree, actual, "")
            for place in _compared(path, leaf, found, values)
        ]


def _compared(path: str, leaf: Tree, actual: Any, values: Values) -> Iterator[Compared]:
    if isinstance(leaf, list) and isinstance(actual, list) and len(leaf) != len(actual):
        yield from _compared_lists(path, leaf, actual, values)
        return
    yield Compared(path, _leaf_matches(leaf, actual, values, {}), _show_leaf(leaf, values), show_data(actual))


def _compared_lists(path: str, leaf: list[Tree], actual: list[Any], values: Values) -> Iterator[Compared]:
    """Yield the items of a list that is longer or shorter than expected, those that are in both beside each other.

    An item that is too much has the place where it is, one that is missing that where it ought to be.
    """

    def fits(one: int, other: int) -> bool:
        return all(_leaf_matches(part, found, values, {}) for _, part, found in _pairs(leaf[one], actual[other], ""))

    for one, other in align(len(leaf), len(actual), fits):
        place = f"{path}[{other if one is None else one}]"
        expected = "(nothing)" if one is None else _show_leaf(leaf[one], values)
        found = MISSING if other is None else actual[other]
        yield Compared(place, one is not None and other is not None, expected, show_data(found))


def show_data(data: Any) -> str:
    """Return *data* as JSON, for people.

    >>> show_data({"name": "Zoë"})
    '{"name": "Zoë"}'
    """
    return "(not there)" if data is MISSING else json.dumps(data, ensure_ascii=False)


def same_data(one: Any, other: Any) -> bool:
    """Say whether both are equal in type and value, all the way down; texts in their normal form.

    >>> same_data([1, True], [1, 1])
    False
    """
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_data(item, other[key]) for key, item in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same_data, one, other))
    if isinstance(one, str):
        return LiteralText(one).match(other, {}) is not None
    return bool(one == other)


def _compile(data: Any) -> Tree:
    if isinstance(data, str):
        return _compile_leaf(compile_text(data))
    if isinstance(data, dict):
        return {key: _compile(item) for key, item in data.items()}
    return [_compile(item) for item in data] if isinstance(data, list) else data


def _compile_leaf(pattern: TextPattern) -> TextPattern | Whole | Taken:
    if isinstance(pattern, PiecedText) and len(pattern.pieces) == 1:
        (piece,) = pattern.pieces
        if isinstance(piece, Insert):
            return Whole(piece.name)
        if isinstance(piece, Capture):
            return Taken(piece)
    return pattern


def _pairs(tree: Tree, actual: Any, path: str) -> Iterator[tuple[str, Tree, Any]]:
    """Return each leaf with what stands in its place; a mapping or list that does not fit is a leaf itself."""
    if isinstance(tree, dict) and tree and isinstance(actual, dict):
        for key, item in tree.items():
            yield from _pairs(item, actual.get(key, MISSING), f"{path}.{key}" if path else key)
    elif isinstance(tree, list) and tree and isinstance(actual, list) and len(actual) == len(tree):
        for index, (item, found) in enumerate(zip(tree, actual, strict=True)):
            yield from _pairs(item, found, f"{path}[{index}]")
    else:
        yield path, tree, actual


def _leaf_matches(leaf: Tree, actual: Any, values: Values, taken: dict[str, Value]) -> bool:
    if isinstance(leaf, TextPattern):
        found = leaf.match(actual, values) if isinstance(actual, str) else None
        taken.update(found or {})
        return found is not None
    if isinstance(leaf, Whole):
        return same_data(values[leaf.name].data, actual)
    if isinstance(leaf, Taken):
        return _take(leaf.capture, actual, taken)
    if isinstance(leaf, dict):
        return isinstance(actual, dict) and not leaf
    if isinstance(leaf, list):
        return actual == [] and not leaf
    return same_data(leaf, actual)


def _take(capture: Capture, actual: Any, taken: dict[str, Value]) -> bool:
    """Take *actual* as it is where it has the capture's type; a text is read as a reply would be."""
    if capture.type == "json" and actual is not MISSING:
        taken[capture.name] = Value(actual if isinstance(actual, str) else show_data(actual), actual)
        return True
    if isinstance(actual, str):
        try:
            taken[capture.name] = Value(actual, convert(capture.type, actual))
        except NotThis:
            return False
        return True
    if type(actual) in _NUMBERS.get(capture.type, ()):
        taken[capture.name] = Value(show_data(actual), actual)
        return True
    return False


def _leaves(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, dict | list):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(item)
    else:
        yield tree


def _names(leaf: Tree) -> tuple[str, ...]:
    if isinstance(leaf, Whole):
        return (leaf.name,)
    return leaf.names if isinstance(leaf, TextPattern) else ()


def _captures(leaf: Tree) -> tuple[str, ...]:
    if isinstance(leaf, Taken):
        return (leaf.capture.name,)
    return leaf.captures if isinstance(leaf, TextPattern) else ()


def _show_leaf(leaf: Tree, values: Values) -> str:
    if isinstance(leaf, Whole):
        return show_data(values[leaf.name].data)
    if isinstance(leaf, Taken):
        return f"${{{leaf.capture.name}:{leaf.capture.type}}}"
    if isinstance(leaf, TextPattern):
        shown = leaf.show(values)
        return show_data(shown) if isinstance(leaf, LiteralText) else shown
    return show_data(_source(leaf, values))


def _source(tree: Tree, values: Values) -> Any:
    """Return a mapping or list that did not fit as data to be shown, each text as it is written."""
    if isinstance(tree, dict):
        return {key: _source(item, values) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_source(item, values) for item in tree]
    if isinstance(tree, Whole):
        return values[tree.name].data
    if isinstance(tree, Taken):
        return _show_leaf(tree, values)
    return tree.show(values) if isinstance(tree, TextPattern) else tree
