"""The exception that a bot raised, made ready to be raised again: where people look, they find the bot's own frames."""

from __future__ import annotations

from inspect import CO_OPTIMIZED
from types import TracebackType

from chatsim.errors import BotError
from chatsim.failures import is_bots_own
from chatsim.trace import Turn


def raised_in(turn: Turn) -> BaseException | None:
    """Return what the bot raised in *turn*, ready to be raised again, or None if it raised nothing.

    Where only the data of an error is known (a turn read from JSON, a bot elsewhere), that is a `BotError`.
    """
    if turn.error is None:
        return None
    if isinstance(turn.exception, BaseException):
        return in_bots_frame(turn.exception)
    return BotError(f"{turn.error.type}: {turn.error.message}")


def in_bots_frame(error: BaseException) -> BaseException:
    """Return *error* with a traceback that begins in the bot's code, and ends there for those who look at it.

    What the bot was called through is cut off.  What it called itself stays, but is hidden from pytest's
    tracebacks and debugger (``down`` gets there, and ``--full-trace`` shows it).
    """
    entries = _entries(error.__traceback__)
    own = [index for index, entry in enumerate(entries) if is_bots_own(entry.tb_frame.f_code.co_filename)]
    for entry in entries[own[-1] + 1 :] if own else ():
        # The locals of a module or class body are real names; those of a function are only looked at.
        if entry.tb_frame.f_code.co_flags & CO_OPTIMIZED:
            entry.tb_frame.f_locals["__tracebackhide__"] = True
    return error.with_traceback(entries[own[0]] if own else None)


def _entries(traceback: TracebackType | None) -> list[TracebackType]:
    entries: list[TracebackType] = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    return entries
