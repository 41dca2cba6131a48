"""Which words of two texts differ, where one may be a pattern with gaps and captures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

from chatsim.scenario.search import is_of_type
from chatsim.scenario.words import CAPTURE_TYPES, NAME

# What is written without blanks between words is compared letter by letter.
_LETTERS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HOLES = rf"\.\.\.|\$\{{{NAME}:(?:{'|'.join(CAPTURE_TYPES)})\}}"
_DOLLAR = "$$"
"""How a dollar is written that begins no hole, before a brace and before another one."""
_WORDS = rf"\s+|[{_LETTERS}]|[^\W{_LETTERS}]+|[^\w\s]"
_in_expected = re.compile(rf"\$\$(?=[${{])|{_HOLES}|{_WORDS}").findall
_in_came = re.compile(_WORDS).findall
_is_hole = re.compile(_HOLES).fullmatch
_LEAST_ALIKE = 0.4
"""How much two texts must have in common (0 to 1) for a comparison of their words to help."""
_MOST = 250_000
"""How many pairs of words are compared; of longer texts only what is alike at both ends is told apart."""
_LONGEST_RUN = 12
"""How many words a capture is tried on."""

Flags: TypeAlias = list[bool]


class Alike(NamedTuple):
    """How alike two texts are (0 to 1), and of each character of both whether its word is another in the other."""

    ratio: float
    expected: Flags
    came: Flags

    def __bool__(self) -> bool:
        """Say whether they have enough in common for their words to be compared."""
        return self.ratio >= _LEAST_ALIKE


def compare(expected: str, came: str) -> Alike:
    """Compare the words of two texts; in *expected*, a gap stands for anything and a capture for what is of its type.

    >>> alike = compare("Order ${n:int}, $9", "Order 41, $10")
    >>> "".join("^" if flag else " " for flag in alike.came)
    '           ^^'
    """
    written, theirs = _in_expected(expected), _in_came(came)
    mine = ["$" if word == _DOLLAR else word for word in written]
    if is_regex(expected) or not (mine and theirs):
        return Alike(0.0, [False] * len(expected), [False] * len(came))
    start = _same(mine, theirs)
    end = _same(mine[start:][::-1], theirs[start:][::-1])
    middle, other = mine[start : len(mine) - end], theirs[start : len(theirs) - end]
    held = _held(middle, other)
    flags = [[False] * start + [not one for one in part] + [False] * end for part in held]
    return Alike(_ratio(mine, theirs, flags), _spread(written, flags[0]), _spread(theirs, flags[1]))


def is_regex(text: str) -> bool:
    """Say whether *text* is written as a regular expression, whose words cannot be compared.

    >>> is_regex("/^Receipt/"), is_regex("/start")
    (True, False)
    """
    return len(text) > 2 and text[0] == text[-1] == "/"  # noqa: PLR2004 - a slash, something, a slash


def lookalikes(expected: str, came: str) -> str:
    """Say which letter or blank in *came* only looks like the one in *expected*, or nothing.

    >>> lookalikes("no\u00a0one", "no one")
    "' ' is SPACE, where NO-BREAK SPACE was expected"
    """
    if len(expected) != len(came):
        return ""
    others = [(one, two) for one, two in zip(expected, came, strict=True) if one != two]
    if not 1 <= len(set(others)) <= 3 or not all(_looks_alike(*pair) for pair in others):  # noqa: PLR2004 - few
        return ""
    one, two = others[0]
    return f"{two!r} is {unicodedata.name(two, '?')}, where {unicodedata.name(one, '?')} was expected"


def _looks_alike(one: str, two: str) -> bool:
    kinds = {unicodedata.category(char)[0] for char in one + two}
    if one.isascii() and two.isascii():
        return False
    if kinds == {"L"}:
        return _script(one) != _script(two) or unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", two)
    return kinds in ({"Z"}, {"P"})


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").partition(" ")[0]


def _same(one: Sequence[str], two: Sequence[str]) -> int:
    """Return how many words both begin with; a hole ends what can be compared by equality."""
    count = 0
    for mine, theirs in zip(one, two, strict=False):
        if mine != theirs or _is_hole(mine):
            break
        count += 1
    return count


def _held(mine: Sequence[str], theirs: Sequence[str]) -> tuple[Flags, Flags]:
    if len(mine) * len(theirs) > _MOST:
        return [False] * len(mine), [False] * len(theirs)
    return _with_holes(mine, theirs) if any(map(_is_hole, mine)) else _without_holes(mine, theirs)


def _without_holes(mine: Sequence[str], theirs: Sequence[str]) -> tuple[Flags, Flags]:
    held = [False] * len(mine), [False] * len(theirs)
    for one, two, size in SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks():
        held[0][one : one + size] = held[1][two : two + size] = [True] * size
    return held


def _with_holes(mine: Sequence[str], theirs: Sequence[str]) -> tuple[Flags, Flags]:
    """Find the way through both that leaves the fewest words over: the cheapest, from the end to the beginning."""
    rows, columns = len(mine), len(theirs)
    cost = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    steps: list[list[tuple[int, bool]]] = [[(0, False)] * (columns + 1) for _ in range(rows + 1)]
    for one in range(rows, -1, -1):
        for two in range(columns, -1, -1):
            if one == rows:
                cost[one][two] = _weight(theirs[two]) + cost[one][two + 1] if two < columns else 0.0
                steps[one][two] = (1, False)
                continue
            # Each way: its cost, how many words of the other side it takes, and whether they hold.
            ways = [(_weight(mine[one]) + cost[one + 1][two], 0, False)]
            ways += [(cost[one + 1][two + taken], taken, True) for taken in _takes(mine[one], theirs, two)]
            if two < columns:
                ways.append((_weight(theirs[two]) + cost[one][two + 1], -1, False))
            cost[one][two], taken, holds = min(ways, key=lambda way: (way[0], not way[2]))
            steps[one][two] = (taken, holds)
    return _walk(steps, rows, columns)


def _walk(steps: list[list[tuple[int, bool]]], rows: int, columns: int) -> tuple[Flags, Flags]:
    held: tuple[Flags, Flags] = ([False] * rows, [False] * columns)
    one = two = 0
    while one < rows:
        taken, holds = steps[one][two]
        if taken < 0:
            two += 1
            continue
        if holds:
            held[0][one] = True
            held[1][two : two + taken] = [True] * taken
        one, two = one + 1, two + taken
    return held


def _takes(word: str, theirs: Sequence[str], start: int) -> list[int]:
    """Return how many words from *start* on the *word* of a pattern may stand for."""
    if word == "...":
        return list(range(len(theirs) - start + 1))
    if _is_hole(word):
        kind = word[:-1].rpartition(":")[2]
        stop = min(start + _LONGEST_RUN, len(theirs))
        return [end - start for end in range(start + 1, stop + 1) if is_of_type(kind, "".join(theirs[start:end]))]
    return [1] if start < len(theirs) and theirs[start] == word else []


def _weight(word: str) -> float:
    return 0.4 if word.isspace() else 1.0


def _ratio(mine: Sequence[str], theirs: Sequence[str], flags: Sequence[Flags]) -> float:
    """Return how much of both is the same: blanks count for little, and what a hole takes counts as the same."""
    words = [*zip(mine, flags[0], strict=True), *zip(theirs, flags[1], strict=True)]
    return sum(_weight(word) for word, differs in words if not differs) / sum(_weight(word) for word, _ in words)


def _spread(words: Sequence[str], flags: Flags) -> Flags:
    return [flag for word, flag in zip(words, flags, strict=True) for _ in word]
