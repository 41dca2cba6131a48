"""Read hints from syntax trees: comparisons, `match`, lookups, patterns, what text is parsed as."""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from types import CodeType
from typing import Any, TypeAlias

from chatsim.explore.mining.bounds import hours_in, within_bounds
from chatsim.explore.mining.functions import MISSING, Code, codes_of
from chatsim.explore.mining.hints import Hints
from chatsim.explore.mining.remembered import WORDS_OF_TEXT, Remembered, is_memory, name_of
from chatsim.explore.mining.values import numbers_of, short
from chatsim.failures import is_bots_own

_PATTERNS = {"match", "fullmatch", "search", "compile", "findall", "finditer"}
_PARSES = {"int": "int", "Decimal": "float", "float": "float", "isdigit": "int", "isdecimal": "int", "isnumeric": "int"}
_PLATFORM_KEYS = {"option_id", "option_text"}

Handed: TypeAlias = dict[CodeType, dict[str, str]]
"""Which parameters of functions hold the values of which keys."""


def hints_of(things: Iterable[Any], owner: type | None = None) -> Hints:
    """Return what the code of *things* says: functions, and beside them texts and patterns as they are.

    >>> def step(chat_id, text, context, sender):
    ...     return ("paid", {}) if text.lower() in ("yes", "ok") else ("ask", {})
    >>> list(hints_of([step]).texts)
    ['yes', 'ok']
    """
    hints = Hints()
    functions = []
    for thing in things:
        if isinstance(thing, str):
            hints.add_value(thing)
        elif isinstance(thing, re.Pattern):
            hints.patterns.setdefault(thing.pattern)
        else:
            functions.append(thing)
    handed: Handed = {}
    for code in codes_of(tuple(functions), owner):  # who calls comes before who is called
        _Reader(code, hints, handed).visit(code.tree)
    return hints


class _Reader(ast.NodeVisitor):
    """Adds to *hints* what one function says, and to *handed* which keys' values it hands to others of the bot's."""

    def __init__(self, code: Code, hints: Hints, handed: Handed) -> None:
        self.code = code
        self.hints = hints
        self.handed = handed
        self.key_of: dict[str, str] = dict(handed.get(code.function.__code__, {}))
        self.remembered = Remembered(code, hints)
        self.remembered.visit(code.tree)
        self.loops: dict[str, list[str]] = {}
        self.looped: dict[str, list[float]] = {}
        for part in ast.walk(code.tree):  # a comprehension uses its name before it says what that is
            if isinstance(part, ast.For | ast.comprehension):
                self._loops(part.target, part.iter)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Remember which names hold the value of a JSON object's key."""
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for name, value in pairs:
                key = self._key(value)
                if key is not None:
                    self.hints.add_key(key)
                    self.key_of.update({name.id: key} if isinstance(name, ast.Name) else {})
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Take what something is compared with."""
        sides = [node.left, *node.comparators]
        values = [value for side in sides for value in self._members(side)]
        key = next((key for side in sides if (key := self._key(side)) is not None), None)
        if any(_is_length(side) for side in sides):
            self.hints.lengths.update(dict.fromkeys(value for value in values if type(value) is int))
        elif key is not None:
            self.hints.add_key(key, [*within_bounds(node, self.code, self._key), *values, *_truths(sides)])
            for name in filter(None, map(self.remembered.variable, sides)):
                self.hints.links.setdefault(key, name)
        elif not any(map(self.remembered.variable, sides)):
            self.hints.loose.update(dict.fromkeys(numbers_of(values)))
        for value in values:
            self.hints.add_value(value)
        self.hints.hours.update(dict.fromkeys(hours_in(sides, values, self.code)))
        if isinstance(node.ops[0], ast.In) and isinstance(sides[1], ast.Name) and isinstance(sides[0], ast.Constant):
            self._looked_up(sides[1], sides[0])  # "event" in report
            self._spared(sides[1], sides[0])
        if _is_call(node.left, "type"):
            for side in sides:
                self._typed(node.left, name_of(side))
        self.generic_visit(node)

    def _typed(self, call: ast.expr, kind: str) -> None:
        """Note that what *call* asks the type of is to be of that *kind*."""
        asked = call.args[0] if isinstance(call, ast.Call) and call.args else None
        key = self._key(asked) if asked is not None else None
        if key is not None and kind in ("int", "str"):
            (self.hints.whole if kind == "int" else self.hints.written).setdefault(key)

    def visit_MatchValue(self, node: ast.MatchValue) -> None:
        """Take what a `case` stands for."""
        for value in self._members(node.value):
            self.hints.add_value(value)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        """Take the keys, and what their values are matched with."""
        for key, pattern in zip(node.keys, node.patterns, strict=True):
            name = self.code.value_of(key)
            if isinstance(name, str):
                values = self._members(pattern.value) if isinstance(pattern, ast.MatchValue) else []
                self.hints.add_key(name, values)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Take what text is handed with the input to whoever looks at it, and what it is parsed as."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        self._parsed(name, node)
        own = self._own(node.func)
        if own is not None:
            self._hand(node, own)
        if name in WORDS_OF_TEXT or own is not None:
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                for value in self._members(argument):
                    self.hints.add_value(value)
        if name == "isinstance" and len(node.args) > 1:
            self._typed(node, name_of(node.args[1]))
        if isinstance(node.func, ast.Attribute) and name == "get" and node.args:
            self._looked_up(node.func.value, node.args[0])
            self._spared(node.func.value, node.args[0])
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Take the keys of a table that the bot has, and keys that it looks for in what it got."""
        self._looked_up(node.value, node.slice)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        """Note that bytes are looked for: a file."""
        if node.id in ("bytes", "bytearray"):
            self.hints.files.setdefault(b"")

    def visit_Constant(self, node: ast.Constant) -> None:
        """Take what a file is to begin with."""
        if isinstance(node.value, bytes) and node.value:
            self.hints.files.setdefault(node.value)

    def visit_For(self, node: ast.For) -> None:
        """Take the members of a collection that the bot goes through."""
        self._loops(node.target, node.iter)
        self._collection(node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """Take the members of a collection that the bot goes through."""
        self._loops(node.target, node.iter)
        self._collection(node.iter)
        self.generic_visit(node)

    # ------------------------------------------------------------ parts

    def _loops(self, target: ast.expr, node: ast.expr) -> None:
        """Remember which texts a name stands for in turn."""
        texts = [value for value in self._members(node) if isinstance(value, str)]
        if isinstance(target, ast.Name) and texts:
            self.loops[target.id] = texts
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("items", "values")
        ):
            last = target.elts[-1] if isinstance(target, ast.Tuple) else target
            table = self.code.value_of(node.func.value)
            if isinstance(last, ast.Name) and isinstance(table, dict):
                self.looped[last.id] = numbers_of(table.values())

    def _numbers_at(self, node: ast.AST) -> list[float]:
        """Return the numbers that *node* may stand for: those of a table of the bot's, ``ROOMS[name]``, or looped over."""
        if isinstance(node, ast.Name):
            return self.looped.get(node.id, [])
        table = self.code.value_of(node.value) if isinstance(node, ast.Subscript) else MISSING
        return numbers_of(
            table.values() if isinstance(table, dict) else table if isinstance(table, list | tuple) else ()
        )

    def _collection(self, node: ast.expr) -> None:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # TABLE.items()
            node = node.func.value
        for value in self._members(node):
            if isinstance(value, str):
                self.hints.add_value(value)

    def _looked_up(self, table: ast.expr, key: ast.expr) -> None:
        known = self.code.value_of(table)
        if isinstance(known, dict):
            for value in short(known):
                self.hints.add_value(value)
            return
        name = self._json_key(table, key)
        if name is not None:
            self.hints.add_key(name)
        elif isinstance(key, ast.Name) and known is MISSING and not is_memory(table):
            for looped in self.loops.get(key.id, ()):
                self.hints.add_key(looped)

    def _spared(self, table: ast.expr, key: ast.expr) -> None:
        """Note that the code asks for *key* in a way that does without it: ``data.get(key)``, ``key in data``."""
        name = self._json_key(table, key)
        if name is not None:
            self.hints.spared.setdefault(name)

    def _parsed(self, name: str, node: ast.Call) -> None:
        values = [self.code.value_of(argument) for argument in node.args]
        if name in _PARSES:
            self.hints.parses.setdefault(_PARSES[name])
        elif name == "fromisoformat":
            self.hints.parses.setdefault("date")
        elif name == "strptime" and values and isinstance(values[-1], str):
            self.hints.parses.setdefault(values[-1])
        elif name == "loads":
            self.hints.reads_json = True
        elif name == "timedelta":
            given = {keyword.arg: self.code.value_of(keyword.value) for keyword in node.keywords if keyword.arg}
            self._duration(lambda: timedelta(*values, **given))
        elif name in _PATTERNS:
            self._matched(values[:1], node.func)

    def _matched(self, given: list[Any], function: ast.expr) -> None:
        """Take the pattern of ``re.match(pattern, …)``, and of ``pattern.match(…)``."""
        held = self.code.value_of(function.value) if isinstance(function, ast.Attribute) else MISSING
        patterns = [*given, held.pattern if isinstance(held, re.Pattern) else MISSING]
        self.hints.patterns.update(dict.fromkeys(pattern for pattern in patterns if isinstance(pattern, str)))

    def _duration(self, make: Callable[[], timedelta]) -> None:
        try:
            seconds = make().total_seconds()
        except (TypeError, ValueError, OverflowError):
            return
        if seconds > 0:
            self.hints.durations.setdefault(seconds)

    def _own(self, node: ast.expr) -> CodeType | None:
        """Return the code of the function that *node* names, where it is one of the bot's."""
        code = getattr(self.code.value_of(node), "__code__", None)
        return code if isinstance(code, CodeType) and is_bots_own(code.co_filename) else None

    def _hand(self, node: ast.Call, called: CodeType) -> None:
        """Note which parameters of *called* are the values of keys."""
        names = called.co_varnames[: called.co_argcount + called.co_kwonlyargcount]
        positional = names[1:] if names[:1] in (("self",), ("cls",)) else names
        given = [*zip(positional, node.args, strict=False), *((each.arg, each.value) for each in node.keywords)]
        for name, argument in given:
            key = self._key(argument)
            if key is not None and name in names:
                self.handed.setdefault(called, {}).setdefault(name, key)

    def _members(self, node: ast.AST) -> list[Any]:
        """Return what *node* stands for: a value, or the members of a collection."""
        value = self.code.value_of(node)
        if value is MISSING:
            return self._numbers_at(node)
        if isinstance(value, timedelta):
            self._duration(lambda: value)
            return []
        if isinstance(value, enum.Enum):
            value = value.value
        return short(value)

    def _key(self, node: ast.AST) -> str | None:
        """Return the key, where *node* looks a JSON object's up, or is a name that holds such a value."""
        if isinstance(node, ast.Name):
            return self.key_of.get(node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "get" and node.args:
                return self._json_key(node.func.value, node.args[0])
            return self._key(node.func.value)  # data["status"].lower()
        if isinstance(node, ast.Subscript):
            return self._json_key(node.value, node.slice)
        return None

    def _json_key(self, table: ast.expr, key: ast.expr) -> str | None:
        if self.code.value_of(table) is not MISSING or is_memory(table):
            return None
        name = self.code.value_of(key)
        return name if isinstance(name, str) and name not in _PLATFORM_KEYS else None


def _is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _truths(sides: list[ast.expr]) -> list[bool]:
    """Return both truths, the one that is compared with first: ``data["signed"] is True``."""
    named = [side.value for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, bool)]
    return [named[0], not named[0]] if named else []


def _is_length(node: ast.AST) -> bool:
    return _is_call(node, "len")
