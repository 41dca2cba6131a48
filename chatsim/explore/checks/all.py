"""All checks."""

from __future__ import annotations

from collections.abc import Callable

from chatsim.explore.checks.apart import Apart
from chatsim.explore.checks.base import Check
from chatsim.explore.checks.declared import Unreachable
from chatsim.explore.checks.deliveries import Deliveries
from chatsim.explore.checks.ends import DeadEnds, NoEnds
from chatsim.explore.checks.memory import Growth, RoundTrip
from chatsim.explore.checks.options import Options
from chatsim.explore.checks.overlaps import Overlaps
from chatsim.explore.checks.raised import Raised
from chatsim.explore.checks.repeated import Repeated
from chatsim.explore.checks.restarts import Restarts
from chatsim.explore.checks.speech import Speech
from chatsim.explore.declaration import Declaration


def all_checks(
    words: frozenset[str] = frozenset(), *, faults: bool = True, restart: Callable[[], object] | None = None
) -> tuple[Check, ...]:
    """Return a new one of each.

    Args:
        words: The texts in the bot's code.
        faults: Whether events are delivered badly as well.
        restart: Loads the bot as a new process would, where that is possible.
    """
    turns = (Raised(), Repeated(), RoundTrip(), Growth(), Speech(), Options(), Overlaps())
    declaration = Declaration()
    whole = (DeadEnds(declaration), NoEnds(declaration), Unreachable(declaration), Apart(restart))
    return (*turns, *whole, Deliveries(words), Restarts(restart)) if faults else (*turns, *whole)
