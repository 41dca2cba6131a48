"""All checks."""

from __future__ import annotations

from chatsim.explore.checks.base import Check
from chatsim.explore.checks.declared import Unreachable
from chatsim.explore.checks.deliveries import Deliveries
from chatsim.explore.checks.ends import DeadEnds, NoEnds
from chatsim.explore.checks.memory import Growth, RoundTrip
from chatsim.explore.checks.options import Options
from chatsim.explore.checks.raised import Raised
from chatsim.explore.checks.repeated import Repeated
from chatsim.explore.checks.speech import Speech


def all_checks(words: frozenset[str] = frozenset(), *, faults: bool = True) -> tuple[Check, ...]:
    """Return a new one of each; *words* are the texts in the bot's code.  Without *faults*, nothing is delivered badly."""
    plain = (Raised(), Repeated(), RoundTrip(), Growth(), Speech(), Options(), DeadEnds(), NoEnds(), Unreachable())
    return (*plain, Deliveries(words)) if faults else plain
