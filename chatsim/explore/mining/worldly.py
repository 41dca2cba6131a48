"""Tell whether a bot looks at what lies outside of it: the time, chance, files, the network."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from types import FunctionType, ModuleType
from typing import Any

from chatsim.explore.mining.functions import codes_of

OUTSIDE = frozenset(
    {
        "aiohttp", "asyncio", "calendar", "concurrent", "contextvars", "ctypes", "datetime", "dateutil", "fileinput",
        "glob", "http", "httpx", "io", "multiprocessing", "numpy", "openai", "os", "pathlib", "pendulum", "queue",
        "random", "requests", "secrets", "selectors", "shelve", "shutil", "socket", "sqlite3", "ssl", "subprocess",
        "sys", "tempfile", "threading", "time", "urllib", "urllib3", "uuid", "weakref", "zoneinfo",
    }
)  # fmt: skip
_BUILTINS = frozenset({"open", "input", "__import__", "eval", "exec", "globals", "id", "hash"})
_MOST_CODE = 5_000


def looks_outside(things: Iterable[Any]) -> bool:
    """Say whether any code of *things*, as `ShowsCode` has it, names what lies outside."""
    for code in codes_of(tuple(things), most=_MOST_CODE):
        function = code.function
        names = set(function.__code__.co_names)
        if names & _BUILTINS or any(_is_outside(function.__globals__.get(name)) for name in names):
            return True
        if any(_is_outside(cell) for cell in _held(function)):
            return True
    return False


def told_by(thing: Any) -> Hashable:
    """Return what tells *thing* from others, as long as it is there: a plain function is its code and what it calls.

    It is asked for every state, of which there may be very many.
    """
    if type(thing) is not FunctionType or vars(thing):
        return id(thing)
    cells = thing.__closure__
    if cells is None:
        return id(thing.__code__)
    told = [id(thing.__code__)]
    try:
        for cell in cells:
            held = cell.cell_contents
            if type(held) is FunctionType:
                told.append(id(held.__code__))
    except ValueError:  # a name that is not bound yet
        return id(thing)
    return tuple(told)


def _held(function: Any) -> list[Any]:
    cells = []
    for cell in function.__closure__ or ():
        try:
            cells.append(cell.cell_contents)
        except ValueError:  # a name that is not bound yet
            continue
    return cells


def _is_outside(value: Any) -> bool:
    module = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    return isinstance(module, str) and module.split(".")[0] in OUTSIDE
