"""Where a search stops that does not close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chatsim.explore.results.result import Stopped
from chatsim.explore.seen.book import Book


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a search stops that does not close: so many moments, turns in a row, seconds; None is no limit.

    `is_covered` says of a book whether all that there is to cover is covered, which stops the search as well.
    """

    states: int | None = None
    depth: int | None = None
    seconds: float | None = None
    is_covered: Callable[[Book], bool] | None = None


NO_LIMITS = Limits()


class Over(Exception):
    """The search has reached a limit."""

    def __init__(self, stopped: Stopped) -> None:
        super().__init__(stopped)
        self.stopped: Stopped = stopped
