"""Say what a YAML syntax error means to somebody who writes a chat, and how to mend it."""

from __future__ import annotations

import json
import re

import yaml

_entry = re.compile(r"""^(?P<before>\s*(?:-\s+)*(?:[^\s"'\[{][^:]*?:\s+)?)(?P<value>\S.*?)\s*$""")

GENERAL_CURE = (
    "text that holds ': ' or ' #', or begins with one of [ ] { } , & * ! | > ' \" % @ ` - ?, needs quotes: "
    'bot: "Total: 5"'
)


def explain(text: str, error: yaml.MarkedYAMLError) -> tuple[int, int, str, str]:
    """Return line and column, what is wrong, and the cure."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return 1, 1, f"is not YAML: {error.problem or error.context}", GENERAL_CURE
    opened = _never_closed(text, error, mark)
    if opened is not None:
        return opened
    lines = text.splitlines() or [""]
    line = lines[min(mark.line, len(lines) - 1)]
    what, cure, at = _meaning(error, line, text[mark.index : mark.index + 1] if mark.index < len(text) else "")
    place = error.context_mark if at == "context" and error.context_mark is not None else mark
    return place.line + 1, place.column + 1, what, cure


def _never_closed(text: str, error: yaml.MarkedYAMLError, mark: yaml.Mark) -> tuple[int, int, str, str] | None:
    """Say that a bracket is never closed, where that is why nothing more can be read in a later line."""
    begin = error.context_mark
    if "parsing a flow" not in (error.context or "") or begin is None:
        return None
    index = begin.index
    if text[index : index + 1] not in set("[{") or not text[index : index + 1]:
        index = max(text.rfind(bracket, 0, mark.index) for bracket in "[{")
    if index < 0 or "\n" not in text[index : mark.index] or re.search(r"[\]}]", text[index : mark.index]):
        return None
    bracket = text[index]
    line = text.count("\n", 0, index) + 1
    closing = {"[": "]", "{": "}"}[bracket]
    what = f"a {bracket!r} is opened here and never closed"
    return line, index - text.rfind("\n", 0, index), what, f"close it with {closing!r}, or quote the text"


def _meaning(error: yaml.MarkedYAMLError, line: str, char: str) -> tuple[str, str, str]:
    """Return what is wrong, the cure, and ``context`` where that is where it began."""
    problem, context = error.problem or "cannot be read", error.context or ""
    both = f"{context} {problem}"
    quote = f"quote the text: {quoted_line(line)}"
    for word, sign in (("alias", "*"), ("anchor", "&"), ("tag", "!")):
        if word in both:
            return f"unquoted text may not begin with {sign!r}", quote, "context"
    if "document" in problem:
        return "a second document begins here", "a file holds one: take out the line '---', or make two files", ""
    if "end of stream" in problem and "quoted" in context:
        return "a quote is opened here and never closed", "close it, or quote the text with the other kind", "context"
    if "flow" in context and re.search(r"""(?<!["'])\$\{""", line):
        return "inside { } and [ ], text with ${…} needs quotes", 'write "${name}"', ""
    if "block" in context and _value(line)[:1] in {"[", "{"}:
        return f"the text goes on after what its first {_value(line)[0]!r} began", quote, ""
    return *_of_the_line(problem, line, char, quote), ""


def _of_the_line(problem: str, line: str, char: str, quote: str) -> tuple[str, str]:
    value = _value(line)
    if char == "\t" or "\t" in line[: len(line) - len(line.lstrip())]:
        return "a tab cannot indent", "indent with blanks"
    if char and char in "@`%":
        return f"unquoted text may not begin with {char!r}", quote
    if "mapping values" in problem and re.search(r":(\s|$)", value):
        return "unquoted text may not hold ': '", quote
    if value[:1] in {"'", '"'} and "escape" not in problem:
        return "the text goes on after its closing quote", f"quote all of it: {quoted_line(line)}"
    return f"is not YAML here: {problem}", GENERAL_CURE


def _value(line: str) -> str:
    found = _entry.match(line)
    return found["value"] if found else ""


def quoted_line(line: str) -> str:
    """Return *line* with its value in double quotes.

    >>> quoted_line("  - bot: Total: 5")
    '- bot: "Total: 5"'
    """
    found = _entry.match(line)
    if found is None:
        return 'bot: "…"'
    return f"{found['before'].lstrip()}{json.dumps(found['value'], ensure_ascii=False)}"
