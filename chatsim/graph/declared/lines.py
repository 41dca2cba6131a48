"""Where a class declares its states and transitions: lines of its source."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from chatsim.graph.model import SourceLine
from chatsim.graph.source.code import is_the_bots_module, module_tree, shown_path

_CLASS = ""


_FRAMEWORKS = ("abc", "builtins", "chatsim", "jb_manager_bot", "transitions", "typing")


class DeclarationLines:
    """Finds the lines of what a class, or one that it inherits from, declares."""

    def __init__(self, kind: type) -> None:
        self._lists = dict(_assigned(kind))
        self.of_class = self.of_list(_CLASS)

    def of_transitions(self, declared: Sequence[Any], name: str = "transitions") -> list[SourceLine | None]:
        """Return the line of each member of the list *name*, whose value is *declared*.

        A member that the source does not write out (it comes from a loop, or another module) has the line of what
        brings it in, as far as that can be told from its texts.
        """
        if name not in self._lists:
            return [None] * len(declared)
        line, node = self._lists[name]
        if not isinstance(node, ast.List | ast.Tuple):
            return [line] * len(declared)
        return [SourceLine(line.file, at) for at in _aligned(node.elts, declared, line.line)]

    def of_list(self, name: str) -> SourceLine | None:
        """Return the line where the list *name* begins."""
        return self._lists[name][0] if name in self._lists else None


def _assigned(kind: type) -> Iterator[tuple[str, tuple[SourceLine, ast.expr]]]:
    """Yield what the classes of *kind* assign to names in their bodies, the nearest class last; its own line first."""
    for base in reversed(kind.__mro__):
        # What a framework's own class declares is empty, and its modules are long to read.
        if base is not kind and base.__module__.partition(".")[0] in _FRAMEWORKS:
            continue
        file, node = _class_node(base)
        if node is None:
            continue
        if base is kind:
            yield _CLASS, (SourceLine(file, node.lineno), ast.Constant(None))
        for statement in node.body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ):
                    yield name, (SourceLine(file, statement.lineno), value)


def _class_node(kind: type) -> tuple[str, ast.ClassDef | None]:
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    tree = module_tree(file) if file and is_the_bots_module(kind.__module__, file) else None
    if tree is None:
        return "", None
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == kind.__name__]
    first = inspect.getattr_static(kind, "__firstlineno__", None)  # since Python 3.13
    exact = [node for node in found if first in {node.lineno, *(each.lineno for each in node.decorator_list)}]
    return shown_path(file or ""), next(iter(exact or found), None)


def _aligned(nodes: Sequence[ast.expr], declared: Sequence[Any], line: int) -> list[int]:
    """Return the line of each of *declared*, whose source is *nodes*; what is starred stands for any number of them."""
    lines: list[int] = []
    starred = [isinstance(node, ast.Starred) for node in nodes]
    for index, node in enumerate(nodes):
        count = 1
        if starred[index]:
            written = sum(not star for star in starred[index + 1 :])
            count = len(declared) - len(lines) - written
            if any(starred[index + 1 :]):
                count = _length(nodes[index + 1], declared[len(lines) :])
        lines += [node.lineno] * max(0, count)
    return (lines + [line] * len(declared))[: len(declared)]


def _length(after: ast.expr, declared: Sequence[Any]) -> int:
    """Return how many of *declared* come before the one that the source *after* writes out."""
    texts = {node.value for node in ast.walk(after) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for index, member in enumerate(declared):
        parts = member.values() if isinstance(member, dict) else member if isinstance(member, list | tuple) else ()
        if texts and texts <= {
            *(member if isinstance(member, dict) else ()),
            *(p for p in parts if isinstance(p, str)),
        }:
            return index
    return 0
