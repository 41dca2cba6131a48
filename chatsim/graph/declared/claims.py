"""What a condition claims of the values that it looks at, and which claims can never be so together."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any, TypeAlias

MOST = 32
"""A condition of more alternatives than these is not taken apart."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The expression `subject` is true, or not."""

    subject: str
    holds: bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """`subject` is, or with not *holds* is not, one of *values*."""

    subject: str
    holds: bool
    values: frozenset[object]


@dataclass(frozen=True, slots=True)
class Within:
    """`subject` lies above *low* and below *high*, where these are given, or is one of them where they are *included*."""

    subject: str
    low: Any = None
    high: Any = None
    included: bool = False

    def has(self, value: Any) -> bool:
        """Say whether *value* lies there; what cannot be compared does not.

        >>> Within("n", low=5).has(5), Within("n", low=5, included=True).has(5), Within("n", high=5).has("4")
        (False, True, False)
        """
        with suppress(TypeError):
            below = self.high is None or (value <= self.high if self.included else value < self.high)
            return bool(below and (self.low is None or (value >= self.low if self.included else value > self.low)))
        return False

    @property
    def nothing(self) -> Any:
        """The value of this kind that is not true."""
        bound = self.high if self.low is None else self.low
        return "" if isinstance(bound, str) else 0


Claim: TypeAlias = Truth | OneOf | Within
Claims: TypeAlias = tuple[Claim, ...]
"""Claims that are so together."""
Known: TypeAlias = Callable[[ast.expr], "list[Any] | None"]
"""Returns what an expression may be worth, or None where that is not known."""


def contradict(one: Claim, other: Claim) -> bool:
    """Say whether two claims can never both be so.

    >>> small, large = (OneOf("size", True, frozenset({size})) for size in ("small", "large"))
    >>> contradict(small, large), contradict(small, OneOf("size", False, frozenset({"small", "none"})))
    (True, True)
    >>> contradict(Within("n", high=5), Within("n", low=5, included=True)), contradict(Truth("n", False), Within("n", low=0))
    (True, True)
    """
    return one.subject == other.subject and (_contradicts(one, other) or _contradicts(other, one))


def _contradicts(one: Claim, other: Claim) -> bool:
    match one, other:
        case Truth(), Truth():
            return one.holds != other.holds
        case OneOf(holds=True), _:
            return not any(_fits(value, other) for value in one.values)
        case Truth(holds=False), Within():
            return not other.has(other.nothing)
        case Within(), Within():
            return _are_apart(one, other)
        case _:
            return False


def _fits(value: object, claim: Claim) -> bool:
    """Say whether *claim* is so of *value*."""
    match claim:
        case Truth():
            return bool(value) == claim.holds
        case OneOf():
            return (value in claim.values) == claim.holds
        case Within():
            return claim.has(value)


def _are_apart(below: Within, above: Within) -> bool:
    """Say whether all of *below* lies below all of *above*."""
    if below.high is None or above.low is None:
        return False
    with suppress(TypeError):
        return bool(below.high < above.low or (below.high == above.low and not (below.included and above.included)))
    return False


def exclude(one: Iterable[Claims], other: Iterable[Claims]) -> bool:
    """Say whether none of the alternatives *one* can be so together with one of the alternatives *other*."""
    return all(any(contradict(*pair) for pair in product(first, second)) for first, second in product(one, other))


# ---------------------------------------------------------------- what a condition claims


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads conditions.  `known` tells what expressions are worth, `called` what the bot's own methods come to."""

    known: Known
    called: Callable[[str, bool], list[Claims] | None] = lambda _name, _holds: None

    def alternatives(self, test: ast.expr, *, holds: bool = True) -> list[Claims]:
        """Return what is claimed where *test* holds, or with not *holds* does not: alternatives, of which one is so.

        >>> test = ast.parse("size == 'small' or (n > 5 and not late)", mode="eval").body
        >>> for claims in Reader(lambda each: [each.value] if isinstance(each, ast.Constant) else None).alternatives(test):
        ...     print(*claims)
        OneOf(subject='size', holds=True, values=frozenset({'small'}))
        Within(subject='n', low=5, high=None, included=False) Truth(subject='late', holds=False)
        """
        found = list(self._alternatives(test, holds))
        return found if len(found) <= MOST else [()]

    def _alternatives(self, test: ast.expr, holds: bool) -> Iterable[Claims]:  # noqa: FBT001, PLR0911 - a case each
        match test:
            case ast.BoolOp(op=ast.And() | ast.Or() as op, values=parts):
                return self._joined(parts, together=isinstance(op, ast.And) == holds, holds=holds)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.alternatives(operand, holds=not holds)
            case ast.IfExp(test=asked, body=body, orelse=orelse):
                chosen = product(self.alternatives(asked), self.alternatives(body, holds=holds))
                other = product(self.alternatives(asked, holds=False), self.alternatives(orelse, holds=holds))
                return [(*claims, *more) for claims, more in (*chosen, *other)]
            case ast.Constant(value=value):
                return [()] if bool(value) == holds else []
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name), args=[], keywords=[]):
                itself: Claim = Truth(ast.unparse(test), holds)
                inside = self.called(name, holds)
                return [(itself, *claims) for claims in ([()] if inside is None else inside)]
            case ast.Compare(left=left, ops=ops, comparators=rights):
                links = list(zip(pairwise([left, *rights]), ops, strict=True))
                pairs = [self._compared(one, op, other, holds=holds) for (one, other), op in links]
                return [tuple(each for pair in pairs for each in pair)] if holds else pairs
            case _:
                return [_claims(Truth(_subject(test), holds))]

    def _joined(self, parts: Iterable[ast.expr], *, together: bool, holds: bool) -> list[Claims]:
        each = [self.alternatives(part, holds=holds) for part in parts]
        if not together:
            return [claims for part in each for claims in part]
        found: list[Claims] = [()]
        for part in each:
            found = [(*claims, *more) for claims, more in product(found, part)]
            if len(found) > MOST:
                return [()]
        return found

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr, *, holds: bool) -> Claims:
        op = op if holds else _NEGATED[type(op)]()
        if isinstance(op, ast.In | ast.NotIn):
            return self._looked_up(left, op, right)
        if self.known(left) is not None and self.known(right) is None and type(op) in _TURNED:
            left, op, right = right, _TURNED[type(op)](), left
        values = self.known(right)
        if values is not None and len(values) == 1:
            claim = _about(_subject(left), op, values[0])
            if claim is not None:
                return _claims(claim)
        return _opaque(left, op, right)

    def _looked_up(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Claims:
        values = self.known(ast.Starred(right))
        members = None if not values else _hashable(values)
        if members is None:
            return _opaque(left, op, right)
        return _claims(OneOf(_subject(left), isinstance(op, ast.In), members))


def _about(subject: str, op: ast.cmpop, value: Any) -> Claim | None:
    match op:
        case ast.Eq() | ast.Is() | ast.NotEq() | ast.IsNot():
            values = _hashable([value])
            return None if values is None else OneOf(subject, isinstance(op, ast.Eq | ast.Is), values)
        case _ if not isinstance(value, int | float | str):
            return None
        case ast.Lt() | ast.LtE():
            return Within(subject, high=value, included=isinstance(op, ast.LtE))
        case _:
            return Within(subject, low=value, included=isinstance(op, ast.GtE))


def _opaque(left: ast.expr, op: ast.cmpop, right: ast.expr) -> Claims:
    """Return the claim of a comparison with what is not known: it is the opposite of its opposite, and no more."""
    is_positive = type(op) in _POSITIVE
    kind = type(op) if is_positive else _NEGATED[type(op)]
    return _claims(Truth(_subject(ast.Compare(left, [kind()], [right])), is_positive))


def _claims(claim: Claim) -> Claims:
    """Return *claim*, but not of what is another thing each time."""
    return () if "random" in claim.subject else (claim,)


_POSITIVE = (ast.Eq, ast.Is, ast.In, ast.Lt, ast.Gt)
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}


class _Plain(ast.NodeTransformer):
    """Writes ``x.get("key")`` as ``x["key"]``: where there is no such key, whatever asks for the latter does not hold."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr="get"), args=[ast.Constant() as key], keywords=[]):
                return ast.Subscript(value, key, ast.Load())
            case _:
                return node


def _subject(expression: ast.expr) -> str:
    copied = ast.parse(ast.unparse(expression), mode="eval").body
    return ast.unparse(_Plain().visit(copied))


def _hashable(values: Iterable[object]) -> frozenset[object] | None:
    try:
        return frozenset(values)
    except TypeError:
        return None
