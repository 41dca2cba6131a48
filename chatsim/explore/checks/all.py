"""All checks that need no delivery faults, and how bad each kind of finding is."""

from __future__ import annotations

from chatsim.explore.checks.base import Check
from chatsim.explore.checks.declared import Unreachable
from chatsim.explore.checks.ends import DeadEnds, NoEnds
from chatsim.explore.checks.memory import Growth, RoundTrip
from chatsim.explore.checks.options import Options
from chatsim.explore.checks.raised import Raised
from chatsim.explore.checks.repeated import Repeated
from chatsim.explore.checks.speech import Speech


def plain_checks() -> tuple[Check, ...]:
    """Return a new one of each."""
    return (Raised(), Repeated(), RoundTrip(), Growth(), Speech(), Options(), DeadEnds(), NoEnds(), Unreachable())
