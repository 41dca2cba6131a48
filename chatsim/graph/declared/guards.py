"""Which guards of a class exclude each other, as far as their source tells."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from types import FunctionType

from chatsim.graph.source.code import is_the_bots, source_of
from chatsim.graph.source.values import constants, elements
from chatsim.graph.source.walk import Reading, Scope

_DEPTH = 4
"""Guards that ask other guards are followed so deep."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that holds wherever a guard does.

    `subject` is an expression of the source.  It is, or with not *holds* is not, one of *values*; without values it is
    true, or not.
    """

    subject: str
    holds: bool
    values: frozenset[object] | None = None

    def contradicts(self, other: Claim) -> bool:
        """Say whether this and *other* can never both be so.

        >>> small, large = (Claim("size", True, frozenset({size})) for size in ("small", "large"))
        >>> small.contradicts(large), small.contradicts(Claim("size", False, frozenset({"small", "none"})))
        (True, True)
        """
        if self.subject != other.subject or (self.values is None) != (other.values is None):
            return False
        if self.values is None or other.values is None:
            return self.holds != other.holds
        if self.holds and other.holds:
            return not self.values & other.values
        if self.holds == other.holds:
            return False
        is_one, is_none = (self.values, other.values) if self.holds else (other.values, self.values)
        return is_one <= is_none


def exclusive_guards(kind: type, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of *names*, guards that are methods of *kind*, of which at most one can hold at a time.

    What is asked twice is taken to be worth the same: a guard looks at the variables and at the input, and changes
    neither.
    """
    claims = {name: list(_claims_of(kind, name, _DEPTH)) for name in dict.fromkeys(names)}
    return [
        (first, second)
        for first, second in combinations(claims, 2)
        if any(one.contradicts(other) for one in claims[first] for other in claims[second])
    ]


def _claims_of(kind: type, name: str, depth: int) -> Iterator[Claim]:
    yield Claim(f"self.{name}()", holds=True)
    method = inspect.getattr_static(kind, name, None)
    if not isinstance(method, FunctionType) or not is_the_bots(method) or not depth:
        return
    source = source_of(method)
    if source is None or isinstance(source.node, ast.Lambda):
        return
    scope = Scope(Reading(), file=source.file, closure=source.closure, namespace=source.namespace)
    match [statement for statement in source.node.body if not _is_docstring(statement)]:
        case [ast.Return(value=ast.expr() as returned)]:
            yield from _claims(returned, kind, scope, depth)


def _claims(test: ast.expr, kind: type, scope: Scope, depth: int) -> Iterator[Claim]:
    """Yield what holds where *test* does."""
    match test:
        case ast.BoolOp(op=ast.And(), values=parts):
            for part in parts:
                yield from _claims(part, kind, scope, depth)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield Claim(ast.unparse(operand), holds=False)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=other), args=[], keywords=[]):
            yield from _claims_of(kind, other, depth - 1)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            yield _compared(left, op, right, scope)
        case _:
            yield Claim(ast.unparse(test), holds=True)


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr, scope: Scope) -> Claim:
    match op:
        case ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot():
            known = constants(scope.evaluate(right))
        case ast.In() | ast.NotIn():
            known = constants(elements(scope.evaluate(right)))
        case _:
            known = None
    holds = not isinstance(op, ast.NotEq | ast.IsNot | ast.NotIn)
    values = _hashable(known) if known else None
    if values is not None and not (isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot) and len(values) != 1):
        return Claim(ast.unparse(left), holds, values)
    positive = _positive(op)
    return Claim(ast.unparse(ast.Compare(left, [positive], [right])), isinstance(op, type(positive)))


def _positive(op: ast.cmpop) -> ast.cmpop:
    """Return the operator of which *op* is the opposite, or *op* itself."""
    opposites: dict[type[ast.cmpop], ast.cmpop] = {ast.NotEq: ast.Eq(), ast.NotIn: ast.In(), ast.IsNot: ast.Is()}
    return opposites.get(type(op), op)


def _hashable(values: Collection[object]) -> frozenset[object] | None:
    try:
        return frozenset(values)
    except TypeError:
        return None


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
