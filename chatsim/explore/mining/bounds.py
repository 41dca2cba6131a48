"""Read the bounds that code sets: to numbers that arrive, and to the hours at which it asks the clock."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import time
from typing import Any

from chatsim.explore.dates import Recurring
from chatsim.explore.mining.functions import Code

_RIGHT: dict[type[ast.cmpop], int] = {ast.Lt: 1, ast.LtE: 0, ast.Gt: -1, ast.GtE: 0}
"""How far from a number on the left the nearest one lies that may stand on the right."""
_LEFT: dict[type[ast.cmpop], int] = {ast.Lt: -1, ast.LtE: 0, ast.Gt: 1, ast.GtE: 0}
_HOURS: dict[str, Callable[[float], Recurring]] = {
    "hour": Recurring.hour,
    "weekday": Recurring.weekday,
    "isoweekday": lambda day: Recurring.weekday(day - 1),
}


def within_bounds(node: ast.Compare, code: Code, key_of: Callable[[ast.AST], str | None]) -> Iterator[int]:
    """Yield numbers about the bounds that *node*, in *code*, sets to the value of a key; the first is within them.

    *key_of* returns the key whose value an expression is, or None.
    """
    for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
        for step, side, other in ((_RIGHT.get(type(op)), right, left), (_LEFT.get(type(op)), left, right)):
            number = code.value_of(other)
            if step is not None and type(number) is int and key_of(side) is not None:
                yield from (number + step, number, number + 1, number - 1)


def hours_in(sides: Sequence[ast.expr], values: Sequence[Any], code: Code) -> Iterator[Recurring]:
    """Yield the hours that the clock is compared with, where one of the *sides* of a comparison in *code* reads it.

    *values* are what the sides stand for that are known.
    """
    for side in sides:
        made = _HOURS.get(_name(side.func if isinstance(side, ast.Call) else side))
        if made is not None:
            yield from (made(value) for value in values if type(value) is int)
        held = code.value_of(side)
        if isinstance(held, time):
            yield Recurring.at(held)
        elif isinstance(side, ast.Call) and _name(side.func) == "time" and side.args:
            with contextlib.suppress(TypeError, ValueError):
                yield Recurring.at(time(*(code.value_of(argument) for argument in side.args)))


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
