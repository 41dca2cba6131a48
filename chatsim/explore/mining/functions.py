"""Find the functions of a bot that a function calls, and what the names in its code stand for."""

from __future__ import annotations

import ast
import enum
import functools
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType
from typing import Any

from chatsim.failures import is_bots_own

MISSING: Any = object()
_LONGEST_WORD = 40


class Code:
    """A function of the bot: its syntax tree, and what names in it stand for.

    `owner` is the class that ``self`` is an instance of, where it is a method.
    """

    def __init__(self, function: FunctionType, owner: type | None = None) -> None:
        self.function = function
        self.owner = owner
        self.tree = _tree(function.__code__)

    def value_of(self, node: ast.AST) -> Any:
        """Return what *node* stands for, as far as that is known without running it; else `MISSING`."""
        value: Any = MISSING
        match node:
            case ast.Constant():
                value = node.value
            case ast.Name():
                value = self._named(node.id)
            case ast.Attribute():
                value = self._attribute(node)
            case ast.List() | ast.Tuple() | ast.Set():
                value = self._values(node.elts)
            case ast.Dict():
                value = self._values(node.keys)
            case ast.UnaryOp(op=ast.USub()):
                number = self.value_of(node.operand)
                value = -number if isinstance(number, int | float) else MISSING
        return value

    def _values(self, nodes: Iterable[ast.expr | None]) -> list[Any]:
        """Return what *nodes* stand for, without those of which that is not known."""
        values = [self.value_of(node) for node in nodes if node is not None]
        return [value for value in values if value is not MISSING]

    def _named(self, name: str) -> Any:
        free = self.function.__code__.co_freevars
        if name in free:
            try:
                return (self.function.__closure__ or ())[free.index(name)].cell_contents
            except ValueError:  # a name that is not bound yet
                return MISSING
        return self.function.__globals__.get(name, MISSING)

    def owner_of(self, node: ast.AST) -> type | None:
        """Return the class whose attribute *node* is, where that is one of ``self``: here, or in a function around."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            if self.owner is not None:
                return self.owner
            held = self._named(node.value.id)
            return None if held is MISSING else held if isinstance(held, type) else type(held)
        return None

    def _attribute(self, node: ast.Attribute) -> Any:
        owner = self.owner_of(node)
        if owner is not None:
            return inspect.getattr_static(owner, node.attr, MISSING)
        held = self.value_of(node.value)
        return MISSING if held is MISSING else inspect.getattr_static(held, node.attr, MISSING)


def codes_of(things: tuple[Any, ...], owner: type | None = None, *, most: int = 60) -> Iterator[Code]:
    """Yield the code of the functions among *things*, and of the bot's own functions that they call, nearest first."""
    waiting = [(thing, owner) for thing in things]
    done: set[CodeType] = set()
    while waiting and len(done) < most:
        thing, of = waiting.pop(0)
        for function, whose in _functions(thing, of):
            if function.__code__ in done or not is_bots_own(function.__code__.co_filename):
                continue
            done.add(function.__code__)
            code = Code(function, whose)
            yield code
            waiting += _called(code)


def _functions(thing: Any, owner: type | None) -> Iterator[tuple[FunctionType, type | None]]:
    """Yield the functions that calling *thing* runs, those that it wraps as well."""
    if isinstance(thing, functools.partial):
        yield from _functions(thing.func, owner)
    elif isinstance(thing, property):
        yield from _functions(thing.fget, owner)
    elif isinstance(thing, staticmethod | classmethod):
        yield from _functions(thing.__func__, owner)
    elif inspect.ismethod(thing):
        instance = thing.__self__
        yield from _functions(thing.__func__, instance if isinstance(instance, type) else type(instance))
    elif isinstance(thing, FunctionType):
        yield thing, owner
        wrapped = getattr(thing, "__wrapped__", None)
        if wrapped is not None:
            yield from _functions(wrapped, owner)
    elif isinstance(thing, type):
        for value in vars(thing).values():
            yield from _functions(value, thing)
    elif callable(thing) and isinstance(called := inspect.getattr_static(type(thing), "__call__", None), FunctionType):
        yield called, type(thing)


def _called(code: Code) -> Iterator[tuple[Any, type | None]]:
    """Yield what the names in *code* stand for, where that can be called, with the class that it belongs to."""
    kinds = (FunctionType, staticmethod, classmethod, property, functools.partial)
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            value = code.value_of(node)
            if isinstance(value, kinds):
                yield value, code.owner_of(node) or code.owner
            elif isinstance(value, type) and not issubclass(value, enum.Enum | BaseException):
                yield value, value
            elif inspect.ismethod(value):
                yield value, None


@functools.lru_cache(maxsize=4096)
def _tree(code: CodeType) -> ast.AST:
    """Return the syntax tree of *code*; an empty one where its source is not known."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return _from_constants(code)


def _from_constants(code: CodeType) -> ast.AST:
    """Return a tree in which the input is compared with the short texts that *code* without a source has."""
    texts = [
        value
        for value in code.co_consts
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_WORD and value != code.co_name
    ]
    values: list[ast.expr] = [ast.Constant(text) for text in texts]
    return ast.Module([ast.Expr(ast.Compare(ast.Name("_"), [ast.In()], [ast.List(values)]))], [])
