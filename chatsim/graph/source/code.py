"""Find the syntax tree of a function, and what its names stand for."""

from __future__ import annotations

import ast
import builtins
import linecache
import os
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, TypeAlias

from chatsim.graph.model import SourceLine

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_FRAMEWORKS = ("chatsim", "jb_manager_bot", "transitions", "telegram")
_INSTALLED = tuple(f"{sysconfig.get_path(name)}{os.sep}" for name in ("stdlib", "platstdlib", "purelib", "platlib"))


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A function's syntax tree, the file that it is in, and the values of the names that it does not bind itself."""

    node: FunctionNode
    file: str
    closure: Mapping[str, Any]
    namespace: Mapping[str, Any]


def source_of(function: FunctionType) -> Source | None:
    """Return the source of *function*, or None where there is none to read, or it cannot be told from another's."""
    code = function.__code__
    node = node_of(code)
    if node is None:
        return None
    cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
    closure = {name: content for name, cell in cells for content in _content(cell)}
    return Source(node, code.co_filename, closure, function.__globals__)


def node_of(code: CodeType) -> FunctionNode | None:
    """Return the syntax tree of the function that *code* was compiled from, if it can be found."""
    found = _read(code.co_filename).functions.get((code.co_name, code.co_firstlineno), [])
    return found[0] if len(found) == 1 else None


def module_tree(file: str) -> ast.Module | None:
    """Return the syntax tree of *file*, or None where it cannot be read."""
    return _read(file).tree


def line_of(function: Any) -> SourceLine | None:
    """Return the line that *function* (or what a wrapper wraps) begins in, after its decorators; None if unknown."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None:
        return None
    node = node_of(code)
    return SourceLine(shown_path(code.co_filename), code.co_firstlineno if node is None else node.lineno)


def is_the_bots(function: FunctionType) -> bool:
    """Say whether *function* is the bot's own, and no library's: only such are looked into."""
    return is_the_bots_module(function.__module__ or "", function.__code__.co_filename)


def is_the_bots_module(name: str, file: str) -> bool:
    """Say whether the module *name*, which is in *file*, is the bot's own, and no library's."""
    top = name.partition(".")[0]
    return top not in _FRAMEWORKS and top not in sys.stdlib_module_names and not file.startswith(_INSTALLED)


def shown_path(file: str) -> str:
    """Return *file* from the working directory, where it lies below it; else as it is."""
    return file.removeprefix(f"{os.getcwd()}{os.sep}")  # noqa: PTH109 - called for each line, and Path is slow


def builtin(name: str) -> Iterator[Any]:
    """Yield the builtin of that name, if there is one."""
    if hasattr(builtins, name):
        yield getattr(builtins, name)


def _content(cell: Any) -> Iterator[Any]:
    try:
        yield cell.cell_contents
    except ValueError:  # not filled yet
        return


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    """A file that was read: its lines, as linecache holds them, its syntax tree, and the functions in it."""

    lines: list[str]
    tree: ast.Module | None
    functions: Mapping[tuple[str, int], list[FunctionNode]]


_FILES: dict[str, _File] = {}
_MOST_FILES = 256


def _read(file: str) -> _File:
    # Inline code has its source in linecache alone; a file may have changed since it was last looked at.
    linecache.checkcache(file)
    lines = linecache.getlines(file)
    known = _FILES.get(file)
    if known is None or known.lines is not lines:
        if len(_FILES) >= _MOST_FILES:
            del _FILES[next(iter(_FILES))]
        tree = _parsed("".join(lines))
        known = _FILES[file] = _File(lines, tree, _functions(tree))
    return known


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _functions(tree: ast.Module | None) -> Mapping[tuple[str, int], list[FunctionNode]]:
    found: dict[tuple[str, int], list[FunctionNode]] = defaultdict(list)
    for node in ast.walk(tree) if tree is not None else ():
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                found[node.name, first].append(node)
            case ast.Lambda():
                found["<lambda>", node.lineno].append(node)
    return found
