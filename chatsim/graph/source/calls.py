"""What a call may return: of a helper of the bot, of a method of text, a list or a dict, of a builtin."""

from __future__ import annotations

import ast
from collections.abc import Callable
from enum import Enum
from types import BuiltinMethodType, MethodType
from typing import TYPE_CHECKING, Any

from chatsim.graph.source.values import (
    UNKNOWN,
    Const,
    Items,
    Method,
    Pairs,
    Some,
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

_LOOKING_UP, _WITH_FALLBACK = frozenset({"get", "pop", "setdefault"}), 2
_CHOOSERS = frozenset({"choice", "choices", "sample", "pop", "popleft"})
"""Functions that give an element of what they are given, or of what they belong to."""


def call(node: ast.Call, scope: Scope) -> Values:
    """Return what a call may return."""
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
        return scope.parent()
    functions = scope.evaluate(node.func)
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    arguments = [
        scope.evaluate(argument.value if isinstance(argument, ast.Starred) else argument) for argument in node.args
    ]
    named = {keyword.arg: scope.evaluate(keyword.value) for keyword in node.keywords}
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
        case Method(owner=Items() | Pairs() | Some() as owner, function=str() as name):
            return _of_written(owner, name, arguments)
        case Const(value=MethodType() as method) if method.__func__.__name__ in _CHOOSERS and arguments:
            return elements(arguments[0])
        case Const(value=kind) if kind is str and len(arguments) == 1:
            return applied(str, arguments[0])
        case Const(value=type() | BuiltinMethodType() as known) if known in _OF_BUILTINS and arguments:
            return _OF_BUILTINS[known](arguments)
        case Const(value=type() as kind) if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            fields = [*arguments, *named.values()]  # a named tuple; its fields are given in their order
            return (Items(tuple(fields)),)
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


def _enumerated(arguments: list[Values]) -> Values:
    return (Some((Items((UNKNOWN, elements(arguments[0]))),)),)


def _zipped(arguments: list[Values]) -> Values:
    return (Some((Items(tuple(elements(argument) for argument in arguments)),)),)


_OF_BUILTINS: dict[Any, Callable[[list[Values]], Values]] = {
    next: lambda arguments: union(elements(arguments[0]), *arguments[1:]),
    min: lambda arguments: elements(arguments[0]) if len(arguments) == 1 else union(*arguments),
    max: lambda arguments: elements(arguments[0]) if len(arguments) == 1 else union(*arguments),
    enumerate: _enumerated,
    zip: _zipped,
    filter: lambda arguments: (Some(elements(arguments[-1])),),
    **dict.fromkeys((sorted, reversed, set, frozenset), lambda arguments: (Some(elements(arguments[0])),)),
    **dict.fromkeys((list, tuple, iter), lambda arguments: arguments[0]),
}
"""What builtins come to that go through what they are given."""


def _of_written(owner: Value, name: str, arguments: list[Values]) -> Values:
    if name in _LOOKING_UP and arguments:
        default = arguments[1] if len(arguments) > 1 else const(None)
        found = lookup((owner,), arguments[0])
        certain = found and not any(isinstance(value, Unknown) for value in arguments[0])
        return found if certain and len(arguments[0]) == 1 else union(found, default)
    if name == "values":
        return (Some(lookup((owner,), UNKNOWN)),)
    if name == "items":
        return (Some((Items((elements((owner,)), lookup((owner,), UNKNOWN))),)),)
    if name == "keys":
        return (owner,)
    if name in _CHOOSERS:
        return elements((owner,))
    return UNKNOWN
