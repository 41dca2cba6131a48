"""Read a file into YAML nodes, each with its place, and find what YAML would take in silence."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from chatsim.errors import Problem, ScenarioError
from chatsim.scenario.looks import Looks
from chatsim.scenario.model import Position
from chatsim.scenario.yaml_errors import explain, quoted_line

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 100
MAX_REPEATED = 10_000
"""How many nodes the aliases of a file may add up to."""

BINARY = "tag:yaml.org,2002:binary"

_unprintable = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_glued_comment = re.compile(r"[ \t]+#+[^\s#]")
_marked = re.compile(r"(?:^|[\s,\[{])[!&]", re.MULTILINE)


_LINES_ABOVE = 10


class NoYaml(ScenarioError):
    """A file is no YAML from the place of its last problem on."""


class _Untyped:
    """Leaves every scalar without a type of its own: what it stands for depends on where it stands."""

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Do nothing."""

    def ascend_resolver(self) -> None:
        """Do nothing."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ARG002
        """Return no tag, so that a tag that was written can be told apart."""
        return ""


class _PythonLoader(_Untyped, Reader, Scanner, Parser, Composer):
    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)


def _loader() -> Any:
    """Return the loader in C where PyYAML was built with it; the one in Python is ten times slower."""
    if not yaml.__with_libyaml__:
        return _PythonLoader
    cyaml: Any = importlib.import_module("yaml.cyaml")
    return type("_CLoader", (_Untyped, cyaml.CParser), {})


yaml_loader = _loader()
"""Makes a loader of a text, which yields events and nodes; no scalar has a type of its own."""


class Source:
    """A scenario file while it is loaded: its text, its nodes, and everything that was found wrong so far."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.text = ""
        self.problems: list[Problem] = []
        self.people: frozenset[str] = frozenset()
        self.looks = Looks()

    @property
    def folder(self) -> Path:
        """Where files are looked for."""
        return self.path.parent

    def of(self, node: Any) -> Source:
        """Return the file in which *node* is written: another one for what was brought in from there."""
        source: Source = getattr(node, "source", self)
        return source

    def beside(self, path: Path, name: str) -> Source:
        """Return another file that this one shares something with; what is wrong with it is wrong with this one."""
        other = Source(name, path)
        other.problems = self.problems
        other.looks = self.looks
        return other

    def claim(self, root: yaml.Node) -> None:
        """Let *root*, and all in it, say that it is written in this file."""
        node: Any
        for node in _distinct(root):
            node.source = self

    def position(self, node: yaml.Node) -> Position:
        """Return where *node* begins."""
        mark = node.start_mark
        return Position(self.of(node).name, mark.line + 1, mark.column + 1)

    def problem(self, node: Any, what: str, cure: str = "") -> None:
        """Note that something is wrong at *node*."""
        file, line, column = self.position(node)
        self.problems.append(Problem(file, line, column, what, cure))

    def stop(self, line: int, column: int, what: str, cure: str = "") -> ScenarioError:
        """Return the error that ends loading: *what* is wrong at that place, after all else."""
        return ScenarioError([*self.problems, Problem(self.name, line, column, what, cure)])

    def read(self) -> yaml.Node | None:
        """Return the root node, or None for a file that holds nothing; raise `ScenarioError` for what is no YAML."""
        self.text = self._decoded()
        self._check_printable()
        root = self._composed()
        if root is not None and _marked.search(self.text):
            self._check_aliases(root)
        self._check_marks(root)
        return root

    def _check_marks(self, root: yaml.Node | None) -> None:
        if root is not None and (_marked.search(self.text) or _glued_comment.search(self.text)):
            for node in _distinct(root):
                self._check_lexically(node)

    def _decoded(self) -> str:
        try:
            data = self.looks.read(self.path, MAX_BYTES + 1)
        except OSError as error:
            raise self.stop(1, 1, f"cannot be read: {error.strerror or error}") from None
        if len(data) > MAX_BYTES:
            raise self.stop(1, 1, f"is larger than {MAX_BYTES // 1024 // 1024} MiB", "split it into several files")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8-sig")
            line, column = _place(before, len(before))
            what = f"is not UTF-8: byte 0x{data[error.start]:02x}"
            raise self.stop(line, column, what, "save it with the encoding UTF-8") from None

    def _check_printable(self) -> None:
        found = _unprintable.search(self.text)
        if found:
            code = ord(found.group())
            cure = f'inside double quotes it is written "\\x{code:02x}"' if code < 0x100 else "take it out"  # noqa: PLR2004
            raise self.stop(*_place(self.text, found.start()), f"a character YAML does not allow: U+{code:04X}", cure)

    def _composed(self) -> yaml.Node | None:
        try:
            self._check_depth()
            root: yaml.Node | None = yaml_loader(self.text).get_single_node()
        except yaml.MarkedYAMLError as error:
            raise NoYaml(self.stop(*explain(self.text, error)).problems) from None
        return root

    def before(self, line: int) -> tuple[Source, yaml.Node | None]:
        """Return what stands before *line* as a source of its own, and its root: None where that is no YAML either.

        What is wrong in a line may have begun some lines above it (a bracket that is never closed): those are left
        out as well.
        """
        part = Source(self.name, self.path)
        lines = self.text.splitlines(keepends=True)[: line - 1]
        for _ in range(_LINES_ABOVE):
            part.text = "".join(lines)
            try:
                root = part._composed()
            except ScenarioError:
                del lines[-1:]
            else:
                part._check_marks(root)
                return part, root
        return part, None

    def _check_depth(self) -> None:
        """Refuse deep nesting before nodes are composed: that recurses in C, where nothing catches it."""
        loader = yaml_loader(self.text)
        depth = 0
        event: Any
        while (event := loader.get_event()) is not None:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    mark: Any = event.start_mark
                    raise self.stop(mark.line + 1, mark.column + 1, f"is nested more than {MAX_DEPTH} deep")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1

    def _check_aliases(self, root: yaml.Node) -> None:
        repeated = _expanded_size(root, {}, set())
        if repeated is None:
            raise self._stop_at_root(root, "an alias stands inside what it names, so that it never ends")
        distinct = sum(1 for _ in _distinct(root))
        if repeated - distinct > MAX_REPEATED:
            raise self._stop_at_root(root, f"its aliases (*) repeat more than {MAX_REPEATED} nodes")

    def _stop_at_root(self, root: yaml.Node, what: str) -> ScenarioError:
        _, line, column = self.position(root)
        return self.stop(line, column, what, "write out what is repeated")

    def _check_lexically(self, node: Any) -> None:
        """Note what YAML takes for its own and a person meant as text."""
        first = self.text[node.start_mark.index : node.start_mark.index + 1]
        is_scalar = isinstance(node, yaml.ScalarNode)
        if first in {"!", "&"} and node.tag != BINARY and (is_scalar or node.tag):
            self._note_mark(node, first, plain=is_scalar and not node.style)
        elif is_scalar and not node.style and _glued_comment.match(self.text, node.end_mark.index):
            line = _line_at(self.text, node.start_mark.index)
            what = "'#' after a blank begins a comment, and here it touches the next word"
            self.problem(node, what, f"quote the text: {quoted_line(line)}\na comment is '# ' with a blank")

    def _note_mark(self, node: yaml.Node, first: str, *, plain: bool) -> None:
        if plain:
            cure = f"quote the text: {quoted_line(_line_at(self.text, node.start_mark.index))}"
            self.problem(node, f"unquoted text may not begin with {first!r}", cure)
        else:
            what = "a tag" if first == "!" else "an anchor"
            self.problem(node, f"{what} has no meaning here", f"take out the word that begins with {first!r}")


def _place(text: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at *index*."""
    before = text[:index].replace("\r\n", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _line_at(text: str, index: int) -> str:
    start = text.rfind("\n", 0, index) + 1
    end = text.find("\n", index)
    return text[start : end if end >= 0 else len(text)].rstrip("\r")


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value


def _distinct(root: yaml.Node) -> Iterator[yaml.Node]:
    """Return every node once, however many aliases lead to it."""
    seen = {id(root)}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        for child in _children(node):
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)


def _expanded_size(node: yaml.Node, known: dict[int, int], above: set[int]) -> int | None:
    """Return how many nodes *node* has when every alias is written out, or None where that has no end."""
    if id(node) in above:
        return None
    if id(node) in known:
        return known[id(node)]
    above.add(id(node))
    size = 1
    for child in _children(node):
        child_size = _expanded_size(child, known, above)
        if child_size is None:
            return None
        size += child_size
    above.discard(id(node))
    known[id(node)] = size
    return size
