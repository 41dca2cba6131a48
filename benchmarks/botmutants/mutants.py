"""What a mutant is: a bot with one bug planted in its source, and where."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.botmutants.catalogue import Subject
from benchmarks.botmutants.source import Edit

NEED_NO_ASSERTION = (
    "missing exit",
    "misspelt state",
    "unhandled text",
    "missing key",
    "non-JSON value",
    "lossy round trip",
    "shared mutable default",
    "hidden randomness",
    "forward loop",
    "empty reply",
    "button without handler",
    "stale button accepted",
    "duplicate callback applied twice",
    "late callback revives the end",
    "lost update",
    "crash between send and save applies twice",
    "deep crash",
)
BY_COMPARISON = ("swapped target", "negated guard", "off by one")
KINDS = (*NEED_NO_ASSERTION, *BY_COMPARISON)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bug is: the file and the line in the mutated source, the function, and the states that it belongs to."""

    file: str
    line: int
    function: str
    states: frozenset[str]

    def __str__(self) -> str:
        """Return the place as messages name it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug of a `kind`, planted in the bot `of`: the `source` of the file at `place` is in the place of the original's."""

    of: Subject
    kind: str
    place: Place
    source: str
    change: str

    @property
    def name(self) -> str:
        """What the mutant is called: bot, kind, and place."""
        return f"{self.of.name}: {self.kind} at {self.place}"

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Have a folder with all files of the bot, the mutated one among them."""
        with tempfile.TemporaryDirectory(prefix="botmutant-") as made:
            folder = Path(made) / self.of.name
            shutil.copytree(self.of.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
            (folder / self.place.file).write_text(self.source, "utf-8")
            yield folder


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    """Return *text* with *edits*, which do not overlap."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def line_after(text: str, edits: tuple[Edit, ...]) -> int:
    """Return the line, in the edited text, of the first of *edits*; what edits before it add is counted in."""
    place = edits[0]
    before = [edit for edit in edits if edit.start < place.start]
    line = text.count("\n", 0, place.start) + 1
    return line + sum(edit.text.count("\n") - text.count("\n", edit.start, edit.end) for edit in before)
