"""Scenarios in a row: what their worlds have in common stays in its place from one to the next."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack

import pytest

from chatsim.world.world import surroundings
from pytest_chatsim.collect import Scenario


class InARow:
    """Keeps the surroundings of worlds while nothing but scenarios without fixtures is run: a tenth of their time.

    Everybody else's tests, and the fixtures that a scenario may ask for, find everything as it is without chatsim.
    What hooks of other plugins patch between two scenarios is patched again by the next world (`patches.Held`).
    """

    def __init__(self) -> None:
        self._kept = ExitStack()
        self._is_kept = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Keep them for the next test, if that is of the kind, too."""
        if not self._is_kept and _is_plain(item) and _is_plain(nextitem):
            self._kept.enter_context(surroundings())
            self._is_kept = True
        try:
            return (yield)
        finally:
            if not _is_plain(nextitem):
                self.let_go()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Keep them no longer when the run has stopped between two scenarios."""
        self.let_go()

    def let_go(self) -> None:
        """Put everything back."""
        self._is_kept = False
        self._kept.close()


def _is_plain(item: pytest.Item | None) -> bool:
    return isinstance(item, Scenario) and not item.has_fixtures
