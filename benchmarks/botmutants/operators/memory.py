"""What is remembered: left out, trusted, kept as what JSON does not hold, shared by all."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.botmutants.planting import Change, above_code, plants
from benchmarks.botmutants.shapes import (
    name_of,
    read_keys,
    stored_values,
)
from benchmarks.botmutants.source import Bot, Edit, Module


@plants("missing key")
def forget_value(bot: Bot, module: Module) -> Iterator[Change]:
    """Leave a value out that is read later on."""
    read = read_keys(bot.modules)
    for node in module.nodes:
        if module.function(node) is None:
            continue
        if isinstance(node, ast.Dict) and None in node.keys:
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in read:
                    start = module.span(key)[0]
                    cut = module.without(value)
                    yield Change(key, (Edit(start, cut.end, ""),), near=_readers(module, key.value))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            key = node.targets[0].slice
            if isinstance(key, ast.Constant) and key.value in read:
                yield Change(node, (module.put(node, "pass"),), near=_readers(module, key.value))


def _readers(module: Module, key: object) -> tuple[ast.AST, ...]:
    """Return where *key* is read: a value that is missing is missing there."""
    return tuple(
        node
        for node in module.nodes
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Load)
        and getattr(node.slice, "value", None) == key
    )


@plants("missing key")
def trust_key(_: Bot, module: Module) -> Iterator[Change]:
    """Read a value that may not be there as if it were."""
    for node in module.nodes:
        if isinstance(node, ast.Call) and name_of(node) == "get" and len(node.args) == 2 and _is_memory(node.func):
            owner = module.said(node.func.value)
            yield Change(node, (module.put(node, f"{owner}[{module.said(node.args[0])}]"),))


def _is_memory(function: ast.expr) -> bool:
    owner = function.value if isinstance(function, ast.Attribute) else function
    return getattr(owner, "attr", getattr(owner, "id", "")) in {"variables", "context", "stay", "case"}


@plants("non-JSON value")
def keep_object(_: Bot, module: Module) -> Iterator[Change]:
    """Keep a date, bytes or a set where their text or a list was kept."""
    for value in stored_values(module):
        for node in ast.walk(value):
            if isinstance(node, ast.Call) and name_of(node) == "isoformat":
                yield Change(node, (module.put(node, module.said(node.func.value)),))
            elif isinstance(node, ast.Call) and name_of(node) == "hexdigest":
                yield Change(node, (module.put(node, f"{module.said(node.func.value)}.digest()"),))
            elif isinstance(node, ast.List) and any(isinstance(part, ast.Starred) for part in node.elts):
                if not any(isinstance(part, ast.Dict) for part in node.elts):
                    outer = module.parent(node)
                    whole = outer if isinstance(outer, ast.Subscript) else node
                    yield Change(node, (module.put(whole, f"{{{module.said(node)[1:-1]}}}"),))
            elif isinstance(node, ast.Call) and name_of(node) in {"list", "sorted"} and node is value:
                yield Change(node, (module.put(node.func, "set"),))


@plants("lossy round trip")
def keep_tuple(_: Bot, module: Module) -> Iterator[Change]:
    """Keep a tuple, which comes back as a list, or a key that is a number, which comes back as text."""
    for value in stored_values(module):
        for node in ast.walk(value):
            if (
                isinstance(node, ast.List)
                and isinstance(node.ctx, ast.Load)
                and node.elts
                and node in (value, getattr(value, "value", None))
            ):
                yield Change(node, (module.put(node, f"({module.said(node)[1:-1]},)"),))
            elif isinstance(node, ast.Call) and name_of(node) == "list" and node is value:
                yield Change(node, (module.put(node.func, "tuple"),))
            elif isinstance(node, ast.Dict):
                for key in node.keys:
                    if isinstance(key, ast.Call) and name_of(key) == "str":
                        yield Change(key, (module.put(key, module.said(key.args[0])),))


_LIST_HELPER = "def added(items, *more, result=[]):\n    result.extend(item for item in (*items, *more) if item not in result)\n    return result"
_DICT_HELPER = "def merged(old, new, result={}):\n    result.update({**old, **new})\n    return result"


@plants("shared mutable default")
def share_default(_: Bot, module: Module) -> Iterator[Change]:
    """Gather a list, or a mapping, in the default of a parameter, which all chats share."""
    for value in stored_values(module):
        node = value.value if isinstance(value, ast.Subscript) else value
        if isinstance(node, ast.List) and len(node.elts) == 2 and isinstance(node.elts[0], ast.Starred):
            call = f"list(added({module.said(node.elts[0].value)}, {module.said(node.elts[1])}))"
            yield Change(node, (module.put(node, call), above_code(module, _LIST_HELPER)))
        elif (
            isinstance(node, ast.Dict)
            and len(node.keys) == 2
            and node.keys[0] is None
            and not isinstance(module.parent(node), ast.Tuple)
        ):
            new = f"{{{module.said(node.keys[1])}: {module.said(node.values[1])}}}"
            call = f"dict(merged({module.said(node.values[0])}, {new}))"
            yield Change(node, (module.put(node, call), above_code(module, _DICT_HELPER)))
