"""Make JSON objects that a bot may be looking for: what a webhook brings, what a form holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

import msgspec

from chatsim.explore.mining.hints import Hints
from chatsim.explore.play.moment import Moment
from chatsim.explore.sources.offers import NONSENSE
from chatsim.trace import JsonObject

_MOST = 24
_MOST_TEXTS = 8
_MOST_BOUNDS = 4
"""So many numbers of the code are tried for a key whose value is compared with none by name."""


def objects_of(hints: Hints, moment: Moment, said: Sequence[int] = ()) -> list[JsonObject]:
    """Return objects with the keys of *hints*: one of likely values, and then each other value of each key in it.

    A key has the value of the variable that the code compares it with, or that is called as it is: ids of orders, that
    a webhook has to name.  Numbers are some that the bot does not remember yet, and those that it has *said*.  What the
    code does without is left out once, and what it asks the type of is once another.

    >>> from chatsim.trace import ChatState, Snapshot
    >>> hints = Hints()
    >>> hints.add_key("status", ["paid", "failed"])
    >>> hints.add_key("order")
    >>> at_till = Moment(Snapshot({"user": ChatState("pay", {"order": "A7"})}))
    >>> objects_of(hints, at_till)
    [{'status': 'paid', 'order': 'A7'}, {'status': 'failed', 'order': 'A7'}, {'status': 'qwxyz', 'order': 'A7'}]
    """
    remembered = remembered_in(moment)
    fresh = _fresh(remembered)
    known: dict[str, list[Any]] = {key: _known(key, hints, remembered, fresh, said) for key in hints.keys}
    bases: list[JsonObject] = [
        {key: values[0] if values else default for key, values in known.items()} for default in (fresh, str(fresh))
    ]
    varied = [_varied(base, known, hints) for base in bases]
    found = [*bases, *(data for pair in zip(*varied, strict=True) for data in pair)]
    distinct = {msgspec.json.encode(data): data for data in found if data}
    return list(distinct.values())[:_MOST]


def _varied(base: JsonObject, known: dict[str, list[Any]], hints: Hints) -> list[JsonObject]:
    """Return *base* with each other value of each key in turn: first those that are likely, then any, then nonsense."""
    likely = [{**base, key: value} for key, values in known.items() for value in values[1:]]
    words = [*_bounds(hints), *list(hints.texts)[:_MOST_TEXTS]]
    any_other = [{**base, key: word} for word in words for key, values in known.items() if not values]
    wrong = [{**base, key: NONSENSE} for key in known if hints.keys[key] or key in hints.whole]
    without = [{other: base[other] for other in base if other != key} for key in hints.spared if key in base]
    return [*likely, *wrong, *without, *any_other]


def filled(data: JsonObject, moment: Moment) -> JsonObject:
    """Return *data* with what the bot remembers under the same keys.

    >>> from chatsim.trace import ChatState, Snapshot
    >>> filled({"order": "1", "status": "paid"}, Moment(Snapshot({"user": ChatState("pay", {"order": "A7"})})))
    {'order': 'A7', 'status': 'paid'}
    """
    remembered = remembered_in(moment)
    return {key: remembered.get(key, value) for key, value in data.items()}


def remembered_in(moment: Moment) -> dict[str, Any]:
    """Return the scalars that the bot remembers of its chat, by their names; plugins remember as well."""
    chat = moment.chat
    if chat is None:
        return {}
    return dict(_scalars({"extra": chat.extra})) | dict(_scalars(chat.context))


def _scalars(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        # A saved machine has a status and a state, which are no variables of the bot.
        for key, item in value.items():
            if name not in ("extra", "main") or key not in ("status", "state"):
                yield from _scalars(item, key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _scalars(item, f"{name}[{index}]")
    elif isinstance(value, str) or _is_number(value):
        yield name, value


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fresh(remembered: dict[str, Any]) -> int:
    """Return a number that the bot does not remember."""
    taken = {value for value in remembered.values() if type(value) is int and 0 < value < 1_000_000}  # noqa: PLR2004
    return 1 if 1 not in taken else max(taken) + 1


def _bounds(hints: Hints) -> list[int]:
    """Return the first whole numbers that the code compares anything with."""
    return [number for number in hints.numbers if isinstance(number, int)][:_MOST_BOUNDS]


def _known(key: str, hints: Hints, remembered: dict[str, Any], fresh: int, said: Sequence[int]) -> list[Any]:
    """Return the values of *key* that are likely, the likeliest first."""
    found: list[Any] = [remembered[name] for name in (hints.links.get(key), key) if name in remembered][:1]
    found += hints.keys[key]
    found += [number + step for number in hints.keys[key] if _is_number(number) for step in (-1, 1)]
    if key in hints.whole:
        found = [value for value in found if type(value) is int]
        found = [*(found or [fresh, *_bounds(hints)]), *(() if key in remembered else said)]
    elif key in hints.written:
        found = [value for value in found if type(value) is str] or [str(fresh)]
    elif not found and "mail" in key.lower():
        found = ["ann@example.org"]
    return list(dict.fromkeys(found))
