"""A bot's source as operators see it: its syntax, which state each piece of code belongs to, and edits of its text."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_TABLE_KEYS = ("source", "dest")


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of what stands from `start` to `end`, in characters."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A transition in a table: its node, its source and target, and whether a guard stands before it."""

    node: ast.expr
    source: str
    dest: ast.Constant
    guards: tuple[str, ...]


@dataclass
class Module:
    """One file of a bot."""

    name: str
    text: str
    states: frozenset[str]
    steps: dict[str, set[str]] = field(default_factory=dict)
    """The states of the functions that a steps file names."""

    @cached_property
    def tree(self) -> ast.Module:
        """The file's syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes in the order of the text."""
        found = [node for node in ast.walk(self.tree) if hasattr(node, "lineno")]
        return sorted(found, key=lambda node: (node.lineno, node.col_offset, -self._end(node)[0]))  # type: ignore[attr-defined]

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {child: parent for parent in ast.walk(self.tree) for child in ast.iter_child_nodes(parent)}

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    @staticmethod
    def _end(node: ast.AST) -> tuple[int, int]:
        return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]

    # ------------------------------------------------------------ text

    def offset(self, line: int, column: int) -> int:
        """Return where a place of the syntax tree, whose columns are bytes of UTF-8, is in the text."""
        begin = self._starts[line - 1]
        text = self.text[begin : self._starts[line]] if line < len(self._starts) else self.text[begin:]
        return begin + len(text.encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where *node* begins and ends in the text."""
        return self.offset(node.lineno, node.col_offset), self.offset(*self._end(node))  # type: ignore[attr-defined]

    def said(self, node: ast.AST) -> str:
        """Return the text of *node*."""
        start, end = self.span(node)
        return self.text[start:end]

    def put(self, node: ast.AST, text: str) -> Edit:
        """Return the edit that puts *text* in the place of *node*."""
        return Edit(*self.span(node), text)

    def without(self, node: ast.AST) -> Edit:
        """Return the edit that takes an element out of a list or mapping, with the comma after it."""
        start, end = self.span(node)
        rest = self.text[end:]
        blank = len(rest) - len(rest.lstrip())
        if rest.lstrip().startswith(","):
            end += blank + 1
            end += len(self.text[end:]) - len(self.text[end:].lstrip(" "))
        return Edit(start, end, "")

    # ------------------------------------------------------------ where things are

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what is around *node*, from within outwards."""
        while node in self._parents:
            node = self._parents[node]
            yield node

    def parent(self, node: ast.AST) -> ast.AST:
        """Return what is around *node*."""
        return self._parents[node]

    def function(self, node: ast.AST) -> Function | None:
        """Return the function of a module or class in which *node* is, itself included; the outermost one."""
        around = [part for part in (node, *self.parents(node)) if isinstance(part, Function)]
        return around[-1] if around else None

    @cached_property
    def functions(self) -> list[Function]:
        """The functions of the module and of its classes."""
        return [node for node in self.nodes if isinstance(node, Function) and self.function(node) is node]

    def state_of(self, function: Function) -> str | None:
        """Return the state that *function* handles, or None for a helper or a guard."""
        for decorator in function.decorator_list:
            for part in ast.walk(decorator):
                if isinstance(part, ast.Constant) and part.value in self.states:
                    return str(part.value)
        if function.name in self.steps:
            return min(self.steps[function.name])
        for prefix in ("on_enter_", "read_", ""):
            name = function.name.removeprefix(prefix)
            if function.name.startswith(prefix) and name in self.states and self._is_handler(function, prefix):
                return name
        return None

    def _is_handler(self, function: Function, prefix: str) -> bool:
        return prefix != "" or isinstance(self._parents.get(function), ast.ClassDef)

    @cached_property
    def table(self) -> list[Entry]:
        """The transitions that are written in a table, as mappings or as calls that make one."""
        return [entry for node in self.nodes if (entry := self._entry(node)) is not None]

    def _entry(self, node: ast.AST) -> Entry | None:
        if isinstance(node, ast.Dict):
            pairs = {
                key.value: value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            }
            ends = [pairs.get(key) for key in _TABLE_KEYS]
            guards = [pairs[key] for key in ("conditions", "unless") if key in pairs]
        elif isinstance(node, ast.Call) and isinstance(self._parents.get(node), ast.List | ast.Tuple):
            ends, guards = [*node.args[:2], None, None][:2], node.args[2:]
        else:
            return None
        source, dest = ends
        if not (isinstance(source, ast.Constant) and isinstance(dest, ast.Constant)):
            return None
        if source.value not in {*self.states, "zero"} or dest.value not in self.states:
            return None
        names = [part.value for guard in guards for part in ast.walk(guard) if isinstance(part, ast.Constant)]
        return Entry(node, source.value, dest, tuple(map(str, names)))

    def entry_around(self, node: ast.AST) -> Entry | None:
        """Return the transition whose entry *node* is in."""
        around = {node, *self.parents(node)}
        return next((entry for entry in self.table if entry.node in around), None)


@dataclass
class Bot:
    """All files of a bot, and which states its functions serve."""

    modules: list[Module]
    states: frozenset[str]

    @classmethod
    def read(cls, sources: Iterable[Path], states: Iterable[str]) -> Bot:
        """Return the bot whose *sources* these are, with the names of its *states*."""
        known = frozenset(states)
        steps: dict[str, set[str]] = {}
        for path in sources:
            if path.suffix == ".json":
                for state, name in json.loads(path.read_text("utf-8")).items():
                    steps.setdefault(name.rpartition(".")[2], set()).add(state)
        modules = []
        for path in sources:
            if path.suffix == ".py":
                text = path.read_text("utf-8")
                modules.append(Module(path.name, text, known | _plugin_states(ast.parse(text)), steps))
        return cls(modules, known)

    def states_at(self, module: Module, node: ast.AST) -> frozenset[str]:
        """Return the states whose handling *node* is a part of: for a helper, those of all who use it."""
        hosts = self._hosts(module, node)
        entry = module.entry_around(node)
        if entry is not None:
            return hosts | {entry.source}
        function = module.function(node)
        names = {function.name} if function is not None else _assigned(module, node)
        own = module.state_of(function) if function is not None else None
        if own is not None:
            return hosts | {own}
        named = {
            part.value
            for part in ast.walk(function or node)
            if isinstance(part, ast.Constant) and part.value in self.states
        }
        return hosts | (self._users(names) or named or self.states)

    def _hosts(self, module: Module, node: ast.AST) -> frozenset[str]:
        """Return the states that run the plugin in whose class *node* is, if it is in one."""
        cls = next((part for part in module.parents(node) if isinstance(part, ast.ClassDef)), None)
        plugins = {
            key.value
            for part in module.nodes
            if cls is not None and isinstance(part, ast.Dict)
            for key, value in zip(part.keys, part.values, strict=True)
            if isinstance(key, ast.Constant)
            and isinstance(value, ast.Call)
            and getattr(value.func, "id", "") == cls.name
        }
        return frozenset(
            state
            for function in module.functions
            if (state := module.state_of(function)) is not None
            and any(
                isinstance(call, ast.Call)
                and getattr(call.func, "attr", "") == "run_plugin"
                and getattr(call.args[0], "value", None) in plugins
                for call in ast.walk(function)
            )
        )

    def _users(self, names: set[str]) -> frozenset[str]:
        """Return the states of the functions that use *names*, directly or through others."""
        found: set[str] = set()
        seen: set[str] = set()
        open_names = set(names)
        while open_names:
            name = open_names.pop()
            seen.add(name)
            for module in self.modules:
                found |= {entry.source for entry in module.table if name in entry.guards}
                for function in module.functions:
                    if function.name == name or not _mentions(function, name):
                        continue
                    state = module.state_of(function)
                    if state is not None:
                        found.add(state)
                    elif function.name not in seen:
                        open_names.add(function.name)
        return frozenset(found)


def _plugin_states(tree: ast.Module) -> set[str]:
    """Return the states that the classes of a module list."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "states":
            found |= {part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)}
    return found


def _assigned(module: Module, node: ast.AST) -> set[str]:
    """Return the names that the statement around *node* gives to the module or class."""
    for part in (node, *module.parents(node)):
        if isinstance(part, ast.Assign):
            return {target.id for target in part.targets if isinstance(target, ast.Name)}
    return set()


def _mentions(function: Function, name: str) -> bool:
    return any(
        (isinstance(part, ast.Name) and part.id == name) or (isinstance(part, ast.Attribute) and part.attr == name)
        for part in ast.walk(function)
    )
