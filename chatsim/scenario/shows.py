"""Ask whether a conversation shows what a scenario says that it never does: those who search for it know how to tell."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple

from chatsim.session import Session

_JUDGE = "chatsim.explore.results.again:shown_by"
"""By its name, because who searches for conversations reads scenarios, and not the other way round."""


class Shown(NamedTuple):
    """What a conversation shows: a kind of finding, and what it is in words."""

    kind: str
    message: str


def shown_by(session: Session, kinds: frozenset[str]) -> Shown | None:
    """Return what the conversation of *session* shows of *kinds*, by its last turn or by where that leads; or None."""
    module, _, name = _JUDGE.partition(":")
    judge: Callable[[Session, frozenset[str]], Shown | None] = getattr(importlib.import_module(module), name)
    return judge(session, kinds)
