"""What was expected against what came, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter

from rich.cells import cell_len

from chatsim.report.document import Line, Span, wrap
from chatsim.scenario.model import Line as Compared
from chatsim.visible import visible

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
_SIGNS = {"held": "✓", "expected": "-", "came": "+"}
_LEAST_ALIKE = 0.4
"""How much two texts must have in common (0 to 1) for a comparison of their words to help."""


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
    for line, partner in _with_partners(lines):
        rows += _row(line, partner, width, label_width)
    return rows


def _with_partners(lines: Sequence[Compared]) -> Iterator[tuple[Compared, Compared | None]]:
    """Yield each line with the one that it is to be compared with: an expected one and what came right after it."""
    for index, line in enumerate(lines):
        partner = None
        if line.mark == "expected":
            partner = lines[index + 1] if index + 1 < len(lines) else None
        elif line.mark == "came":
            partner = lines[index - 1] if index else None
        pair = {line.mark, partner.mark if partner else ""}
        alike = pair == {"expected", "came"} and partner is not None and partner.label == line.label
        yield line, partner if alike else None


def _row(line: Compared, partner: Compared | None, width: int, label_width: int) -> list[Line]:
    text = _shown(line.text)
    differs = _differing(text, _shown(partner.text)) if partner else [False] * len(text)
    indent = Span(" " * label_width)
    heads = [(Span(f"  {_SIGNS[line.mark]} ", line.mark), Span(f"{line.label:<{label_width}}", "label"))]
    rows: list[Line] = []
    start = 0
    for written in text.split("\n"):
        for piece in wrap(written, max(width - 4 - label_width, 20)):
            flags = differs[start : start + len(piece)]
            rows.append((*(heads.pop() if heads else (Span("  │ ", "dim"), indent)), *_spans(piece, flags, line.mark)))
            if any(flags):
                carets = "".join(
                    ("^" if flag else " ") * cell_len(char) for char, flag in zip(piece, flags, strict=True)
                )
                rows.append((Span("    "), indent, Span(carets.rstrip(), line.mark)))
            start += len(piece)
        start += 1
    return rows


def _shown(text: str) -> str:
    """Return *text* with tabs as escapes too: beside a blank, nobody would see the difference."""
    return visible(text).replace("\t", "\\t")


def _spans(piece: str, flags: Sequence[bool], style: str) -> list[Span]:
    """Cut *piece* where the flags of its characters change."""
    groups = groupby(zip(piece, flags, strict=True), key=itemgetter(1))
    return [
        Span("".join(char for char, _ in group), f"{style}-word" if differs else style) for differs, group in groups
    ]


def _differing(text: str, other: str) -> list[bool]:
    """Say of each character of *text* whether its word is another in *other*; of none if they have little in common."""
    mine, theirs = _TOKENS.findall(text), _TOKENS.findall(other)
    matcher = SequenceMatcher(None, theirs, mine, autojunk=False)
    if matcher.ratio() < _LEAST_ALIKE:
        return [False] * len(text)
    flags: list[bool] = []
    for tag, _, _, start, end in matcher.get_opcodes():
        flags += [tag != "equal"] * len("".join(mine[start:end]))
    return flags
