"""What each kind of statement does to what is known; each says whether the statement after it may be reached."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from chatsim.graph.source.code import FunctionNode
from chatsim.graph.source.conditions import narrowed, narrowed_by_pattern, negated, words
from chatsim.graph.source.values import (
    UNKNOWN,
    Instance,
    Items,
    Local,
    Pairs,
    Some,
    Values,
    applied,
    const,
    elements,
    keys,
    lookup,
    union,
)

if TYPE_CHECKING:
    from chatsim.graph.source.walk import Names, Scope, State

_CHANGING = frozenset(
    [
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    ]
)


def run(node: FunctionNode, scope: Scope) -> None:
    """Go through the function *node* on all its ways; what it returns is noted in *scope*."""
    if isinstance(node, ast.Lambda):
        scope.give_back(scope.evaluate(node.body), scope.line(node.body))
    elif block(node.body, scope):
        scope.give_back(const(None), scope.line(node))


def block(body: Sequence[ast.stmt], scope: Scope) -> bool:
    """Go through *body*; say whether its end may be reached."""
    for statement in body:
        scope.step()
        found = _STATEMENTS.get(type(statement))
        if found is not None and not found(statement, scope):
            return False
    return True


# ---------------------------------------------------------------- binding


def _assign(node: ast.Assign, scope: Scope) -> bool:
    values = scope.evaluate(node.value)
    for target in node.targets:
        bind(target, values, scope)
    return True


def _annotated(node: ast.AnnAssign, scope: Scope) -> bool:
    if node.value is not None:
        bind(node.target, scope.evaluate(node.value), scope)
    return True


def _augmented(node: ast.AugAssign, scope: Scope) -> bool:
    right = scope.evaluate(node.value)
    if isinstance(node.target, ast.Name):
        left = scope.name(node.target.id)
        added = applied(lambda one, other: one + other, left, right) if isinstance(node.op, ast.Add) else UNKNOWN
        scope.names[node.target.id] = added
    else:
        bind(node.target, UNKNOWN, scope)
    return True


def bind(target: ast.expr, values: Values, scope: Scope) -> None:
    """Let the names in *target* be worth *values*."""
    match target:
        case ast.Name(id=name):
            scope.names[name] = values
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            starred = any(isinstance(part, ast.Starred) for part in parts)
            for index, part in enumerate(parts):
                bind(part, UNKNOWN if starred else lookup(values, const(index)), scope)
        case ast.Starred(value=inner):
            bind(inner, values, scope)
        case ast.Attribute(value=owner, attr=name):
            if any(isinstance(value, Instance) for value in scope.evaluate(owner)):
                scope.attributes[name] = values
        case ast.Subscript(value=ast.Name(id=name)):
            _changed(name, scope)


def _changed(name: str, scope: Scope) -> None:
    """Note that what *name* holds was changed, in a way that is not followed."""
    if any(isinstance(value, Items | Pairs | Some) for value in scope.names.get(name, ())):
        scope.names[name] = UNKNOWN


def _expression(node: ast.Expr, scope: Scope) -> bool:
    scope.evaluate(node.value)
    match node.value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _CHANGING:
            _changed(name, scope)
    return True


def _delete(node: ast.Delete, scope: Scope) -> bool:
    for target in node.targets:
        if isinstance(target, ast.Subscript):
            bind(target, UNKNOWN, scope)
    return True


def _define(node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> bool:
    scope.names[node.name] = (Local(node, scope),) if not node.decorator_list else UNKNOWN
    return True


def _unknown_names(node: ast.ClassDef | ast.Import | ast.ImportFrom, scope: Scope) -> bool:
    names = [node.name] if isinstance(node, ast.ClassDef) else [alias.asname or alias.name for alias in node.names]
    scope.names.update({name.partition(".")[0]: UNKNOWN for name in names})
    return True


# ---------------------------------------------------------------- ways out


def _return(node: ast.Return, scope: Scope) -> bool:
    scope.give_back(scope.evaluate(node.value), scope.line(node))
    return False


def _raise(node: ast.Raise, scope: Scope) -> bool:
    scope.evaluate(node.exc)
    return False


def _break(_: ast.Break, scope: Scope) -> bool:
    scope.breaks.append(scope.save())
    return False


def _continue(_: ast.Continue, scope: Scope) -> bool:
    scope.continues.append(scope.save())
    return False


# ---------------------------------------------------------------- ways that part


def _if(node: ast.If, scope: Scope) -> bool:
    scope.evaluate(node.test)
    before = scope.save()
    ends: list[State] = []
    with scope.under(words(node.test)):
        scope.names.update(narrowed(node.test, scope.evaluate))
        narrow = dict(scope.names)
        if block(node.body, scope):
            ends.append(_tagged(scope.save(), (narrow, before[1]), words(node.test)))
    scope.load(before)
    # An `elif` speaks for itself: to say each time what does not hold would bury what does.
    conditions = [] if not node.orelse or isinstance(node.orelse[0], ast.If) else [negated(node.test)]
    with scope.under(*conditions):
        if block(node.orelse, scope):
            ends.append(_tagged(scope.save(), before, *conditions))
    return _meet(ends, scope)


def _tagged(after: State, before: State, *conditions: str) -> State:
    """Return *after* with what was bound since *before* holding under *conditions* only."""

    def tag(known: Names, was: Names) -> Names:
        return {
            name: values if was.get(name) is values else tuple(value.under(conditions) for value in values)
            for name, values in known.items()
        }

    return tag(after[0], before[0]), tag(after[1], before[1])


def _meet(ends: Sequence[State], scope: Scope) -> bool:
    if ends:
        scope.meet(ends)
    return bool(ends)


def _match(node: ast.Match, scope: Scope) -> bool:
    subject = scope.evaluate(node.subject)
    before = scope.save()
    ends: list[State] = []
    for case in node.cases:
        scope.load(before)
        condition = f"{words(node.subject)}: {ast.unparse(case.pattern)}"
        with scope.under(*([] if _takes_all(case.pattern) else [condition])):
            known = narrowed_by_pattern(case.pattern, scope.evaluate) or subject
            if isinstance(node.subject, ast.Name):
                scope.names[node.subject.id] = known
            scope.names.update(dict.fromkeys(_captured(case.pattern), UNKNOWN))
            match case.pattern:
                case ast.MatchAs(name=str() as name):
                    scope.names[name] = known
            scope.evaluate(case.guard)
            if block(case.body, scope):
                ends.append(_tagged(scope.save(), before, condition))
    if not any(_takes_all(case.pattern) and case.guard is None for case in node.cases):
        ends.append(before)
    return _meet(ends, scope)


def _takes_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _captured(pattern: ast.pattern) -> list[str]:
    return [
        name
        for node in ast.walk(pattern)
        for name in (getattr(node, "name", None), getattr(node, "rest", None))
        if isinstance(name, str)
    ]


def _try(node: ast.Try | ast.TryStar, scope: Scope) -> bool:
    before = scope.save()
    ends: list[State] = []
    # The body may be left anywhere; that is taken for its beginning or its end.
    inside = [before]
    if block(node.body, scope):
        inside.append(scope.save())
        if block(node.orelse, scope):
            ends.append(scope.save())
    for handler in node.handlers:
        scope.meet(inside)
        with scope.under(f"except {words(handler.type)}" if handler.type is not None else "except"):
            if handler.name:
                scope.names[handler.name] = UNKNOWN
            if block(handler.body, scope):
                ends.append(scope.save())
    reached = _meet(ends, scope)
    if not ends:
        scope.meet(inside)
    return block(node.finalbody, scope) and reached


def _with(node: ast.With | ast.AsyncWith, scope: Scope) -> bool:
    for item in node.items:
        scope.evaluate(item.context_expr)
        if item.optional_vars is not None:
            bind(item.optional_vars, UNKNOWN, scope)
    return block(node.body, scope)


# ---------------------------------------------------------------- loops


def _for(node: ast.For | ast.AsyncFor, scope: Scope) -> bool:
    members = elements(scope.evaluate(node.iter))

    def begin() -> None:
        bind(node.target, members, scope)

    return _loop(node, begin, scope, ends=True)


def _while(node: ast.While, scope: Scope) -> bool:
    endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
    return _loop(node, lambda: scope.evaluate(node.test), scope, ends=not endless)


def _loop(node: ast.For | ast.AsyncFor | ast.While, begin: Callable[[], object], scope: Scope, *, ends: bool) -> bool:
    """Go through a loop twice: what changes the second time may change for ever, and is not known."""
    outer = scope.breaks, scope.continues
    scope.breaks, scope.continues = [], []
    rounds = [scope.save()]
    for _ in range(2):
        scope.continues = []
        begin()
        if block(node.body, scope):
            scope.continues.append(scope.save())
        if not scope.continues:
            break
        scope.meet([*rounds, *scope.continues])
        rounds.append(_widened(scope.save(), rounds[-1]) if len(rounds) > 1 else scope.save())
    breaks = scope.breaks
    scope.breaks, scope.continues = outer
    left = [rounds[-1]] if ends else []
    if left:
        scope.load(left[0])
        left = [scope.save()] if block(node.orelse, scope) else []
    return _meet([*left, *breaks], scope)


def _widened(after: State, before: State) -> State:
    """Return *after* with what still grew since *before* not being known."""

    def widen(known: Names, was: Names) -> Names:
        return {
            name: union(values, UNKNOWN) if set(keys(values)) - set(keys(was.get(name, ()))) else values
            for name, values in known.items()
        }

    return widen(after[0], before[0]), widen(after[1], before[1])


_STATEMENTS: dict[type[ast.stmt], Callable[[Any, Scope], bool]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Delete: _delete,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _unknown_names,
    ast.Import: _unknown_names,
    ast.ImportFrom: _unknown_names,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.If: _if,
    ast.Match: _match,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
}
