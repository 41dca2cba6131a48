"""What a pattern of words is, and the form in which texts are compared."""

from __future__ import annotations

import re
import unicodedata
from abc import ABCMeta, abstractmethod

import msgspec

from chatsim.errors import ChatsimError
from chatsim.scenario.words import Capture, Insert, Piece, Value, Values

_DOLLAR_BEFORE = re.compile(r"\$(?=[${])")


class PatternFailed(ChatsimError):
    """A pattern could not be decided: it ran out of time, or is broken with the values that went into it.

    `kind` is the slug of the mismatch, `pattern` the pattern as it is written, `hint` what may have caused it.
    """

    def __init__(self, kind: str, pattern: str, why: str, hint: str = "") -> None:
        super().__init__(f"{why}: {pattern}")
        self.kind = kind
        self.pattern = pattern
        self.hint = hint


def normal(text: str) -> str:
    r"""Return *text* in the form in which texts are compared.

    >>> normal("Total:\r\n5 €\n")
    'Total:\n5 €'
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return composed(text.removesuffix("\n"))


def composed(text: str) -> str:
    """Return *text* with its letters in NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def normal_part(text: str, *, last: bool) -> str:
    """Return a part of a pattern in the form in which texts are compared; only at its end is a line end dropped."""
    return normal(text) if last else normal(text + "\n")


def as_written(text: str, *, before_name: bool = False) -> str:
    """Return *text* as a scenario has it, so that nobody takes what is meant to the letter for a name.

    >>> as_written("$5, ${name}")
    '$5, $${name}'
    """
    written = _DOLLAR_BEFORE.sub("$$", text)
    return f"{written}$" if before_name and text.endswith("$") else written


def shown(piece: Piece, values: Values) -> str | None:
    """Return the words for which *piece* stands; None for a gap, a capture, and a name without a value."""
    if isinstance(piece, Insert):
        return values[piece.name].text if piece.name in values else None
    return piece if isinstance(piece, str) else None


def hole(piece: Piece) -> str:
    """Return *piece*, which stands for what is not known, as it is written.

    >>> hole(Capture("n", "int"))
    '${n:int}'
    """
    if isinstance(piece, Capture):
        return f"${{{piece.name}:{piece.type}}}"
    return f"${{{piece.name}}}" if isinstance(piece, Insert) else "..."


class _AbstractStruct(ABCMeta, msgspec.StructMeta):
    """What makes an abstract class of a struct: thousands are read in a run, and a dataclass takes ten times as long."""


class TextPattern(msgspec.Struct, metaclass=_AbstractStruct, frozen=True):
    """Words that the bot may say."""

    @abstractmethod
    def match(self, text: str, values: Values) -> dict[str, Value] | None:
        """Return what was taken out of *text*, nothing if need be, or None where it does not match.

        *values* are what the names in the pattern stand for.  Raises `PatternFailed`.
        """

    @abstractmethod
    def loosely(self, text: str, values: Values) -> bool:
        """Say whether *text* would match if every capture took whatever stands in its place."""

    @abstractmethod
    def show(self, values: Values) -> str:
        """Return the pattern as it is written, with *values* in it."""

    def misfits(self, text: str, values: Values) -> tuple[tuple[Capture, str], ...]:  # noqa: ARG002
        """Return the captures that stand for what is not of their type, each with that, where *text* fits loosely."""
        return ()

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The names whose values go in."""

    @property
    def captures(self) -> tuple[str, ...]:
        """The names that have a value once it matched."""
        return ()

    def choices(self) -> tuple[TextPattern, ...]:
        """Return the patterns of which one must match: this one, unless there are several."""
        return (self,)
