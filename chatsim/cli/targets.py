"""What the command line names: files, folders that are searched for scenarios, and single tests."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from chatsim.errors import Problem
from chatsim.scenario.model import ScenarioCase, ScenarioFile
from chatsim.scenario.nearest import did_you_mean

ENDING = ".chat.yaml"
_NEVER_SEARCHED = frozenset({"node_modules", "__pycache__", "site-packages"})


class Target(msgspec.Struct):
    """A scenario file to be run: all of it, or only the tests in `ids` where there are any."""

    path: Path
    ids: list[str] = []

    @property
    def name(self) -> str:
        """The file as it is named in reports."""
        return str(self.path)

    def pick(self, file: ScenarioFile) -> tuple[tuple[ScenarioCase, ...], tuple[Problem, ...]]:
        """Return the cases of *file* that are meant, and a problem for each id that names none."""
        if not self.ids:
            return file.cases, ()
        picked = tuple(case for case in file.cases if case.id in self.ids or case.name in self.ids)
        known = {name for case in file.cases for name in (case.id, case.name)}
        missing = [
            Problem(
                self.name, 0, 0, f"there is no scenario {wanted!r}", did_you_mean(wanted, sorted(known), "scenarios")
            )
            for wanted in self.ids
            if wanted not in known
        ]
        return picked, tuple(missing)


def find_targets(names: Iterable[str]) -> tuple[list[Target], list[Problem]]:
    """Return the files that *names* stand for, each once, and what is wrong with the names.

    A name is a file, a folder, or ``FILE::ID``.  Files come in the order of the names, those of a folder sorted.
    A problem of a file as a whole is in line 0.
    """
    targets: dict[str, Target] = {}
    whole: set[str] = set()
    problems: list[Problem] = []
    for name in names:
        path, colons, wanted = _split(name)
        found = list(_files(path)) if not colons else [(path, os.path.realpath(path))]
        if not path.exists() or (colons and not path.is_file()):
            problems.append(Problem(str(path), 0, 0, "there is no such file" + ("" if colons else " or folder")))
            continue
        if not found:
            problems.append(Problem(str(path), 0, 0, f"there is no file *{ENDING} in this folder"))
        for file, key in found:
            target = targets.setdefault(key, Target(file))
            target.ids.extend([wanted] if colons else [])
            whole.update(() if colons else {key})
    for key in whole:
        targets[key].ids.clear()
    return list(targets.values()), problems


def _split(name: str) -> tuple[Path, str, str]:
    file, colons, wanted = name.partition("::")
    return Path(os.path.normpath(file)), colons, wanted


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield *path*, or the scenario files below it: not in hidden folders, virtual environments and packages.

    Beside each is where it really lies, as `os.path.realpath` says.
    """
    if not path.is_dir():
        yield path, os.path.realpath(path)
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if _is_searched(Path(folder, name)))
        # Asked once for a folder: for each of a thousand files it takes a third of the time that reading them does.
        real = os.path.realpath(folder)
        for name in sorted(files):
            if name.endswith(ENDING) and not name.startswith("."):
                here = os.path.join(real, name)  # noqa: PTH118 - texts, as above
                yield Path(folder, name), os.path.realpath(here) if os.path.islink(here) else here  # noqa: PTH114


def _is_searched(folder: Path) -> bool:
    return (
        not folder.name.startswith(".") and folder.name not in _NEVER_SEARCHED and not (folder / "pyvenv.cfg").is_file()
    )
