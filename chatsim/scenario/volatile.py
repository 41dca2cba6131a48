"""Find what will be another thing tomorrow in what a bot said: dates, times, order numbers, generated ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["int", "date", "word", "text"]

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,?\s+)"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NAMES = (
    r"order|ticket|reference|ref|booking|invoice|receipt|case|confirmation|tracking|transaction|reservation|payment|"
    r"request|session|token|code|pin|otp|id|number|no|nr"
)
# Each is volatile by its looks alone.  The first that matches at a place counts.
_LOOKS: tuple[tuple[str, Kind, str], ...] = (
    ("id", "word", r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    (
        "date",
        "date",
        r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?",
    ),
    (
        "date",
        "text",
        (
            rf"{_WEEKDAY}?{_DAY}\.?\s+(?:of\s+)?{_MONTH}\b\.?(?:,?\s+\d{{4}})?|{_WEEKDAY}?{_MONTH}\.?\s+{_DAY}(?:,?\s+\d{{4}})?"
            r"|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}/\d{1,2}/\d{1,2}"
        ),
    ),
    ("time", "text", r"\d{1,2}:\d\d:\d\d(?:\.\d+)?(?:\s?[ap]\.?m\b\.?)?"),
    ("address", "word", r"0x[0-9a-fA-F]{6,}"),
    ("id", "word", r"(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{8,}|(?=\w*[A-Za-z])(?=\w*\d)[A-Za-z0-9]{16,}"),
    ("id", "word", r"[A-Z]{1,6}-\d{3,}"),
    ("number", "int", r"\d{8,}"),
)
_either = "|".join(f"(?P<look{index}>{pattern})" for index, (_, _, pattern) in enumerate(_LOOKS))
_look = re.compile(rf"(?<![\w$€£¥])(?:{_either})(?!\w)")
_named = re.compile(
    rf"\b({_NAMES})\b(?:\s+(?:is|no|nr|id|number))?[\s:.#№]*((?=[\w-]*\d)[A-Z0-9][\w-]*\w)", re.IGNORECASE
)
_whole = re.compile(r"\d{1,2}:\d\d(?:\s?[ap]\.?m\b\.?)?|\d+(?:[.,]\d+)+", re.IGNORECASE)
_unit = re.compile(r"\d+|\w+(?:[-:.]\w+)*|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Volatile:
    """A part of a text that will be another: from `start` to `end`, what kind of value it is, and a name for it."""

    start: int
    end: int
    kind: Kind
    name: str


def by_looks(text: str) -> list[Volatile]:
    """Return what looks volatile in *text*, in order.

    >>> [(found.name, found.kind) for found in by_looks("Order 41 comes on 2026-03-01 at 10:30")]
    [('order', 'int'), ('date', 'date')]
    """
    named = list(_named_values(text))
    # Of several for the same place the first counts: an order number rather than a long number, but a date before all.
    found = [*(part for part in named if part.kind == "int"), *_dates_and_ids(text), *named]
    return _without_overlaps(sorted(found, key=lambda part: (part.start, -part.end)))


def by_difference(text: str, other: str) -> list[Volatile]:
    """Return what of *text* is another in *other*, which the same bot said in answer to the same.

    A difference inside something that looks volatile is all of it.

    >>> by_difference("Your table is 12.", "Your table is 7.")
    [Volatile(start=14, end=16, kind='int', name='number')]
    """
    if text == other:
        return []
    ours, theirs = _unit.findall(text), _unit.findall(other)
    starts = [0]
    for unit in ours:
        starts.append(starts[-1] + len(unit))
    wholes = [
        Volatile(*whole.span(), "text", "time" if ":" in whole.group() else "amount") for whole in _whole.finditer(text)
    ]
    looks = merged(by_looks(text), wholes)
    found = []
    for kind, first, last, _, _ in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        start, end = starts[first], starts[last]
        inside = [look for look in looks if look.start < max(end, start + 1) and start < look.end]
        if len(inside) == 1 and inside[0].start <= start and end <= inside[0].end:
            found.extend(inside)
        else:
            first_start = min([start, *(look.start for look in inside)])
            found.append(_unnamed(text, first_start, max([end, *(look.end for look in inside)])))
    return _without_overlaps(sorted(found, key=lambda part: (part.start, -part.end)))


def merged(*lists: list[Volatile]) -> list[Volatile]:
    """Return the parts of several lists in order; of parts that overlap, the first and longest."""
    return _without_overlaps(
        sorted([part for parts in lists for part in parts], key=lambda part: (part.start, -part.end))
    )


def _dates_and_ids(text: str) -> Iterator[Volatile]:
    for found in _look.finditer(text):
        name, kind, _ = _LOOKS[int(str(found.lastgroup).removeprefix("look"))]
        yield Volatile(found.start(), found.end(), kind, name)


def _named_values(text: str) -> Iterator[Volatile]:
    for found in _named.finditer(text):
        name, value = found.group(1).lower(), found.group(2)
        if value.isdecimal() and value.isascii():
            yield Volatile(*found.span(2), "int", _plain_name(name))
        elif sum(char.isdigit() for char in value) > 1:
            yield Volatile(*found.span(2), "word", _plain_name(name))


def _plain_name(name: str) -> str:
    return {"no": "number", "nr": "number", "ref": "reference"}.get(name, name)


def _unnamed(text: str, start: int, end: int) -> Volatile:
    part = text[start:end]
    before = re.search(r"([A-Za-z]{3,})\W*$", text[:start])
    if part.isdecimal() and part.isascii():
        named = before and re.fullmatch(_NAMES, before.group(1), re.IGNORECASE)
        return Volatile(start, end, "int", _plain_name(before.group(1).lower()) if before and named else "number")
    is_word = bool(part) and not any(char.isspace() for char in part)
    return Volatile(start, end, "word" if is_word else "text", "word" if is_word else "text")


def _without_overlaps(parts: list[Volatile]) -> list[Volatile]:
    kept: list[Volatile] = []
    for part in parts:
        if not kept or part.start >= kept[-1].end:
            kept.append(part)
    return kept
