"""What a state manager does to keep two turns of one chat apart: known of chatsim's own, tried out on others."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread
from typing import Any

from chatsim.bots.base import Guards
from chatsim.errors import StateConflict
from chatsim.state_managers.base import GuardedStateManager
from chatsim.state_managers.inmemory import InMemoryStateManager

_CHAT = "chatsim: is this store guarded?"
_PATIENCE = 0.05
"""How long, in seconds, somebody who should be kept out is waited for."""


def guards_of_store(manager: Any) -> Guards:
    """Return what *manager* keeps apart.

    One with only ``get_state`` and ``set_state`` guards nothing where two processes share it.  chatsim's own do, and
    so does whatever offers ``turn``, ``load`` and ``replace`` (`GuardedStateManager`).  A store in memory that changes
    one of these is tried out, on a chat that is forgotten afterwards; others, which may be a database, are not touched.

    >>> guards_of_store(InMemoryStateManager())
    Guards(serial=True, versioned=True, store='InMemoryStateManager')
    """
    cls = type(manager)
    if not isinstance(manager, GuardedStateManager):
        return Guards(serial=False, versioned=False, store=cls.__name__)
    if cls.__module__.startswith("chatsim.") or not isinstance(manager, InMemoryStateManager):
        return Guards(store=cls.__name__)
    return Guards(serial=_is_serial(manager), versioned=_is_versioned(manager), store=cls.__name__)


def _is_serial(manager: GuardedStateManager) -> bool:
    """Say whether *manager* lets nobody into a turn while somebody else is in it."""
    entered = Event()

    def enter() -> None:
        with suppress(Exception), manager.turn(_CHAT):
            entered.set()

    # A daemon: in a store that deadlocks it waits for ever.
    other = Thread(target=enter, daemon=True)
    with manager.turn(_CHAT):
        other.start()
        was_let_in = entered.wait(_PATIENCE)
    other.join(1.0)
    return not was_let_in


def _is_versioned(manager: InMemoryStateManager) -> bool:
    """Say whether *manager* refuses to save what was handled on an old copy."""
    old = manager.load(_CHAT)[2]
    manager.replace(_CHAT, "first", {}, old)
    try:
        manager.replace(_CHAT, "second", {}, old)
    except StateConflict:
        return True
    finally:
        manager.delete_state(_CHAT)
    return False
