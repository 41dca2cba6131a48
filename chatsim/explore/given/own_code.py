"""Read what a user marked in a Python file of their own: properties, and functions that say what to try."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from chatsim.bots.loading import importer_of
from chatsim.bots.setup_errors import raised
from chatsim.errors import SetupError

T = TypeVar("T")


def is_python(path: Path) -> bool:
    """Say whether *path* is a file of Python."""
    return path.suffix == ".py"


def marked_in(path: Path, kind: type[T], example: str) -> tuple[T, ...]:
    """Return everything of *kind* that the Python file *path* holds, in its order.

    Raises `SetupError` where the file cannot be imported, or holds nothing of the sort; *example* says what that is.
    """
    if not path.is_file():
        raise SetupError(f"{path}: there is no such file")
    try:
        module = importer_of(path.parent)(path.stem)
    except SetupError:
        raise
    except BaseException as error:
        raise raised(f"{path}: importing it", error) from error
    found = {id(value): value for value in vars(module).values() if isinstance(value, kind)}
    if not found:
        raise SetupError(f"{path} holds nothing that is marked with {example}")
    return tuple(found.values())
