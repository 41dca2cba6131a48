"""What reading a scenario file found in the file system, so that it can be looked at again whether that is still so."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

Found: TypeAlias = Mapping[tuple[str, str], bytes | bool]
"""What was found: how it was looked, and at which path."""

Answers: TypeAlias = dict[tuple[str, str], bytes | bool]
"""What was found for other files right before."""


class Looks:
    """Looks at files, and remembers what it found.

    >>> looks = Looks()
    >>> looks.is_file(Path("no such file"))
    False
    >>> looks.found
    {('is_file', 'no such file'): False}
    >>> still_so(looks.found)
    True
    """

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], bytes | bool] = {}

    def read(self, path: Path, most: int) -> bytes:
        """Return what *path* holds, *most* bytes of it; raise `OSError` where it cannot be read."""
        with path.open("rb") as file:
            data = file.read(most)
        self.found["read", str(path)] = data
        return data

    def is_file(self, path: Path) -> bool:
        """Say whether there is a file at *path*; what cannot be a path is none."""
        return self._remembered("is_file", str(path))

    def exists(self, path: str) -> bool:
        """Say whether there is anything at *path*."""
        return self._remembered("exists", path)

    def _remembered(self, how: str, path: str) -> bool:
        answer = self.found[how, path] = bool(_ways[how](path))
        return answer


def still_so(found: Found, just_now: Answers | None = None) -> bool:
    """Say whether all that was *found* would be found again.

    What was asked *just_now* for another file is not asked again, and what is asked is added: the thousands of files
    of a folder all ask whether the same ten lie there.  Contents are always read.

    >>> still_so({("is_file", "no such file"): False}, {("is_file", "no such file"): True})
    False
    """
    answers = {} if just_now is None else just_now
    try:
        for look, answer in found.items():
            how, path = look
            now = answers.get(look)
            if now is None:
                now = _ways[how](path)
                if how != "read":
                    answers[look] = now
            if now != answer:
                return False
    except OSError:
        return False
    return True


def _contents(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - for every file of a run; a Path takes as long again
        return file.read()


# Both of os.path take what cannot be a path (one with a null in it) for what is not there.
_ways: dict[str, Callable[[str], bytes | bool]] = {
    "read": _contents,
    "is_file": os.path.isfile,
    "exists": os.path.exists,
}
