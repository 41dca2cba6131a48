"""What a bot's author declares about deliveries: what its platform keeps apart, and what it may make of a fault.

It stands in an attribute of what the author wrote (the orchestrator, the class of an FSM, the model, the application,
or a bot of their own), as plain data, so that a bot need not import anything for it:

    bot.chatsim_delivery = {"serial": True, "may": ["applied-twice"], "ignore": ["seen_at", "log"]}

``serial``: the platform handles the events of a chat one after the other, whatever the store does.  ``may``: kinds of
findings that are meant.  ``ignore``: variables that count for nothing here, such as counters and times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from chatsim.bots.base import Guards, KnowsItsStore
from chatsim.errors import SetupError, did_you_mean

ATTRIBUTE = "chatsim_delivery"
_AUTHORS = ("orchestrator", "cls", "model", "application")
"""Where an adapter keeps what the bot's author wrote."""


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the author of a bot declares; see the module."""

    serial: bool | None = None
    may: frozenset[str] = frozenset()
    ignore: tuple[str, ...] = ()


NOTHING = Declared()


def declared_by(bot: object) -> Declared:
    """Return what the author of *bot* declares; raise `SetupError` for what cannot be declared.

    >>> class Shop:
    ...     chatsim_delivery = {"ignore": ["seen_at"]}
    >>> declared_by(Shop()).ignore
    ('seen_at',)
    """
    for owner in (bot, *(getattr(bot, name, None) for name in _AUTHORS)):
        found = getattr(owner, ATTRIBUTE, None)
        if found is not None:
            return _read(found)
    return NOTHING


def guards_of(bot: object) -> Guards:
    """Return what keeps two turns of one chat of *bot* apart; what its author declares counts for more.

    >>> guards_of(object())
    Guards(serial=True, versioned=True, store='')
    """
    guards = bot.guards() if isinstance(bot, KnowsItsStore) else Guards()
    serial = declared_by(bot).serial
    return guards if serial is None else msgspec.structs.replace(guards, serial=serial)


def _read(found: Any) -> Declared:
    if isinstance(found, Declared):
        return found
    if not isinstance(found, Mapping):
        raise SetupError(f'{ATTRIBUTE} is a dict such as {{"ignore": ["seen_at"]}}, not {found!r}')
    known = Declared.__struct_fields__
    for name in found:
        if name not in known:
            raise SetupError(f"{ATTRIBUTE} has no {name!r}. {did_you_mean(str(name), known)}")
    try:
        return msgspec.convert(dict(found), Declared)
    except msgspec.ValidationError as error:
        raise SetupError(f"{ATTRIBUTE}: {error}") from None
