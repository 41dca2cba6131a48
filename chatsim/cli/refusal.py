"""Say what went wrong in one clear message, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from chatsim.errors import ChatsimError
from chatsim.visible import visible

CANNOT = 2
"""The exit code when something could not be loaded, found or written."""


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a `ChatsimError` into its message on standard error, and exit code 2."""
    try:
        yield
    except ChatsimError as error:
        refuse(str(error))


def refuse(message: str) -> None:
    """Write *message* to standard error, and exit with code 2."""
    import typer  # noqa: PLC0415 - only for those who are refused

    typer.secho(f"✗ {visible(message)}", fg="red", err=True, color=None if sys.stderr.isatty() else False)
    raise SystemExit(CANNOT)
