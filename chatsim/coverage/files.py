"""The files that coverage is kept in: data of whole runs, and the parts that processes write as they go."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from chatsim.coverage.data import Coverage, combined, decoded, encoded
from chatsim.coverage.recorder import read_part
from chatsim.errors import SetupError

DATA_FILE = ".chatsim-coverage"
"""The name of the data file, in the project's folder."""


def part_of(data_file: Path, run: str) -> Path:
    """Return a new name for a file that a process of *run* writes to: ``.chatsim-coverage.RUN.HOST-PID-…``."""
    host = "".join(char for char in socket.gethostname() if char.isalnum())[:20]
    return data_file.with_name(f"{data_file.name}.{run}.{host}-{os.getpid()}-{os.urandom(3).hex()}")


def parts_of(data_file: Path, run: str = "*") -> list[Path]:
    """Return the parts that *run*, or any run, left beside *data_file*, sorted."""
    return sorted(data_file.parent.glob(f"{data_file.name}.{run}.*"))


def gathered(parts: Iterable[Path]) -> Coverage:
    """Return what is in *parts*, and remove them."""
    parts = list(parts)
    coverage = combined(read_part(part) for part in parts)
    for part in parts:
        part.unlink(missing_ok=True)
    return coverage


def write_coverage(coverage: Coverage, path: Path) -> None:
    """Write *coverage* to *path*, whole or not at all.  Raises `SetupError` where that cannot be done."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(encoded(coverage))
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise SetupError(f"{path} cannot be written: {error.strerror or error}") from None


def read_coverage(path: Path) -> Coverage:
    """Return what is in the data file at *path*.  Raises `SetupError` where there is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror or error}") from None
    try:
        return decoded(data)
    except ValueError as error:
        raise SetupError(f"{path} holds no coverage: {error}") from None
