"""Name the nearest valid name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from chatsim.nearest import nearest_of


def did_you_mean(wrong: str, known: Iterable[str], what: str) -> str:
    """Return the nearest of the *known* names (*what* they are, in the plural) as a hint, else all of them.

    >>> did_you_mean("opitons", ["options", "state"], "keys")
    "did you mean 'options'?"
    >>> did_you_mean("x", ["options", "state"], "keys")
    'the keys here are options, state'
    """
    names = list(known)
    if not names:
        return f"there are no {what} here"
    near = nearest_of(wrong, names)
    return f"did you mean {near!r}?" if near else f"the {what} here are {', '.join(names)}"


def which_file(written: str, folder: Path) -> str:
    """Return the nearest file to *written*, a path from *folder* where there is none, as a hint; else where paths start."""
    path = Path(written)
    try:
        names = [each.name for each in (folder / path).parent.iterdir() if each.is_file()]
    except (OSError, ValueError):
        names = []
    near = nearest_of(path.name, names)
    return (
        f"paths start at {folder.resolve()}" if near is None else f"did you mean {(path.parent / near).as_posix()!r}?"
    )
