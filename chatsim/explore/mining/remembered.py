"""Read which variables code sets, and what it compares variables with: what one state stores, another decides by."""

from __future__ import annotations

import ast
from typing import Any

from chatsim.explore.mining.functions import Code
from chatsim.explore.mining.hints import Hints
from chatsim.explore.mining.values import short

WORDS_OF_TEXT = {
    "startswith",
    "endswith",
    "removeprefix",
    "removesuffix",
    "find",
    "index",
    "count",
    "partition",
    "split",
}
"""The methods of a text that are handed what it is compared with."""

_MEMORIES = {"context", "ctx", "variables", "user_data", "chat_data", "bot_data", "state"}
"""What bots call what they remember: its keys are none of what arrives."""


class Remembered(ast.NodeVisitor):
    """Adds to *hints* which variables one function sets, and what it compares variables with."""

    def __init__(self, code: Code, hints: Hints) -> None:
        self.code = code
        self.hints = hints
        self._held: dict[str, str] = {}

    def variable(self, node: ast.AST) -> str | None:
        """Return the name of the variable that *node* reads: ``self.variables["code"]``, ``context.get("code")``."""
        if isinstance(node, ast.Name):
            return self._held.get(node.id)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get"
            and node.args
        ):
            table, key = node.func.value, node.args[0]
        elif isinstance(node, ast.Subscript):
            table, key = node.value, node.slice
        else:
            return None
        name = self.code.value_of(key)
        return name if isinstance(name, str) and is_memory(table) else None

    def visit_Assign(self, node: ast.Assign) -> None:
        """Note which variables are set, and which names hold one: ``seats = context["seats"]``."""
        variable = self.variable(node.value)
        for target in node.targets:
            self._sets(target)
            if isinstance(target, ast.Name) and variable is not None:
                self._held[target.id] = variable
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Note which variable is set."""
        self._sets(node.target)
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        """Note which variables are set: ``{**context, "seats": 2}``."""
        if any(key is None and is_memory(value) for key, value in zip(node.keys, node.values, strict=True)):
            self._writes_out(node)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Note which variables are set: ``context | {"seats": 2}``."""
        if isinstance(node.op, ast.BitOr) and is_memory(node.left):
            self._writes_out(node.right)
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        """Note which variables are set: ``return "seats", {"seats": 2}``."""
        for part in node.value.elts if isinstance(node.value, ast.Tuple) else ():
            self._writes_out(part)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Note which variables are set, and what they begin with: ``context.update(seats=2)``, ``….startswith("10")``."""
        if isinstance(node.func, ast.Attribute):
            owner, name = node.func.value, node.func.attr
            variable = self.variable(owner)
            if name == "update" and is_memory(owner):
                for argument in node.args:
                    self._writes_out(argument)
                self.hints.stored.update(dict.fromkeys(keyword.arg for keyword in node.keywords if keyword.arg))
            elif variable is not None and name in WORDS_OF_TEXT:
                self.hints.add_compared(variable, [value for part in node.args for value in self._members(part)])
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Note what variables are compared with."""
        sides = [node.left, *node.comparators]
        values = [value for side in sides for value in self._members(side)]
        for name in filter(None, map(self.variable, sides)):
            self.hints.add_compared(name, values)
        self.generic_visit(node)

    def _sets(self, target: ast.expr) -> None:
        if isinstance(target, ast.Subscript) and is_memory(target.value):
            self._add(target.slice)

    def _writes_out(self, node: ast.expr) -> None:
        """Note the keys of *node*, where it is a mapping that is written out."""
        for key in node.keys if isinstance(node, ast.Dict) else ():
            if key is not None:
                self._add(key)

    def _add(self, key: ast.expr) -> None:
        name = self.code.value_of(key)
        if isinstance(name, str):
            self.hints.stored.setdefault(name)

    def _members(self, node: ast.AST) -> list[Any]:
        return short(self.code.value_of(node))


def name_of(node: ast.AST) -> str:
    """Return the name that *node* is, or the attribute; else nothing."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_memory(node: ast.AST) -> bool:
    """Say whether *node* is what the bot remembers: its context by name, or an attribute of itself."""
    is_own = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    return is_own or name_of(node) in _MEMORIES
