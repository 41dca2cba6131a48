"""Fixtures of the user's own, for scenarios: those that apply by themselves, and those that a scenario asks for."""

from __future__ import annotations

from typing import Any

import pytest

# There is no public way for an item that is no function to have fixtures; doctest's items do it in this way, too.
from _pytest.fixtures import FuncFixtureInfo, TopRequest

from chatsim.errors import Problem
from chatsim.nearest import nearest_of
from chatsim.scenario.model import ScenarioCase

_REGISTRIES = ("_arg2fixturedefs", "_arg2node2fixturedefs", "_arg2nodeid2fixturedefs")
"""Where pytest keeps fixtures by their names: the first until 9.0, the others since 9.1."""

_LASTING = frozenset({"session", "package", "module"})


class Requesting:
    """An item that is no function, and has fixtures."""

    obj = None
    _fixtureinfo: FuncFixtureInfo
    _request: Any
    fixturenames: list[str]
    funcargs: dict[str, object]

    def _initrequest(self) -> None:
        """Begin anew; pytest-rerunfailures and its like call this."""
        self.funcargs = {}
        self._request = TopRequest(self, _ispytest=True)  # type: ignore[arg-type]


def fixtures_of(item: pytest.Item) -> FuncFixtureInfo | None:
    """Return the fixtures that *item* has by its place and its marks, or None where that are none."""
    info: FuncFixtureInfo = item.session._fixturemanager.getfixtureinfo(item, None, None)  # noqa: SLF001
    return info if info.names_closure else None


def request_fixtures(item: Any, info: FuncFixtureInfo) -> None:
    """Let *item* have the fixtures in *info* for its run."""
    item._fixtureinfo = info  # noqa: SLF001 - these are the names that pytest looks for
    item.fixturenames = info.names_closure
    item._initrequest()  # noqa: SLF001


def fill_fixtures(item: Any, case: ScenarioCase) -> None:
    """Set the fixtures of *item* up; fail the test for one that is not there, or that has parameters."""
    definitions = item._fixtureinfo.name2fixturedefs  # noqa: SLF001
    problems = []
    for name in case.marks.fixtures:
        if name != "request" and name not in definitions:
            near = nearest_of(name, _known(item))
            hint = f"Did you mean {near!r}?" if near else "`pytest --fixtures` lists those that there are."
            problems.append(Problem(*case.position, f"there is no fixture {name!r}. {hint}"))
    for name, found in definitions.items():
        if found[-1].params is not None:
            what = f"the fixture {name!r} has parameters, and a scenario is one test"
            problems.append(Problem(*case.position, what, "write the cases below `cases:`, or a fixture for each"))
    if problems:
        # What is raised before a test is shown by pytest itself, with the line of chatsim, unless it is this.
        pytest.fail("\n".join(map(str, problems)), pytrace=False)
    item._request._fillfixtures()  # noqa: SLF001


def is_alone(info: FuncFixtureInfo | None) -> bool:
    """Say whether a test with these fixtures shares no steps with another, for something is set up for it alone."""
    return info is not None and any(found[-1].scope not in _LASTING for found in info.name2fixturedefs.values())


def _known(item: pytest.Item) -> list[str]:
    manager: Any = item.session._fixturemanager  # noqa: SLF001
    names = {name for registry in _REGISTRIES for name in getattr(manager, registry, ())}
    return [name for name in names if manager.getfixturedefs(name, item)]
