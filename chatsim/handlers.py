"""What a step of an orchestrator is: a function of four arguments that returns a state and a context."""

from __future__ import annotations

import inspect
import reprlib
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, TypeAlias

from chatsim.trace import JsonObject

ARGUMENTS = ("chat_id", "user_input", "context", "sender")

Handler: TypeAlias = Callable[[str, Any, JsonObject, Any], tuple[str, Mapping[str, Any]]]
"""A step: ``(chat_id, user_input, context, sender) -> (next_state_id, next_context)``."""

_MORE_THAN_PLAIN = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def handler_problem(handler: Any) -> str | None:
    """Say why *handler* cannot be a step, or return None if it can.

    >>> handler_problem(lambda chat_id, user_input, context, sender: ("start", {})) is None
    True
    >>> handler_problem(lambda chat_id: ("start", {}))
    'a step takes exactly four arguments (chat_id, user_input, context, sender), and this is (chat_id)'
    """
    if _is_plain(handler):
        return None
    if not callable(handler):
        return f"{type(handler).__name__} cannot be called: {reprlib.repr(handler)}"
    if inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(type(handler).__call__):
        return "a step is a plain function, and this is an async one"
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):
        return f"the arguments of {reprlib.repr(handler)} are not known; wrap it in a function of four"
    if takes_four(list(signature.parameters.values())):
        return None
    return f"a step takes exactly four arguments ({', '.join(ARGUMENTS)}), and this is {signature}"


def _is_plain(handler: Any) -> bool:
    """Say whether *handler* is a function of four arguments and nothing else: to ask `inspect` takes fifty times as long."""
    if type(handler) is not FunctionType or vars(handler):  # what wraps another function, or has marks, is for inspect
        return False
    code = handler.__code__
    return code.co_argcount == len(ARGUMENTS) and not (code.co_kwonlyargcount or code.co_flags & _MORE_THAN_PLAIN)


def takes_four(parameters: list[inspect.Parameter]) -> bool:
    """Say whether four positional arguments are what *parameters* ask for.

    A bare ``(*args)`` passes, as wrappers have it; ``(first, *rest)`` does not.
    """
    positional = [parameter for parameter in parameters if parameter.kind in _POSITIONAL]
    required = [parameter for parameter in positional if parameter.default is parameter.empty]
    variadic = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
    needs_keyword = any(
        parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty for parameter in parameters
    )
    enough = len(required) <= len(ARGUMENTS) <= len(positional)
    return (enough or (variadic and not positional)) and not needs_keyword


def returned(result: Any) -> str:
    """Say in words what a step returned that is not a state and a mapping, and what it should have been.

    >>> returned(None)
    "returned None; a step returns the next state and its context, such as ('menu', {})"
    """
    what = reprlib.repr(result)
    cure = "a step returns the next state and its context, such as ('menu', {})"
    if inspect.iscoroutine(result):
        result.close()
        return f"returned a coroutine; {cure}, and is no async function"
    return f"returned {what}; {cure}"
