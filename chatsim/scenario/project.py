"""Which folders belong to a project: those up to the first that holds what only its root has."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT_MARKS = ("pyproject.toml", ".git", "pytest.ini", "tox.ini", "setup.cfg", "setup.py")
"""The first folder upwards that holds one of these is the root of its project."""


def project_folders(folder: Path, exists: Callable[[str], bool]) -> Iterator[Path]:
    """Yield *folder* and those above it, up to the root of its project; without one, *folder* alone.

    *exists* says whether there is anything at a path.
    """
    above = [folder, *folder.parents]
    for index, each in enumerate(above):
        place = str(each)
        if any(exists(f"{place}{os.sep}{mark}") for mark in ROOT_MARKS):
            yield from above[: index + 1]
            return
    yield folder
