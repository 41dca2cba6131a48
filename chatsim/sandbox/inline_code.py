"""Inline code: a step written as text, admitted only as far as its every part is known to be harmless.

The code is one function of four arguments (``chat_id, user_input, context, sender``), and nothing beside it.
What it may do is listed here, and everything else is refused when it is loaded: the kinds of syntax, the names,
the methods.  There are no imports, no classes, no attributes but the listed methods, no decorators, no names with
two underscores, and none that are bound nowhere.  Names are compared as Python compares them, after NFKC.

**This is not a boundary against an attacker.**  It keeps a step from reaching the machine by the ways that are
known, and it cannot keep it from using up time and memory.  Load inline code only from people whom you would let
write a handler.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import warnings
from types import FunctionType
from typing import Any

from chatsim.errors import Problem, SecurityError, StepsError
from chatsim.handlers import Handler
from chatsim.sandbox.policy import Finding, Policy

CODE_LIMIT = 64 * 1024
DEPTH_LIMIT = 100

_BUILTINS = [
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "bool",
    "chr",
    "dict",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "hex",
    "int",
    "isinstance",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "min",
    "next",
    "oct",
    "ord",
    "pow",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "sum",
    "tuple",
    "zip",
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "Exception",
    "IndexError",
    "KeyError",
    "LookupError",
    "OverflowError",
    "RecursionError",
    "RuntimeError",
    "StopIteration",
    "TypeError",
    "UnicodeError",
    "ValueError",
    "ZeroDivisionError",
]

SAFE_BUILTINS: dict[str, Any] = {name: getattr(builtins, name) for name in _BUILTINS}
"""What inline code finds beside its own names."""


def compile_step(code: str, name: str = "inline code") -> Handler:
    r"""Return the function that *code* defines.

    Args:
        code: The full definition of one function.
        name: What to call it in messages and tracebacks.

    Raises `SecurityError` if the code does what inline code may not do, `StepsError` if it is not one function of
    four arguments.  Both hold all problems, with their lines in *code*.

    >>> step = compile_step("def hi(chat_id, user_input, context, sender):\n    return 'start', {'said': user_input}")
    >>> step("ann", "hello", {}, None)
    ('start', {'said': 'hello'})
    >>> compile_step("def hi(chat_id, user_input, context, sender):\n    return open('x')")
    Traceback (most recent call last):
        ...
    chatsim.errors.SecurityError: inline code:2:12: the name 'open' is blocked in inline code
    """
    tree, findings = _parsed(code)
    if tree is None or findings:
        kind = SecurityError if any(finding.security for finding in findings) else StepsError
        raise kind([Problem(name, finding.line, finding.column, finding.what, finding.cure) for finding in findings])
    try:
        return _defined(tree, code, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        # Python finds some faults only when it compiles: a break outside a loop, the same argument twice.
        finding = _no_python(error)
        raise StepsError([Problem(name, finding.line, finding.column, finding.what)]) from None


def _parsed(code: str) -> tuple[ast.Module | None, list[Finding]]:
    """Return the tree of *code* and what is wrong with it; the tree is None where there is none."""
    if len(code) > CODE_LIMIT:
        return None, [Finding(1, 1, f"{len(code):,} characters of code; at most {CODE_LIMIT:,} are taken")]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code.removeprefix("\ufeff"), feature_version=(3, 11))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return None, [_no_python(error)]
    if _depth_exceeds(tree, DEPTH_LIMIT):
        return None, [Finding(1, 1, f"the code is nested more than {DEPTH_LIMIT} deep")]
    return tree, Policy(frozenset(SAFE_BUILTINS)).findings(tree)


def _no_python(error: BaseException) -> Finding:
    """Return why a text is no Python: no syntax, a lone surrogate or a NUL, or more nesting than the parser bears."""
    if isinstance(error, SyntaxError):
        return Finding(error.lineno or 1, error.offset or 1, f"syntax error: {error.msg}")
    if isinstance(error, ValueError):
        return Finding(1, 1, f"the code is no text that Python reads: {error}")
    return Finding(1, 1, "the code is nested too deeply")


def _depth_exceeds(tree: ast.AST, limit: int) -> bool:
    """Say whether *tree* is deeper than *limit*, without recursion, which such a tree might exhaust."""
    level: list[ast.AST] = [tree]
    for _ in range(limit):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def _defined(tree: ast.Module, code: str, name: str) -> Handler:
    """Execute the one definition in *tree*, in a namespace of its own, and return what it defines."""
    file = f"<{name}>"
    tree = ast.fix_missing_locations(_Defuse().visit(tree))
    # The function finds itself and the built-ins there, and nothing else; it has no way to write into it.
    namespace: dict[str, Any] = {"__builtins__": SAFE_BUILTINS.copy(), "__name__": name}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = compile(tree, file, "exec", dont_inherit=True)
    exec(program, namespace)  # noqa: S102 - the tree has passed the policy, and is one definition
    # So that tracebacks show the line; without a time it is kept as long as the process lives.
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    return next(value for value in namespace.values() if isinstance(value, FunctionType))


class _Defuse(ast.NodeTransformer):
    """Takes out what runs when the code is loaded, and what catches more than a step's own errors."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        if node.type is None:
            # Ctrl-C and a time limit must end a step that has a bare except.
            node.type = ast.Name("Exception", ast.Load())
        return self.generic_visit(node)
