"""Which guards of a class exclude each other, as far as their source tells."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from itertools import combinations
from types import FunctionType
from typing import Any

from chatsim.graph.declared.claims import Claims, Reader, Truth, exclude
from chatsim.graph.declared.conditions import condition_of
from chatsim.graph.source.code import is_the_bots, source_of
from chatsim.graph.source.values import constants, elements
from chatsim.graph.source.walk import Reading, Scope

_DEPTH = 4
"""Guards that ask other guards are followed so deep."""


def exclusive_guards(kind: type, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of *names*, guards that are methods of *kind*, of which at most one can hold at a time.

    What is asked twice is taken to be worth the same: a guard looks at the variables and at the input, and changes
    neither.
    """
    claims = {name: _claims_of(kind, name) for name in dict.fromkeys(names)}
    return [(first, second) for first, second in combinations(claims, 2) if exclude(claims[first], claims[second])]


def _claims_of(kind: type, name: str) -> list[Claims]:
    """Return what holds wherever the guard *name* does."""
    inside = _asked(kind, name, _DEPTH, holds=True)
    itself = Truth(f"self.{name}()", holds=True)
    return [(itself, *claims) for claims in ([()] if inside is None else inside)]


def _asked(kind: type, name: str, depth: int, *, holds: bool) -> list[Claims] | None:
    """Return what is claimed where the method *name* returns what is true, or with not *holds* is not; None if unknown."""
    method = inspect.getattr_static(kind, name, None)
    if not isinstance(method, FunctionType) or not is_the_bots(method) or not depth:
        return None
    source = source_of(method)
    if source is None or isinstance(source.node, ast.Lambda):
        return None
    condition = condition_of(source.node.body)
    if condition is None:
        return None
    scope = Scope(Reading(), file=source.file, closure=source.closure, namespace=source.namespace)

    def called(other: str, itself: bool) -> list[Claims] | None:  # noqa: FBT001 - as `Reader` asks
        return _asked(kind, other, depth - 1, holds=itself)

    return Reader(lambda each: _known(scope, each), called).alternatives(condition, holds=holds)


def _known(scope: Scope, expression: ast.expr) -> list[Any] | None:
    """Return what *expression* may be worth; of one with a star, what its elements may be."""
    if isinstance(expression, ast.Starred):
        return constants(elements(scope.evaluate(expression.value)))
    return constants(scope.evaluate(expression))
