"""Dotted names of functions: what can be known of them before anything is imported, and the import."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from inspect import Parameter
from pathlib import Path
from typing import Any

from chatsim.errors import did_you_mean
from chatsim.handlers import ARGUMENTS, handler_problem, takes_four

_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
CURE_NAME = "write package.module.function"
_CURE_STEP = f"write def start({', '.join(ARGUMENTS)}):"


def name_problem(name: str, modules: Collection[str] | None = None) -> tuple[str, str] | None:
    """Say what is wrong with the dotted *name* of a step and how to mend it, or return None.

    Nothing is imported: modules are found on ``sys.path`` and read.  *modules* are the packages and modules that
    may be imported, None for any but those of the standard library.

    >>> name_problem("my_app:start")
    ("'my_app:start' is no dotted name", "write 'my_app.start'")
    >>> name_problem("chatsim.no_such_module.start")
    ("'chatsim.no_such_module.start': there is no module 'chatsim.no_such_module'", 'write package.module.function')
    """
    if not _NAME.fullmatch(name):
        dotted = name.replace(":", ".")
        cure = f"write {dotted!r}" if _NAME.fullmatch(dotted) else CURE_NAME
        return f"{name!r} is no dotted name", cure
    parts = name.split(".")
    if modules is None and parts[0] in sys.stdlib_module_names:
        # Importing some of these has effects (antigravity opens a browser), and none of them holds steps.
        return (
            f"{name!r} is in the standard library, which has no steps",
            f"name a function of your own, or allow it: modules=({parts[0]!r},)",
        )
    if parts[-1].startswith("_") or any(part.startswith("__") for part in parts):
        return f"{name!r} names something private", "name a public function"
    if modules is not None and not any(name.startswith(f"{prefix}.") for prefix in modules):
        return f"{name!r} is outside of {', '.join(sorted(modules))}", "name a function of one of these"
    what = _unimported_problem(parts)
    return (f"{name!r}: {what}", _CURE_STEP if what.startswith("a step ") else CURE_NAME) if what else None


def import_handler(name: str) -> Any:
    """Import what the dotted *name* names; `name_problem` has found nothing wrong with it.

    Raises `AttributeError` or whatever the import raises.
    """
    parts = name.split(".")
    found = import_module(parts[0])
    for number, part in enumerate(parts[1:], start=2):
        if not hasattr(found, part) and hasattr(found, "__path__"):
            found = import_module(".".join(parts[:number]))
        else:
            found = getattr(found, part)
    return found


def _unimported_problem(parts: list[str]) -> str | None:
    module, rest, spec = _found_module(parts)
    if not module:
        return f"there is no module {parts[0]!r}"
    if not rest:
        return "it is a module, not a function"
    if module in sys.modules:
        return _loaded_problem(sys.modules[module], module, rest)
    if spec is not None and spec.submodule_search_locations is not None and len(rest) > 1:
        defined = _definitions(spec)
        if defined is not None and rest[0] not in defined:
            return f"there is no module {f'{module}.{rest[0]}'!r}"
    return _source_problem(spec, module, rest)


def _found_module(parts: list[str]) -> tuple[str, list[str], ModuleSpec | None]:
    """Return the longest beginning of *parts* that is a module, the rest, and the module's spec if it is not loaded."""
    module, spec = "", None
    for number in range(1, len(parts) + 1):
        name = ".".join(parts[:number])
        if name in sys.modules:
            module, spec = name, getattr(sys.modules[name], "__spec__", None)
            continue
        found = _spec_of(name, spec) if number == 1 or spec is not None else None
        if found is None:
            break
        module, spec = name, found
    return module, parts[module.count(".") + 1 :] if module else parts, spec


def _spec_of(name: str, parent: ModuleSpec | None) -> ModuleSpec | None:
    try:
        if parent is None:
            return find_spec(name)
        if parent.submodule_search_locations is None:
            return None
        return PathFinder.find_spec(name, parent.submodule_search_locations)
    except (ImportError, ValueError):
        return None


def _loaded_problem(module: Any, name: str, rest: list[str]) -> str | None:
    """Say what is wrong with the attribute of a module that is imported already."""
    if len(rest) > 1 and not hasattr(module, rest[0]) and hasattr(module, "__path__"):
        return f"there is no module {f'{name}.{rest[0]}'!r}"
    found = module
    for part in rest:
        if not hasattr(found, part):
            return f"{name!r} has no {part!r}. {did_you_mean(part, _public(found))}"
        found = getattr(found, part)
    return handler_problem(found)


def _public(holder: Any) -> list[str]:
    return [name for name in vars(holder) if not name.startswith("_")] if hasattr(holder, "__dict__") else []


def _source_problem(spec: ModuleSpec | None, module: str, rest: list[str]) -> str | None:
    """Say what the source of a module that is not imported tells about one of its names, if it tells anything."""
    defined = _definitions(spec)
    if defined is None:
        return None
    if rest[0] not in defined:
        return f"{module!r} has no {rest[0]!r}. {did_you_mean(rest[0], [n for n in defined if n[0] != '_'])}"
    node = defined[rest[0]]
    if len(rest) > 1 or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.decorator_list:
        return None
    if isinstance(node, ast.AsyncFunctionDef):
        return "a step is a plain function, and this is an async one"
    if not takes_four(list(_parameters(node.args))):
        return f"a step takes exactly four arguments (chat_id, user_input, context, sender), and this is ({ast.unparse(node.args)})"
    return None


def _definitions(spec: ModuleSpec | None) -> dict[str, ast.AST | None] | None:
    """Return what the module's source binds, with its node where that is a function; None if that is not known."""
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    try:
        tree = ast.parse(Path(spec.origin).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    defined: dict[str, ast.AST | None] = {}
    for node in _module_level(tree):
        names = list(_bound(node))
        # A star import or a __getattr__ may define anything.
        if "*" in names or "__getattr__" in names:
            return None
        defined.update(dict.fromkeys(names, node))
    return defined


def _module_level(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes that run in the scope of *node*, which is a module."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _module_level(child)


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                yield alias.asname or alias.name.partition(".")[0]


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    for number, argument in enumerate(positional):
        default = Parameter.empty if number < without else None
        yield Parameter(argument.arg, Parameter.POSITIONAL_OR_KEYWORD, default=default)
    if arguments.vararg:
        yield Parameter(arguments.vararg.arg, Parameter.VAR_POSITIONAL)
    for argument, default_node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        default = Parameter.empty if default_node is None else None
        yield Parameter(argument.arg, Parameter.KEYWORD_ONLY, default=default)
