"""Make text that a regular expression matches, and text that reads as a date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from chatsim.world.clock import DEFAULT_START

_DAY = 86_400.0
_FIRST = {
    sre.CATEGORY_DIGIT: "1",
    sre.CATEGORY_NOT_DIGIT: "a",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_NOT_SPACE: "a",
    sre.CATEGORY_WORD: "a",
    sre.CATEGORY_NOT_WORD: "-",
}
_LIKELY = "a1 -AZ09_.@/"
_MOST = 1000


def example_of(pattern: str) -> str | None:
    r"""Return a text that *pattern* matches from its beginning to its end, or None where none was found.

    >>> example_of(r"\d{4}-[A-Z]+"), example_of("(yes|no)!?")
    ('1111-A', 'yes')
    """
    return next(iter(examples_of(pattern)), None)


def examples_of(pattern: str) -> list[str]:
    r"""Return texts that *pattern* matches from their beginning to their end: a short one, and the longest it allows.

    >>> examples_of("[A-Z]{2}[0-9]{1,3}"), examples_of("("), examples_of(r"\w+")
    (['AA0', 'AA000'], [], ['a'])
    """
    try:
        compiled = re.compile(pattern)
        tree = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return []
    made = [text for extra in (0, 1, 4) if (text := _text(tree, extra)) is not None and compiled.fullmatch(text)][:1]
    if not made:
        # Lookaheads ask for what the rest does not show: some text of ordinary words may fit.
        made = [text for text in ("12 Mill Road", "Ann Smith", "Aa1!Aa1!") if compiled.fullmatch(text)][:1]
    longest = _text(tree, _MOST)
    if longest is not None and len(longest) <= _MOST and compiled.fullmatch(longest):
        made.append(longest)
    return list(dict.fromkeys(made))


def _text(tree: Any, extra: int) -> str | None:
    parts = [_piece(op, argument, extra) for op, argument in tree]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _piece(op: Any, argument: Any, extra: int) -> str | None:  # noqa: PLR0911 - one return for each kind of piece
    if op is sre.LITERAL:
        return chr(argument)
    if op is sre.NOT_LITERAL:
        return next(sign for sign in _LIKELY if ord(sign) != argument)
    if op is sre.ANY:
        return "a"
    if op is sre.IN:
        return _member(argument)
    if op is sre.BRANCH:
        return _text(argument[1][0], extra)
    if op is sre.SUBPATTERN:
        return _text(argument[-1], extra)
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, most, inner = argument
        piece = _text(inner, extra)
        times = least if extra == _MOST and most is sre.MAXREPEAT else least + extra
        return None if piece is None else piece * min(times, int(most), _MOST)
    if op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        return ""
    return None


def _member(items: Any) -> str | None:
    negated = items[0][0] is sre.NEGATE
    if negated:
        return next((sign for sign in _LIKELY if not any(_holds(item, sign) for item in items[1:])), None)
    op, argument = items[0]
    if op is sre.LITERAL:
        return chr(argument)
    if op is sre.RANGE:
        return chr(argument[0])
    return _FIRST.get(argument)


def _holds(item: Any, sign: str) -> bool:
    op, argument = item
    if op is sre.LITERAL:
        return ord(sign) == int(argument)
    if op is sre.RANGE:
        low, high = argument
        return int(low) <= ord(sign) <= int(high)
    pattern = {sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_WORD: r"\w"}.get(argument, r"(?!)")
    return re.match(pattern, sign) is not None


def dates_in(form: str, distances: Iterable[float] = ()) -> list[str]:
    """Return days that have been and days that are to come, as *form* (of `strftime`, or ``date`` for ISO 8601) has them.

    They are a week away, about a year, long ago, and about today; and at each of *distances*, in seconds, just within it,
    and just beyond.

    >>> dates_in("date")[:5], dates_in("date", [30 * 86_400.0])[-6:]  # doctest: +NORMALIZE_WHITESPACE
    (['2026-01-12', '2025-12-29', '2027-02-09', '2024-12-01', '1998-08-20'],
     ['2026-02-04', '2026-02-03', '2026-02-05', '2025-12-06', '2025-12-07', '2025-12-05'])
    """
    days = [7.0, -7.0, 400.0, -400.0, -10_000.0, 0.0, 1.0, -1.0]
    for distance in distances:
        away = distance / _DAY
        days += [sign * (away + more) for sign in (1, -1) for more in (0, -1, 1)] if away >= 1 else []
    moments = [datetime.fromtimestamp(DEFAULT_START + away * _DAY, UTC) for away in dict.fromkeys(days)]
    return [moment.date().isoformat() if form == "date" else moment.strftime(form) for moment in moments]
