"""What an expression may be worth: alternatives, each of them known as far as the source tells."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, TypeAlias

from chatsim.graph.model import SourceLine
from chatsim.graph.source.code import FunctionNode

_SIMPLE = (str, int, float, bool, bytes, type(None))

MOST = 64
"""More alternatives than these are not told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """One alternative.

    `when` is what has to hold for it, in the words of the source, and `line` where it was returned from.
    """

    when: tuple[str, ...] = field(default=(), kw_only=True)
    line: SourceLine | None = field(default=None, kw_only=True)

    @property
    def key(self) -> Any:
        """What is equal for alternatives that are worth the same."""
        return id(self)

    def under(self, conditions: Iterable[str], line: SourceLine | None = None) -> Value:
        """Return this value where *conditions* hold besides, returned from *line* unless from further inside."""
        return replace(self, when=(*conditions, *self.when), line=self.line or line)


@dataclass(frozen=True, slots=True, eq=False)
class Unknown(Value):
    """A value that only the running bot knows."""

    @property
    def key(self) -> Any:
        """All that is not known is alike."""
        return Unknown


@dataclass(frozen=True, slots=True, eq=False)
class Const(Value):
    """A Python object."""

    value: Any

    @property
    def key(self) -> Any:
        """What `key_of` says."""
        return key_of(self.value)


def key_of(value: object) -> Any:
    """Return what is equal for objects that are worth the same: of those of the bot's own classes, the identity.

    To compare or to hash one of these would run code of the bot.
    """
    if isinstance(value, Enum):
        return (type(value), value.name)
    return (type(value), value) if type(value) in _SIMPLE else id(value)


@dataclass(frozen=True, slots=True, eq=False)
class Items(Value):
    """A tuple or list that is written out."""

    items: tuple[Values, ...]

    @property
    def key(self) -> Any:
        """The keys of its items."""
        return (Items, tuple(keys(item) for item in self.items))


@dataclass(frozen=True, slots=True, eq=False)
class Some(Value):
    """A sequence of unknown length, each member of which is worth one of `members`."""

    members: Values

    @property
    def key(self) -> Any:
        """The keys of its members."""
        return (Some, keys(self.members))


@dataclass(frozen=True, slots=True, eq=False)
class Pairs(Value):
    """A dict that is written out: each key's values with what it may be worth; *open* if there may be more in it."""

    pairs: tuple[tuple[Values, Values], ...]
    open: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Local(Value):
    """A function that is defined in another one, with the names around it."""

    node: FunctionNode
    scope: Any


@dataclass(frozen=True, slots=True, eq=False)
class Instance(Value):
    """An object of class `kind`, of which `attributes` are known."""

    kind: type
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Method(Value):
    """A function that gets `owner` as its first argument."""

    owner: Value
    function: Any


Values: TypeAlias = tuple[Value, ...]

UNKNOWN: Values = (Unknown(),)


def const(value: Any) -> Values:
    """Return the one alternative *value*."""
    return (Const(value),)


def keys(values: Values) -> tuple[Any, ...]:
    """Return what is equal for alternatives that are worth the same."""
    return tuple(value.key for value in values)


def union(*several: Values) -> Values:
    """Return all alternatives of *several*, those that are worth the same once for each of their conditions."""
    found: dict[Any, Value] = {}
    for value in itertools.chain.from_iterable(several):
        found.setdefault((value.key, value.when), value)
    if len(found) > MOST:
        return (*list(found.values())[:MOST], Unknown())
    return tuple(found.values())


def constants(values: Values) -> list[Any] | None:
    """Return the Python objects that *values* may be, or None where one of them is not known to the last part."""
    found: list[Any] = []
    for value in values:
        plain = _plain(value)
        if plain is None:
            return None
        found += plain
    return found


def _plain(value: Value) -> list[Any] | None:
    """Return the objects that *value* may be, in a list; None where that is not known."""
    if isinstance(value, Const):
        return [value.value]
    if isinstance(value, Items):
        parts = [constants(item) for item in value.items]
        known = [part for part in parts if part is not None]
        return (
            [tuple(chosen) for chosen in itertools.islice(itertools.product(*known), MOST)] if known == parts else None
        )
    return None


def elements(values: Values) -> Values:
    """Return what an element of *values*, which are iterated over or looked into, may be worth."""
    found: list[Values] = []
    for value in values:
        match value:
            case Items():
                found += value.items
            case Some():
                found.append(value.members)
            case Pairs(open=False):
                found += [key for key, _ in value.pairs]
            case Const(value=dict() | list() | tuple() | set() | frozenset() as members):
                found += [const(member) for member in members]
            case Const(value=type() as kind) if hasattr(kind, "__members__"):
                found += [const(member) for member in kind.__members__.values()]
            case _:
                found.append(UNKNOWN)
    return union(*found)


def lookup(values: Values, index: Values) -> Values:
    """Return what ``values[index]`` may be worth: every part of it where the index is not known."""
    wanted = {value.key for value in index} if not any(isinstance(value, Unknown) for value in index) else None
    return union(*[_lookup(value, index, wanted) for value in values])


def _lookup(value: Value, index: Values, wanted: set[Any] | None) -> Values:
    match value:
        case Pairs():
            found = [worth for key, worth in value.pairs if wanted is None or wanted & set(keys(key))]
            return union(*found, UNKNOWN if value.open else ())
        case Const(value=dict() as known):
            return union(*[const(worth) for key, worth in known.items() if wanted is None or key_of(key) in wanted])
        case Const(value=list() | tuple() as known):
            return _item(tuple(const(member) for member in known), index)
        case Items():
            return _item(value.items, index)
        case Some():
            return value.members
        case _:
            return UNKNOWN


def _item(items: tuple[Values, ...], index: Values) -> Values:
    places = [value.value for value in index if isinstance(value, Const) and isinstance(value.value, int)]
    if len(places) < len(index):
        return union(*items)
    return union(*[items[place] for place in places if -len(items) <= place < len(items)])


_PLAIN = (str, int, float, type(None), tuple, dict, Enum)


def applied(function: Callable[..., Any], *arguments: Values) -> Values:
    """Return what *function*, which is pure and quick, makes of *arguments*; unknown where one of them is not known."""
    known = [constants(argument) for argument in arguments]
    if not all(objects is not None and all(isinstance(each, _PLAIN) for each in objects) for objects in known):
        return UNKNOWN  # other objects would run code of the bot
    found: list[Values] = []
    for chosen in itertools.islice(itertools.product(*(objects or () for objects in known)), MOST + 1):
        with contextlib.suppress(Exception):  # the bot raises there; no value comes of it
            found.append(const(function(*chosen)))
    return union(*found)
