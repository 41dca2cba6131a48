"""Name the nearest valid name."""

from __future__ import annotations

from collections.abc import Iterable

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
