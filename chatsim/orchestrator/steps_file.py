"""Read steps from a JSON file: state ids to dotted names or inline code, all of them or none."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from json import JSONDecodeError, JSONDecoder
from os import PathLike
from pathlib import Path

import msgspec

from chatsim.errors import Problem, SecurityError, StepsError
from chatsim.failures import raised_by_bot
from chatsim.handlers import Handler, handler_problem
from chatsim.orchestrator.dotted import import_handler, name_problem
from chatsim.sandbox.inline_code import compile_step

_BLANKS = re.compile(r"[ \t\r\n]*")
_INLINE = re.compile(r"\s*(def|async|import|from|class|@|#|\w+\s*=)\b|[\n;(\s]")
CURE_VALUE = "write a dotted name, such as 'my_app.handlers.start', or the definition of a function"


class _Entry(msgspec.Struct, frozen=True):
    """One member of the file's object, with the 1-based position of its value."""

    state_id: str
    value: object
    line: int
    column: int


def load_steps(
    path: str | PathLike[str], *, taken: Collection[str] = (), modules: Collection[str] | None = None
) -> dict[str, Handler]:
    """Return the steps that the file at *path* names.

    Args:
        path: The file, UTF-8 JSON: an object from state ids to dotted names or inline code.
        taken: State ids that have a step already, and may not be in the file.
        modules: The packages and modules that may be imported; None for any but those of the standard library.

    Raises `StepsError` with all problems of the file, `SecurityError` if inline code breaks a rule.  Modules are
    imported only once nothing else is found wrong, so a mistake that is known without importing imports nothing.
    """
    loading = _Loading(str(path), taken, modules)
    loading.check(_entries(Path(path)))
    loading.import_dotted()
    return loading.handlers


class _Loading:
    """The state of one load: what was found, and what is wrong."""

    def __init__(self, file: str, taken: Collection[str], modules: Collection[str] | None) -> None:
        self.file = file
        self.taken = taken
        self.modules = modules
        self.handlers: dict[str, Handler] = {}
        self.problems: list[Problem] = []
        self.insecure = False
        self.dotted: list[tuple[_Entry, str]] = []

    def check(self, entries: list[_Entry]) -> None:
        """Check every entry as far as it goes without importing; raise `StepsError` for what is wrong."""
        seen: set[str] = set()
        for entry in entries:
            if entry.state_id in seen:
                self._problem(entry, "there are two steps of that name", "keep one of them")
            if entry.state_id in self.taken:
                self._problem(entry, "there is a step already", "pass replace=True to put this one in its place")
            seen.add(entry.state_id)
            self._check_value(entry)
        self._raise()

    def import_dotted(self) -> None:
        """Import the dotted names; raise `StepsError` for what cannot be imported, or is no step."""
        for entry, name in self.dotted:
            try:
                handler = import_handler(name)
            except BaseException as error:  # noqa: BLE001 - whatever a module raises while it is imported
                raised_by_bot(error)
                self._problem(entry, f"{name!r} cannot be imported: {type(error).__name__}: {error}")
                continue
            problem = handler_problem(handler)
            if problem:
                self._problem(entry, f"{name!r}: {problem}")
            self.handlers[entry.state_id] = handler
        self._raise()

    def _check_value(self, entry: _Entry) -> None:
        value = entry.value
        # The order of registration is the order of the file, wherever the handler comes from.
        self.handlers[entry.state_id] = _pending
        if not isinstance(value, str) or not value.strip():
            self._problem(entry, f"its value is {json.dumps(value)[:60]}", CURE_VALUE)
        elif _INLINE.match(value) or _INLINE.search(value.strip()):
            self._check_inline(entry, value)
        else:
            problem = name_problem(value, self.modules)
            if problem:
                self._problem(entry, *problem)
            self.dotted.append((entry, value))

    def _check_inline(self, entry: _Entry, code: str) -> None:
        try:
            self.handlers[entry.state_id] = compile_step(code, f"{Path(self.file).name}, step {entry.state_id!r}")
        except StepsError as error:
            self.insecure |= isinstance(error, SecurityError)
            for problem in error.problems:
                self._problem(entry, f"line {problem.line} of its code: {problem.what}", problem.cure)

    def _problem(self, entry: _Entry, what: str, cure: str = "") -> None:
        self.problems.append(Problem(self.file, entry.line, entry.column, f"step {entry.state_id!r}: {what}", cure))

    def _raise(self) -> None:
        if self.problems:
            raise (SecurityError if self.insecure else StepsError)(self.problems)


def _pending(*_: object) -> tuple[str, dict[str, object]]:
    """Hold the place of a step that is not imported yet."""
    raise StepsError([])


def _entries(path: Path) -> list[_Entry]:
    """Return the members of the object in the file, in order and with duplicates; raise `StepsError` otherwise."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StepsError([Problem(str(path), 1, 1, f"cannot be read: {error.strerror or error}")]) from None
    except UnicodeDecodeError as error:
        raise StepsError([Problem(str(path), 1, 1, f"is not UTF-8: {error}")]) from None
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except JSONDecodeError as error:
        raise StepsError([Problem(str(path), error.lineno, error.colno, f"no JSON: {error.msg}")]) from None
    except (ValueError, RecursionError) as error:
        raise StepsError([Problem(str(path), 1, 1, f"no JSON: {error}")]) from None
    start = _after_blanks(text, 0)
    if text[start] != "{":
        raise StepsError([Problem(str(path), *_position(text, start), "is no object of state ids", CURE_VALUE)])
    return list(_members(text, start + 1))


def _members(text: str, at: int) -> Iterator[_Entry]:
    """Yield the members of the object whose inside begins at *at*; *text* is known to be JSON."""
    decode = JSONDecoder().raw_decode
    at = _after_blanks(text, at)
    while text[at] != "}":
        state_id, at = decode(text, at)
        at = _after_blanks(text, _after_blanks(text, at) + 1)
        value, end = decode(text, at)
        yield _Entry(state_id, value, *_position(text, at))
        at = _after_blanks(text, end)
        if text[at] == ",":
            at = _after_blanks(text, at + 1)


def _after_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _position(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
