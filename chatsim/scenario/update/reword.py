"""Put what the bot says now into the words of an expectation that holds no more, and keep what still fits of these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from chatsim.scenario.match import LiteralText, compile_text
from chatsim.scenario.pieced_text import PiecedText
from chatsim.scenario.text_pattern import PatternFailed, TextPattern
from chatsim.scenario.volatile import Volatile, by_difference, by_looks, merged
from chatsim.scenario.words import GAP, BrokenText, Capture, Gap, Insert, Piece, Value, Values
from chatsim.scenario.write_words import Written, escaped, to_the_letter

_unit = re.compile(r"\d+|\w+(?:[-:.]\w+)*|\s+|.", re.DOTALL)
_TAKEN_ALWAYS = frozenset({"int", "date"})
_TELLING = frozenset({"int", "float", "date"})
"""The types of which a value can be told from other words."""
_SHORT = 3
"""A number with fewer digits is taken for a known value only where something says that it is an id."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a new text may be made of.

    `values` are what every name stands for, `use` the names that may be put in the place of what they stand for,
    `reserved` those that no new value may be taken out under.  `boldly` puts values in wherever they are said.
    `typed` is what a person said before: a bot that repeats it will do so tomorrow.
    """

    values: Values
    use: frozenset[str] = frozenset()
    reserved: frozenset[str] = frozenset()
    boldly: bool = False
    typed: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """From `start` to `end`, a text stands for itself (`kept` or changed), or something special stands for it."""

    start: int
    end: int
    piece: Piece | None = None
    kept: bool = False


def reword(pattern: TextPattern, said: str, known: Known, others: Iterable[str] = ()) -> Written:
    """Return the words for *said* that keep what still fits of *pattern*.

    What changed is worded as a recording is: values that look as if they changed from day to day are left open, and
    so is what differs from *others*, which the bot said in the same place at other times.

    >>> old = compile_text("Order ${order:int}, $$9. Pay at ...")
    >>> reword(old, "Your order 41, $12. Pay here: pay.me/7", Known({})).source
    'Your order ${order:int}, $12. Pay here: ...'
    """
    parts = _aligned(_pieces(pattern), said, known.values)
    written = _Rewording(said, parts, known, list(others)).written()
    return to_the_letter(said) if written is None else written


def _pieces(pattern: TextPattern) -> tuple[Piece, ...]:
    if isinstance(pattern, LiteralText):
        return (pattern.text,) if pattern.text else ()
    return pattern.pieces if isinstance(pattern, PiecedText) else ()


# ---------------------------------------------------------------- what still fits


def _aligned(pieces: Sequence[Piece], said: str, values: Values) -> list[_Part]:
    """Cut *said* into parts that *pieces* said already, parts that some of them stand for, and new ones."""
    old, owners = _old_units(pieces, values)
    new = _unit.findall(said)
    starts = [0]
    for unit in new:
        starts.append(starts[-1] + len(unit))
    parts: list[_Part] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, first, last, begin, end in matcher.get_opcodes():
        if kind == "equal":
            parts.extend(_equal(pieces, owners, first, last, starts[begin : end + 1]))
        else:
            within = [pieces[owner] for owner in dict.fromkeys(owners[first:last])]
            parts.extend(_standing_for(within, said, starts[begin], starts[end]))
    return _with_lost(pieces, parts, said)


def _with_lost(pieces: Sequence[Piece], parts: list[_Part], said: str) -> list[_Part]:
    """Return *parts* with captures that found no value in their own place, where there is one in what changed."""
    kept = {id(part.piece) for part in parts}
    for piece in pieces:
        if not isinstance(piece, Capture) or id(piece) in kept or piece.type not in _TELLING:
            continue
        for index, part in enumerate(parts):
            found = None if part.kept or part.piece is not None else _taken(piece, said, part.start, part.end)
            if found is not None:
                parts[index : index + 1] = [
                    _Part(part.start, found[0]),
                    _Part(*found, piece),
                    _Part(found[1], part.end),
                ]
                break
    return parts


def _old_units(pieces: Sequence[Piece], values: Values) -> tuple[list[Any], list[int]]:
    """Return the units of *pieces*, and which piece each is of; a gap or a capture is one that no text equals."""
    units: list[Any] = []
    owners: list[int] = []
    for index, piece in enumerate(pieces):
        text = piece if isinstance(piece, str) else None
        if isinstance(piece, Insert) and piece.name in values:
            text = values[piece.name].text
        mine: list[Any] = [(index,)] if text is None else _unit.findall(text)
        units.extend(mine)
        owners.extend([index] * len(mine))
    return units, owners


def _equal(
    pieces: Sequence[Piece], owners: Sequence[int], first: int, last: int, starts: Sequence[int]
) -> Iterator[_Part]:
    """Yield the parts of units that are equal: an insertion stays where all of its value is still said."""
    at = first
    while at < last:
        owner = owners[at]
        end = at
        while end < last and owners[end] == owner:
            end += 1
        piece = pieces[owner]
        whole = owners.count(owner) == end - at
        start, stop = starts[at - first], starts[end - first]
        yield _Part(start, stop, piece if isinstance(piece, Insert) and whole else None, kept=True)
        at = end


def _standing_for(within: Sequence[Piece], said: str, start: int, end: int) -> Iterator[_Part]:
    """Yield the parts of a stretch of *said* that the pieces *within* the old text stood at the place of."""
    specials = [piece for piece in within if isinstance(piece, Capture | Gap)]
    plain = len(specials) < len(within)
    for piece in specials:
        if isinstance(piece, Capture):
            found = _taken(piece, said, start, end)
            if found is not None:
                yield _Part(start, found[0])
                yield _Part(*found, piece)
                start = found[1]
        elif not plain and piece is specials[-1]:
            yield _Part(start, end, GAP)
            return
    yield _Part(start, end)


def _taken(capture: Capture, said: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where in a stretch of *said* the first value of the capture's type is."""
    stretch = said[start:end]
    try:
        found = PiecedText.from_pieces((GAP, capture, GAP)).match(stretch, {})
    except PatternFailed:
        return None
    if found is None:
        return None
    text = stretch if capture.type == "text" else found[capture.name].text
    at = stretch.find(text)
    return None if at < 0 else (start + at, start + at + len(text))


# ---------------------------------------------------------------- new words


class _Rewording:
    """Writes the words for one text."""

    def __init__(self, said: str, parts: Sequence[_Part], known: Known, others: Sequence[str]) -> None:
        self.said = said
        self.parts = [part for part in parts if part.piece is not None or part.end > part.start]
        self.known = known
        self.others = others
        self.new: dict[str, str] = {}

    def written(self) -> Written | None:
        """Return the words, or None where none but the text itself hold it."""
        pieces = self._source_pieces()
        if all(isinstance(piece, str) for piece in pieces):
            return None
        source = "".join(_joined(pieces))
        if source.startswith("/") and source.endswith("/"):
            source = f"...{source}"
        try:
            taken = compile_text(source).match(self.said, as_written(self.known.values))
        except (BrokenText, PatternFailed):
            return None
        return Written(source) if taken is not None else None

    def _source_pieces(self) -> list[str | tuple[str]]:
        """Return plain text, and in tuples what is written in the place of other text."""
        special = [part for part in self.parts if part.piece is not None]
        spans = sorted(
            [*((part.start, part.end, _source_of(part.piece)) for part in special), *self._open(special)],
            key=lambda span: span[:2],
        )
        pieces: list[str | tuple[str]] = []
        at = 0
        for start, end, source in spans:
            pieces.extend([*self._plain(at, start), (source,)])
            at = end
        pieces.extend(self._plain(at, len(self.said)))
        return [piece for piece in pieces if piece != ""]

    def _open(self, special: Sequence[_Part]) -> Iterator[tuple[int, int, str]]:
        """Yield what is left open, or taken out, of what changed."""
        changed = [part for part in self.parts if part.piece is None and not part.kept]
        differing = [part for other in self.others for part in by_difference(self.said, other)]
        looking = [
            part
            for part in by_looks(self.said)
            if any(_overlap(part, one) for one in changed) and not _says(self.known.typed, self._text(part))
        ]
        for part in merged(differing, looking):
            if not any(_overlap(part, one) or part.start == part.end == one.start for one in special):
                yield part.start, part.end, self._stand_in(part)

    def _text(self, part: Volatile) -> str:
        return self.said[part.start : part.end]

    def _stand_in(self, part: Volatile) -> str:
        said = self._text(part)
        name = next((name for name in self._usable() if self.known.values[name].text == said), None)
        if name is not None:
            return f"${{{name}}}"
        if part.kind not in _TAKEN_ALWAYS or said in self.new.values():
            return "..."
        name, number = part.name, 1
        while name in self.new or name in self.known.reserved or name in self.known.values:
            number += 1
            name = f"{part.name}_{number}"
        self.new[name] = said
        return f"${{{name}:{part.kind}}}"

    def _usable(self) -> list[str]:
        return [name for name in self.known.use if name in self.known.values and "@" not in name]

    def _plain(self, start: int, end: int) -> list[str | tuple[str]]:
        """Return the text from *start* to *end*, with names in what changed of it for values that are known."""
        found = sorted(
            (
                (match.start(), match.end(), name)
                for name in self._usable()
                for match in self._places(self.known.values[name].text, start, end)
            ),
            key=lambda each: (each[0], -each[1], each[2]),
        )
        pieces: list[str | tuple[str]] = []
        at = start
        for first, last, name in found:
            if first >= at:
                pieces.extend([self.said[at:first], (f"${{{name}}}",)])
                at = last
        return [*pieces, self.said[at:end]]

    def _places(self, value: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """Yield where *value* is said as a word of its own, in what changed."""
        if not value.strip():
            return
        short = value.isdecimal() and len(value) < _SHORT and not self.known.boldly
        # Boldly, words are put into a case that are found in all of them, whether they were there before or not.
        kept = [part for part in self.parts if part.kept and not self.known.boldly]
        for match in re.compile(rf"(?<!\w){re.escape(value)}(?!\w)").finditer(self.said, start, end):
            if any(part.start < match.end() and match.start() < part.end for part in kept):
                continue
            if not short or self.said == value or re.search(r"[/#=_:-]\Z", self.said[: match.start()]):
                yield match


def _source_of(piece: Piece | None) -> str:
    if isinstance(piece, Insert):
        return f"${{{_as_written(piece.name)}}}"
    if isinstance(piece, Capture):
        return f"${{{_as_written(piece.name)}:{piece.type}}}"
    return "..."


def _as_written(name: str) -> str:
    """Return *name* as it stands in the file: within a fragment, what is given to it has another name in each use."""
    return name.partition("@")[0]


def as_written(values: Values) -> dict[str, Value]:
    """Return *values* with those of a fragment's arguments under the names that the fragment has for them, too."""
    return {**values, **{_as_written(name): value for name, value in values.items() if "@" in name}}


def _joined(pieces: Sequence[str | tuple[str]]) -> Iterator[str]:
    for index, piece in enumerate(pieces):
        if isinstance(piece, tuple):
            yield piece[0]
        else:
            following = pieces[index + 1] if index + 1 < len(pieces) else ""
            yield escaped(piece, followed=isinstance(following, tuple) and following[0].startswith("$"))


def _overlap(one: Volatile | _Part, other: _Part) -> bool:
    return one.start < other.end and other.start < one.end


def _says(text: str, said: str) -> bool:
    return said in text and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", text) is not None
