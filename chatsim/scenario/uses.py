"""Read ``use: login(name=Ann)``: which fragment is used, and what its arguments stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml
from pydantic import ValidationInfo

from chatsim.scenario.nodes import Source
from chatsim.scenario.readers import Placed, scalar, source_of, wrong
from chatsim.scenario.words import NAME, BrokenText, Template, Value
from chatsim.scenario.yaml_data import read_value

EXAMPLE = 'write use: login, or use: login(name=Ann, note="a, b")'

_call = re.compile(r"\s*([^()\s][^()]*?)\s*(?:\((.*)\))?\s*", re.DOTALL)
_argument = re.compile(
    rf"""\s*({NAME})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|((?:\$\{{[^}}]*\}}|[^,"'])*))\s*(?:,|\Z)""",
    re.DOTALL,
)
_escaped = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class UseCall:
    """A fragment that is used, with its arguments: a value each, or a text with names in it."""

    fragment: str
    arguments: Mapping[str, Value | Template]

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go into arguments."""
        return tuple(name for given in self.arguments.values() if isinstance(given, Template) for name in given.names)

    def known(self, row: Mapping[str, Value]) -> dict[str, Value]:
        """Return the arguments whose values are known with those in *row*."""
        found: dict[str, Value] = {}
        for name, given in self.arguments.items():
            if isinstance(given, Value):
                found[name] = given
            elif all(used in row for used in given.names):
                text = given.render(row)
                found[name] = Value(text, text)
        return found


def read_use(node: yaml.Node, info: ValidationInfo) -> Placed[UseCall]:
    """Read the name of a fragment, and in parentheses its arguments."""
    written = scalar(node, "`use`")
    call = _call.fullmatch(written)
    if call is None:
        wrong(node, f"{written!r} is no use of a fragment", EXAMPLE)
    fragment, inside = call.groups()
    arguments: dict[str, Value | Template] = {}
    place = 0
    while inside and place < len(inside):
        found = _argument.match(inside, place)
        if found is None:
            wrong(node, f"cannot read the arguments from {inside[place:].strip()!r} on", EXAMPLE)
        name, double, single, bare = found.groups()
        if name in arguments:
            wrong(node, f"the argument {name!r} stands here twice", "give it once")
        quoted = _escaped.sub(r"\1", double) if double is not None else _single(single)
        if quoted is None and not bare.strip():
            wrong(node, f"the argument {name!r} has no value", f'for an empty text write {name}=""')
        arguments[name] = _given(node, source_of(info), bare.strip() if quoted is None else quoted, bare=quoted is None)
        place = found.end()
    return Placed(UseCall(fragment, arguments), node)


def _single(text: str | None) -> str | None:
    return None if text is None else text.replace("''", "'")


def _given(node: yaml.Node, source: Source, text: str, *, bare: bool) -> Value | Template:
    """Return what an argument stands for: quoted it is text, else data as in a cell of `cases`."""
    try:
        template = Template.of(text)
    except BrokenText as error:
        wrong(node, error.what, error.cure)
    if template.names:
        return template
    plain = template.render({})
    if not bare or plain != text:
        return Value(plain, plain)
    return read_value(yaml.ScalarNode("", text, node.start_mark, node.end_mark), source)
