"""What is asked: guards turned round, boundaries moved, answers that nothing refuses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.botmutants.planting import Change, plants
from benchmarks.botmutants.shapes import (
    exits,
    handlers,
    texts,
)
from benchmarks.botmutants.source import Bot, Edit, Module


@plants("negated guard")
def negate(_: Bot, module: Module) -> Iterator[Change]:
    """Turn a condition round: that of an `if`, or the answer of a guard."""
    guards = {name for entry in module.table for name in entry.guards}
    for node in module.nodes:
        if isinstance(node, ast.If) and module.function(node) is not None:
            yield Change(node.test, (module.put(node.test, f"not ({module.said(node.test)})"),))
        elif isinstance(node, ast.Return) and node.value is not None:
            function = module.function(node)
            if function is not None and function.name in guards:
                yield Change(node, (module.put(node.value, f"not ({module.said(node.value)})"),))


_NEXT = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}


@plants("off by one")
def shift_boundary(_: Bot, module: Module) -> Iterator[Change]:
    """Let a comparison take its boundary in, or leave it out."""
    for node in module.nodes:
        if isinstance(node, ast.Compare) and type(node.ops[-1]) in _NEXT and module.function(node) is not None:
            left = ([node.left, *node.comparators])[-2]
            start, end = module.span(left)[1], module.span(node.comparators[-1])[0]
            yield Change(node, (Edit(start, end, f" {_NEXT[type(node.ops[-1])]} "),))


@plants("unhandled text")
def drop_fallback(_: Bot, module: Module) -> Iterator[Change]:
    """Forget the transition that is taken where no guard holds."""
    for entries in exits(module).values():
        if len(entries) > 1 and not entries[-1].guards and entries[-2].guards:
            yield Change(entries[-1].node, (module.without(entries[-1].node),))


@plants("unhandled text")
def drop_complaint(_: Bot, module: Module) -> Iterator[Change]:
    """Forget to refuse what is none of the choices, before it is used."""
    for state, function in handlers(module):
        for node in function.body:
            refuses = isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], ast.Return)
            if refuses and _says_no(node.test) and _stays(module, node.body[-1], state):
                yield Change(node, (module.put(node, "pass"),))


@plants("unhandled text")
def drop_last_answer(_: Bot, module: Module) -> Iterator[Change]:
    """Forget what is answered where none of the choices was taken."""
    for state, function in handlers(module):
        *before, last = function.body
        if not (isinstance(last, ast.Return) and _stays(module, last, state)):
            continue
        if any(isinstance(node, ast.If) for node in before) and isinstance(before[-1], ast.Expr):
            yield Change(before[-1], (module.put(before[-1], "pass"), module.put(last, "pass")))


def _says_no(test: ast.expr) -> bool:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return True
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.Is)
        and getattr(test.comparators[0], "value", 0) is None
    )


def _stays(module: Module, node: ast.Return, state: str) -> bool:
    if isinstance(node.value, ast.Constant) and node.value.value is False:
        return True
    return node.value is not None and any(
        text.value == state for text in texts(node.value) if text.value in module.states
    )
