"""Give names in steps that are resolved other names: the arguments of a fragment are another thing in every use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from chatsim.scenario.data_match import Whole
from chatsim.scenario.pieced_text import PiecedText
from chatsim.scenario.words import Insert

T = TypeVar("T")


def renamed(value: T, names: Mapping[str, str]) -> T:
    """Return *value*, a step or anything that stands in one, with other *names* for the values that go in.

    >>> renamed(Insert("name"), {"name": "name@1"})
    Insert(name='name@1')
    """
    new: Any = _renamed(value, names)
    return value if new is None else new


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return *value* with other names in it, or None where there is nothing to rename."""
    if isinstance(value, Insert | Whole):
        name = names.get(value.name)
        return None if name is None else type(value)(name)
    if isinstance(value, PiecedText):
        pieces = _renamed(value.pieces, names)
        return None if pieces is None else PiecedText.from_pieces(pieces)
    if isinstance(value, dict):
        return _in_items(value, list(value), names)
    if isinstance(value, list) or type(value) is tuple:
        return _in_items(value, range(len(value)), names)
    if isinstance(value, msgspec.Struct):
        found = {name: _renamed(getattr(value, name), names) for name in value.__struct_fields__}
        changes = {name: new for name, new in found.items() if new is not None}
        return msgspec.structs.replace(value, **changes) if changes else None
    return None


def _in_items(value: Any, keys: Any, names: Mapping[str, str]) -> Any:
    changes = {key: new for key in keys if (new := _renamed(value[key], names)) is not None}
    if not changes:
        return None
    if isinstance(value, dict):
        return {**value, **changes}
    return type(value)(changes.get(index, item) for index, item in enumerate(value))
