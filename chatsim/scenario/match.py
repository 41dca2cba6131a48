r"""How words match: patterns that are compiled when a file is loaded, and held against what the bot says.

A plain text is equal.  ``...`` is anything, over lines, possibly nothing.  ``${x:type}`` takes a value out.
A captured ``text`` has at least one character,
a ``date`` is ISO 8601 (``2024-05-01``, ``2024-05-01T10:30Z``), a ``word`` has no blanks.
``/…/`` is a regular expression, searched anywhere.  On both sides line ends are ``\n``, the last one is dropped,
and letters are in NFC.

Where there is more than one way to match, every ``...`` and every ``text`` is as short as can be, every other
capture as long as can be, and what stands further left decides first.  Failed attempts are remembered, so that
no pattern of gaps and captures takes exponential time.
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatsim.errors import ChatsimError
from chatsim.scenario.search import TooMuchWork, find_captures, is_of_type
from chatsim.scenario.words import GAP, NAME, BrokenText, Capture, Gap, Insert, Piece, Value, Values, named, parse

if TYPE_CHECKING:
    from collections.abc import Callable

REGEX_SECONDS = 1.0
"""How long one regular expression may search one text."""


class PatternFailed(ChatsimError):
    """A pattern could not be decided: it ran out of time, or is broken with the values that went into it.

    `kind` is the slug of the mismatch, `pattern` the pattern as it is written.
    """

    def __init__(self, kind: str, pattern: str, why: str) -> None:
        super().__init__(f"{why}: {pattern}")
        self.kind = kind
        self.pattern = pattern


def normal(text: str) -> str:
    r"""Return *text* in the form in which texts are compared.

    >>> normal("Total:\r\n5 €\n")
    'Total:\n5 €'
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _composed(text.removesuffix("\n"))


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


class TextPattern(ABC):
    """Words that the bot may say."""

    __slots__ = ()

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


@dataclass(frozen=True, slots=True)
class LiteralText(TextPattern):
    r"""A text that is equal.

    >>> LiteralText("Total: $5").match("Total: $5\n", {})
    {}
    """

    text: str

    def match(self, text: str, values: Values) -> dict[str, Value] | None:  # noqa: ARG002
        """Return an empty mapping for an equal text."""
        return {} if text == self.text or normal(text) == normal(self.text) else None

    def loosely(self, text: str, values: Values) -> bool:
        """Say whether *text* is equal."""
        return self.match(text, values) is not None

    def show(self, values: Values) -> str:  # noqa: ARG002
        """Return the text."""
        return self.text

    @property
    def names(self) -> tuple[str, ...]:
        """None."""
        return ()


@dataclass(frozen=True, slots=True)
class PiecedText(TextPattern):
    """A text with gaps, insertions or captures in it.

    >>> PiecedText.of("Order ${order:int}...").match("Order 41, $9", {})["order"]
    Value(text='41', data=41)
    """

    pieces: tuple[Piece, ...]
    ready: tuple[Piece, ...] | None

    @classmethod
    def of(cls, text: str) -> PiecedText:
        """Read *text*; raise `BrokenText` for a broken ``${…}``."""
        return cls.from_pieces(parse(text))

    @classmethod
    def from_pieces(cls, pieces: tuple[Piece, ...]) -> PiecedText:
        """Return the pattern of *pieces*."""
        inserts = any(isinstance(piece, Insert) for piece in pieces)
        return cls(pieces, None if inserts else _filled(pieces, {}))

    def match(self, text: str, values: Values) -> dict[str, Value] | None:
        """Return what was taken out of *text*, or None."""
        pieces = _filled(self.pieces, values) if self.ready is None else self.ready
        return self._match(pieces, normal(text), values)

    def loosely(self, text: str, values: Values) -> bool:
        """Say whether *text* would match with gaps instead of captures."""
        pieces = tuple(GAP if isinstance(piece, Capture) else piece for piece in self.pieces)
        return self._match(_filled(pieces, values), normal(text), values) is not None

    def misfits(self, text: str, values: Values) -> tuple[tuple[Capture, str], ...]:
        """Return the captures that stand for what is not of their type, each with that, where *text* fits loosely."""
        captures = [piece for piece in self.pieces if isinstance(piece, Capture)]
        places = iter(range(len(captures)))
        loose = tuple(Capture(str(next(places)), "text") if isinstance(p, Capture) else p for p in self.pieces)
        found = self._match(_filled(loose, values), normal(text), values) or {}
        said = [(capture, found[str(place)].text) for place, capture in enumerate(captures) if str(place) in found]
        return tuple((capture, words) for capture, words in said if not is_of_type(capture.type, words))

    def _match(self, pieces: tuple[Piece, ...], text: str, values: Values) -> dict[str, Value] | None:
        if not any(isinstance(piece, Capture) for piece in pieces):
            return {} if _gaps_match(pieces, text) else None
        try:
            return find_captures(pieces, text)
        except TooMuchWork:
            raise PatternFailed("regex-too-slow", self.show(values), "pattern too slow") from None

    def show(self, values: Values) -> str:
        """Return the text with *values* in it, and what is left to match as it is written."""
        return "".join(_shown(piece, values) for piece in self.pieces)

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go in."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Insert))

    @property
    def captures(self) -> tuple[str, ...]:
        """The names that a match takes out."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Capture))


def _shown(piece: Piece, values: Values) -> str:
    if isinstance(piece, Insert):
        return values[piece.name].text if piece.name in values else f"${{{piece.name}}}"
    if isinstance(piece, Capture):
        return f"${{{piece.name}:{piece.type}}}"
    return "..." if isinstance(piece, Gap) else piece


def _filled(pieces: tuple[Piece, ...], values: Values) -> tuple[Piece, ...]:
    """Return *pieces* with values for insertions, neighbouring texts joined, and every text in its normal form."""
    joined: list[Piece] = []
    for piece in pieces:
        part = values[piece.name].text if isinstance(piece, Insert) else piece
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    last = len(joined) - 1
    texts = [_normal_part(p, last=i == last) if isinstance(p, str) else p for i, p in enumerate(joined)]
    return tuple(piece for piece in texts if piece != "")


def _normal_part(text: str, *, last: bool) -> str:
    return normal(text) if last else normal(text + "\n")


def _gaps_match(pieces: tuple[Piece, ...], text: str) -> bool:
    """Say whether *text* is the texts among *pieces* in order, with anything where a gap is.

    Taking the first place where each text between two gaps stands leaves the most to those after it, so that
    nothing needs to be tried twice.
    """
    if GAP not in pieces:
        return text == "".join(str(piece) for piece in pieces)
    head = pieces[0] if isinstance(pieces[0], str) else ""
    tail = pieces[-1] if isinstance(pieces[-1], str) else ""
    start, end = len(head), len(text) - len(tail)
    if start > end or not text.startswith(head) or not text.endswith(tail):
        return False
    middle = pieces[bool(head) : len(pieces) - bool(tail)]
    for piece in middle:
        if isinstance(piece, str):
            found = text.find(piece, start, end)
            if found < 0:
                return False
            start = found + len(piece)
    return True


MOST_REPEATS = 100_000
"""How often a regular expression may repeat a part by counts: beyond that, compiling it takes all memory."""


@dataclass(frozen=True, slots=True)
class RegexText(TextPattern):
    r"""A regular expression, in the language of the `regex` package, searched anywhere.

    >>> RegexText.of(r"^Receipt r-\d+$").match("Receipt r-7", {})
    {}
    """

    source: str
    pieces: tuple[str | Insert, ...]
    ready: Any

    @classmethod
    def of(cls, source: str) -> RegexText:
        """Read *source*, which stands between the slashes; raise `BrokenText` for a broken pattern."""
        if repeats_of(source) > MOST_REPEATS:
            what = f"broken pattern /{source}/: it repeats something more than {MOST_REPEATS:,} times"
            raise BrokenText(what, "write a smaller number, or * for any")
        pieces = _regex_pieces(source)
        probe = {piece.name: Value("x", "x") for piece in pieces if isinstance(piece, Insert)}
        try:
            compiled = _compile_regex(pieces, probe)
        except Exception as error:  # noqa: BLE001 - beside its own error, regex raises others for some broken patterns
            raise BrokenText(
                f"broken pattern /{source}/: {error}", "text that is meant to the letter: {text: …}"
            ) from None
        return cls(source, pieces, None if probe else compiled)

    def match(self, text: str, values: Values) -> dict[str, Value] | None:
        """Return an empty mapping where the pattern is found in *text*."""
        found = self._decide(lambda: self._compiled(values).search(normal(text), timeout=REGEX_SECONDS), values)
        return None if found is None else {}

    def _compiled(self, values: Values) -> Any:
        return _compile_regex(self.pieces, values) if self.ready is None else self.ready

    def _decide(self, search: Callable[[], Any], values: Values) -> Any:
        import regex  # noqa: PLC0415 - only for those who use it

        try:
            return search()
        except TimeoutError:
            raise PatternFailed("regex-too-slow", self.show(values), "regex too slow") from None
        except regex.error as error:
            raise PatternFailed("broken-pattern", self.show(values), f"broken pattern ({error})") from None

    def loosely(self, text: str, values: Values) -> bool:
        """Say whether the pattern is found."""
        return self.match(text, values) is not None

    def show(self, values: Values) -> str:
        """Return the pattern between slashes, with *values* in it."""
        return f"/{''.join(_shown(piece, values) for piece in self.pieces)}/"

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go in, quoted."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Insert))


def repeats_of(source: str) -> int:
    """Return how often a regular expression repeats a part at most, by counts within counts.

    >>> repeats_of("(?:a{1,20}b{5}){3,}"), repeats_of("[{9}]a*")
    (60, 1)
    """
    import re  # noqa: PLC0415 - beside its use: everything else here searches with the regex package

    most, last = [1], 1
    for token in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+)?,?(\d+)?\}|.", source, re.DOTALL):
        if token.group() == "(":
            most.append(1)
            last = 1
        elif token.group() == ")" and len(most) > 1:
            last = most.pop()
        elif any(token.groups()):
            last *= max(1, *(int(number) for number in token.groups() if number))
        else:
            last = 1
        most[-1] = max(most[-1], last)
    return max(most)


def _compile_regex(pieces: tuple[str | Insert, ...], values: Values) -> Any:
    import regex  # noqa: PLC0415 - only for those who use it

    source = "".join(
        p if isinstance(p, str) else regex.escape(_normal_part(values[p.name].text, last=False)) for p in pieces
    )
    return regex.compile(source)


def _regex_pieces(source: str) -> tuple[str | Insert, ...]:
    import re  # noqa: PLC0415 - beside its use: everything else here searches with the regex package

    pieces: list[str | Insert] = []
    for part in re.split(rf"(\$\{{{NAME}(?::[^}}]*)?\}})", _composed(source)):
        if part.startswith("${") and part.endswith("}"):
            name = named(part)
            if isinstance(name, Capture):
                raise BrokenText(f"{part!r} inside /…/: nothing is taken out there", "write the text with ... instead")
            pieces.append(name)
        elif part:
            pieces.append(part)
    return tuple(pieces)


@dataclass(frozen=True, slots=True)
class OneOf(TextPattern):
    """Several texts of which one must match; the first that does decides what is taken out."""

    patterns: tuple[TextPattern, ...]

    def match(self, text: str, values: Values) -> dict[str, Value] | None:
        """Return what the first pattern that matches took out."""
        for pattern in self.patterns:
            taken = pattern.match(text, values)
            if taken is not None:
                return taken
        return None

    def loosely(self, text: str, values: Values) -> bool:
        """Say whether any would match loosely."""
        return any(pattern.loosely(text, values) for pattern in self.patterns)

    def show(self, values: Values) -> str:
        """Return all of them."""
        return " or ".join(pattern.show(values) for pattern in self.patterns)

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go into any of them."""
        return tuple(name for pattern in self.patterns for name in pattern.names)

    @property
    def captures(self) -> tuple[str, ...]:
        """The names that every one of them takes out: only these have a value whichever matched."""
        first, *others = self.patterns
        return tuple(name for name in first.captures if all(name in other.captures for other in others))

    def choices(self) -> tuple[TextPattern, ...]:
        """Return the patterns."""
        return self.patterns


def compile_text(text: str) -> TextPattern:
    r"""Return the pattern that *text* is; raise `BrokenText` where it is broken.

    >>> compile_text("Thank you, ...").match("Thank you, Ann", {})
    {}
    >>> compile_text(r"/^\d+$/").match("Ann", {}) is None
    True
    """
    if len(text) > 2 and text[0] == "/" and text[-1] == "/":  # noqa: PLR2004 - a slash, something, a slash
        return RegexText.of(text[1:-1])
    if "..." not in text and "$" not in text:
        return LiteralText(text)
    pieces = parse(text)
    if all(isinstance(piece, str) for piece in pieces):
        return LiteralText("".join(str(piece) for piece in pieces))
    return PiecedText.from_pieces(pieces)
