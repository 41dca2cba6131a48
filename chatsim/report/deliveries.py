"""How an event arrived, in the words of a transcript."""

from __future__ import annotations

from chatsim.delivery.faults import fault_words
from chatsim.trace import Delivery

_BEFORE = {
    ("twice", 1): "the same once more",
    ("reordered", 0): "late: what stands before it came first",
    ("dropped", 0): "lost on its way: the bot never gets it",
    ("late", 0): "late: the chat has ended",
    ("restart", 0): "to a process that died and came back",
    ("expired", 0): "to a store that has forgotten the chat",
    ("with", 0): "together with the next",
    ("with", 1): "at the same time",
    ("with", 2): "again, for it was not saved",
    ("crash", 1): "again, to a process that came back",
    ("store", 1): "again, for it was not saved",
}


def before_turn(delivery: Delivery | None) -> str:
    """Return what is to be said of *delivery* before its event; nothing where there is nothing to say.

    >>> from chatsim.trace import Fault
    >>> before_turn(Delivery(Fault("twice"), 1)), before_turn(Delivery(Fault("twice"), 0)), before_turn(None)
    ('the same once more', '', '')
    """
    if delivery is None:
        return ""
    if delivery.fault.at == "stale" and delivery.part == 0:
        return "on a stale copy: the chat as it was before its last turn"
    return _BEFORE.get((delivery.fault.kind, delivery.part), "")


def after_turn(delivery: Delivery | None) -> str:
    """Return what is to be said of *delivery* after what the bot did.

    >>> from chatsim.trace import Fault
    >>> after_turn(Delivery(Fault("crash", at="after-send", nth=2)))
    'crash: after-send 2'
    """
    if delivery is None or delivery.part or delivery.fault.kind not in {"crash", "store"}:
        return ""
    return "" if delivery.fault.at == "stale" else fault_words(delivery.fault)
