"""Pair the members of `any_order` with replies: a matching in a bipartite graph.

Both functions take a table, `fits[reply][member]`: whether that reply is what that member expects.
"""

from __future__ import annotations

from collections.abc import Sequence

Fits = Sequence[Sequence[bool]]


def pair_most(fits: Fits) -> dict[int, int]:
    """Return member -> reply for as many replies as can be paired, earlier replies first.

    Every reply that can be paired together with those paired before it is; so the first that is not is the first
    that no pairing satisfies.

    >>> pair_most([[True, True], [True, False]])
    {0: 1, 1: 0}
    >>> pair_most([[True, False], [True, False]])
    {0: 0}
    """
    taken: dict[int, int] = {}
    for reply in range(len(fits)):
        _place(reply, fits, taken, set())
    return dict(sorted(taken.items()))


def _place(reply: int, fits: Fits, taken: dict[int, int], tried: set[int]) -> bool:
    """Give *reply* a member, moving other replies where need be; *taken* changes only if that works."""
    for member, fit in enumerate(fits[reply]):
        if fit and member not in tried:
            tried.add(member)
            if member not in taken or _place(taken[member], fits, taken, tried):
                taken[member] = reply
                return True
    return False


def pair_all(fits: Fits) -> dict[int, int] | None:
    """Return member -> reply with every reply and every member paired, or None.

    Of several pairings it is the one in which the first member has the earliest reply, then the second, and so on.

    >>> pair_all([[True, True], [True, True]])
    {0: 0, 1: 1}
    """
    count = len(fits)
    if len(pair_most(fits)) < count or any(len(row) != count for row in fits):
        return None
    open_fits = [list(row) for row in fits]
    chosen: dict[int, int] = {}
    for member in range(count):
        for reply in range(count):
            if open_fits[reply][member] and _completes(open_fits, reply, member):
                chosen[member] = reply
                _fix(open_fits, reply, member)
                break
    return chosen


def _completes(fits: Fits, reply: int, member: int) -> bool:
    trial = [list(row) for row in fits]
    _fix(trial, reply, member)
    return len(pair_most(trial)) == len(fits)


def _fix(fits: list[list[bool]], reply: int, member: int) -> None:
    """Leave *reply* and *member* to each other alone."""
    for row in fits:
        row[member] = False
    fits[reply] = [other == member for other in range(len(fits))]
