"""User, chat and bot data of a Telegram application as JSON, and back: dictionaries, or objects of the bot's own class."""

from __future__ import annotations

from typing import Any

from chatsim.bots.reversible import decode, encode
from chatsim.errors import ContextNotSerializable
from chatsim.jsondata import json_clone
from chatsim.trace import JsonObject


def plain_data(data: Any, path: str) -> JsonObject:
    """Return *data* as JSON: the items of a dictionary, the attributes of an object; *path* is where it stands.

    >>> plain_data({"size": ("S", "L")}, "$")
    {'size': {'$tuple': ['S', 'L']}}
    """
    if data is None:
        return {}
    encoded: JsonObject = encode(dict(data) if isinstance(data, dict) else vars(data), path)
    return encoded


def fill(held: Any, data: JsonObject) -> None:
    """Put what `plain_data` returned into *held*."""
    values = decode(json_clone(data))
    if isinstance(held, dict):
        held.update(values)
    else:
        vars(held).update(values)


def is_data(value: Any) -> bool:
    """Say whether *value* can be kept as JSON, rather than being a connection or the like.

    >>> is_data({1, 2}), is_data(open)
    (True, False)
    """
    try:
        encode(value)
    except ContextNotSerializable:
        return False
    return True
