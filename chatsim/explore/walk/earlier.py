"""What was offered on the way to a moment, and is open to a tap no more."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import TypeAlias

from chatsim.explore.seen.nodes import NOBODY, Nodes
from chatsim.trace import Option

_LOOKS_BACK, _MOST = 30, 8
"""How far back, and for how many, the way to a moment is searched for options that are open no more."""

Frame: TypeAlias = tuple[tuple[Option, ...], int]
"""What is open to a tap in a moment, and what of the budget for faults is spent."""


def earlier_options(nodes: Nodes, frames: Sequence[Frame], node: int) -> tuple[Option, ...]:
    """Return what was offered on the way to *node* and is open no more: in turns what its state offered, and others.

    Of either the newest come first.  What the same question offered before is most easily taken for an answer.
    """
    if len(frames) == 1:
        return ()
    open_now, state = frames[nodes.frame[node]][0], nodes.state[node]
    same: dict[Option, None] = {}
    others: dict[Option, None] = {}
    for _ in range(_LOOKS_BACK):
        node = nodes.parent[node]
        if node == NOBODY or len(same) + len(others) >= _MOST:
            break
        if nodes.state[node] == state and not open_now:  # a question that is asked still, whatever was said
            continue
        for option in frames[nodes.frame[node]][0]:
            if option not in open_now:
                (same if nodes.state[node] == state else others).setdefault(option)
    pairs = chain.from_iterable(zip_longest(same, others))
    return tuple(dict.fromkeys(option for option in pairs if option is not None))
