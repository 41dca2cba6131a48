"""What is not to be counted: by a comment in the bot's source, or by a pattern in the project's settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from chatsim.coverage.items import KINDS, Item, Kind
from chatsim.errors import SetupError, did_you_mean
from chatsim.graph.model import Graph, StateId

COMMENT = "# chatsim: no cover"
"""What excludes the state, transition or handler on whose line it stands."""

_COMMENT = re.compile(r"#\s*chatsim:\s*no[ -]?cover\b", re.IGNORECASE)
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_ENTRIES = ast.Dict | ast.List | ast.Tuple | ast.Call
SINGULAR: dict[str, Kind] = {kind.removesuffix("s"): kind for kind in KINDS}


class Pattern(NamedTuple):
    """A pattern for names of one kind of thing, or of any; ``*`` and ``?`` stand for what is left open."""

    kind: Kind | None
    glob: str
    written: str

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Read ``KIND PATTERN`` or ``PATTERN``.  Raises `SetupError` for an empty pattern, or a kind that is none.

        >>> Pattern.of("transition * -> help")
        Pattern(kind='transitions', glob='* → help', written='transition * -> help')
        """
        word, _, rest = text.strip().partition(" ")
        kind = SINGULAR.get(word.removesuffix("s"))
        glob = (rest if kind else text).replace("->", "→").strip()
        if not glob:
            raise SetupError(f"exclude: {text!r} names nothing; write for example 'state debug_*'")
        if kind is None and rest and not rest.startswith(("→", "->")) and ":" not in word:
            raise SetupError(f"exclude: {text!r}: there is no kind {word!r}. {did_you_mean(word, SINGULAR)}")
        return cls(kind, glob, text.strip())

    def means(self, item: Item) -> bool:
        """Say whether *item* is meant; brackets in it are to the letter, as names have them."""
        return self.kind in {None, item.kind} and fnmatchcase(item.name, self.glob.replace("[", "[[]"))


def reasons(
    items: Iterable[Item], lines: Mapping[str, Collection[int]], patterns: Iterable[Pattern]
) -> dict[tuple[Kind, str], str]:
    """Return why items are not counted, by kind and name.

    With a state, all that belongs to it is not counted either; with a transition, the pairs that it is part of, and
    the guards that no other asks.
    """
    items, patterns = list(items), list(patterns)
    why: dict[tuple[Kind, str], str] = {
        (item.kind, item.name): reason for item in items if (reason := _reason(item, lines, patterns))
    }
    states: dict[StateId, str] = {
        item.within[0]: why["states", item.name]
        for item in items
        if item.kind == "states" and ("states", item.name) in why
    }
    for item in items:
        within = next((states[state] for state in item.within if state in states), "")
        if within:
            why.setdefault((item.kind, item.name), within)
    for item in items:
        through = [why.get(("transitions", name), "") for name in item.of]
        enough = all if item.kind == "guards" else any
        if through and enough(through):
            why.setdefault((item.kind, item.name), next(filter(None, through)))
    return why


def _reason(item: Item, lines: Mapping[str, Collection[int]], patterns: Iterable[Pattern]) -> str:
    line = item.line
    if line is not None and item.kind in {"states", "transitions"} and line.line in lines.get(line.file, ()):
        return f"{line} {COMMENT}"
    return next((f"exclude: {pattern.written}" for pattern in patterns if pattern.means(item)), "")


# ---------------------------------------------------------------- comments


def excluded_lines(graph: Graph, root: Path) -> dict[str, tuple[int, ...]]:
    """Return the lines that are excluded in the files that *graph* names, as far as these can be read."""
    named = [*(state.line for state in graph.states), *(each.line for each in graph.transitions)]
    found = {}
    for file in dict.fromkeys(line.file for line in named if line is not None):
        try:
            source = (root / file).read_text("utf-8")
        except (OSError, ValueError):
            continue
        lines = tuple(sorted(set(_excluded(source))))
        if lines:
            found[file] = lines
    return found


def _excluded(source: str) -> Iterator[int]:
    """Yield the lines that *source* excludes: those of comments, and those where what they stand in begins.

    A comment on a decorator means its function, one on any line of an entry of a list the entry.
    """
    commented = _commented(source)
    if not commented:
        return
    yield from commented
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return
    for node in nodes:
        if isinstance(node, _FUNCTIONS):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if commented & set(range(first, node.body[0].lineno)):
                yield from range(first, node.body[0].lineno)
    for line in commented:
        around = [node for node in nodes if isinstance(node, _ENTRIES) and node.lineno <= line <= _last(node)]
        # A mapping is an entry as a whole, whatever lists it holds.
        if around:
            yield max(around, key=lambda node: (isinstance(node, ast.Dict), node.lineno, -_last(node))).lineno


def _last(node: ast.expr) -> int:
    return node.lineno if node.end_lineno is None else node.end_lineno


def _commented(source: str) -> set[int]:
    if not _COMMENT.search(source):
        return set()
    import io  # noqa: PLC0415 - most sources leave nothing out
    import tokenize  # noqa: PLC0415

    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return set()
    return {token.start[0] for token in tokens if token.type == tokenize.COMMENT and _COMMENT.search(token.string)}
