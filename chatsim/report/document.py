"""A document: styled lines, laid out once and painted by whoever shows them (rich, pytest, a plain file)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

from chatsim.visible import visible


class Span(NamedTuple):
    """A piece of a line.  `style` is a role (``user``, ``bot``, ``expected``, …), not a colour; see `STYLES`."""

    text: str
    style: str = ""


Line = tuple[Span, ...]

_WORDS = re.compile(r"\S+\s*|\s+")

STYLES: dict[str, str] = {
    "place": "bold",
    "name": "bold",
    "label": "dim",
    "user": "cyan",
    "bot": "",
    "option": "cyan",
    "dim": "dim",
    "failure": "bold red",
    "held": "green",
    "expected": "green",
    "expected-word": "bold green underline",
    "came": "red",
    "came-word": "bold red underline",
    "again": "bold",
    "code": "",
}
"""The colour of each role, in the words of rich."""


def plain(lines: Iterable[Line]) -> str:
    """Return *lines* as text without any styles."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)


def labelled(
    label: str, text: str, width: int, style: str = "", label_width: int = 8, *, most: int | None = None
) -> list[Line]:
    r"""Lay *text* out beside *label*, wrapped to *width* columns.

    Every further line starts with a bar, so that nothing a bot says can stand at the start of a line, where a CI
    system might take it for a command.  Of a text with more than *most* rows, some in the middle are left out.

    >>> print(plain(labelled("bot", "Welcome!\nWhich size?", 80)))
      bot       Welcome!
              │ Which size?
    """
    room = max(width - label_width - 4, 20)
    parts = [Span(part, style) for line in visible(text).split("\n") for part in wrap(line, room)]
    if most is not None and len(parts) > most:
        after = most // 3
        hidden = len(parts) - most + 1
        parts = [*parts[: most - after - 1], Span(f"… {hidden} more rows", "dim"), *parts[len(parts) - after :]]
    head = Span(f"  {label}{' ' * (label_width - cell_len(label))}  ", "label")
    bar = Span("│ ".rjust(label_width + 4), "dim")
    return [(bar if index else head, part) for index, part in enumerate(parts)]


def wrap(text: str, width: int) -> list[str]:
    """Break *text* into pieces of at most *width* terminal cells, after blanks where there are any.

    Nothing is lost: the pieces joined are the text (with tabs expanded), blanks at the end of a piece may stick out.

    >>> wrap("one two three", 7)
    ['one two ', 'three']
    >>> wrap("", 7)
    ['']
    """
    pieces = [""]
    for word in _WORDS.findall(text.expandtabs(4)):
        if cell_len(pieces[-1] + word.rstrip()) <= width:
            pieces[-1] += word
        elif cell_len(word.rstrip()) <= width:
            pieces.append(word)
        else:
            parts = chop_cells(word, width)
            pieces.extend(parts)
    return pieces if pieces[0] or len(pieces) == 1 else pieces[1:]


def longest(labels: Sequence[str], least: int = 8) -> int:
    """Return the width of the label column: as wide as the longest label, but *least* columns at least."""
    return max([least, *(cell_len(label) for label in labels)])
