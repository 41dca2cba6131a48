"""Letters of time from what a bot remembers: moments that are still to come, at which something may end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chatsim.explore.dates import moment_of
from chatsim.explore.letters import Letter
from chatsim.explore.moment import Moment
from chatsim.trace import Wait
from chatsim.world.clock import DEFAULT_START

MOST = 2
"""So many moments are waited for, the soonest."""

FARTHEST = 400 * 24 * 60 * 60.0
"""How far ahead, in seconds, a moment may lie that is worth waiting for."""


class Deadlines:
    """Waits until a moment that the bot remembers, to the second, and until it has passed."""

    def letters(self, moment: Moment) -> Iterator[Letter]:
        """Return how long that is."""
        for seconds in deadlines(moment):
            yield Letter(Wait(seconds), "timer")
            yield Letter(Wait(seconds + 1.0), "timer")


def deadlines(moment: Moment) -> tuple[float, ...]:
    """Return in how many seconds moments come that the bot remembers: numbers of seconds, dates as text.

    >>> from chatsim.trace import ChatState, Snapshot
    >>> held = ChatState("pay", {"until": "2026-01-05T09:10:00", "opened": "2025-12-31", "price": 9})
    >>> deadlines(Moment(Snapshot({"user": held})))
    (600.0,)
    """
    if moment.chat is None:
        return ()
    now = moment.snapshot.clock or DEFAULT_START
    found = {at - now for at in _moments(moment.chat.context, now) if 0 < at - now < FARTHEST}
    return tuple(sorted(found)[:MOST])


def _moments(value: Any, now: float) -> Iterator[float]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _moments(item, now)
    elif isinstance(value, list):
        for item in value:
            yield from _moments(item, now)
    elif isinstance(value, str):
        at = moment_of(value)
        if at is not None:
            yield at
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value - now) < FARTHEST:
        yield float(value)
