"""The fault alphabet: which faults there are, and the words for each.

A turn is load → handle → effects in order → save, and yields only there.  So these are all the ways in which an
event can arrive other than once, in order, alone, and at a bot that lives on:

* ``twice``: the same event again, because the first delivery was not acknowledged.
* ``reordered``: the event that follows overtakes it.
* ``dropped``: it never arrives.
* ``late``: it arrives when the chat has ended.
* ``with``: another event arrives in the same chat at the same time.
* ``crash``: the process dies before or after it sends its N-th message or call, or before or after it saves; the
  event was not acknowledged, so it is delivered again.
* ``store``: saving meets a ``timeout``, so that nothing is saved and the event is delivered again; or the chat is
  loaded from a ``stale`` copy, as it was before the last turn.
* ``restart``: the process has died and come back since the last event.
* ``expired``: the store has forgotten the chat.
"""

from __future__ import annotations

from typing import get_args

from chatsim.errors import SetupError, did_you_mean
from chatsim.trace import CrashPoint, Fault, FaultKind, StoreTrouble

KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
PLAIN: tuple[FaultKind, ...] = ("twice", "reordered", "dropped", "late", "restart", "expired")
"""The faults of which nothing more need be said than their name."""
CRASH_POINTS: tuple[CrashPoint, ...] = get_args(CrashPoint)
TROUBLES: tuple[StoreTrouble, ...] = get_args(StoreTrouble)

MOST_SENDS = 999
"""The last send of a turn that a crash may name."""


class NoSuchFault(SetupError):
    """What names no fault: `what` is wrong with it, and the `cure`."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what}. {cure}")
        self.what = what
        self.cure = cure


def plain_fault(word: str) -> Fault:
    """Return the fault that *word* alone names; raise `NoSuchFault`.

    >>> plain_fault("twice")
    Fault(kind='twice', at=None, nth=1, other=None)
    """
    if word in PLAIN:
        return Fault(word)
    example = {"with": "{with: {user: hi}}", "crash": "{crash: after-send 1}", "store": "{store: timeout}"}.get(word)
    if example is not None:
        raise NoSuchFault(f"`{word}` says too little", f"write deliver: {example}")
    raise NoSuchFault(f"nothing is delivered {word!r}", did_you_mean(word, KINDS))


def crash(where: str) -> Fault:
    """Return the crash at *where*: ``before-send 2``, ``after-save``; without a number it is the first send.

    Raises `NoSuchFault`.

    >>> crash("after-send 2")
    Fault(kind='crash', at='after-send', nth=2, other=None)
    """
    point, _, number = where.strip().partition(" ")
    number = number.strip()
    if point not in CRASH_POINTS:
        raise NoSuchFault(f"a process cannot crash {where.strip()!r}", did_you_mean(point, CRASH_POINTS))
    if number and not point.endswith("-send"):
        raise NoSuchFault(f"a turn saves once, so `{point}` takes no number", f"write crash: {point}")
    if number and not (number.isascii() and number.isdecimal() and 0 < int(number) <= MOST_SENDS):
        raise NoSuchFault(f"{number!r} is no number of a send", f"sends are counted from 1: write crash: {point} 1")
    return Fault("crash", point, int(number or 1))


def store_trouble(word: str) -> Fault:
    """Return the trouble of the store that *word* names; raise `NoSuchFault`.

    >>> store_trouble("stale").at
    'stale'
    """
    if word not in TROUBLES:
        raise NoSuchFault(f"a store is never {word!r}", did_you_mean(word, TROUBLES))
    return Fault("store", word)


def fault_words(fault: Fault) -> str:
    """Return *fault* as `deliver:` says it, less the event that comes with it.

    >>> fault_words(crash("after-send 2")), fault_words(crash("before-save")), fault_words(Fault("twice"))
    ('crash: after-send 2', 'crash: before-save', 'twice')
    """
    if fault.at is None:
        return fault.kind
    nth = f" {fault.nth}" if fault.at.endswith("-send") else ""
    return f"{fault.kind}: {fault.at}{nth}"
