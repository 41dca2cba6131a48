"""What lies in folders of bots, looked at again only when a folder has changed."""

from __future__ import annotations

import os
from functools import cached_property
from importlib import machinery
from typing import Any

_SETTLED_AFTER = 0.1
"""Seconds after which a folder that changes again has another modification time, on any file system's clock."""


class Listing:
    """What *folder* holds; *loaders* are those of a `FileFinder`."""

    def __init__(self, folder: str, loaders: tuple[tuple[Any, list[str]], ...]) -> None:
        self.folder = folder
        self.finder = machinery.FileFinder(folder, *loaders)

    @cached_property
    def sources(self) -> frozenset[str]:
        """The names of the source files in it, without their ending."""
        return frozenset(name[:-3] for name in self._found if name.endswith(".py") and not name.startswith("."))

    def packages(self) -> frozenset[str]:
        """Return the names of the packages in it: a package comes about without a change of the folder above."""
        # Asked for every bot of a run: a Path takes several times as long.
        return frozenset(
            name
            for name in self._identifiers
            if os.path.isfile(f"{self.folder}{os.sep}{name}{os.sep}__init__.py")  # noqa: PTH113
        )

    @cached_property
    def _identifiers(self) -> tuple[str, ...]:
        return tuple(name for name in self._found if name.isidentifier())

    @cached_property
    def _found(self) -> list[str]:
        return os.listdir(self.folder)  # noqa: PTH208 - names alone, in a fifth of the time


class Listings:
    """The listings of all folders.

    A file that comes right after a listing may leave the folder's modification time as it is.  So a listing is kept
    for as long as that time stays, but only one that was made when the time had been the same for a while already.
    """

    def __init__(self, *loaders: tuple[Any, list[str]]) -> None:
        self._loaders = loaders
        self._seen: dict[str, tuple[int, float]] = {}
        self._kept: dict[str, Listing] = {}

    def of(self, folder: str) -> Listing:
        """Return what *folder* holds now."""
        try:
            changed = os.stat(folder).st_mtime_ns  # noqa: PTH116 - asked at every import
        except OSError:
            self._forget(folder)
            return Listing(folder, self._loaders)
        now = os.times().elapsed  # the one clock that the bot's world leaves alone
        seen, since = self._seen.get(folder, (None, now))
        if seen != changed:
            self._forget(folder)
            self._seen[folder] = changed, now
            return Listing(folder, self._loaders)
        if folder not in self._kept:
            listing = Listing(folder, self._loaders)
            if now - since < _SETTLED_AFTER:
                return listing
            self._kept[folder] = listing
        return self._kept[folder]

    def forget_below(self, folder: str) -> None:
        """Look at *folder* and all folders in it anew."""
        for known in [known for known in self._seen if known == folder or known.startswith(folder + os.sep)]:
            self._forget(known)

    def _forget(self, folder: str) -> None:
        self._seen.pop(folder, None)
        self._kept.pop(folder, None)
