"""Text with gaps, names and captures in it: how it is held against what the bot says."""

from __future__ import annotations

from chatsim.scenario.search import TooMuchWork, find_captures, is_of_type
from chatsim.scenario.text_pattern import PatternFailed, TextPattern, as_written, hole, normal, normal_part, shown
from chatsim.scenario.words import GAP, Capture, Insert, Piece, Value, Values, parse


class PiecedText(TextPattern, frozen=True):
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
        known = [shown(piece, values) for piece in self.pieces]
        parts = [hole(piece) if words is None else words for piece, words in zip(self.pieces, known, strict=True)]
        return "".join(
            part if words is None else as_written(words, before_name=after.startswith("${"))
            for part, words, after in zip(parts, known, [*parts[1:], ""], strict=True)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go in."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Insert))

    @property
    def captures(self) -> tuple[str, ...]:
        """The names that a match takes out."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Capture))


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
    texts = [normal_part(p, last=i == last) if isinstance(p, str) else p for i, p in enumerate(joined)]
    return tuple(piece for piece in texts if piece != "")


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
