"""Scenarios that ask for fixtures of pytest, which no other program can give them."""

from __future__ import annotations

from collections.abc import Iterable

from chatsim.errors import Problem
from chatsim.scenario.model import ScenarioCase


def needs_pytest(case: ScenarioCase) -> bool:
    """Say whether pytest alone can run *case*."""
    return bool(case.marks.fixtures) and case.marks.skip is None


def problems_with_fixtures(cases: Iterable[ScenarioCase]) -> tuple[Problem, ...]:
    """Return a problem for each scenario among *cases* that pytest alone can run, with the command that does."""
    scenarios: dict[str, list[ScenarioCase]] = {}
    for case in filter(needs_pytest, cases):
        scenarios.setdefault(case.name, []).append(case)
    return tuple(_refusal(tests) for tests in scenarios.values())


def _refusal(tests: list[ScenarioCase]) -> Problem:
    from chatsim.report.failure import quoted, rerun  # noqa: PLC0415 - only where something is refused

    first = tests[0]
    names = ", ".join(first.marks.fixtures)
    again = rerun("pytest", first.file, first.id) if len(tests) == 1 else f"pytest {quoted(first.file)}"
    what = f"{first.name!r} asks for `fixtures: [{names}]`, which pytest alone can give"
    return Problem(*first.position, what, f"run it with: {again}\nor leave it out here, with -k or --tag")
