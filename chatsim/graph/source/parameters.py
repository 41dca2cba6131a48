"""Bind the arguments of a call to the parameters of a function."""

from __future__ import annotations

import ast
from collections.abc import Callable

from chatsim.graph.source.values import UNKNOWN, Items, Values


def bound(
    parameters: ast.arguments, arguments: list[Values] | None, named: dict[str, Values], defaults: dict[str, Values]
) -> dict[str, Values]:
    """Return what each of *parameters* is worth; *arguments* None are not known."""
    positional = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
    others = [parameter.arg for parameter in parameters.kwonlyargs]
    given = dict(zip(positional, arguments or (), strict=False))
    fallback = {} if arguments is None else defaults
    names = {name: named.get(name) or given.get(name) or fallback.get(name, UNKNOWN) for name in (*positional, *others)}
    if parameters.vararg is not None:
        rest = UNKNOWN if arguments is None else (Items(tuple(arguments[len(positional) :])),)
        names[parameters.vararg.arg] = rest
    if parameters.kwarg is not None:
        names[parameters.kwarg.arg] = UNKNOWN
    return names


def defaults_of(parameters: ast.arguments, evaluate: Callable[[ast.expr], Values]) -> dict[str, Values]:
    """Return the defaults that a function which is defined in another one gives its parameters."""
    positional = [*parameters.posonlyargs, *parameters.args]
    late = positional[len(positional) - len(parameters.defaults) :]
    pairs = [
        *zip(late, parameters.defaults, strict=True),
        *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True),
    ]
    return {parameter.arg: evaluate(default) for parameter, default in pairs if default is not None}
