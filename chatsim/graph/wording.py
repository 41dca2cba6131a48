"""Conditions of the source, said shortly: what a person reads on an arrow is mostly what somebody said in the chat."""

from __future__ import annotations

import ast
from functools import lru_cache

_NEGATIONS: dict[type[ast.cmpop], str] = {ast.NotEq: "not ", ast.NotIn: "not "}


@lru_cache(maxsize=4096)
def short_condition(text: str) -> str:
    """Return the condition *text*, as the source has it, in fewer words.

    What a name is compared with stands for the comparison, and what a helper looks for in a name for the call.

    >>> short_condition("choice == 'Order a pizza'"), short_condition("pick(text, ['yes', 'no'])")
    ('“Order a pizza”', '“yes”, “no”')
    >>> short_condition("pick(text, [NO_MORE]) or len(chosen['extras']) == MAX_EXTRAS")
    "NO_MORE or len(chosen['extras']) == MAX_EXTRAS"
    >>> short_condition("command != 'stop'"), short_condition("choice is None"), short_condition("text: 'a' | 'b'")
    ('not “stop”', 'choice is None', '“a”, “b”')
    """
    try:
        return _said(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return _of_case(text)


def _said(test: ast.expr) -> str:
    match test:
        case ast.BoolOp(op=op, values=parts):
            word = " and " if isinstance(op, ast.And) else " or "
            return word.join(_said(part) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand) if (words := _said(operand)) != ast.unparse(operand):
            return f"not {words}"
        case ast.Compare(
            left=ast.Name(), ops=[ast.Eq() | ast.In() | ast.NotEq() | ast.NotIn() as op], comparators=[right]
        ):
            return f"{_NEGATIONS.get(type(op), '')}{_words(right)}"
        case ast.Call(args=[ast.Name(), ast.List() | ast.Tuple() | ast.Set() | ast.Constant() as wanted], keywords=[]):
            return _words(wanted)
        case _:
            return ast.unparse(test)


def _words(node: ast.expr) -> str:
    """Return what *node* names: texts in quotation marks, a list of them one by one."""
    match node:
        case ast.Constant(value=str() as text):
            return f"“{text}”"
        case ast.List(elts=[_, *_] as parts) | ast.Tuple(elts=[_, *_] as parts) | ast.Set(elts=parts):
            return ", ".join(_words(part) for part in parts)
        case _:
            return ast.unparse(node)


def _of_case(text: str) -> str:
    """Return the pattern of a case (``subject: pattern``) in words, or *text* where it is none of texts alone."""
    _, colon, pattern = text.partition(": ")
    try:
        parts = ast.parse(pattern, mode="eval").body if colon else None
    except (SyntaxError, ValueError, RecursionError):
        return text
    texts: list[str] = []
    while isinstance(parts, ast.BinOp) and isinstance(parts.op, ast.BitOr):
        texts.insert(0, _words(parts.right))
        parts = parts.left
    return ", ".join([_words(parts), *texts]) if parts is not None else text
