"""Text that notices what it is compared with, for what the source of a bot does not show."""

from __future__ import annotations

from typing import Any, Self


class Watched(str):
    """A text like any other, which adds to *seen* every text that it is compared with.

    What is made of it by changing case or taking blanks off notices too.  A lookup in a table goes by the hash, and
    is not noticed.

    >>> seen = {}
    >>> Watched(" Hello", seen).strip().lower() in ("yes", "no")
    False
    >>> list(seen)
    ['yes', 'no']
    """

    __slots__ = ("seen",)
    seen: dict[str, None]

    def __new__(cls, text: str, seen: dict[str, None]) -> Self:
        """Return *text*, which notices in *seen*."""
        watched = super().__new__(cls, text)
        watched.seen = seen
        return watched

    def __eq__(self, other: object) -> bool:
        """Compare as text, and notice."""
        if isinstance(other, str):
            self.seen.setdefault(str.__str__(other))
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        """Compare as text, and notice."""
        return not self == other

    __hash__ = str.__hash__

    def __contains__(self, part: object) -> bool:
        """Look for *part*, and notice it."""
        if isinstance(part, str):
            self.seen.setdefault(str.__str__(part))
        return str.__contains__(self, part)  # type: ignore[operator]  # raises as any text does


def _noticing(name: str) -> Any:
    """Return the method *name* of `str`, which notices the texts that it is given."""
    plain = getattr(str, name)

    def method(self: Watched, *args: Any) -> Any:
        for given in args[:1]:
            for text in given if isinstance(given, tuple) else (given,):
                if isinstance(text, str):
                    self.seen.setdefault(str.__str__(text))
        return plain(self, *args)

    return method


def _changing(name: str) -> Any:
    """Return the method *name* of `str`, whose result is watched as well."""
    plain = getattr(str, name)

    def method(self: Watched, *args: Any, **options: Any) -> Any:
        return Watched(plain(self, *args, **options), self.seen)

    return method


for _name in ("startswith", "endswith", "removeprefix", "removesuffix", "find", "index", "count"):
    setattr(Watched, _name, _noticing(_name))
for _name in ("lower", "upper", "casefold", "title", "capitalize", "strip", "lstrip", "rstrip", "replace"):
    setattr(Watched, _name, _changing(_name))
