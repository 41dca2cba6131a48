"""Find the name that somebody most likely meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest_of(name: str, names: Iterable[str]) -> str | None:
    """Return the one of *names* that is most like *name*, whatever the case of their letters; None if none is alike.

    >>> nearest_of("SZIE", ["menu", "size"]), nearest_of("x", ["menu", "size"])
    ('size', None)
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

    folded: dict[str, list[str]] = {}
    for known in names:
        folded.setdefault(known.casefold(), []).append(known)
    near = get_close_matches(name.casefold(), folded, n=1)
    # Of names that differ in the case alone, the one that is written most like it.
    return get_close_matches(name, folded[near[0]], n=1, cutoff=0)[0] if near else None
