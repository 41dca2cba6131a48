"""Say what went wrong while a bot was set up: the bot's own lines, and the nearest valid name."""

from __future__ import annotations

from collections.abc import Iterable

from chatsim.errors import SetupError
from chatsim.failures import bot_frames, raised_by_bot, shown_file
from chatsim.nearest import nearest_of


def raised(what: str, error: BaseException) -> SetupError:
    """Return an error that says that *what* raised *error*, with the bot's own frames and none of ours.

    An interruption is raised again (`raised_by_bot`).
    """
    raised_by_bot(error)
    lines = frame_lines(error)
    if isinstance(error, SyntaxError) and error.filename is not None:
        lines.append(f"  {shown_file(error.filename)}:{error.lineno}: {(error.text or '').strip()}".removesuffix(": "))
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    lines.append(f"{type(error).__name__}: {message}" if message else type(error).__name__)
    return SetupError("\n".join([f"{what} raised", *lines]))


def frame_lines(error: BaseException) -> list[str]:
    """Return where *error* came from, a line for each of the bot's own frames."""
    return [
        f"  {shown_file(frame.file)}:{frame.line} in {frame.function}: {frame.code}".removesuffix(": ")
        for frame in bot_frames(error.__traceback__)
        if not frame.file.startswith("<frozen importlib")
    ]


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest of *known* to *name*, or nothing when none is near.

    >>> nearest_name("piza", ["pizza", "pasta"])
    " Did you mean 'pizza'?"
    """
    near = nearest_of(name, known)
    return f" Did you mean {near!r}?" if near else ""
