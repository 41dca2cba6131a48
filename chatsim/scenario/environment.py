"""Set environment variables for a while."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext


def environment(variables: Mapping[str, str]) -> AbstractContextManager[None]:
    """Let *variables* stand in the environment inside the block; afterwards they are what they were before.

    >>> with environment({"SHOP": "closed"}):
    ...     os.environ["SHOP"]
    'closed'
    >>> "SHOP" in os.environ
    False
    """
    return _changed(variables) if variables else nullcontext()


@contextmanager
def _changed(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
