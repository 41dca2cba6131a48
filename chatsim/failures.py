"""Turn what a bot raised into data: the kind, the message, and the bot's own frames."""

from __future__ import annotations

import linecache
import os
from pathlib import Path
from types import TracebackType

from chatsim.errors import BotError
from chatsim.trace import Failure, Frame

_OURS = str(Path(__file__).parent) + os.sep
_STANDARD_LIBRARY = os.path.dirname(os.__file__)  # noqa: PTH120 - sysconfig takes 2 ms to say so


def failure_from(error: BaseException) -> Failure:
    """Return *error* as data for a turn.

    The frames are the bot's own: none of chatsim's, and, where the bot runs inside a framework, none of that
    framework's before the bot's first.  An error that the runtime found in the bot (`BotError`) has its kind;
    all else is ``bot-raised``.
    """
    kind = error.kind if isinstance(error, BotError) else "bot-raised"
    return Failure(kind, type(error).__name__, _message(error), bot_frames(error.__traceback__))


def raised_by_bot(error: BaseException) -> BaseException:
    """Return *error*, caught around a bot: whatever a bot raises is the bot's, `SystemExit` and `GeneratorExit` too.

    An interruption (`KeyboardInterrupt`, and the end of the time that a test has) is not, and is raised again: call
    this where it is handled.

    >>> try:
    ...     raise SystemExit(3)
    ... except BaseException as error:
    ...     raised_by_bot(error)
    SystemExit(3)
    """
    if isinstance(error, KeyboardInterrupt):
        raise error
    return error


def bot_frames(traceback: TracebackType | None) -> tuple[Frame, ...]:
    """Return the frames of *traceback* that belong to the bot, outermost first."""
    frames: list[Frame] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not _is_ours(code.co_filename) and (frames or not _is_installed(code.co_filename)):
            line = linecache.getline(code.co_filename, traceback.tb_lineno, traceback.tb_frame.f_globals).strip()
            frames.append(Frame(code.co_filename, traceback.tb_lineno, code.co_qualname, line))
        traceback = traceback.tb_next
    return tuple(frames)


def is_bots_own(filename: str) -> bool:
    """Say whether *filename* is the bot's own code: neither chatsim's, nor the standard library's, nor installed."""
    return not _is_ours(filename) and not _is_installed(filename)


def shown_file(file: str) -> str:
    """Return *file* as people read it: relative to the current folder where it lies below that."""
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative


def _is_ours(filename: str) -> bool:
    return filename.startswith(_OURS)


def _message(error: BaseException) -> str:
    """Return the text of *error*, whatever its ``__str__`` does: a bot's exception may be broken itself."""
    try:
        return str(error)
    except Exception as second:  # noqa: BLE001 - any error of the bot's own __str__
        return f"<no message: its __str__ raised {type(second).__name__}>"


def _is_installed(filename: str) -> bool:
    """Say whether *filename* is a library's rather than the bot's: frozen, standard library, or site-packages."""
    return filename.startswith(("<frozen", _STANDARD_LIBRARY)) or any(
        folder in filename for folder in ("site-packages", "dist-packages")
    )
