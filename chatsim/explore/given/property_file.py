"""Read properties that a user wrote down: lines that must hold always, sometimes or eventually, or functions."""

from __future__ import annotations

from pathlib import Path

import yaml

from chatsim.errors import ScenarioError, SetupError
from chatsim.explore.given.own_code import is_python, marked_in
from chatsim.explore.given.properties import Property, written_property
from chatsim.scenario.nodes import Source

_EXAMPLE = "write - always: vars.total >= 0"


def read_properties(path: Path) -> tuple[Property, ...]:
    """Return the properties in the file *path*.

    In YAML that is a list of ``always``, ``sometimes`` or ``eventually`` with an expression, in Python whatever is marked
    with `property_always` and its kin.  Raises `ScenarioError` with everything that is wrong with the former,
    `SetupError` for the latter.
    """
    if is_python(path):
        return marked_in(path, Property, "@property_always, @property_sometimes or @property_eventually")
    source = Source(str(path), path)
    root = source.read()
    if root is None:
        raise source.stop(1, 1, "holds no properties", _EXAMPLE)
    if not isinstance(root, yaml.SequenceNode):
        source.problem(root, "must be a list of properties", _EXAMPLE)
        raise ScenarioError(source.problems)
    found = [_property(item, source) for item in root.value]
    if source.problems:
        raise ScenarioError(source.problems)
    return tuple(each for each in found if each is not None)


def _property(node: yaml.Node, source: Source) -> Property | None:
    entries = node.value if isinstance(node, yaml.MappingNode) else []
    if len(entries) != 1 or not all(isinstance(part, yaml.ScalarNode) for part in entries[0]):
        source.problem(node, "is no property", _EXAMPLE)
        return None
    ((when, line),) = entries
    try:
        return written_property(when.value, line.value)
    except SetupError as error:
        source.problem(when, str(error), _EXAMPLE)
        return None
