"""Read how long something takes: ``5s``, ``31m``, ``1h30m``."""

from __future__ import annotations

import re

from chatsim.scenario.words import BrokenText

SECONDS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
"""The units of time, the longest first, in seconds."""

LONGEST = 10_000 * SECONDS["d"]
"""The longest duration, in seconds: some 27 years, so that no clock runs out of its calendar."""

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_duration = re.compile("".join(rf"(?:({_NUMBER})\s*{unit})?\s*" for unit in SECONDS))


def read_duration(text: str) -> float:
    """Return *text* in seconds; raise `BrokenText` for what is no duration, or longer than `LONGEST`.

    >>> read_duration("1h30m"), read_duration("0.5s")
    (5400.0, 0.5)
    """
    found = _duration.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        raise BrokenText(f"{text!r} is no duration", "write 5s, 31m, 1h30m or 2d, the longer units first")
    seconds = sum(float(number) * unit for number, unit in zip(found.groups(), SECONDS.values(), strict=True) if number)
    if seconds > LONGEST:
        raise BrokenText(f"{text!r} is too long", f"the longest duration is {LONGEST / SECONDS['d']:.0f}d")
    return seconds


def show_duration(seconds: float) -> str:
    """Return *seconds* as people write them.

    >>> show_duration(5400), show_duration(0.5), show_duration(0)
    ('1h30m', '0.5s', '0s')
    """
    parts = []
    for unit, size in SECONDS.items():
        count = round(seconds, 6) if unit == "s" else seconds // size
        seconds -= count * size
        if count:
            parts.append(f"{count:g}{unit}")
    return "".join(parts) or "0s"
