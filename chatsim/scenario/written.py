"""A scenario file as it is written: which keys stand where, and what each may hold.

These models check the structure of a file, all errors at once, and are where its JSON Schema comes from.  What
they hold are compiled values with the nodes at which they stand; `chatsim.scenario.expand` makes cases of them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, ValidationInfo

from chatsim.scenario.readers import (
    Placed,
    leaf,
    mapping,
    noting,
    read_data_template,
    read_mapping_data,
    read_plain,
    read_row,
    source_of,
    wrong,
)
from chatsim.scenario.words import DataTemplate, Value
from chatsim.scenario.written_base import Written
from chatsim.scenario.written_steps import Items, Words, WrittenAnyStep

_control = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def read_name(name: str, key: yaml.Node, what: str, info: ValidationInfo) -> None:
    """Note what is wrong with the name of a scenario or case: it becomes part of a test's id."""
    problem = source_of(info).problem
    if not name.strip():
        problem(key, f"{what} without a name", "give it one")
    elif "::" in name:
        problem(key, f"'::' may not stand in the name of {what}: {name!r}", f"write {name.replace('::', ':')!r}")
    elif _control.search(name):
        problem(key, f"a control character may not stand in the name of {what}: {name!r}", "take it out")


def read_scenarios(node: yaml.Node, info: ValidationInfo) -> dict[str, Placed[yaml.Node]]:
    """Take the mapping of scenarios apart: each stands where its name does."""
    scenarios = mapping(node, info, "`scenarios`")
    if not scenarios:
        wrong(node, "`scenarios` is empty", "write name: and a list of steps")
    for name, (key, _) in scenarios.items():
        read_name(name, key, "a scenario", info)
    return {name: Placed(value, key) for name, (key, value) in scenarios.items()}


def read_cases(node: yaml.Node, info: ValidationInfo) -> Placed[dict[str, Placed[dict[str, Value]]]]:
    """Read the rows of `cases`; a column must stand in all of them."""
    entries = mapping(node, info, "`cases`")
    if not entries:
        wrong(node, "`cases` is empty", "write a row for each test, or take `cases` out")
    for name, (key, _) in entries.items():
        read_name(name, key, "a case", info)
    rows = {name: Placed(read_row(row, info).value, entries[name][0]) for name, (_, row) in entries.items()}
    columns = list(dict.fromkeys(column for row in rows.values() for column in row.value))
    for name, row in rows.items():
        for column in columns:
            if column not in row.value:
                what = f"case {name!r} lacks the column {column!r}, which other cases have"
                source_of(info).problem(row.node, what, f"write {column}: … in this row too")
    return Placed(rows, node)


class WrittenGiven(Written):
    """Where a scenario starts."""

    what = "`given`"

    state: Words
    vars: Annotated[Placed[DataTemplate], leaf(read_data_template)] | None = None


class WrittenScenario(Written):
    """A scenario: its steps alone, or with what belongs to them."""

    what = "a scenario"
    instead = "steps"
    later = "scenario"

    given: WrittenGiven | None = None
    cases: Annotated[Placed[dict[str, Placed[dict[str, Value]]]], leaf(read_cases)] | None = None
    steps: Annotated[list[WrittenAnyStep], Items]


class ScenarioDocument(Written):
    """A whole file."""

    what = "a scenario file"
    later = "top"

    bot: Annotated[Placed[str], leaf(read_plain)]
    credentials: Annotated[Placed[dict[str, Any]], leaf(read_mapping_data)] | None = None
    scenarios: Annotated[dict[str, WrittenScenario], BeforeValidator(noting(read_scenarios, lambda _: {}))]
