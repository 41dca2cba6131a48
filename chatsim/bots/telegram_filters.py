"""What the filters of Telegram handlers compare a message with."""

from __future__ import annotations

import re
from typing import Any


def patterns_of(filter_: Any) -> list[str | re.Pattern[str]]:
    """Return the texts and patterns in *filter_*, those of what it is put together from as well.

    >>> from telegram.ext import filters
    >>> patterns_of(filters.Regex("^(a|b)$") & ~filters.COMMAND | filters.Text(["x"]))
    ['x', re.compile('^(a|b)$')]
    """
    found: list[str | re.Pattern[str]] = []
    waiting = [filter_]
    while waiting:
        part = waiting.pop(0)
        if part is None:
            continue
        pattern = getattr(part, "pattern", None)
        found += [pattern] if isinstance(pattern, re.Pattern) else []
        found += [text for text in getattr(part, "strings", None) or () if isinstance(text, str)]
        waiting += [getattr(part, name, None) for name in ("base_filter", "and_filter", "or_filter")]
    return found
