"""What was expected against what came, word by word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from rich.cells import cell_len

from chatsim.report.document import Line, Span, wrap
from chatsim.report.words import Flags, compare, lookalikes
from chatsim.scenario.verdict import Line as Compared
from chatsim.visible import visible

_SIGNS = {"held": "✓", "expected": "-", "came": "+"}
_MOST_ROWS = 10
"""How many rows one text takes; of a longer one those around the differences are shown."""
_AROUND = 2
"""How many rows are shown before and after one that differs."""
_HELD_ROWS = 2
"""How many rows a text takes that held."""
_MOST_HELD = 6
"""How many texts that held are shown in a row."""


def comparison(lines: Sequence[Compared], width: int = 80) -> list[Line]:
    """Lay the lines of a mismatch out, the words that differ marked where two texts are alike.

    >>> from chatsim.report.document import plain
    >>> print(plain(comparison([Compared("expected", "Which size?"), Compared("came", "Which colour?")])))
      - Which size?
              ^^^^
      + Which colour?
              ^^^^^^
    """
    rows: list[Line] = []
    label_width = max([cell_len(line.label) + 2 for line in lines if line.label], default=0)
    for mark, group in groupby(zip(lines, _flags(lines), strict=True), key=lambda pair: pair[0].mark == "held"):
        found = list(group)
        left_out = len(found) - _MOST_HELD if mark else 0
        if left_out > 1:
            rows.append((Span("  ✓ ", "held"), Span(f"… {left_out} more that held", "dim")))
            found = found[left_out:]
        for line, (flags, note) in found:
            rows += _row(line, flags, max(width - 4 - label_width, 20), label_width)
            if note:
                rows += [(Span("    "), Span(part, "dim")) for part in wrap(note, width - 4)]
    return rows


def _flags(lines: Sequence[Compared]) -> Iterator[tuple[Flags, str]]:
    """Yield which characters of each line differ from its partner, and a note where that cannot be seen."""
    partners = _partners(lines)
    for place, line in enumerate(lines):
        text = _shown(line)
        if place not in partners:
            yield [False] * len(text), ""
            continue
        other = _shown(lines[partners[place]])
        if line.mark == "expected":
            yield compare(text, other).expected, ""
        else:
            yield compare(other, text).came, lookalikes(other, text)


def _partners(lines: Sequence[Compared]) -> dict[int, int]:
    """Pair lines that were expected with those of the same label that came right after them: the most alike."""
    pairs: dict[int, int] = {}
    for _, group in groupby(enumerate(lines), key=lambda item: (item[1].mark == "held", item[1].label)):
        places = list(group)
        expected = [place for place, line in places if line.mark == "expected"]
        came = [place for place, line in places if line.mark == "came"]
        if len(expected) * len(came) > _MOST_ROWS * _MOST_ROWS:
            continue
        found = [(compare(_shown(lines[one]), _shown(lines[two])), one, two) for one in expected for two in came]
        for alike, one, two in sorted(found, key=lambda each: -each[0].ratio):
            if alike and one not in pairs and two not in pairs:
                pairs[one], pairs[two] = two, one
    return pairs


def _row(line: Compared, flags: Flags, room: int, label_width: int) -> list[Line]:
    blocks = list(_blocks(_shown(line), flags, room))
    shown = _clipped([any(flagged) for _, flagged in blocks], _HELD_ROWS if line.mark == "held" else _MOST_ROWS)
    head = (Span(f"  {_SIGNS[line.mark]} ", line.mark), Span(f"{line.label:<{label_width}}", "label"))
    bar = (Span("  │ ", "dim"), Span(" " * label_width))
    rows: list[Line] = []
    for place in shown:
        start = bar if rows else head
        if isinstance(place, str):
            rows.append((*start, Span(place, "dim")))
            continue
        piece, flagged = blocks[place]
        rows.append((*start, *_spans(piece, flagged, line.mark)))
        if any(flagged):
            rows.append((Span("    "), Span(" " * label_width), Span(_below(piece, flagged), line.mark)))
    return rows


def _blocks(text: str, flags: Flags, room: int) -> Iterator[tuple[str, Flags]]:
    """Cut *text* into rows, each with its flags; line ends that differ become visible, and blanks that alone do."""
    start = 0
    for written in text.split("\n"):
        end = start + len(written)
        marked = flags[start:end]
        shown = "".join(_with_blanks(written[at:to], flag) for at, to, flag in _places(marked))
        if end < len(text) and flags[end]:
            shown, marked = f"{shown}⏎", [*marked, True]
        at = 0
        for piece in wrap(shown, room):
            yield piece, marked[at : at + len(piece)]
            at += len(piece)
        start = end + 1


def _clipped(differs: Sequence[bool], most: int) -> Iterator[int | str]:
    """Yield which rows are shown, and what stands for those which are not."""
    if len(differs) <= most:
        yield from range(len(differs))
        return
    marked = [place for place, flag in enumerate(differs) if flag][:most]
    if marked:
        kept = {near for place in marked for near in range(place - _AROUND, place + _AROUND + 1)}
    else:
        kept = {*range(most - 1), len(differs) - 1} if most > _HELD_ROWS else set(range(most - 1))
    for hidden, group in groupby(range(len(differs)), key=lambda place: place not in kept):
        places = list(group)
        if hidden and len(places) > 1:
            yield f"… {len(places)} more rows"
        else:
            yield from places


def _below(piece: str, flags: Flags) -> str:
    """Return what stands below a row: carets, or the words themselves where text runs from right to left.

    What a terminal does with such text is its own affair: carets would be under other letters.
    """
    if any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in piece):
        words = ("".join(char for char, _ in group) for flag, group in _runs(piece, flags) if flag)
        return f"differs: {', '.join(words)}"
    marks: list[str] = []
    for start, end, flag in _places(flags):
        cells = cell_len(piece[:end]) - cell_len(piece[:start])
        marks.append(("^" if flag else " ") * cells)
    return "".join(marks).rstrip()


def _places(flags: Flags) -> Iterator[tuple[int, int, bool]]:
    start = 0
    for flag, group in groupby(flags):
        end = start + len(list(group))
        yield start, end, flag
        start = end


def _runs(piece: str, flags: Flags) -> Iterator[tuple[bool, Iterator[tuple[str, bool]]]]:
    return groupby(zip(piece, flags, strict=True), key=itemgetter(1))


def _shown(line: Compared) -> str:
    """Return the text of *line* as it is compared: without its last line end, and with tabs as escapes.

    Beside a blank, nobody would see a tab.
    """
    text = line.text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return unicodedata.normalize("NFC", visible(text).replace("\t", "\\t"))


def _with_blanks(part: str, differs: bool) -> str:  # noqa: FBT001 - a flag of the text, not of the call
    """Return *part* with blanks as signs that can be seen, as wide as they are, where nothing else of it differs."""
    if not differs:
        return part
    blank = "␣" if part.isspace() else " "
    return "".join(blank if char == " " else "⍽" if unicodedata.category(char) == "Zs" else char for char in part)


def _spans(piece: str, flags: Flags, style: str) -> list[Span]:
    """Cut *piece* where the flags of its characters change."""
    return [
        Span("".join(char for char, _ in group), f"{style}-word" if differs else style)
        for differs, group in _runs(piece, flags)
    ]
