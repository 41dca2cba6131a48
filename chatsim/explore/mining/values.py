"""The values that a table or a collection in the code holds, as far as they may be tried."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

_LONGEST = 80
_MOST = 40
"""How many members of one collection count: a table of ten thousand towns is not tried town by town."""


def _leaves(table: dict[Any, Any]) -> Iterator[str]:
    """Yield the texts that *table* holds, also within the rows of a table of tables."""
    for item in list(table.values())[:_MOST]:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from (part for part in item.values() if isinstance(part, str))


def short(value: Any) -> list[Any]:
    """Return *value*, or where it is a collection its members; what is long is left out, and the end of what is large."""
    if isinstance(value, str):
        return [value] if len(value) <= _LONGEST else []
    if isinstance(value, int | float):
        return [value] if not isinstance(value, bool) else []
    if isinstance(value, type) and issubclass(value, enum.Enum):
        value = [member.value for member in value]
    if isinstance(value, dict):
        value = [*value, *_leaves(value)]
    if isinstance(value, set | frozenset):
        value = sorted(value, key=repr)
    if not isinstance(value, list | tuple):
        return []
    members = [item.value if isinstance(item, enum.Enum) else item for item in value[:_MOST]]
    return [item for item in members if isinstance(item, str | int | float) and not isinstance(item, bool)]


def numbers_of(values: Iterable[Any]) -> list[float]:
    """Return the numbers among the first of *values*.

    >>> numbers_of({"morning": 25, "noon": 15, "night": None}.values())
    [25, 15]
    """
    return [value for value in islice(values, _MOST) if isinstance(value, int | float) and not isinstance(value, bool)]
