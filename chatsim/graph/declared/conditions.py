"""Read what a function asks as one expression: what it returns, with names and branches put in their places."""

from __future__ import annotations

import ast

MOST = 32
"""A function of more statements than these is not read."""


def condition_of(body: list[ast.stmt]) -> ast.expr | None:
    r"""Return the expression whose truth is that of what a function with *body* returns; None where that cannot be told.

    Names are replaced by what they were given, branches by what is asked there.

    >>> source = "text = self.said.lower()\nif not text:\n    return False\nreturn text == 'yes'"
    >>> ast.unparse(condition_of(ast.parse(source).body))
    "not not self.said.lower() and self.said.lower() == 'yes'"
    """
    if any(isinstance(node, ast.NamedExpr) for statement in body for node in ast.walk(statement)):
        return None
    return _condition(body, {}, MOST)


def _condition(  # noqa: PLR0911 - a case for each kind of statement
    body: list[ast.stmt], names: dict[str, ast.expr], left: int
) -> ast.expr | None:
    if not left:
        return None
    match body:
        case []:
            return ast.Constant(None)
        case [ast.Expr(value=ast.Constant()) | ast.Pass(), *rest]:
            return _condition(rest, names, left - 1)
        case [ast.Return(value=value), *_]:
            return ast.Constant(None) if value is None else _replaced(value, names)
        case [ast.Assign(targets=[ast.Name(id=name)], value=value), *rest]:
            return _condition(rest, {**names, name: _replaced(value, names)}, left - 1)
        case [ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value), *rest]:
            return _condition(rest, {**names, name: _replaced(value, names)}, left - 1)
        case [ast.If(test=test, body=then, orelse=otherwise), *rest]:
            ways = [_condition([*way, *rest], names, left // 2) for way in (then, otherwise)]
            return _chosen(_replaced(test, names), *ways)
        case [ast.Try(body=tried, handlers=handlers, orelse=orelse, finalbody=[]), *rest]:
            ways = [_condition([*tried, *orelse, *rest], names, left // 2)]
            ways += [_condition([*handler.body, *rest], names, left // 2) for handler in handlers]
            return _any(ways)
        case _:
            return None


def _chosen(test: ast.expr, then: ast.expr | None, otherwise: ast.expr | None) -> ast.expr | None:
    """Return what holds where *test* and *then* do, or *otherwise* without it."""
    return None if then is None or otherwise is None else _any([_both(test, then), _both(_opposite(test), otherwise)])


def _both(one: ast.expr, other: ast.expr) -> ast.expr:
    if isinstance(other, ast.Constant):
        return one if other.value else ast.Constant(value=False)
    return ast.BoolOp(ast.And(), [one, other])


def _opposite(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _any(ways: list[ast.expr | None]) -> ast.expr | None:
    known = [way for way in ways if way is not None]
    if len(known) < len(ways):
        return None
    open_ = [way for way in known if not (isinstance(way, ast.Constant) and not way.value)]
    return ast.BoolOp(ast.Or(), open_) if len(open_) > 1 else open_[0] if open_ else ast.Constant(value=False)


class _Names(ast.NodeTransformer):
    def __init__(self, names: dict[str, ast.expr]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._names.get(node.id, node)


def _replaced(expression: ast.expr, names: dict[str, ast.expr]) -> ast.expr:
    if not names:
        return expression
    copied = ast.parse(ast.unparse(expression), mode="eval").body
    replaced: ast.expr = _Names(names).visit(copied)
    return replaced
