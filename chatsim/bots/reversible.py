"""Write as JSON, and read back as it was, what a framework keeps beside JSON: tuples, enums, dates, keys of any kind.

Such a value becomes an object with one key that begins with a dollar: ``{"$tuple": [1, 2]}``.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections import defaultdict
from collections.abc import Callable
from enum import Enum
from typing import Any

from chatsim.errors import ContextNotSerializable
from chatsim.jsondata import json_copy


def encode(value: Any, path: str = "$") -> Any:
    """Return *value* as JSON data that `decode` turns back.

    Beside JSON's own types these are tuples, sets, enum members, dates and times, time spans, mappings whose keys are
    any of these, and a `defaultdict` of a built-in type.  Raises `ContextNotSerializable`, which names the place, for all else.

    >>> encode({"size": ("S", "L"), 7: "seven"})
    {'$dict': [['size', {'$tuple': ['S', 'L']}], [7, 'seven']]}
    >>> decode(encode({(1, 2): {"a", "b"}})) == {(1, 2): {"a", "b"}}
    True
    """
    if isinstance(value, Enum):
        return {"$enum": f"{type(value).__module__}:{type(value).__qualname__}.{value.name}"}
    if isinstance(value, dict):
        return _encode_dict(value, path)
    if isinstance(value, list):
        return [encode(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, tuple | set | frozenset):
        return _encode_collection(value, path)
    for tag, type_, write, _ in _DATES:
        if type(value) is type_:
            return {tag: write(value)}
    return json_copy(value, path)


def decode(data: Any) -> Any:
    """Return what `encode` was given."""
    if isinstance(data, list):
        return [decode(item) for item in data]
    if not isinstance(data, dict):
        return data
    if len(data) == 1:
        ((tag, content),) = data.items()
        if tag in _DECODERS:
            return _DECODERS[tag](content)
    return {key: decode(item) for key, item in data.items()}


def _encode_collection(value: Any, path: str) -> Any:
    if type(value) not in (tuple, set, frozenset):  # a named tuple would come back without its names
        raise ContextNotSerializable(path, f"JSON cannot hold {type(value).__name__}")
    items = [encode(item, f"{path}[{index}]") for index, item in enumerate(value)]
    return {f"${type(value).__name__}": items if isinstance(value, tuple) else sorted(items, key=repr)}


def _encode_dict(value: dict[Any, Any], path: str) -> Any:
    if isinstance(value, defaultdict):
        if value.default_factory not in _FACTORIES.values():  # it may be any function
            raise ContextNotSerializable(path, "JSON cannot hold a defaultdict that is not made of a built-in type")
        name = next(name for name, factory in _FACTORIES.items() if factory is value.default_factory)
        return {"$defaultdict": [name, _encode_dict(dict(value), path)]}
    plain = all(isinstance(key, str) and not isinstance(key, Enum) for key in value)
    if plain and not any(key.startswith("$") for key in value):
        return {json_copy(key, path): encode(item, f"{path}.{key}") for key, item in value.items()}
    return {"$dict": [[encode(key, path), encode(item, f"{path}[{key!r}]")] for key, item in value.items()]}


def _enum_member(reference: str) -> Any:
    module, _, qualified = reference.partition(":")
    found: Any = importlib.import_module(module)
    for name in qualified.split("."):
        found = getattr(found, name)
    return found


def _span(parts: list[int]) -> dt.timedelta:
    return dt.timedelta(*parts)


_DATES: tuple[tuple[str, type, Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    ("$datetime", dt.datetime, dt.datetime.isoformat, dt.datetime.fromisoformat),
    ("$date", dt.date, dt.date.isoformat, dt.date.fromisoformat),
    ("$time", dt.time, dt.time.isoformat, dt.time.fromisoformat),
    ("$timedelta", dt.timedelta, lambda span: [span.days, span.seconds, span.microseconds], _span),
)
_FACTORIES: dict[str, Callable[[], Any] | None] = {
    "None": None,
    **{factory.__name__: factory for factory in (bool, dict, float, int, list, set, str, tuple)},
}
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "$enum": _enum_member,
    "$dict": lambda pairs: {decode(key): decode(item) for key, item in pairs},
    "$defaultdict": lambda parts: defaultdict(_FACTORIES[parts[0]], decode(parts[1])),
    "$tuple": lambda items: tuple(decode(item) for item in items),
    "$set": lambda items: {decode(item) for item in items},
    "$frozenset": lambda items: frozenset(decode(item) for item in items),
    **{tag: read for tag, _, _, read in _DATES},
}
