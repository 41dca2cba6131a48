"""What every mapping in a scenario file has in common: known keys, and unknown ones."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, ClassVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from chatsim.nearest import nearest_of
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.readers import ABSENT, Placed, mapping, noting, source_of

INTERNAL = {"node", "path", "title", "person", "answers"}
"""Fields that no key names: where a mapping stands, and what may be written instead of one."""


MISSING = {
    "bot": "write bot: module:object, for example bot: pizzeria:PizzaBot",
    "scenarios": "write scenarios:, and below it a name and a list of steps",
    "steps": "write steps:, and below it - user: hi",
    "state": "write state: and the state to start in",
    "reason": "write reason: and why",
}
"""How to write a key that is missing."""


_control = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def read_name(name: str, key: yaml.Node, what: str, info: ValidationInfo) -> None:
    """Note what is wrong with the name of a scenario, case or branch: it becomes part of a test's id."""
    problem = source_of(info).problem
    if not name.strip():
        problem(key, f"{what} without a name", "give it one")
    elif "::" in name:
        problem(key, f"'::' may not stand in the name of {what}: {name!r}", f"write {name.replace('::', ':')!r}")
    elif _control.search(name):
        problem(key, f"a control character may not stand in the name of {what}: {name!r}", "take it out")


class Written(BaseModel):
    """A mapping in a scenario file, or what may be written instead of one."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    what: ClassVar[str]
    instead: ClassVar[str] = ""
    """The field that takes a plain text written instead of the mapping."""
    bare: ClassVar[bool] = False
    """Whether a plain word may be written instead of the mapping."""

    node: Any = None

    @model_validator(mode="before")
    @classmethod
    def from_node(cls, node: yaml.Node | Placed[yaml.Node], info: ValidationInfo) -> dict[str, Any]:
        """Take the mapping apart; unknown keys are noted as problems.  What is placed stands where its key does."""
        if isinstance(node, Placed):
            return {**cls.read(node.value, info), "node": node.node}
        return cls.read(node, info)

    @classmethod
    def read(cls, node: yaml.Node, info: ValidationInfo) -> dict[str, Any]:
        """Return the fields that *node* gives."""
        if cls.bare and isinstance(node, yaml.ScalarNode):
            return {"node": node}
        if cls.instead and not isinstance(node, yaml.MappingNode):
            return {"node": node, cls.instead: node}
        return noting(cls.take_apart, lambda _: cls.with_absent({"node": node}))(node, info)

    @classmethod
    def take_apart(cls, node: yaml.Node, info: ValidationInfo) -> dict[str, Any]:
        """Return the fields of the mapping *node*; note the keys that are unknown or missing."""
        fields: dict[str, Any] = {"node": node}
        meant: set[str | None] = set()
        for name, (key, value) in mapping(node, info, cls.what).items():
            if not cls.take(name, key, value, fields):
                cls.refuse(name, key, info)
                meant.add(nearest_of(name, cls.keys()))
        for name in _required(cls):
            if name not in fields and name not in meant:
                source_of(info).problem(node, f"`{name}` is missing in {cls.what}", MISSING.get(name, ""))
        return cls.with_absent(fields)

    @classmethod
    def with_absent(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Return *fields* with something in the place of every key that is missing."""
        return dict.fromkeys(_required(cls), ABSENT) | fields

    @classmethod
    def take(cls, name: str, key: yaml.Node, value: yaml.Node, fields: dict[str, Any]) -> bool:  # noqa: ARG003
        """Put *value* among *fields*; return False for an unknown key."""
        known = name in _keys(cls)
        if known:
            fields[name] = value
        return known

    @classmethod
    def refuse(cls, name: str, key: yaml.Node, info: ValidationInfo) -> None:
        """Note that the key *name* is unknown."""
        source_of(info).problem(key, f"unknown key {name!r} in {cls.what}", did_you_mean(name, cls.keys(), "keys"))

    @classmethod
    def keys(cls) -> list[str]:
        """Return the keys that may stand in the mapping."""
        return list(_keys(cls))


@cache
def _keys(model: type[Written]) -> dict[str, None]:
    return {field.alias or name: None for name, field in model.model_fields.items() if name not in INTERNAL}


@cache
def _required(model: type[Written]) -> tuple[str, ...]:
    return tuple(name for name, field in model.model_fields.items() if field.is_required())
