"""Put under a scenario file what it shares with others: `defaults`, `include`, and the `chatsim.yaml` of its folders.

All of it happens to YAML nodes, before anything is read: each key of the file keeps the place where it is written,
and everything is checked once, where it ends up.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from chatsim.errors import ScenarioError
from chatsim.scenario.nearest import did_you_mean, which_file
from chatsim.scenario.nodes import Source
from chatsim.scenario.project import project_folders
from chatsim.scenario.readers import describe

FOLDER_FILE = "chatsim.yaml"
"""What the scenario files in a folder, and in those below it, have in common."""

FOLDER_KEYS = ("bot", "credentials", "env", "mock", "allow", "users", "fragments", "include", "defaults")
INCLUDED_KEYS = ("fragments", "mock", "users", "include")
UNDER_SCENARIOS = ("mock", "allow", "users", "env")
"""Keys at the top of a file that go under every scenario, as if they stood in `defaults`."""

_WHOLE = {"mock", "users"}
"""Keys whose entries are one thing each: an entry of the nearer file replaces that of the farther one."""


def with_shared(root: yaml.Node, source: Source) -> yaml.Node:
    """Return *root*, the top of the file *source*, on what it shares; what is wrong with that is noted."""
    folders = list(_folder_files(source))
    if not isinstance(root, yaml.MappingNode) or not (folders or any(_find(root, key) for key in _SHARING)):
        return root
    included = _Includes(source)
    for layer in (root, *folders):
        included.follow(layer, (source.of(layer).path.resolve(),))
    for layer in (*folders, *included.files):
        root = merged(root, layer)
    return _with_defaults(root)


_SHARING = ("include", "defaults", *UNDER_SCENARIOS)


# ---------------------------------------------------------------- folders


def _folder_files(source: Source) -> Iterator[yaml.MappingNode]:
    for folder in project_folders(source.path.absolute().parent, source.looks.exists):
        path = folder / FOLDER_FILE
        if source.looks.is_file(path):
            root = _read(source.beside(path, _shown(path, source)))
            if root is not None:
                _only(root, FOLDER_KEYS, f"`{FOLDER_FILE}`", source)
                yield root


def _shown(path: Path, source: Source) -> str:
    """Return *path* as *source* is named: seen from where that is."""
    folder = source.path.absolute().parent
    return os.path.normpath(os.path.join(os.path.dirname(source.name), os.path.relpath(path, folder)))  # noqa: PTH118, PTH120 - of a name


def _read(source: Source) -> yaml.MappingNode | None:
    """Return the top of *source*, or None where it holds nothing that can be read."""
    try:
        root = source.read()
    except ScenarioError as error:
        source.problems.extend(problem for problem in error.problems if problem not in source.problems)
        return None
    if root is None:
        return None
    source.claim(root)
    if isinstance(root, yaml.MappingNode):
        return root
    source.problem(root, f"must be a mapping, and this is {describe(root)}", "write fragments: and names below it")
    return None


def _only(root: yaml.MappingNode, known: Sequence[str], what: str, source: Source) -> None:
    for key, _ in list(root.value):
        if isinstance(key, yaml.ScalarNode) and key.value not in known:
            source.problem(key, f"unknown key {key.value!r} in {what}", did_you_mean(key.value, known, "keys"))
    root.value = [pair for pair in root.value if not isinstance(pair[0], yaml.ScalarNode) or pair[0].value in known]


# ---------------------------------------------------------------- include


class _Includes:
    """The files that a file brings in, each once, in the order in which they are named."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.files: list[yaml.MappingNode] = []
        self._seen: set[Path] = set()
        self._given: dict[tuple[str, str], str] = {}

    def follow(self, root: yaml.MappingNode, above: tuple[Path, ...]) -> None:
        """Bring in what *root* names; *above* are the files that lead to it, itself included."""
        for node in _paths(_find(root, "include")):
            path = self.source.of(node).folder / node.value
            key = path.resolve()
            if key in above:
                chain = " → ".join(file.name for file in (*above[above.index(key) :], key))
                self.source.problem(node, f"a file includes itself: {chain}", "take one of the includes out")
            elif not self.source.looks.is_file(path):
                what = "is a folder, not a file" if path.is_dir() else "is not there"
                cure = which_file(node.value, self.source.of(node).folder)
                self.source.problem(node, f"the file to include, {node.value!r}, {what}", cure)
            elif key not in self._seen:
                self._seen.add(key)
                self._bring_in(path, node, (*above, key))

    def _bring_in(self, path: Path, node: yaml.ScalarNode, above: tuple[Path, ...]) -> None:
        root = _read(self.source.beside(path, _shown(path, self.source)))
        if root is None:
            return
        self.follow(root, above)
        if _find(root, "scenarios") is None:
            _only(root, INCLUDED_KEYS, "an included file", self.source)
        root.value = [pair for pair in root.value if pair[0].value in INCLUDED_KEYS[:-1]]
        self._note_doubles(root, node)
        self.files.append(root)

    def _note_doubles(self, root: yaml.MappingNode, node: yaml.ScalarNode) -> None:
        """A fragment that two included files have under one name is a guess which is meant."""
        fragments = _find(root, "fragments")
        for key, _ in fragments.value if isinstance(fragments, yaml.MappingNode) else ():
            first = self._given.setdefault(("fragments", key.value), node.value)
            if first != node.value:
                what = f"the fragment {key.value!r} is in {first!r} and in {node.value!r}"
                self.source.problem(node, what, "rename one of them")


def _paths(node: yaml.Node | None) -> list[yaml.ScalarNode]:
    items: Iterable[Any] = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [item for item in items if isinstance(item, yaml.ScalarNode) and item.value]


# ---------------------------------------------------------------- merging


def _find(node: yaml.MappingNode, name: str) -> Any:
    """Return what stands under the key *name*, or None."""
    return next((value for key, value in node.value if isinstance(key, yaml.ScalarNode) and key.value == name), None)


def merged(over: yaml.Node, under: yaml.Node, *, whole: bool = False) -> yaml.Node:
    """Return *over* with what only *under* has; mappings are merged key by key, unless their entries are *whole*."""
    if not (isinstance(over, yaml.MappingNode) and isinstance(under, yaml.MappingNode)):
        return over
    below = {key.value: (key, value) for key, value in under.value if isinstance(key, yaml.ScalarNode)}
    pairs = []
    for key, value in over.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else None
        lower = below.pop(name, None) if name is not None else None
        inside = lower is not None and not whole
        pairs.append((key, merged(value, lower[1], whole=name in _WHOLE) if inside and lower is not None else value))
    return _like(over, [*pairs, *below.values()])


def _like(node: yaml.Node, pairs: list[tuple[yaml.Node, yaml.Node]]) -> yaml.MappingNode:
    """Return a mapping of *pairs* that stands where *node* does."""
    mapping = yaml.MappingNode(node.tag if isinstance(node, yaml.MappingNode) else "", pairs)
    mapping.start_mark, mapping.end_mark = node.start_mark, node.end_mark
    if "source" in vars(node):
        vars(mapping)["source"] = vars(node)["source"]
    return mapping


def _with_defaults(root: yaml.Node) -> yaml.Node:
    """Put `defaults`, and what else goes under every scenario, under every scenario."""
    assert isinstance(root, yaml.MappingNode)  # noqa: S101 - asked by the caller
    scenarios = _find(root, "scenarios")
    defaults = _find(root, "defaults")
    top = [(key, value) for key, value in root.value if _name(key) in UNDER_SCENARIOS]
    under = _like(root, top)
    if isinstance(defaults, yaml.MappingNode):
        known = [pair for pair in defaults.value if _name(pair[0]) not in {"steps", "cases"}]
        under = merged(_like(defaults, known), under)  # type: ignore[assignment]
    if not under.value or not isinstance(scenarios, yaml.MappingNode):
        return root
    each = [(key, merged(_as_mapping(value), under)) for key, value in scenarios.value]
    return _like(root, [(key, _like(scenarios, each) if value is scenarios else value) for key, value in root.value])


def _name(key: yaml.Node) -> str:
    return key.value if isinstance(key, yaml.ScalarNode) else ""


def _as_mapping(scenario: yaml.Node) -> yaml.Node:
    """Return a scenario that is only steps as the mapping that it is short for."""
    if not isinstance(scenario, yaml.SequenceNode):
        return scenario
    key: Any = yaml.ScalarNode("", "steps", scenario.start_mark, scenario.end_mark)
    return _like(scenario, [(key, scenario)])
