"""How scenarios become tests."""

from __future__ import annotations

import msgspec

MAX_CASES = 500
"""How many tests one scenario may become, unless it is said otherwise."""


class Expansion(msgspec.Struct, frozen=True):
    """How scenarios become tests.

    `all_phrasings` makes a test of every phrasing of a person, `max_cases` bounds how many tests come of one scenario.
    """

    all_phrasings: bool = False
    max_cases: int = MAX_CASES
