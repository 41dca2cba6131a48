"""Moments that bots keep as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_SHORTEST = 10


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
