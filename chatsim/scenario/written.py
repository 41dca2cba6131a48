"""A scenario file as it is written: which keys stand where, and what each may hold.

These models check the structure of a file, all errors at once, and are where its JSON Schema comes from.  What
they hold are compiled values with the nodes at which they stand; `chatsim.scenario.expand` makes cases of them.
"""

from __future__ import annotations

from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, ValidationInfo

from chatsim.scenario.allow import Hosts
from chatsim.scenario.marks import Env, Names, Reason, Repeat, Timeout, WrittenXfail
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.people import people_in, read_users
from chatsim.scenario.readers import (
    Placed,
    describe,
    leaf,
    mapping,
    noting,
    read_data_template,
    read_mapping_data,
    read_plain,
    read_row,
    scalar,
    source_of,
    wrong,
)
from chatsim.scenario.words import DataTemplate, Value
from chatsim.scenario.written_acts import Words
from chatsim.scenario.written_base import Written, read_name
from chatsim.scenario.written_steps import STEP_WORDS, Items, WrittenAnyStep
from chatsim.scenario.written_world import Mocked


def read_scenarios(node: yaml.Node, info: ValidationInfo) -> dict[str, Placed[yaml.Node]]:
    """Take the mapping of scenarios apart: each stands where its name does."""
    scenarios = mapping(node, info, "`scenarios`")
    if not scenarios:
        wrong(node, "`scenarios` is empty", "write name: and a list of steps")
    for name, (key, _) in scenarios.items():
        read_name(name, key, "a scenario", info)
    return {name: Placed(value, key) for name, (key, value) in scenarios.items()}


def read_fragments(node: yaml.Node, info: ValidationInfo) -> dict[str, Placed[yaml.Node]]:
    """Take the mapping of fragments apart; a name must be one that `use` can take."""
    fragments = mapping(node, info, "`fragments`")
    for name, (key, _) in fragments.items():
        read_name(name, key, "a fragment", info)
        if "(" in name or ")" in name or name != name.strip():
            source_of(info).problem(key, f"{name!r} cannot be the name of a fragment", "take out ( ) and outer blanks")
    return {name: Placed(value, key) for name, (key, value) in fragments.items()}


def read_paths(node: yaml.Node, _: ValidationInfo) -> Placed[tuple[str, ...]]:
    """Read the path of a file, or a list of them."""
    if isinstance(node, yaml.MappingNode):
        wrong(node, f"must be a path or a list of paths, and this is {describe(node)}", "write include: shared.yaml")
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return Placed(tuple(scalar(item, "a path") for item in items), node)


def read_defaults(node: yaml.Node, info: ValidationInfo) -> Placed[None]:
    """Check which keys `defaults` has; what they hold is read with every scenario that it goes under."""
    known = [name for name in WrittenScenario.keys() if name not in {"steps", "cases"}]  # noqa: SIM118 - no mapping
    for name, (key, _) in mapping(node, info, "`defaults`").items():
        if name in {"steps", "cases"}:
            source_of(info).problem(key, f"`{name}` has no place in `defaults`", "write it in the scenario")
        elif name not in known:
            source_of(info).problem(key, f"unknown key {name!r} in `defaults`", did_you_mean(name, known, "keys"))
    return Placed(None, node)


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


NOBODY = (*STEP_WORDS, "state", "vars", "waits", "deliver")
"""The words of the language that nobody may be called by."""


def _read_users(node: yaml.Node, info: ValidationInfo) -> Placed[dict[str, str]]:
    return read_users(node, info, NOBODY)


def _leave(node: yaml.Node, _: ValidationInfo) -> Placed[None]:
    """Leave unread what is read with every scenario that it goes under."""
    return Placed(None, node)


Users = Annotated[Placed[dict[str, str]], leaf(_read_users)]
Elsewhere = Annotated[Placed[None], leaf(_leave)]


class WrittenGiven(Written):
    """Where a scenario starts."""

    what = "`given`"

    state: Words
    vars: Annotated[Placed[DataTemplate], leaf(read_data_template)] | None = None


class WrittenScenario(Written):
    """A scenario: its steps alone, or with what belongs to them."""

    what = "a scenario"
    instead = "steps"

    given: WrittenGiven | None = None
    mock: Mocked | None = None
    allow: Hosts | None = None
    users: Users | None = None
    env: Env | None = None
    tags: Names | None = None
    skip: Reason | None = None
    xfail: WrittenXfail | None = None
    timeout: Timeout | None = None
    repeat: Repeat | None = None
    fixtures: Names | None = None
    cases: Annotated[Placed[dict[str, Placed[dict[str, Value]]]], leaf(read_cases)] | None = None
    steps: Annotated[list[WrittenAnyStep], Items]


class WrittenFragment(Written):
    """Steps that are used by name."""

    what = "a fragment"
    instead = "steps"

    steps: Annotated[list[WrittenAnyStep], Items]


class ScenarioDocument(Written):
    """A whole file, together with what it shares with others (`chatsim.scenario.sharing`)."""

    what = "a scenario file"

    @classmethod
    def read(cls, node: yaml.Node, info: ValidationInfo) -> dict[str, Any]:
        """Take the file apart, knowing who may be named in its steps."""
        source_of(info).people = people_in(node)
        return super().read(node, info)

    bot: Annotated[Placed[str], leaf(read_plain)]
    credentials: Annotated[Placed[dict[str, Any]], leaf(read_mapping_data)] | None = None
    mock: Elsewhere | None = None
    allow: Hosts | None = None
    users: Elsewhere | None = None
    env: Env | None = None
    include: Annotated[Placed[tuple[str, ...]], leaf(read_paths)] | None = None
    fragments: Annotated[dict[str, WrittenFragment], BeforeValidator(noting(read_fragments, lambda _: {}))] | None = (
        None
    )
    defaults: Annotated[Placed[None], leaf(read_defaults)] | None = None
    scenarios: Annotated[dict[str, WrittenScenario], BeforeValidator(noting(read_scenarios, lambda _: {}))]
