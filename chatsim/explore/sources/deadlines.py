"""Letters of time from what a bot remembers: moments still to come, and past ones from which on its code counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chatsim.explore.dates import moment_of
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.trace import Wait
from chatsim.world.clock import DEFAULT_START

MOST = 2
"""So many moments are waited for, the soonest."""

FARTHEST = 400 * 24 * 60 * 60.0
"""How far ahead, in seconds, a moment may lie that is worth waiting for."""


class Deadlines:
    """Waits until a moment that the bot remembers, to the second, and until it has passed.

    Where that moment has passed already, until as many seconds have as one of *durations*, which the bot's code names.
    """

    def __init__(self, durations: Iterable[float] = ()) -> None:
        self._durations = tuple(durations)

    def letters(self, moment: Moment) -> Iterator[Letter]:
        """Return how long that is."""
        for seconds in self.ahead(moment):
            yield Letter(Wait(seconds), "timer")
            yield Letter(Wait(seconds + 1.0), "timer")

    def ahead(self, moment: Moment) -> tuple[float, ...]:
        """Return in how many seconds there is something to wait for."""
        return deadlines(moment, self._durations)


def deadlines(moment: Moment, durations: Iterable[float] = ()) -> tuple[float, ...]:
    """Return in how many seconds moments come that the bot remembers: numbers of seconds, dates as text.

    Of those that have passed, it is the moments that lie one of *durations* (seconds) after them.

    >>> from chatsim.trace import ChatState, Snapshot
    >>> held = ChatState("pay", {"until": "2026-01-05T09:10:00", "opened": "2025-12-31", "price": 9})
    >>> deadlines(Moment(Snapshot({"user": held})))
    (600.0,)
    >>> deadlines(Moment(Snapshot({"user": ChatState("pay", {"ordered": "2026-01-05T08:50:00"})})), [1800.0])
    (1200.0,)
    """
    if moment.chat is None:
        return ()
    now = moment.snapshot.clock or DEFAULT_START
    moments = set(_moments(moment.chat.context, now))
    after = {at + seconds for at in moments if at <= now for seconds in durations}
    found = {at - now for at in moments | after if 0 < at - now < FARTHEST}
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
