"""What a snapshot is written as, and the number that stands for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import msgspec

from chatsim.trace import DEFAULT_CHAT, ChatState, JsonObject, Snapshot

encode = msgspec.json.Encoder(order="deterministic").encode
decode = msgspec.json.Decoder().decode
_unpack = msgspec.json.Decoder(Snapshot).decode
_CONTEXT = b',"context":'
Context: TypeAlias = Callable[[], JsonObject]
"""Makes the context of a moment anew: a step may change what it is given."""

SALT = b"\0chatsim"
HALF = 64
MASK = (1 << HALF) - 1


def pack(snapshot: Snapshot) -> bytes:
    """Return *snapshot* as canonical JSON: equal snapshots are the same bytes, and other snapshots others.

    >>> from chatsim.trace import ChatState
    >>> pack(Snapshot({"user": ChatState("menu", {"b": 1, "a": 2})}))
    b'{"chats":{"user":{"state":"menu","context":{"a":2,"b":1}}}}'
    """
    return encode(snapshot)


def unpack(packed: bytes) -> Snapshot:
    """Return the snapshot that `pack` wrote."""
    return _unpack(packed)


def fingerprint(packed: bytes, frame: int = 0) -> int:
    """Return 128 bits that stand for *packed*, a JSON object, and *frame*, a small number for what else tells moments apart.

    Within one process they are always the same, and in the next one others: Python's own hash, keyed with a secret,
    taken twice.  That takes a third of the time of the quickest of `hashlib`, and two snapshots of a search share
    a number less often than memory fails.

    >>> fingerprint(b"{}") == fingerprint(b"{}"), fingerprint(b"{}") == fingerprint(b"{}", 1)
    (True, False)
    """
    if frame:
        packed = b"%d%s" % (frame, packed)
    return (hash(packed) << HALF) | (hash(packed + SALT) & MASK)


class Written:
    """How `pack` writes a snapshot of one chat that is a state and a context, and of what *start* has beside chats.

    `heads` are what stands before the context, by the name of the state, `tail` is what stands behind it; `empty` are
    the snapshots whose context is empty.

    >>> written = Written(Snapshot(clock=5.0))
    >>> snapshot = Snapshot({"user": ChatState("menu", {"n": 1})}, 5.0)
    >>> written.heads["menu"] + encode({"n": 1}) + written.tail == pack(snapshot)
    True
    >>> written.context_of(pack(snapshot))()
    {'n': 1}
    """

    def __init__(self, start: Snapshot) -> None:
        packed = pack(Snapshot({DEFAULT_CHAT: ChatState("?")}, start.clock, start.timers, start.shared))
        self._before, self.tail = packed.split(b'"?"')
        self.heads: dict[str, bytes] = _Around(self._before, _CONTEXT)
        self.empty: dict[str, bytes] = _Around(self._before, self.tail)

    def context_of(self, packed: bytes | None) -> Context | None:
        """Return what makes the context of *packed* each time it is called.

        None where *packed* is no snapshot of this kind, or not easily seen to be one.
        """
        if packed is None or not packed.startswith(self._before) or not packed.endswith(self.tail):
            return None
        name_ends = packed.find(b'"', len(self._before) + 1) + 1
        rest = packed[name_ends : len(packed) - len(self.tail)]
        if not rest:
            return dict
        if not rest.startswith(_CONTEXT):  # as behind a quote within the name, which is escaped, nothing does
            return None
        written = rest[len(_CONTEXT) :]
        try:
            context: JsonObject = decode(written)
        except msgspec.DecodeError:  # there is another chat
            return None
        return maker_of(written, context)


def maker_of(written: bytes, context: JsonObject) -> Context:
    """Return what makes *context*, which *written* is, anew each time it is called.

    >>> made = maker_of(b'{"sizes":["S"]}', {"sizes": ["S"]})
    >>> made(), made()["sizes"] is made()["sizes"]
    ({'sizes': ['S']}, False)
    """
    is_flat = written.find(b"{", 1) < 0 and written.find(b"[") < 0
    return context.copy if is_flat else partial(decode, written)


class _Around(dict[str, bytes]):
    """JSON texts by what stands between *before* and *behind*."""

    def __init__(self, before: bytes, behind: bytes) -> None:
        super().__init__()
        self._before, self._behind = before, behind

    def __missing__(self, text: str) -> bytes:
        written = self[text] = self._before + encode(text) + self._behind
        return written
