"""What a turn does to a chat's variables, so that it can be told whether a second turn does the same again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str, ...]
Deed: TypeAlias = tuple[str, Any]
"""What was done to a value: the word for it, and by how much."""

_MISSING = object()


def deeds(before: Mapping[str, Any], after: Mapping[str, Any], ignored: Iterable[str] = ()) -> dict[Path, Deed]:
    """Return what was done to the variables *before* to make them those *after*: by the keys that lead to each.

    A number moved ``by`` so much, a list or text ``grew`` by so many, a mapping by so many of one shape, anything else
    was ``put`` there.  A number that was not there moves from 0, a list grows from an empty one.  Variables *ignored* by
    their name do not count.

    >>> deeds({"paid": 9, "log": [1]}, {"paid": 18, "log": [1, 2], "name": "Ann"})
    {('log',): ('grew', 1), ('name',): ('put', 'Ann'), ('paid',): ('by', 9)}
    """
    kept = set(ignored)
    return dict(
        _compare(
            {k: v for k, v in before.items() if k not in kept}, {k: v for k, v in after.items() if k not in kept}, ()
        )
    )


def _compare(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, Deed]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _compare_mappings(before, after, path)
    elif before == after and type(before) is type(after):
        return
    elif _is_number(after) and (_is_number(before) or before is _MISSING):
        yield path, ("by", round(after - (0 if before is _MISSING else before), 9))
    elif isinstance(after, list) and after and before is _MISSING:
        yield path, ("grew", len(after))
    elif isinstance(before, list) and isinstance(after, list):
        grew = len(after) - len(before)
        yield path, ("grew", grew) if grew > 0 and after[: len(before)] == before else ("put", after)
    elif isinstance(before, str) and isinstance(after, str) and before and after.startswith(before):
        yield path, ("grew", after[len(before) :])
    else:
        yield path, ("put", None if after is _MISSING else after)


def _compare_mappings(before: Mapping[str, Any], after: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Deed]]:
    for name in sorted(before.keys() | after.keys()):
        if name in before or not path or not _is_record(after[name]):
            yield from _compare(before.get(name, _MISSING), after.get(name, _MISSING), (*path, name))
    new = sorted(_shape(after[name]) for name in after.keys() - before.keys() if path and _is_record(after[name]))
    if new:
        yield (*path, "*"), ("grew", tuple(new))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_record(value: Any) -> bool:
    return isinstance(value, Mapping | list)


def _shape(value: Any) -> str:
    return ",".join(sorted(value)) if isinstance(value, Mapping) else "[]"


def shown(path: Path) -> str:
    """Return where a variable is, as people write it.

    >>> shown(("cart", "total"))
    'cart.total'
    """
    return ".".join(path)
