"""What an operator is, and what several of them need.

An operator looks for a shape that authors write (a fallback, a check of an id, an offer) and yields `Change`s.  It knows
no bot by its name.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.botmutants.source import Bot, Edit, Module


@dataclass(frozen=True, slots=True)
class Change:
    """What an operator does to a module: `edits`, the first of them at the place of the bug, around `node`.

    A bug that is `everywhere` belongs to every state, and any to the states of what is `near` as well.
    """

    node: ast.AST
    edits: tuple[Edit, ...]
    everywhere: bool = False
    near: tuple[ast.AST, ...] = ()


Operator: TypeAlias = Callable[[Bot, Module], Iterator[Change]]
OPERATORS: dict[str, list[Operator]] = {}


def plants(kind: str) -> Callable[[Operator], Operator]:
    """Return a decorator that registers an operator for *kind*."""

    def register(operator: Operator) -> Operator:
        OPERATORS.setdefault(kind, []).append(operator)
        return operator

    return register


def at_top(module: Module, line: str) -> Edit:
    """Return the edit that puts a line before the first import."""
    first = next(node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    start = module.span(first)[0]
    return Edit(start, start, f"{line}\n")


def above_code(module: Module, code: str) -> Edit:
    """Return the edit that puts *code* after the imports."""
    last = [node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom)][-1]
    end = module.span(last)[1]
    return Edit(end, end, f"\n\n\n{code}\n")
