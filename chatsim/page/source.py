"""Pieces of a bot's source, as the page shows them beside a state."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from chatsim.graph.model import SourceLine
from chatsim.masking import NOTHING, Masking
from chatsim.page.data import Snippet
from chatsim.visible import visible

LINES = 14
"""How many lines of a definition are shown."""


class Sources:
    """Finds what stands at a line.

    Args:
        folder: Where paths that are not absolute begin.
        masking: Keeps credentials out.
        lines: How many lines are shown at most.
    """

    def __init__(self, folder: Path, masking: Masking = NOTHING, lines: int = LINES) -> None:
        self._folder = folder
        self._masking = masking
        self._lines = lines

    def definition(self, place: SourceLine | None) -> Snippet | None:
        """Return the definition that begins at *place*, or its first lines; without code where it cannot be read."""
        if place is None:
            return None
        lines = _lines_of(self._folder / place.file)[place.line - 1 :]
        return self._snippet(place, _block(lines)[: self._lines] if lines else [])

    def line(self, place: SourceLine | None) -> Snippet | None:
        """Return the one line at *place*."""
        return (
            None if place is None else self._snippet(place, _lines_of(self._folder / place.file)[place.line - 1 :][:1])
        )

    def _snippet(self, place: SourceLine, lines: list[str]) -> Snippet:
        margin = min((_indent(line) for line in lines if line.strip()), default=0)
        code = "\n".join(line[margin:].rstrip() for line in lines).rstrip()
        return Snippet(visible(place.file), place.line, visible(self._masking.text(code)))


@cache
def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").expandtabs(4).splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _block(lines: list[str]) -> list[str]:
    """Return the definition that begins with the first of *lines*: up to the next line that stands no further in.

    Decorators, and brackets that close a signature over several lines, belong to it.

    >>> _block(["@step", "def menu(", "    text", "):", "    return 1", "", "def other():"])
    ['@step', 'def menu(', '    text', '):', '    return 1', '']
    """
    margin = _indent(lines[0])
    begun = False
    for index, line in enumerate(lines):
        if begun and line.strip() and _indent(line) <= margin and line.lstrip()[0] not in ")]}":
            return lines[:index]
        begun = begun or line.lstrip().startswith(("def ", "async def ", "class ")) or not line.lstrip().startswith("@")
    return lines


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
