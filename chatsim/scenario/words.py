"""The text language: what is plain in a text, what is a gap, what goes in and what is taken out.

`parse` cuts a text into pieces once, when a file is loaded.  A `Template` puts values into a text that goes to the
bot, a `DataTemplate` into data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from chatsim.errors import ChatsimError
from chatsim.scenario.nearest import did_you_mean

CAPTURE_TYPES = ("int", "float", "word", "text", "date", "json")
NAME = r"[^\W\d][\w-]*"

_dollars = re.compile(r"\$\$|\$\{[^}\n]*\}?")
_dollars_and_dots = re.compile(rf"{_dollars.pattern}|\.\.\.")
_inside = re.compile(rf"\s*({NAME})\s*(?::\s*([^}}]*?)\s*)?")
is_name = re.compile(NAME).fullmatch


class BrokenText(ChatsimError):
    """A text is not in the language; `cure` says how to write it."""

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


class Value(msgspec.Struct, frozen=True):
    """What a name stands for: inside text as it was written or said, in data with its type.

    >>> Value("007", 7)
    Value(text='007', data=7)
    """

    text: str
    data: Any


Values: TypeAlias = Mapping[str, Value]


class Insert(msgspec.Struct, frozen=True):
    """``${name}``: a value goes in."""

    name: str


class Capture(msgspec.Struct, frozen=True):
    """``${name:type}``: a value is taken out."""

    name: str
    type: str


class Gap(msgspec.Struct, frozen=True):
    """``...``: anything, over lines, possibly nothing."""


GAP = Gap()
Piece: TypeAlias = str | Insert | Capture | Gap


def parse(text: str, *, gaps: bool = True) -> tuple[Piece, ...]:
    """Cut *text* into plain text, gaps, insertions and captures; without *gaps*, dots are plain.

    Neighbouring gaps become one, and neighbouring plain texts too.  Raises `BrokenText` for a ``${`` that is none.

    >>> parse("Order ${order:int}, $$${price} ...")
    ('Order ', Capture(name='order', type='int'), ', $', Insert(name='price'), ' ', Gap())
    """
    if "$" not in text and not (gaps and "..." in text):
        return (text,) if text else ()
    pieces: list[Piece] = []
    for piece in _raw_pieces(text, _dollars_and_dots if gaps else _dollars):
        last = pieces[-1] if pieces else None
        if isinstance(piece, str) and isinstance(last, str):
            pieces[-1] = last + piece
        elif piece is not GAP or last is not GAP:
            pieces.append(piece)
    return tuple(pieces)


def _raw_pieces(text: str, pattern: re.Pattern[str]) -> Iterator[Piece]:
    end = 0
    for found in pattern.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        end = found.end()
        special = found.group()
        if special == "...":
            yield GAP
        else:
            yield "$" if special == "$$" else named(special)
    if end < len(text):
        yield text[end:]


def named(written: str) -> Insert | Capture:
    """Return what the ``${…}`` in *written* stands for; raise `BrokenText` where that is nothing.

    >>> named("${order:int}")
    Capture(name='order', type='int')
    """
    found = _inside.fullmatch(written[2:-1]) if written.endswith("}") else None
    if found is None:
        raise BrokenText(f"{written!r} holds no name", "write ${name} or ${name:int}; for a dollar and a brace, $${")
    name, kind = found.groups()
    if kind is None:
        return Insert(name)
    if kind not in CAPTURE_TYPES:
        raise BrokenText(f"unknown type {kind!r} in {written!r}", did_you_mean(kind, CAPTURE_TYPES, "types"))
    return Capture(name, kind)


class Template(msgspec.Struct, frozen=True):
    """A text that goes to the bot, with the names whose values go into it.

    >>> Template.of("${size}, for $$5 ...").render({"size": Value("Small", "Small")})
    'Small, for $5 ...'
    """

    source: str
    pieces: tuple[str | Insert, ...]

    @classmethod
    def of(cls, text: str) -> Template:
        """Read *text*; raise `BrokenText` for a broken ``${…}``, or for one that takes a value out."""
        return cls(text, tuple(_going_in(piece) for piece in parse(text, gaps=False)))

    @classmethod
    def literal(cls, text: str) -> Template:
        """Return a template of *text* to the letter."""
        return cls(text, (text,))

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go in."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Insert))

    def render(self, values: Values) -> str:
        """Return the text with *values* in it."""
        return "".join([piece if isinstance(piece, str) else values[piece.name].text for piece in self.pieces])


def _going_in(piece: Piece) -> str | Insert:
    if isinstance(piece, Capture):
        raise BrokenText(
            f"'${{{piece.name}:{piece.type}}}' takes a value out, and nothing can be taken out of what goes in",
            f"write ${{{piece.name}}}; values are taken out of what the bot says",
        )
    assert isinstance(piece, str | Insert)  # noqa: S101 - parsed without gaps
    return piece


class DataTemplate(msgspec.Struct, frozen=True):
    """Data that goes to the bot: JSON in which texts may hold names.

    A text that is only ``${x}`` becomes the value with its type; any other has the value's text in it.

    >>> DataTemplate.of({"order": "${order}", "note": "no. ${order}"}).render({"order": Value("07", 7)})
    {'order': 7, 'note': 'no. 07'}
    """

    source: Any
    tree: Any

    @classmethod
    def of(cls, data: Any) -> DataTemplate:
        """Read *data*; raise `BrokenText` for a text in it that is broken."""
        return cls(data, _data_tree(data))

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values go in, in order."""
        return tuple(_tree_names(self.tree))

    def render(self, values: Values) -> Any:
        """Return new data with *values* in it."""
        return _render(self.tree, values)


def _data_tree(data: Any) -> Any:
    if isinstance(data, str):
        template = Template.of(data)
        pieces = template.pieces
        if len(pieces) == 1 and isinstance(pieces[0], Insert):
            return pieces[0]
        return template if template.names else "".join(str(piece) for piece in pieces)
    if isinstance(data, dict):
        return {key: _data_tree(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_data_tree(item) for item in data]
    return data


def _tree_names(tree: Any) -> Iterator[str]:
    if isinstance(tree, Insert):
        yield tree.name
    elif isinstance(tree, Template):
        yield from tree.names
    elif isinstance(tree, dict | list):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from _tree_names(item)


def _render(tree: Any, values: Values) -> Any:
    if isinstance(tree, Insert):
        return _copy(values[tree.name].data)
    if isinstance(tree, Template):
        return tree.render(values)
    if isinstance(tree, dict):
        return {key: _render(item, values) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_render(item, values) for item in tree]
    return tree


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copy(item) for key, item in data.items()}
    return [_copy(item) for item in data] if isinstance(data, list) else data
