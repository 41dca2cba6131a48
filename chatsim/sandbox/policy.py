"""What inline code may say: lists of syntax, names and methods, and the check that denies everything else."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Any

import msgspec

from chatsim.handlers import ARGUMENTS

BLOCKED_NAMES = frozenset(["os", "sys", "subprocess", "eval", "exec", "open", "__import__"])

DATA_METHODS = frozenset(
    [
        "capitalize",
        "casefold",
        "center",
        "count",
        "endswith",
        "expandtabs",
        "find",
        "format",
        "index",
        "isalnum",
        "isalpha",
        "isascii",
        "isdecimal",
        "isdigit",
        "isidentifier",
        "islower",
        "isnumeric",
        "isprintable",
        "isspace",
        "istitle",
        "isupper",
        "join",
        "ljust",
        "lower",
        "lstrip",
        "maketrans",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "rfind",
        "rindex",
        "rjust",
        "rpartition",
        "rsplit",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "swapcase",
        "title",
        "translate",
        "upper",
        "zfill",
        "append",
        "clear",
        "copy",
        "extend",
        "insert",
        "pop",
        "remove",
        "reverse",
        "sort",
        "fromkeys",
        "get",
        "items",
        "keys",
        "popitem",
        "setdefault",
        "update",
        "values",
        "add",
        "difference",
        "difference_update",
        "discard",
        "intersection",
        "intersection_update",
        "isdisjoint",
        "issubset",
        "issuperset",
        "symmetric_difference",
        "symmetric_difference_update",
        "union",
        "bit_count",
        "bit_length",
        "is_integer",
    ]
)
"""The methods of text, numbers and collections that inline code may name."""

SENDER_METHODS = frozenset(
    [
        "send_message",
        "send_text",
        "send_image",
        "send_audio",
        "send_video",
        "send_document",
        "send_sticker",
        "send_location",
        "send_contacts",
        "send_reaction",
        "send_template",
        "send_interactive",
        "send_reply",
    ]
)
"""The methods of the sender that inline code may name: nothing that empties or changes it is there."""

METHODS = DATA_METHODS | SENDER_METHODS
"""All that may follow a dot in inline code."""

MATCHED_CLASSES = frozenset(["bool", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"])

_SYNTAX: tuple[type[ast.AST], ...] = (
    # statements
    ast.FunctionDef, ast.Return, ast.Delete, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.While, ast.If,
    ast.Match, ast.match_case, ast.Raise, ast.Try, ast.Assert, ast.Nonlocal, ast.Expr, ast.Pass, ast.Break,
    ast.Continue, ast.ExceptHandler,
    # expressions
    ast.BoolOp, ast.NamedExpr, ast.BinOp, ast.UnaryOp, ast.Lambda, ast.IfExp, ast.Dict, ast.Set, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Compare, ast.Call, ast.FormattedValue, ast.JoinedStr,
    ast.Constant, ast.Attribute, ast.Subscript, ast.Starred, ast.Name, ast.List, ast.Tuple, ast.Slice,
    # patterns
    ast.MatchValue, ast.MatchSingleton, ast.MatchSequence, ast.MatchMapping, ast.MatchClass, ast.MatchStar,
    ast.MatchAs, ast.MatchOr,
    # parts
    ast.comprehension, ast.arguments, ast.arg, ast.keyword, ast.expr_context, ast.boolop, ast.operator, ast.unaryop,
    ast.cmpop,
)  # fmt: skip

# These stand only inside of what is denied already.
_INSIDE_DENIED = (ast.alias, ast.withitem)

_NAMES_OF_SYNTAX = {
    ast.Import: "an import", ast.ImportFrom: "an import", ast.ClassDef: "a class", ast.Global: "global",
    ast.AsyncFunctionDef: "an async function", ast.Await: "await", ast.AsyncFor: "async for",
    ast.AsyncWith: "async with", ast.With: "with", ast.Yield: "yield", ast.YieldFrom: "yield from",
    ast.TryStar: "except*",
}  # fmt: skip

_ANNOTATION = (ast.Name, ast.Constant, ast.Subscript, ast.BinOp, ast.BitOr, ast.Tuple, ast.List, ast.Load)
CURE_SIGNATURE = f"write: def step({', '.join(ARGUMENTS)}):"


class Finding(msgspec.Struct, frozen=True):
    """One thing wrong in a piece of code: where (1-based), what, and whether it is a matter of security."""

    line: int
    column: int
    what: str
    cure: str = ""
    security: bool = False


class Policy:
    """The check of a parsed piece of inline code against the lists of this module.

    Args:
        builtins: The built-in names that the code may use.
    """

    def __init__(self, builtins: frozenset[str]) -> None:
        self.builtins = builtins

    def findings(self, tree: ast.Module) -> list[Finding]:
        """Return everything that *tree* may not say, in the order of its lines."""
        found = [*self._shape(tree), *self._parts(tree)]
        return sorted(dict.fromkeys(found), key=lambda finding: (finding.line, finding.column))

    def _shape(self, tree: ast.Module) -> Iterator[Finding]:
        """Check that there is one function of four arguments, and nothing beside it."""
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        for node in tree.body:
            if node not in functions[:1]:
                yield _security(node, "inline code is one function and nothing beside it")
        if not functions:
            yield Finding(1, 1, "inline code is one function, and there is none", CURE_SIGNATURE)
            return
        yield from _signature(functions[0])

    def _parts(self, tree: ast.Module) -> Iterator[Finding]:
        known = self.builtins | _bound_names(tree)
        yield from _sender(tree)
        for node in ast.walk(tree):
            if node is tree:
                continue
            if not isinstance(node, (*_SYNTAX, *_INSIDE_DENIED)):
                yield _security(node, f"{_syntax_name(node)} is not allowed in inline code")
            yield from _blocked_strings(node)
            yield from self._part(node, known)

    def _part(self, node: ast.AST, known: frozenset[str]) -> Iterator[Finding]:
        """Check what the kind of a node alone does not tell."""
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if _normal(name) not in known:
                if not _is_blocked(name):
                    yield _security(node, f"the name {name!r} is not known in inline code", _CURE_NAME)
            case ast.Attribute():
                yield from _attribute(node)
            case ast.FunctionDef(decorator_list=decorators) if decorators:
                yield _security(decorators[0], "a decorator is not allowed in inline code")
            case ast.MatchClass(cls=cls, kwd_attrs=attributes):
                if not (isinstance(cls, ast.Name) and cls.id in MATCHED_CLASSES) or attributes:
                    yield _security(node, "a class pattern may name a built-in type alone, such as str() or int(n)")
            case ast.AnnAssign(simple=simple, annotation=annotation):
                if not simple:
                    yield _security(node, "an annotation belongs to a name")
                yield from _annotation(annotation)
            case ast.arg(annotation=annotation) | ast.FunctionDef(returns=annotation) if annotation is not None:
                yield from _annotation(annotation)


_CURE_NAME = "inline code has its own names, its four arguments and the harmless built-ins"


def _signature(function: ast.FunctionDef) -> Iterator[Finding]:
    arguments = function.args
    if arguments.defaults or any(arguments.kw_defaults):
        yield _security(
            function, "a default is evaluated when the code is loaded, and shared by all chats", CURE_SIGNATURE
        )
    positional = [*arguments.posonlyargs, *arguments.args]
    if len(positional) != len(ARGUMENTS) or arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        what = f"the function takes exactly four arguments ({', '.join(ARGUMENTS)})"
        yield Finding(function.lineno, function.col_offset + 1, what, CURE_SIGNATURE)


def _sender(tree: ast.Module) -> Iterator[Finding]:
    """Check that the sender is spoken through, or handed on to the function itself, and nothing else.

    Under another name, or in a collection, nobody could tell any more which methods are called on it.
    """
    function = next((node for node in tree.body if isinstance(node, ast.FunctionDef)), None)
    positional = [*function.args.posonlyargs, *function.args.args] if function is not None else []
    if function is None or len(positional) != len(ARGUMENTS):
        return
    sender = _normal(positional[-1].arg)
    fine: set[ast.expr] = set()
    for node in ast.walk(function):
        match node:
            case ast.Attribute(value=ast.Name(id=name) as value, attr=attribute) if _normal(name) == sender:
                fine.add(value)
                if _normal(attribute) in DATA_METHODS:
                    yield _security(node, f"the sender has no {attribute!r} in inline code", _CURE_SENDER)
            case ast.Call(func=ast.Name(id=name), args=[_, _, _, value]) if _normal(name) == _normal(function.name):
                fine.add(value)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and _normal(node.id) == sender and node not in fine:
            yield _security(node, "the sender is there to be spoken through, and stays where it is", _CURE_SENDER)


_CURE_SENDER = "write sender.send_message(chat_id, …), or another send_… of it"


def _attribute(node: ast.Attribute) -> Iterator[Finding]:
    name = _normal(node.attr)
    if not isinstance(node.ctx, ast.Load):
        yield _security(node, f"the attribute {node.attr!r} may not be set or deleted in inline code")
    elif name not in METHODS:
        if not _is_blocked(name):
            yield _security(node, f"the attribute {node.attr!r} is not allowed in inline code", _CURE_ATTRIBUTE)
    elif name == "format" and not _is_plain_format(node.value):
        yield _security(node, "format is allowed on a literal text with plain fields only", "use an f-string")


_CURE_ATTRIBUTE = "methods of text, numbers, lists, dicts, sets and of the sender are; take parts by ['key']"


def _is_plain_format(value: ast.expr) -> bool:
    """Say whether *value* is a literal text whose format fields are names or numbers alone, at every depth."""
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return False
    pending = [value.value]
    try:
        while pending:
            for _, field, spec, _ in Formatter().parse(pending.pop()):
                if field is not None and not (field == "" or field.isidentifier() or field.isdigit()):
                    return False
                if spec:
                    pending.append(spec)
    except ValueError:
        return False
    return True


def _annotation(annotation: ast.expr) -> Iterator[Finding]:
    """Annotations are taken out before the code is loaded; they are checked all the same, to deny by default."""
    for node in ast.walk(annotation):
        if not isinstance(node, _ANNOTATION):
            yield _security(annotation, "an annotation is a name such as str or dict[str, int]")
            return


def _blocked_strings(node: ast.AST) -> Iterator[Finding]:
    """Check every text in the fields of *node* that is a name: a literal text is data, and may say anything."""
    for field, value in ast.iter_fields(node):
        if isinstance(node, ast.Constant) and field in ("value", "kind"):
            continue
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and _is_blocked(text):
                yield _security(node, f"the name {text!r} is blocked in inline code")


def _is_blocked(name: str) -> bool:
    normal = _normal(name)
    return normal in BLOCKED_NAMES or "__" in normal


def _normal(name: str) -> str:
    return unicodedata.normalize("NFKC", name)


def _bound_names(tree: ast.Module) -> frozenset[str]:
    """Return every name that the code binds somewhere; Python itself sees to where it is known."""
    return frozenset(_normal(name) for node in ast.walk(tree) for name in _binds(node))


def _binds(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.FunctionDef(name=name):
            return (name,)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return (name,)
        case ast.MatchMapping(rest=str(name)):
            return (name,)
        case _:
            return ()


def _syntax_name(node: ast.AST) -> str:
    return _NAMES_OF_SYNTAX.get(type(node), type(node).__name__)


def _security(node: Any, what: str, cure: str = "") -> Finding:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    return Finding(line, column + 1, what, cure, security=True)
