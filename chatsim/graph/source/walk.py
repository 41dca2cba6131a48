"""Walk through a function's source on all its ways at once, and collect what it may return.

This is an abstract interpretation: names hold alternatives (`chatsim.graph.source.values`), both branches of a
condition are taken, loops are gone through twice, helper functions of the bot are followed.  Nothing of the bot runs.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType, MethodType
from typing import Any, TypeAlias

from chatsim.graph.model import SourceLine
from chatsim.graph.source import statements
from chatsim.graph.source.code import FunctionNode, builtin, is_the_bots, shown_path, source_of
from chatsim.graph.source.evaluate import evaluate
from chatsim.graph.source.parameters import bound, defaults_of
from chatsim.graph.source.values import UNKNOWN, Const, Instance, Local, Method, Value, Values, const, keys, union

STEPS = 10_000
"""A function that takes more steps to read than these is not read to its end."""

_NAMES_A_STEP = 10

DEPTH = 12
"""Helpers are followed so many calls deep."""

Names: TypeAlias = dict[str, Values]
State: TypeAlias = tuple[Names, Names]
"""What is known at one place: of the names, and of the attributes of the instance."""


class _TooLong(Exception):
    """The source takes too long to read."""


@dataclass(slots=True, eq=False)
class Reading:
    """What is shared by all functions that are read from one start.

    `attributes` are those of the one `Instance` in it, and `offered` the methods that it has and whose source is no
    function of the bot.  `hook` is asked first when something is called: it returns what comes of the call, or None to
    have it followed.
    """

    attributes: Names = field(default_factory=dict)
    offered: frozenset[str] = frozenset()
    hook: Callable[[Value, Sequence[Values]], Values | None] = lambda _function, _arguments: None
    left: int = STEPS
    reading: list[FunctionNode] = field(default_factory=list)
    known: dict[Any, Values] = field(default_factory=dict)

    def call(self, function: Value, arguments: Sequence[Values]) -> Values:
        """Return what *function* may return when it is called with *arguments*; unknown where that takes too long."""
        try:
            return Scope(self).call(function, list(arguments), {})
        except (_TooLong, RecursionError):
            return UNKNOWN


class Scope:
    """The names of one call of a function, and what was found on the ways through it so far."""

    def __init__(
        self,
        reading: Reading,
        *,
        file: str = "",
        names: Names | None = None,
        closure: Mapping[str, Any] | None = None,
        namespace: Mapping[str, Any] | None = None,
        outer: Scope | None = None,
    ) -> None:
        self.reading = reading
        self.file = file
        self.names: Names = names or {}
        self.closure = closure or {}
        self.namespace = namespace or {}
        self.outer = outer
        self.conditions: list[str] = []
        self.returned: list[Values] = []
        self.exits: list[Names] = []
        self.breaks: list[State] = []
        self.continues: list[State] = []

    @property
    def attributes(self) -> Names:
        """What is known of the attributes of the instance."""
        return self.reading.attributes

    def line(self, node: Any) -> SourceLine:
        """Return the line of *node*."""
        return SourceLine(shown_path(self.file), node.lineno)

    def evaluate(self, node: Any) -> Values:
        """Return what an expression may be worth here."""
        return evaluate(node, self)

    def bind(self, target: Any, values: Values) -> None:
        """Let the names in *target*, the left side of an assignment, be worth *values*."""
        statements.bind(target, values, self)

    def name(self, name: str) -> Values:
        """Return what *name* may be worth here."""
        if name in self.names:
            return self.names[name]
        if self.outer is not None:
            return self.outer.name(name)
        for known in (self.closure, self.namespace):
            if name in known:
                return const(known[name])
        return next((const(found) for found in builtin(name)), UNKNOWN)

    def parent(self) -> Values:
        """Return what ``super()`` stands for here."""
        inside = self.name("__class__")
        owner = next(iter(self.names.values()), UNKNOWN)
        for kind, instance in zip(inside, owner, strict=False):
            if isinstance(kind, Const) and isinstance(instance, Instance):
                mro = instance.kind.__mro__
                after = mro[mro.index(kind.value) + 1 :] if kind.value in mro else ()
                return (Instance(after[0], instance.attributes),) if after else UNKNOWN
        return UNKNOWN

    @contextlib.contextmanager
    def knowing(self, names: Names) -> Iterator[None]:
        """Let *names* be worth what is said within the block."""
        before = {name: self.names[name] for name in names if name in self.names}
        self.names.update(names)
        try:
            yield
        finally:
            for name, values in names.items():
                if self.names.get(name) is values:  # it was not bound anew meanwhile
                    self.names.pop(name)
                    self.names.update({name: before[name]} if name in before else {})

    @contextlib.contextmanager
    def under(self, *conditions: str) -> Iterator[None]:
        """Note that what is within the block happens only where *conditions* hold."""
        self.conditions.extend(conditions)
        try:
            yield
        finally:
            del self.conditions[len(self.conditions) - len(conditions) :]

    def step(self, steps: int = 1) -> None:
        """Count *steps*; raise where there were too many."""
        self.reading.left -= steps
        if self.reading.left < 0:
            raise _TooLong

    def give_back(self, values: Values, line: SourceLine) -> None:
        """Note that the function may return *values* here."""
        self.returned.append(tuple(value.under(self.conditions, line) for value in values))
        self.exits.append(dict(self.attributes))

    # ------------------------------------------------------------ ways that part and meet again

    def save(self) -> State:
        """Return what is known here."""
        return dict(self.names), dict(self.attributes)

    def load(self, state: State) -> None:
        """Know what was known when *state* was saved."""
        self.names, self.reading.attributes = dict(state[0]), dict(state[1])

    def meet(self, states: Sequence[State]) -> None:
        """Know what is known where one of *states* is come from."""
        self.step(sum(len(names) for names, _ in states) // _NAMES_A_STEP)
        names = {name for known, _ in states for name in known}
        attributes = {name for _, known in states for name in known}
        self.names = {name: union(*[known[name] for known, _ in states if name in known]) for name in names}
        self.reading.attributes = {
            name: union(*[known[name] for _, known in states if name in known]) for name in attributes
        }

    # ------------------------------------------------------------ calls

    def call(  # noqa: PLR0911 - one for each kind
        self, function: Value, arguments: list[Values] | None, named: Names
    ) -> Values:
        """Return what *function* may return; *arguments* None are not known."""
        hooked = self.reading.hook(function, arguments or ())
        if hooked is not None:
            return hooked
        match function:
            case Const(value=FunctionType() as known):
                return self._follow(known, arguments, named)
            case Const(value=MethodType() as known):
                return self.call(Const(known.__func__), _with(Const(known.__self__), arguments), named)
            case Method(owner=owner, function=FunctionType() as known):
                return self.call(Const(known), _with(owner, arguments), named)
            case Const(value=functools.partial() as known) if arguments is not None:
                first = [const(argument) for argument in known.args]
                keywords = {name: const(argument) for name, argument in known.keywords.items()}
                return self.call(Const(known.func), [*first, *arguments], {**keywords, **named})
            case Const(value=known) if isinstance(
                called := inspect.getattr_static(type(known), "__call__", None), FunctionType
            ):
                return self.call(Const(called), _with(Const(known), arguments), named)
            case Local(node=node, scope=outer):
                inside = Scope(self.reading, file=outer.file, outer=outer)
                return self._read(
                    node,
                    (id(node), id(outer)),
                    inside,
                    bound(node.args, arguments, named, defaults_of(node.args, outer.evaluate)),
                )
            case _:
                return UNKNOWN

    def _follow(self, function: FunctionType, arguments: list[Values] | None, named: Names) -> Values:
        source = source_of(function) if is_the_bots(function) else None
        if source is None:
            return UNKNOWN
        inside = Scope(self.reading, file=source.file, closure=source.closure, namespace=source.namespace)
        names = bound(source.node.args, arguments, named, _defaults(function))
        return self._read(source.node, id(function), inside, names)

    def _read(self, node: FunctionNode, what: Any, inside: Scope, names: Names) -> Values:
        """Return what the function *node* may return in the scope *inside*, its parameters being *names*."""
        if node in self.reading.reading or len(self.reading.reading) >= DEPTH:
            return UNKNOWN
        key = (what, tuple((name, keys(values)) for name, values in names.items()))
        if key in self.reading.known and not self.attributes:
            return self.reading.known[key]
        inside.names = names
        self.reading.reading.append(node)
        try:
            statements.run(node, inside)
        finally:
            self.reading.reading.pop()
        self.reading.attributes = _met(inside.exits) if inside.exits else {}
        values = self.reading.known[key] = union(*inside.returned)
        return values


def _with(owner: Value, arguments: list[Values] | None) -> list[Values] | None:
    return None if arguments is None else [(owner,), *arguments]


def _met(exits: Sequence[Names]) -> Names:
    names = {name for known in exits for name in known}
    return {name: union(*[known[name] for known in exits if name in known]) for name in names}


def _defaults(function: FunctionType) -> Names:
    """Return the defaults of the parameters of *function*."""
    code, given = function.__code__, function.__defaults__ or ()
    positional = code.co_varnames[: code.co_argcount][code.co_argcount - len(given) :]
    pairs = [*zip(positional, given, strict=True), *(function.__kwdefaults__ or {}).items()]
    return {name: const(value) for name, value in pairs}
