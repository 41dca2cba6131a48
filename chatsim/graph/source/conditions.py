"""Conditions of the source in words, and what follows from them for the names that they speak of."""

from __future__ import annotations

import ast
from collections.abc import Callable

from chatsim.graph.source.values import Unknown, Values, elements, keys

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}


def words(test: ast.expr) -> str:
    """Return *test* as it stands in the source, on one line.

    >>> words(ast.parse("choice   == 'Order'", mode="eval").body)
    "choice == 'Order'"
    """
    return ast.unparse(test)


def negated(test: ast.expr) -> str:
    """Return the opposite of *test* in words.

    >>> [negated(ast.parse(text, mode="eval").body) for text in ("not ready", "size == 3", "pick(text)", "a or b")]
    ['ready', 'size != 3', 'not pick(text)', 'not (a or b)']
    """
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return words(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _FLIPPED:
            return words(ast.Compare(left, [_FLIPPED[type(op)]()], [right]))
        case ast.Name() | ast.Call() | ast.Attribute() | ast.Subscript():
            return f"not {words(test)}"
        case _:
            return f"not ({words(test)})"


def narrowed(test: ast.expr, evaluate: Callable[[ast.expr], Values]) -> dict[str, Values]:
    """Return what follows from *test*, which holds, for names: ``state in ("a", "b")`` leaves two for ``state``."""
    match test:
        case ast.BoolOp(op=ast.And(), values=parts):
            return {name: values for part in parts for name, values in narrowed(part, evaluate).items()}
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[right]):
            return _known(name, evaluate(right))
        case ast.Compare(left=ast.NamedExpr(target=ast.Name(id=name)), ops=[ast.Eq()], comparators=[right]):
            return _known(name, evaluate(right))
        case ast.Compare(left=ast.Name(id=name), ops=[ast.In()], comparators=[right]):
            return _known(name, elements(evaluate(right)))
        case _:
            return {}


def narrowed_by_pattern(pattern: ast.pattern, evaluate: Callable[[ast.expr], Values]) -> Values | None:
    """Return what a value that *pattern* matches may be worth, or None where the pattern does not tell."""
    match pattern:
        case ast.MatchValue(value=value):
            return evaluate(value)
        case ast.MatchOr(patterns=patterns):
            found = [narrowed_by_pattern(part, evaluate) for part in patterns]
            known = [values for values in found if values is not None]
            return tuple(value for values in known for value in values) if len(known) == len(found) else None
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return narrowed_by_pattern(inner, evaluate)
        case _:
            return None


def _known(name: str, values: Values) -> dict[str, Values]:
    """Return *values* for *name*, if all of them are known."""
    return {} if not values or Unknown in keys(values) else {name: values}
