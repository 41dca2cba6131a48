"""The turns that came of one delivery, as one: for those who look at what a step of a conversation came to."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chatsim.trace import Turn


def by_step(turns: Sequence[Turn]) -> list[tuple[Turn, ...]]:
    """Return *turns* of a conversation in groups: those of one event together, and with it the one that it overtook.

    >>> from chatsim.trace import Delivery, Fault, Snapshot, Text
    >>> first, again = [Turn(event=Text("hi"), snapshot=Snapshot(), delivery=Delivery(Fault("twice"), n)) for n in (0, 1)]
    >>> [len(group) for group in by_step([first, again, first, again])]
    [2, 2]
    """
    groups: list[list[Turn]] = []
    for turn in turns:
        if groups and goes_on(turn):
            groups[-1].append(turn)
        else:
            groups.append([turn])
    return [tuple(group) for group in groups]


def goes_on(turn: Turn) -> bool:
    """Say whether *turn* came of the same step as the one before it."""
    delivery = turn.delivery
    return delivery is not None and (delivery.part > 0 or delivery.fault.kind == "reordered")


def as_one(turns: Sequence[Turn]) -> Turn:
    """Return *turns* as one: all that was done in them, how it ended, and the first error."""
    if len(turns) == 1:
        return turns[0]
    failed = next((turn for turn in turns if turn.error is not None), turns[-1])
    return msgspec.structs.replace(
        turns[-1],
        effects=tuple(effect for turn in turns for effect in turn.effects),
        hops=tuple(hop for turn in turns for hop in turn.hops),
        error=failed.error,
        exception=failed.exception,
        seconds=sum(turn.seconds for turn in turns),
    )


def one_per_step(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return one turn for each step that *turns* came of."""
    return tuple(as_one(group) for group in by_step(turns))
