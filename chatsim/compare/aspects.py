"""In what two turns of the same event differ: data about data, whatever the bots are."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Literal, TypeAlias

import msgspec

from chatsim.explore.seen.book import skeleton
from chatsim.trace import Call, ChatState, Reply, Turn

Aspect: TypeAlias = Literal["error", "replies", "calls", "path", "waits", "variables"]
"""What may differ: how it failed, what it said, what it called outside, the states it went through, what it waits for
afterwards, what it remembers."""

ASPECTS: tuple[Aspect, ...] = ("error", "replies", "calls", "path", "waits", "variables")

_MISSING = object()


def aspects_of(old: Turn, new: Turn) -> tuple[Aspect, ...]:
    """Return in what *new* differs from *old*, in the order of `ASPECTS`.

    >>> from chatsim.trace import Snapshot, Text
    >>> def said(text):
    ...     return Turn(event=Text("hi"), effects=(Reply(text),), snapshot=Snapshot())
    >>> aspects_of(said("Hello"), said("Hello!")), aspects_of(said("Hello"), said("Hello"))
    (('replies',), ())
    """
    return tuple(aspect for aspect in ASPECTS if _SHOWN[aspect](old) != _SHOWN[aspect](new))


def parts_ways(old: Turn, new: Turn) -> bool:
    """Say whether the two bots remember different things after these turns, so that what comes after may differ, too."""
    return old.snapshot != new.snapshot


def error_of(turn: Turn) -> Hashable:
    """Return what counts of the error of *turn*: not its message, in which a line or an address may stand."""
    return (turn.error.kind, turn.error.type) if turn.error is not None else None


def _replies(turn: Turn) -> list[Reply]:
    return [msgspec.structs.replace(reply, after=0.0) for reply in turn.replies]


def _calls(turn: Turn) -> list[Call]:
    return [effect for effect in turn.effects if isinstance(effect, Call)]


def path_of(turn: Turn) -> tuple[tuple[str, str | None], ...]:
    """Return the states that *turn* entered, with the machine of each."""
    return tuple((hop.machine, hop.target) for hop in turn.hops)


def _waits(turn: Turn) -> Any:
    return turn.waits, turn.state


def _memory(turn: Turn) -> Any:
    chats = {name: (chat.context, chat.extra) for name, chat in turn.snapshot.chats.items()}
    return chats, turn.ended, turn.snapshot.shared, turn.snapshot.timers


_SHOWN: dict[Aspect, Any] = {
    "error": error_of,
    "replies": _replies,
    "calls": _calls,
    "path": path_of,
    "waits": _waits,
    "variables": _memory,
}


def changed_variables(old: ChatState, new: ChatState) -> tuple[str, ...]:
    """Return the names of the variables that differ, with dots inwards, sorted.

    >>> changed_variables(ChatState(context={"a": {"b": 1}, "c": 2}), ChatState(context={"a": {"b": 2}, "c": 2}))
    ('a.b',)
    """
    return tuple(sorted(_changed(old.context, new.context, "")))


def _changed(old: Any, new: Any, path: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            inner = f"{path}.{key}" if path else str(key)
            yield from _changed(old.get(key, _MISSING), new.get(key, _MISSING), inner)
    elif old != new:
        yield path


def group_of(old: Turn, new: Turn) -> Hashable:
    """Return what two differences have in common that are the same change, seen in two conversations.

    Numbers, and what a bot only repeats, do not count, nor do the values of variables.
    """
    aspects = aspects_of(old, new)
    parts: list[Hashable] = [aspects]
    if "error" in aspects:
        parts += [error_of(old), error_of(new)]
    if "replies" in aspects:
        parts += [skeleton((old,)), skeleton((new,))]
    if "path" in aspects:
        parts += [path_of(old), path_of(new)]
    if "variables" in aspects:
        parts.append(changed_variables(old.chat_state, new.chat_state))
    return tuple(parts)
