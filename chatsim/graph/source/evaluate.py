"""What an expression may be worth, from the source: constants, conditionals, f-strings, lookups, helper functions."""

from __future__ import annotations

import ast
import contextlib
import inspect
import operator
from collections.abc import Callable, Iterator
from enum import Enum
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from chatsim.graph.source.calls import call
from chatsim.graph.source.conditions import narrowed, negated, words
from chatsim.graph.source.values import (
    UNKNOWN,
    Const,
    Instance,
    Items,
    Local,
    Method,
    Pairs,
    Some,
    Value,
    Values,
    applied,
    const,
    elements,
    lookup,
    union,
)

if TYPE_CHECKING:
    from chatsim.graph.source.walk import Scope

_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.Not: operator.not_, ast.USub: operator.neg}
_CONVERSIONS: dict[int, Callable[[Any], Any]] = {ord("s"): str, ord("r"): repr, ord("a"): ascii}


def evaluate(node: ast.expr | None, scope: Scope) -> Values:
    """Return what *node* may be worth in *scope*."""
    if node is None:
        return const(None)
    found = _EVALUATORS.get(type(node))
    return UNKNOWN if found is None else found(node, scope)


def attribute(value: Value, name: str, scope: Scope) -> Values:  # noqa: PLR0911 - one for each kind
    """Return what attribute *name* of *value* may be worth."""
    match value:
        case Instance() if name in scope.reading.offered:
            return (Method(value, name),)
        case Instance():
            return scope.attributes.get(name) or _of_instance(value, name)
        case Const(value=Enum() as member) if name in {"value", "name"}:
            return const(getattr(member, name))
        case Const(value=ModuleType() as module):
            return const(vars(module)[name]) if name in vars(module) else UNKNOWN
        case Const(value=type() as kind):
            return _of_class(kind, name, value)
        case Const(value=str() | dict() | list() | tuple() as known):
            return const(getattr(known, name)) if hasattr(known, name) else ()
        case Const(value=known):
            return _of_object(known, name)
        case Items() | Pairs() | Some():
            return (Method(value, name),)
        case _:
            return UNKNOWN


def _of_class(kind: type, name: str, owner: Value) -> Values:
    members = getattr(kind, "__members__", {})
    if name in members:
        return const(members[name])
    found = inspect.getattr_static(kind, name, None)
    match found:
        case staticmethod():
            return const(found.__func__)
        case classmethod():
            return (Method(owner, found.__func__),)
        case FunctionType() | str() | int() | dict() | list() | tuple() | set() | frozenset() | type():
            return const(found)
        case _:
            return UNKNOWN


def _of_instance(owner: Instance, name: str) -> Values:
    if name in owner.attributes:
        return const(owner.attributes[name])
    found = inspect.getattr_static(owner.kind, name, None)
    return (
        (Method(owner, found),) if isinstance(found, FunctionType) else _of_class(owner.kind, name, Const(owner.kind))
    )


def _of_object(known: Any, name: str) -> Values:
    """Return an attribute of an object that is there, without running a property of it."""
    try:
        attributes = vars(known)
    except TypeError:
        attributes = {}
    if name in attributes:
        return const(attributes[name])
    return _of_instance(Instance(type(known), attributes), name)


# ---------------------------------------------------------------- names and parts


def _constant(node: ast.Constant, _: Scope) -> Values:
    return const(node.value)


def _name(node: ast.Name, scope: Scope) -> Values:
    return scope.name(node.id)


def _attribute(node: ast.Attribute, scope: Scope) -> Values:
    return union(*[attribute(value, node.attr, scope) for value in evaluate(node.value, scope)])


def _subscript(node: ast.Subscript, scope: Scope) -> Values:
    found = evaluate(node.value, scope)
    members = [value for value in found if isinstance(value, Const) and hasattr(value.value, "__members__")]
    if members:  # State["MENU"]
        named = [Const(dict(value.value.__members__)) for value in members]
        found = (*(value for value in found if value not in members), *named)
    return lookup(found, evaluate(node.slice, scope))


def _walrus(node: ast.NamedExpr, scope: Scope) -> Values:
    values = evaluate(node.value, scope)
    scope.names[node.target.id] = values
    return values


def _await(node: ast.Await, scope: Scope) -> Values:
    return evaluate(node.value, scope)


# ---------------------------------------------------------------- what is written out


def _items(node: ast.Tuple | ast.List | ast.Set, scope: Scope) -> Values:
    if not any(isinstance(item, ast.Starred) for item in node.elts):
        return (Items(tuple(evaluate(item, scope) for item in node.elts)),)
    return UNKNOWN


def _pairs(node: ast.Dict, scope: Scope) -> Values:
    pairs: list[tuple[Values, Values]] = []
    is_open = False
    for key, worth in zip(node.keys, node.values, strict=True):
        values = evaluate(worth, scope)
        if key is not None:
            pairs.append((evaluate(key, scope), values))
            continue
        for value in values:  # {**other}
            match value:
                case Pairs():
                    pairs += value.pairs
                    is_open |= value.open
                case Const(value=dict() as known):
                    pairs += [(const(name), const(member)) for name, member in known.items()]
                case _:
                    is_open = True
    return (Pairs(tuple(pairs), is_open),)


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Values:
    with _bound(node.generators, scope):
        return (Some(evaluate(node.elt, scope)),)


def _dict_comprehension(node: ast.DictComp, scope: Scope) -> Values:
    with _bound(node.generators, scope):
        return (Pairs(((evaluate(node.key, scope), evaluate(node.value, scope)),)),)


@contextlib.contextmanager
def _bound(generators: list[ast.comprehension], scope: Scope) -> Iterator[None]:
    """Let the names of a comprehension be worth what they go through."""
    before = dict(scope.names)
    for generator in generators:
        scope.bind(generator.target, elements(evaluate(generator.iter, scope)))
        for test in generator.ifs:
            evaluate(test, scope)
            scope.names.update(narrowed(test, scope.evaluate))
    try:
        yield
    finally:
        scope.names = before


def _fstring(node: ast.JoinedStr, scope: Scope) -> Values:
    return applied(lambda *parts: "".join(parts), *[_part(part, scope) for part in node.values])


def _part(node: ast.expr, scope: Scope) -> Values:
    if not isinstance(node, ast.FormattedValue):
        return evaluate(node, scope)
    value = evaluate(node.value, scope)
    spec = const("") if node.format_spec is None else evaluate(node.format_spec, scope)
    convert: Callable[[Any], Any] = _CONVERSIONS.get(node.conversion, lambda known: known)
    return applied(lambda known, spec: format(convert(known), spec), value, spec)


# ---------------------------------------------------------------- operators


def _if(node: ast.IfExp, scope: Scope) -> Values:
    evaluate(node.test, scope)
    with scope.knowing(narrowed(node.test, scope.evaluate)):
        body = evaluate(node.body, scope)
    orelse = evaluate(node.orelse, scope)
    return union(_under(body, words(node.test)), _under(orelse, negated(node.test)))


def _under(values: Values, condition: str) -> Values:
    return tuple(value.under((condition,)) for value in values)


def _bool(node: ast.BoolOp, scope: Scope) -> Values:
    *first, last = [evaluate(value, scope) for value in node.values]
    passes = operator.truth if isinstance(node.op, ast.Or) else operator.not_
    kept = [tuple(value for value in values if not isinstance(value, Const) or passes(value.value)) for values in first]
    return union(*kept, last)


def _binary(node: ast.BinOp, scope: Scope) -> Values:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    match node.op:
        case ast.Add():
            return applied(operator.add, left, right)
        case ast.Mod():
            return applied(operator.mod, left, right)
        case ast.BitOr():
            return _merged(left, right)
        case _:
            return UNKNOWN


def _merged(left: Values, right: Values) -> Values:
    """Return ``left | right`` of dicts that are known."""
    known = [value.value for value in (*left, *right) if isinstance(value, Const) and isinstance(value.value, dict)]
    return applied(operator.or_, left, right) if len(known) == len(left) + len(right) else UNKNOWN


def _unary(node: ast.UnaryOp, scope: Scope) -> Values:
    function = _UNARY.get(type(node.op))
    values = evaluate(node.operand, scope)
    return UNKNOWN if function is None else applied(function, values)


def _compare(node: ast.Compare, scope: Scope) -> Values:
    for part in (node.left, *node.comparators):
        evaluate(part, scope)  # it may call something, or bind a name
    return UNKNOWN


def _lambda(node: ast.Lambda, scope: Scope) -> Values:
    return (Local(node, scope),)


_EVALUATORS: dict[type[ast.expr], Callable[[Any, Scope], Values]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.NamedExpr: _walrus,
    ast.Await: _await,
    ast.Tuple: _items,
    ast.List: _items,
    ast.Set: _items,
    ast.Dict: _pairs,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.JoinedStr: _fstring,
    ast.IfExp: _if,
    ast.BoolOp: _bool,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.Lambda: _lambda,
    ast.Call: call,
}
