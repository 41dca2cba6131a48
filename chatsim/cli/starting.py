"""What ``chatsim init`` writes."""

from __future__ import annotations

import shlex
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from chatsim.cli.schema_file import SCHEMA_FILE, modeline, write_schema
from chatsim.cli.targets import ENDING
from chatsim.errors import SetupError

_SUFFIX = ".template"
_DOT = "dot_"
"""What stands for the dot of a hidden folder, which tools that pack and search leave out."""


def write_project(folder: Path, kind: str) -> list[Path]:
    """Write the files of a first project of *kind* into *folder*; return their paths.

    Raises `SetupError`, and writes nothing, when one of them is there already.
    """
    templates = files("chatsim.cli") / "templates"
    sources = {**_tree(templates / "common"), **_tree(templates / kind)}
    there = [str(folder / name) for name in (*sources, str(SCHEMA_FILE)) if (folder / name).exists()]
    if there:
        raise SetupError(f"{', '.join(there)}: there already. Name another folder; nothing was written")
    try:
        for name, source in sources.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text("utf-8")
            if name.endswith(ENDING):
                text = f"{modeline(Path(name), SCHEMA_FILE)}\n{text}"
            path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise SetupError(f"{folder}: {error.strerror or error}") from None
    write_schema(folder / SCHEMA_FILE)
    return [*(folder / name for name in sources), folder / SCHEMA_FILE]


def next_commands(folder: Path) -> list[str]:
    """Return the commands that work next.

    >>> next_commands(Path("my bot"))
    ["cd 'my bot' && chatsim run", "cd 'my bot' && pytest"]
    """
    return [f"cd {shlex.quote(str(folder))} && {command}" for command in ("chatsim run", "pytest")]


def _tree(folder: Traversable, prefix: str = "") -> dict[str, Traversable]:
    found: dict[str, Traversable] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            name = f".{entry.name.removeprefix(_DOT)}" if entry.name.startswith(_DOT) else entry.name
            found.update(_tree(entry, f"{prefix}{name}/"))
        elif entry.name.endswith(_SUFFIX):
            found[f"{prefix}{entry.name.removesuffix(_SUFFIX)}"] = entry
    return found
