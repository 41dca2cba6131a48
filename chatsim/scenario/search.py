"""Find what the captures of a text stand for."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from chatsim.scenario.words import Capture, Gap, Piece, Value

MAX_WORK = 1_000_000
"""How many places one search may look at: about half a second."""


class TooMuchWork(Exception):
    """A search looked at more places than it may."""


class NotThis(Exception):
    """A text is not of a capture's type."""


# A sign belongs to a number unless a letter or digit stands before it: "A-41" holds 41.
_int = re.compile(r"(?:(?<!\w)[+-])?[0-9]{1,4000}")
_float = re.compile(r"(?:(?<!\w)[+-])?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,4})?")
_word = re.compile(r"\S+")
_date = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def _to_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotThis
    return number


def _to_date(text: str) -> str:
    dt.datetime.fromisoformat(text)
    return text


_RUNS: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    "int": (_int, int),
    "float": (_float, _to_float),
    "word": (_word, str),
    "date": (_date, _to_date),
}


FORMS = {
    "int": "an int: digits, such as 41",
    "float": "a float: a number such as 9.50",
    "word": "a word: something without blanks",
    "date": "a date: ISO 8601, such as 2024-05-01 or 2024-05-01T10:30Z",
    "text": "a text: a character at least",
    "json": "json: a JSON value",
}
"""What each type of capture takes, in words."""


def _no_constant(name: str) -> Any:
    raise NotThis(name)


_json = json.JSONDecoder(parse_constant=_no_constant)


def convert(kind: str, text: str) -> Any:
    """Return the data that *text* stands for as a capture of type *kind*; raise `NotThis` where it is none.

    >>> convert("float", "9.50")
    9.5
    """
    try:
        if kind == "text":
            return text
        if kind == "json":
            return _json.decode(text)
        form, to_data = _RUNS[kind]
        if form.fullmatch(text) is None:
            raise NotThis
        return to_data(text)
    except (ValueError, RecursionError):
        raise NotThis from None


def is_of_type(kind: str, text: str) -> bool:
    """Say whether *text* is of the capture type *kind*.

    >>> is_of_type("int", "A41")
    False
    """
    try:
        convert(kind, text)
    except NotThis:
        return False
    return True


def find_captures(pieces: tuple[Piece, ...], text: str) -> dict[str, Value] | None:
    """Return what each capture among *pieces* stands for in *text*, or None where the text is not of that form.

    Texts among the pieces and *text* are in their normal form.  A name that is taken twice has the later value.
    """
    ends = _Search(pieces, text).run()
    if ends is None:
        return None
    taken = {}
    for piece, start, end in zip(pieces, [0, *ends], ends, strict=False):
        if isinstance(piece, Capture):
            said = text[start:end]
            taken[piece.name] = Value(said, convert(piece.type, said))
    return taken


class _Search:
    """A search in depth over (piece, place), which tries nothing twice."""

    def __init__(self, pieces: tuple[Piece, ...], text: str) -> None:
        self.pieces = pieces
        self.text = text
        self.failed: set[tuple[int, int]] = set()
        # A gap that failed from one place has tried every end behind it: later visits stop there.
        self.tried_from = [len(text) + 1] * len(pieces)
        self.work = 0

    def run(self) -> list[int] | None:
        """Return where each piece ends, or None."""
        ends: list[int] = []
        open_: list[Iterator[int]] = [self.ends(0, 0)]
        while open_:
            end = next(open_[-1], None)
            if end is None:
                open_.pop()
                if ends:
                    self.failed.add((len(ends), ends.pop()))
                continue
            self.count()
            place = len(open_)
            if (place, end) in self.failed:
                continue
            if place == len(self.pieces):
                if end == len(self.text):
                    return [*ends, end]
                continue
            ends.append(end)
            open_.append(self.ends(place, end))
        return None

    def count(self) -> None:
        self.work += 1
        if self.work > MAX_WORK:
            raise TooMuchWork

    def ends(self, index: int, start: int) -> Iterator[int]:
        """Return where the piece at *index* may end when it starts at *start*, what is preferred first."""
        piece = self.pieces[index]
        if isinstance(piece, str):
            return iter((start + len(piece),) if self.text.startswith(piece, start) else ())
        if isinstance(piece, Gap):
            return self.lazy(index, start)
        assert isinstance(piece, Capture)  # noqa: S101 - insertions are filled in before
        if piece.type == "text":
            return self.lazy(index, start + 1)
        return self.json(start) if piece.type == "json" else self.run_ends(piece.type, start)

    def lazy(self, index: int, first: int) -> Iterator[int]:
        stop = self.tried_from[index]
        self.tried_from[index] = min(stop, first)
        if index + 1 == len(self.pieces):
            end = len(self.text)
            return iter((end,) if first <= end < stop else ())
        following = self.pieces[index + 1]
        return self.places(following, first, stop) if isinstance(following, str) else iter(range(first, stop))

    def places(self, needle: str, first: int, stop: int) -> Iterator[int]:
        place = self.text.find(needle, first)
        while 0 <= place < stop:
            yield place
            place = self.text.find(needle, place + 1)

    def run_ends(self, kind: str, start: int) -> Iterator[int]:
        form, _ = _RUNS[kind]
        found = form.match(self.text, start)
        if found is None:
            return
        for end in range(found.end(), start, -1):
            self.count()
            if kind == "word" or is_of_type(kind, self.text[start:end]):
                yield end

    def json(self, start: int) -> Iterator[int]:
        try:
            _, end = _json.raw_decode(self.text, start)
        except (ValueError, RecursionError, NotThis):
            return
        yield end
