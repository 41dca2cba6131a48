"""What an expression may be worth, from the source: constants, conditionals, f-strings, lookups, helper functions."""

from __future__ import annotations

import ast
import inspect
import operator
from collections.abc import Callable
from enum import Enum
from types import BuiltinMethodType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from chatsim.graph.source.conditions import narrowed, negated, words
from chatsim.graph.source.values import (
    UNKNOWN,
    Const,
    Instance,
    Items,
    Local,
    Method,
    Pairs,
    Unknown,
    Value,
    Values,
    applied,
    const,
    elements,
    keys,
    lookup,
    union,
)

if TYPE_CHECKING:
    from chatsim.graph.source.walk import Scope

_TEXT = frozenset(
    [
        "capitalize",
        "casefold",
        "format",
        "format_map",
        "join",
        "lower",
        "lstrip",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "rpartition",
        "rstrip",
        "split",
        "strip",
        "swapcase",
        "title",
        "upper",
    ]
)
"""Methods of text that are pure and quick."""

_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.Not: operator.not_, ast.USub: operator.neg}
_CONVERSIONS: dict[int, Callable[[Any], Any]] = {ord("s"): str, ord("r"): repr, ord("a"): ascii}
_LOOKING_UP, _WITH_FALLBACK = frozenset({"get", "pop", "setdefault"}), 2
_CHOOSERS = frozenset({"choice", "choices", "sample", "pop", "popleft"})
"""Functions that give an element of what they are given, or of what they belong to."""


def evaluate(node: ast.expr | None, scope: Scope) -> Values:
    """Return what *node* may be worth in *scope*."""
    if node is None:
        return const(None)
    found = _EVALUATORS.get(type(node))
    return UNKNOWN if found is None else found(node, scope)


def attribute(value: Value, name: str, scope: Scope) -> Values:  # noqa: PLR0911 - one for each kind
    """Return what attribute *name* of *value* may be worth."""
    match value:
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
        case Items() | Pairs():
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


# ---------------------------------------------------------------- calls


def _call(node: ast.Call, scope: Scope) -> Values:
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
        return scope.parent()
    functions = evaluate(node.func, scope)
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    arguments = [
        evaluate(getattr(argument, "value", argument) if isinstance(argument, ast.Starred) else argument, scope)
        for argument in node.args
    ]
    named = {keyword.arg: evaluate(keyword.value, scope) for keyword in node.keywords}
    if starred or None in named:
        # What is spread over the parameters is not followed; what the function does all the same is.
        return union(*[scope.call(function, None, {}) for function in functions])
    known = {name: values for name, values in named.items() if name is not None}
    # `context.get("next", "menu")` may be worth what it falls back on, whatever is in the context.
    fallback = (
        arguments[1] if getattr(node.func, "attr", "") in _LOOKING_UP and len(arguments) == _WITH_FALLBACK else ()
    )
    found = [_called(function, arguments, known, scope) for function in functions]
    return union(*found, fallback if Unknown in keys(functions) else ())


def _called(  # noqa: PLR0911 - one for each kind
    function: Value, arguments: list[Values], named: dict[str, Values], scope: Scope
) -> Values:
    match function:
        case Method(owner=Items() | Pairs() as owner, function=str() as name):
            return _of_written(owner, name, arguments)
        case Const(value=MethodType() as method) if method.__func__.__name__ in _CHOOSERS and arguments:
            return elements(arguments[0])
        case Const(value=kind) if kind is str and len(arguments) == 1:
            return applied(str, arguments[0])
        case Const(value=kind) if kind in (list, tuple, set, frozenset, sorted, reversed, iter) and len(arguments) == 1:
            return arguments[0]
        case Const(value=known) if known is next and arguments:
            return union(elements(arguments[0]), *arguments[1:])
        case Const(value=BuiltinMethodType() as method):
            return _of_builtin(method, arguments, named)
        case Const(value=type() as kind) if issubclass(kind, Enum) and len(arguments) == 1:
            return applied(kind, arguments[0])
        case _:
            return scope.call(function, arguments, named)


def _of_builtin(method: Any, arguments: list[Values], named: dict[str, Values]) -> Values:
    """Return what a method of text or of a dict comes to."""
    owner, name = method.__self__, method.__name__
    if isinstance(owner, str) and name in _TEXT:
        names = list(named)
        count = len(arguments)
        return applied(
            lambda *known: method(*known[:count], **dict(zip(names, known[count:], strict=True))),
            *arguments,
            *named.values(),
        )
    if isinstance(owner, dict | list):
        written = Const(owner)
        return _of_written(written, name, arguments)
    return UNKNOWN


def _of_written(owner: Value, name: str, arguments: list[Values]) -> Values:
    if name in _LOOKING_UP and arguments:
        default = arguments[1] if len(arguments) > 1 else const(None)
        found = lookup((owner,), arguments[0])
        certain = found and not any(isinstance(value, Unknown) for value in arguments[0])
        return found if certain and len(arguments[0]) == 1 else union(found, default)
    if name == "values" and isinstance(owner, Pairs | Const):
        return (Items(tuple((value,) for value in lookup((owner,), UNKNOWN))),)
    if name == "keys":
        return (owner,)
    if name in _CHOOSERS:
        return elements((owner,))
    return UNKNOWN


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
    ast.JoinedStr: _fstring,
    ast.IfExp: _if,
    ast.BoolOp: _bool,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.Lambda: _lambda,
    ast.Call: _call,
}
