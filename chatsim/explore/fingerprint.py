"""What a snapshot is written as, and the number that stands for it."""

from __future__ import annotations

import msgspec

from chatsim.trace import Snapshot

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Snapshot).decode
SALT = b"\0chatsim"
HALF = 64
MASK = (1 << HALF) - 1


def pack(snapshot: Snapshot) -> bytes:
    """Return *snapshot* as canonical JSON: equal snapshots are the same bytes, and other snapshots others.

    >>> from chatsim.trace import ChatState
    >>> pack(Snapshot({"user": ChatState("menu", {"b": 1, "a": 2})}))
    b'{"chats":{"user":{"state":"menu","context":{"a":2,"b":1}}}}'
    """
    return _encode(snapshot)


def unpack(packed: bytes) -> Snapshot:
    """Return the snapshot that `pack` wrote."""
    return _decode(packed)


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
