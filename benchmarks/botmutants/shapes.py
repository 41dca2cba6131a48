"""Shapes in the source that several operators look for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.botmutants.source import Entry, Function, Module

CHOOSERS = ("chosen", "match", "tapped", "option", "is_one_of", "among", "picked", "choice", "choose", "pick", "one_of")
SPEAKERS = ("send_message", "say", "tell", "send", "ask", "show_hall", "menu", "ask_wish", "show_films", "reply")


def name_of(call: ast.AST) -> str:
    """Return the name of what is called, without what it is an attribute of."""
    function = call.func if isinstance(call, ast.Call) else call
    return getattr(function, "attr", getattr(function, "id", ""))


def texts(node: ast.AST) -> list[ast.Constant]:
    """Return the string constants within *node*, those of f-strings left out."""
    inside = {id(value) for part in ast.walk(node) if isinstance(part, ast.JoinedStr) for value in ast.walk(part)}
    return [
        part
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and id(part) not in inside
    ]


def handlers(module: Module) -> Iterator[tuple[str, Function]]:
    """Yield the functions that handle a state, with that state."""
    for function in module.functions:
        state = module.state_of(function)
        if state is not None:
            yield state, function


def state_returns(module: Module, function: Function) -> list[tuple[ast.Return, list[ast.Constant]]]:
    """Return the `return` statements of *function* with the states that they name."""
    found = []
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            first = node.value.elts[0] if isinstance(node.value, ast.Tuple) and node.value.elts else node.value
            found.append((node, [text for text in texts(first) if text.value in module.states]))
    return found


def speaking(module: Module) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Yield the calls that send something, with the words that they send."""
    for node in module.nodes:
        if not isinstance(node, ast.Call) or name_of(node) not in SPEAKERS or module.function(node) is None:
            continue
        words = [arg for arg in node.args if _is_words(arg)]
        if words:
            yield node, words[0]


def _is_words(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and not node.value.islower()


def stored_values(module: Module) -> Iterator[ast.expr]:
    """Yield the expressions that become a part of a context: in a mapping, or assigned to a key or attribute of one."""
    for node in module.nodes:
        if module.function(node) is None:
            continue
        if isinstance(node, ast.Dict):
            yield from (value for key, value in zip(node.keys, node.values, strict=True) if key is not None)
        elif (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)) or (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Attribute)
            and node.targets[0].attr != "status"
        ):
            yield node.value
        elif isinstance(node, ast.Call) and name_of(node) in {"keep", "add"} and node.args:
            yield node.args[-1]


def read_keys(modules: list[Module]) -> set[str]:
    """Return the keys that are read with a subscript, which raises where there is none."""
    return {
        node.slice.value
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Constant)
    }


def exits(module: Module) -> dict[str, list[Entry]]:
    """Return the transitions of the tables by their source."""
    found: dict[str, list[Entry]] = {}
    for entry in module.table:
        found.setdefault(entry.source, []).append(entry)
    return found


def leads_back(table: dict[str, list[Entry]], entry: Entry) -> bool:
    """Say whether all that *entry* leads to is the state that it comes from, directly or by one other."""
    following = table.get(entry.dest.value, [])
    return entry.dest.value == entry.source or (
        bool(following) and all(e.dest.value == entry.source for e in following)
    )


def made_numbers(module: Module) -> Iterator[tuple[ast.BinOp, str, str]]:
    """Yield the numbers that are made of a checksum: their lowest, and how many there are."""
    for node in module.nodes:
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.right, ast.BinOp)):
            continue
        if isinstance(node.right.op, ast.Mod) and name_of(node.right.left) == "crc32":
            yield node, module.said(node.left), module.said(node.right.right)
