"""Choose scenarios by the words in their names, and by their tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Generic, TypeAlias, TypeVar

from chatsim.errors import SetupError

Chooses: TypeAlias = Callable[[str], bool]
ChoosesTags: TypeAlias = Callable[[Collection[str]], bool]

T = TypeVar("T")

_TOKENS = re.compile(r"""\s*(?:(?P<paren>[()])|"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<word>[^\s()"']+))""")


def selection(expression: str) -> Chooses:
    """Return a function that says whether a name is chosen by *expression*.

    A word, or a phrase in quotes, is looked for anywhere in the name, in any case of letters; ``and``, ``or``,
    ``not`` and parentheses join them, as in pytest's ``-k``.  Raises `SetupError` for what is none of that.

    >>> chosen = selection("pay and not 'sold out'")
    >>> chosen("pays by card"), chosen("pay when sold out")
    (True, False)
    """
    if not expression.strip():
        return lambda name: True  # noqa: ARG005 - every name is chosen
    return _Parser(expression, "-k", _in_name).parse()


def _in_name(word: str, name: str) -> bool:
    return word.casefold() in name.casefold()


def _is_tag(word: str, tags: Collection[str]) -> bool:
    return word in tags


def every_tag(tags: Collection[str]) -> bool:  # noqa: ARG001 - that is the point
    """Say that a test is chosen, whatever its tags."""
    return True


def tag_selection(expression: str) -> ChoosesTags:
    """Return a function that says whether a test with these tags is chosen by *expression*.

    A word is a whole tag; ``and``, ``or``, ``not`` and parentheses join them, as in pytest's ``-m``.  Raises
    `SetupError` for what is none of that.

    >>> chosen = tag_selection("smoke and not slow")
    >>> chosen(["smoke"]), chosen(["smoke", "slow"]), chosen(["smoker"])
    (True, False, False)
    """
    if not expression.strip():
        return every_tag
    return _Parser(expression, "--tag", _is_tag).parse()


class _Parser(Generic[T]):
    """Recursive descent: ``or`` binds weakest, ``not`` strongest; *holds* says whether a word holds for a test."""

    def __init__(self, expression: str, option: str, holds: Callable[[str, T], bool]) -> None:
        self.expression = expression
        self.option = option
        self.holds = holds
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while expression[place:].strip():
            found = _TOKENS.match(expression, place)
            if found is None:
                raise self.wrong("a quote is not closed")
            kind = found.lastgroup or ""
            self.tokens.append((kind, found.group(kind)))
            place = found.end()

    def parse(self) -> Callable[[T], bool]:
        chosen = self.either()
        if self.tokens:
            raise self.wrong(f"{self.tokens[0][1]!r} stands where 'and' or 'or' should; phrases need quotes")
        return chosen

    def either(self) -> Callable[[T], bool]:
        options = [self.both()]
        while self.take("word", "or"):
            options.append(self.both())
        return lambda test: any(option(test) for option in options)

    def both(self) -> Callable[[T], bool]:
        needed = [self.one()]
        while self.take("word", "and"):
            needed.append(self.one())
        return lambda test: all(need(test) for need in needed)

    def one(self) -> Callable[[T], bool]:
        if self.take("word", "not"):
            refused = self.one()
            return lambda test: not refused(test)
        if self.take("paren", "("):
            inner = self.either()
            if not self.take("paren", ")"):
                raise self.wrong("')' is missing")
            return inner
        if not self.tokens or self.tokens[0] in [("paren", ")"), ("word", "and"), ("word", "or")]:
            raise self.wrong(f"a word is missing {f'before {self.tokens[0][1]!r}' if self.tokens else 'at the end'}")
        _, word = self.tokens.pop(0)
        return lambda test: self.holds(word, test)

    def take(self, kind: str, text: str) -> bool:
        if self.tokens and self.tokens[0] == (kind, text):
            self.tokens.pop(0)
            return True
        return False

    def wrong(self, why: str) -> SetupError:
        return SetupError(f"{self.option} {self.expression!r}: {why}")
