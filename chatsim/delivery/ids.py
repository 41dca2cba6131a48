"""What a bot could know a delivery by: the ids in what a webhook sends, and whether the bot looks at them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any, TypeAlias

import msgspec

from chatsim.jsondata import to_json
from chatsim.trace import Callback, Event

_ID = re.compile(
    r"(^|[_-])(id|uuid|guid|ref|reference|key|token|nonce|no|number|order|booking|payment|invoice|transaction|txn"
    r"|event|message|session|ticket|mandate|serial|sequence|seq)(_?(id|no|number|ref|key))?$"
)
_DEEPEST = 3
_camel = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Path: TypeAlias = tuple[str, ...]


def is_id_name(name: str) -> bool:
    """Say whether *name* is what people call an id.

    >>> [name for name in ("id", "orderId", "payment", "order_no", "status", "amount", "paid") if is_id_name(name)]
    ['id', 'orderId', 'payment', 'order_no']
    """
    return bool(_ID.search(_camel.sub("_", name).lower()))


def ids_in(data: Any, path: Path = ()) -> Iterator[tuple[Path, str | int]]:
    """Yield the ids in *data*, at most three levels deep, each with the keys that lead to it.

    >>> list(ids_in({"id": 7, "status": "ok", "data": {"order": "r-1", "paid": True}}))
    [(('id',), 7), (('data', 'order'), 'r-1')]
    """
    if not isinstance(data, Mapping) or len(path) >= _DEEPEST:
        return
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from ids_in(value, (*path, name))
        elif is_id_name(name) and (type(value) is int or (isinstance(value, str) and value)):
            yield (*path, name), value


def ids_of(event: Event) -> tuple[tuple[Path, str | int], ...]:
    """Return the ids in the body of a callback; in other events a bot sees none."""
    if not isinstance(event, Callback):
        return ()
    try:
        return tuple(ids_in(json.loads(event.body)))
    except (ValueError, RecursionError):
        return ()


def with_other_id(event: Callback, path: Path) -> Callback:
    """Return *event* as it would be about something else: with another id at *path*.

    >>> with_other_id(Callback('{"id": 7}'), ("id",)).body, with_other_id(Callback('{"id": "r-7"}'), ("id",)).body
    ('{"id":8000007}', '{"id":"r-7-other"}')
    """
    body = json.loads(event.body)
    owner = body
    for name in path[:-1]:
        owner = owner[name]
    value = owner[path[-1]]
    owner[path[-1]] = value + 8_000_000 if isinstance(value, int) else f"{value}-other"
    return msgspec.structs.replace(event, body=to_json(body))


def words_in(namespaces: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the texts that stand in the code of modules with these *namespaces*: the names of keys among them.

    >>> def read(report):
    ...     return report["order"]
    >>> words_in([{"__name__": __name__, "read": read}])
    frozenset({'order'})
    """
    found: set[str] = set()
    for namespace in namespaces:
        home = namespace.get("__name__")
        for value in list(namespace.values()):
            if getattr(value, "__module__", None) == home:
                _gather(value, found)
    return frozenset(found)


def _gather(value: Any, found: set[str]) -> None:
    if isinstance(value, FunctionType):
        _constants(value.__code__, found)
    elif isinstance(value, type):
        for part in vars(value).values():
            _gather(getattr(part, "__func__", getattr(part, "fget", part)), found) if not isinstance(
                part, type
            ) else None


def _constants(code: CodeType, found: set[str]) -> None:
    for constant in code.co_consts:
        if isinstance(constant, str):
            found.add(constant)
        elif isinstance(constant, tuple | frozenset):
            found.update(part for part in constant if isinstance(part, str))
        elif isinstance(constant, CodeType):
            _constants(constant, found)
