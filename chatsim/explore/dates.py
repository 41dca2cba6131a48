"""Moments that bots keep as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import NamedTuple

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_SHORTEST = 10
_HOUR, DAY = 3600.0, 86_400.0
_WEEK = 7 * DAY
_A_MONDAY = 4 * DAY
"""The first one since the epoch, in seconds."""


class Recurring(NamedTuple):
    """A moment that comes again each day, or each week: so many seconds after midnight, or after Monday's midnight.

    >>> Recurring.hour(17).after(18 * 3600.0) / 3600
    23.0
    >>> Recurring.weekday(0).after(0.0) / DAY  # the epoch began on a Thursday
    4.0
    """

    period: float
    offset: float

    @classmethod
    def hour(cls, hour: float) -> Recurring:
        """Return an hour of the day."""
        return cls(DAY, hour * _HOUR)

    @classmethod
    def weekday(cls, day: float) -> Recurring:
        """Return a day of the week; Monday is 0."""
        return cls(_WEEK, day * DAY)

    @classmethod
    def at(cls, at: time) -> Recurring:
        """Return a time of the day."""
        return cls(DAY, at.hour * _HOUR + at.minute * 60.0 + at.second)

    def after(self, now: float) -> float:
        """Return in how many seconds from *now*, which is since the epoch, it comes next."""
        return (self.offset - (now - _A_MONDAY)) % self.period or self.period


def moment_of(text: str) -> float | None:
    """Return the moment that *text* stands for, in seconds since the epoch, or None for any other text.

    What names no time zone is in UTC, as a bot's clock is.

    >>> moment_of("1970-01-02"), moment_of("1970-01-01T00:01:00+00:00"), moment_of("1970-13-01"), moment_of("Ann")
    (86400.0, 60.0, None, None)
    """
    if len(text) < _SHORTEST or text[4] != "-" or not _ISO.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
