"""Choose scenarios by the words in their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from chatsim.errors import SetupError

Chooses: TypeAlias = Callable[[str], bool]

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
    return _Parser(expression).parse()


class _Parser:
    """Recursive descent: ``or`` binds weakest, ``not`` strongest."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while expression[place:].strip():
            found = _TOKENS.match(expression, place)
            if found is None:
                raise self.wrong("a quote is not closed")
            kind = found.lastgroup or ""
            self.tokens.append((kind, found.group(kind)))
            place = found.end()

    def parse(self) -> Chooses:
        chosen = self.either()
        if self.tokens:
            raise self.wrong(f"{self.tokens[0][1]!r} stands where 'and' or 'or' should; phrases need quotes")
        return chosen

    def either(self) -> Chooses:
        options = [self.both()]
        while self.take("word", "or"):
            options.append(self.both())
        return lambda name: any(option(name) for option in options)

    def both(self) -> Chooses:
        needed = [self.one()]
        while self.take("word", "and"):
            needed.append(self.one())
        return lambda name: all(need(name) for need in needed)

    def one(self) -> Chooses:
        if self.take("word", "not"):
            refused = self.one()
            return lambda name: not refused(name)
        if self.take("paren", "("):
            inner = self.either()
            if not self.take("paren", ")"):
                raise self.wrong("')' is missing")
            return inner
        if not self.tokens or self.tokens[0] in [("paren", ")"), ("word", "and"), ("word", "or")]:
            raise self.wrong(f"a word is missing {f'before {self.tokens[0][1]!r}' if self.tokens else 'at the end'}")
        _, word = self.tokens.pop(0)
        wanted = word.casefold()
        return lambda name: wanted in name.casefold()

    def take(self, kind: str, text: str) -> bool:
        if self.tokens and self.tokens[0] == (kind, text):
            self.tokens.pop(0)
            return True
        return False

    def wrong(self, why: str) -> SetupError:
        return SetupError(f"-k {self.expression!r}: {why}")
