"""What the world outside notices of a turn, and what it notices twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chatsim.delivery.ids import ids_in
from chatsim.trace import Call, Reply, Turn
from chatsim.world.functions import METHOD as FUNCTION
from chatsim.world.outgoing import IDEMPOTENCY_KEY

_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE", FUNCTION})
_SAME_TWICE_IS_ONCE = frozenset({"PUT", "DELETE"})
_COMES_BACK = frozenset({"status", "error"})
_number = re.compile(r"\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def calls_that_change(turn: Turn) -> list[Call]:
    """Return the calls of *turn* that may change something outside; a GET is only asked."""
    return [effect for effect in turn.effects if isinstance(effect, Call) and effect.method in _CHANGES]


def sent_with(call: Call) -> Any:
    """Return what *call* was made with, without what came back for it."""
    payload = call.payload
    return (
        {key: item for key, item in payload.items() if key not in _COMES_BACK} if isinstance(payload, dict) else payload
    )


def is_safe_twice(call: Call) -> bool:
    """Say whether HTTP itself says that *call*, made again just so, changes nothing more."""
    return call.method in _SAME_TWICE_IS_ONCE


def has_key(call: Call) -> bool:
    """Say whether who is called can tell *call* from another one like it: by an idempotency key."""
    payload = sent_with(call)
    return isinstance(payload, dict) and IDEMPOTENCY_KEY in payload


def can_be_told(call: Call) -> bool:
    """Say whether who is called may know *call* when it comes again: by a key, or an id in what it was made with."""
    payload = sent_with(call)
    parts = payload.values() if isinstance(payload, dict) else ()
    return has_key(call) or any(True for part in parts for _ in ids_in(part))


def repeated_calls(first: Turn, again: Turn) -> Iterator[tuple[Call, Call]]:
    """Yield the calls of *first* that *again* makes once more: to the same place, but for numbers in it, in order."""
    rest = calls_that_change(again)
    for call in calls_that_change(first):
        twin = next((other for other in rest if other.method == call.method and _place(other) == _place(call)), None)
        if twin is not None:
            rest.remove(twin)
            yield call, twin


def counts_twice(call: Call, twin: Call) -> bool:
    """Say whether *twin* counts as another call than *call*, as far as who is called can know.

    >>> put = Call("PUT", "https://x.example/orders/7")
    >>> counts_twice(put, put), counts_twice(put, Call("PUT", "https://x.example/orders/8"))
    (False, True)
    """
    if (call.url, sent_with(call)) != (twin.url, sent_with(twin)):
        return True
    return not is_safe_twice(call) and not can_be_told(call)


def repeated_replies(first: Turn, again: Turn) -> list[Reply]:
    """Return the messages of *first* that *again* sends once more."""
    rest = [*again.replies]
    found = []
    for reply in first.replies:
        twin = next((other for other in rest if _words(other) == _words(reply)), None)
        if twin is not None:
            rest.remove(twin)
            found.append(reply)
    return found


def renumbered_replies(first: Turn, again: Turn) -> list[tuple[Reply, Reply]]:
    """Return the messages of *first* that *again* sends once more, but for other numbers in them, each with its twin."""
    rest = [*again.replies]
    found = []
    for reply in first.replies:
        twin = next((other for other in rest if _skeleton(other) == _skeleton(reply)), None)
        if twin is not None:
            rest.remove(twin)
            found += [(reply, twin)] if twin.text != reply.text else []
    return found


def has_number(turn: Turn) -> bool:
    """Say whether a message of *turn* holds a number."""
    return any(_number.search(reply.text) for reply in turn.replies)


def same_words(first: Turn, again: Turn) -> bool:
    """Say whether two turns say the same, but for numbers in it, and say something at all."""
    texts = [[_skeleton(reply) for reply in turn.replies] for turn in (first, again)]
    return bool(texts[0]) and texts[0] == texts[1]


def place_of(call: Call) -> str:
    """Return what is called, without what changes from call to call: ``PUT https://x.example/orders/#``."""
    return f"{call.method} {_place(call)}"


def _place(call: Call) -> str:
    return _number.sub("#", call.url)


def _words(reply: Reply) -> tuple[Any, ...]:
    return reply.chat, reply.text, reply.options, reply.header, reply.media, reply.dest


def _skeleton(reply: Reply) -> tuple[str, str]:
    return reply.chat, _number.sub("#", reply.text)
