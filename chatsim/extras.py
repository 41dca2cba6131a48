"""Import what is installed only with an extra, or say how to install it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from chatsim.errors import SetupError


def require(module: str, extra: str, needed_by: str) -> Any:
    """Return *module*; raise `SetupError` that names the *extra* to install if it is not there.

    >>> require("no_such_module", "redis", "RedisStateManager")
    Traceback (most recent call last):
        ...
    chatsim.errors.SetupError: RedisStateManager needs the package 'no_such_module'; install it: \
pip install "chatsim[redis]"
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module.partition(".")[0]:
            raise
        top = module.partition(".")[0]
        raise SetupError(f'{needed_by} needs the package {top!r}; install it: pip install "chatsim[{extra}]"') from None
