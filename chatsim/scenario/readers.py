"""Read single values of a scenario: words, patterns, data, each with the node at which it stands.

A reader raises `WrongValue`; `leaf` notes it and puts `BROKEN` in the place, so that the rest of the file is
checked all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, TypeVar, cast, get_args

import yaml
from pydantic import PlainValidator, ValidationInfo

from chatsim.scenario.data_match import DataPattern
from chatsim.scenario.match import LiteralText, OneOf, compile_text
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.nodes import BINARY, Source
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.words import BrokenText, DataTemplate, Template, Value, is_name
from chatsim.scenario.yaml_data import read_data, read_keys, read_value
from chatsim.trace import Waits

T = TypeVar("T")
WAITS = get_args(Waits)
DESTINATIONS = ("out", "channel", "rag")


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """A value, and the node at which it stands."""

    value: T
    node: yaml.Node


class Broken:
    """Stands for a value that is wrong, or missing; the problem is noted already."""

    names: tuple[str, ...] = ()
    captures: tuple[str, ...] = ()


BROKEN: Any = Broken()
ABSENT: Any = object()
"""Stands for the node of a required key that is missing."""


class WrongValue(Exception):
    """A value is wrong: where, what, and how to mend it."""

    def __init__(self, node: yaml.Node, what: str, cure: str) -> None:
        super().__init__(what)
        self.node = node
        self.what = what
        self.cure = cure


def wrong(node: yaml.Node, what: str, cure: str = "") -> NoReturn:
    """Raise the error that *what* is wrong at *node*."""
    raise WrongValue(node, what, cure)


def noting(
    read: Callable[[Any, ValidationInfo], T], otherwise: Callable[[Any], T]
) -> Callable[[Any, ValidationInfo], T]:
    """Return *read* such that it notes what is wrong, and then returns what *otherwise* makes of the node."""

    def noted(node: Any, info: ValidationInfo) -> T:
        if node is ABSENT:
            return otherwise(node)
        try:
            return read(node, info)
        except WrongValue as error:
            source_of(info).problem(error.node, error.what, error.cure)
            return otherwise(node)

    return noted


def leaf(read: Callable[[Any, ValidationInfo], Placed[T]]) -> PlainValidator:
    """Return the validator of a value that *read* reads."""
    noted = noting(read, lambda node: Placed(BROKEN, node[0][2] if isinstance(node, list) else node))
    vars(noted)["reader"] = read  # by which `chatsim.scenario.schema` knows what may stand here
    return PlainValidator(noted)


def source_of(info: ValidationInfo) -> Source:
    """Return the file that is being read."""
    return cast("Source", info.context)


def describe(node: Any) -> str:
    """Return what kind of thing *node* is, in words for people."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "text" if node.value or node.style else "nothing"


def mapping(node: yaml.Node, info: ValidationInfo, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Return the keys of *node* with their key and value nodes."""
    if not isinstance(node, yaml.MappingNode):
        wrong(node, f"{what} must be a mapping, and this is {describe(node)}", _MAPPINGS.get(what, "write key: value"))
    return read_keys(node, source_of(info))


_MAPPINGS = {
    "a scenario file": "write bot: and scenarios:, and below that a name and a list of steps",
    "`scenarios`": "write a name for each, and below it a list of steps",
    "`fragments`": "write a name for each, and below it a list of steps",
    "`fork`": "write a name for each branch, and below it a list of steps",
    "`cases`": "write a name for each row, as in small: {size: Small}",
    "a step": "write - user: hi, or - bot: Welcome!",
}
"""How a mapping is written, where that can be said."""


_MISSING = {"text": 'for an empty text write ""', "a step": "write - user: hi, or take the '-' out"}
"""How to write what is not there, where it is known what that is."""


def scalar(node: Any, what: str = "text") -> str:
    """Return the text of *node* as the person typed it."""
    if not isinstance(node, yaml.ScalarNode):
        must = "must be text" if what == "text" else f"{what} must be text"
        wrong(node, f"{must}, and this is {describe(node)}", f"quote it if it is text: {_example(node)}")
    if node.tag == BINARY:
        wrong(node, "bytes have no place in text", "only `bytes` of a file takes !!binary")
    if not node.value and not node.style:
        wrong(node, f"{what} is missing", _MISSING.get(what, "write it here, or take the key out"))
    return str(node.value)


def _example(node: yaml.Node) -> str:
    return '"[…]"' if isinstance(node, yaml.SequenceNode) else '"{…}"'


def _understood(read: Callable[[Any], T], written: Any, node: yaml.Node) -> Placed[T]:
    try:
        return Placed(read(written), node)
    except BrokenText as error:
        wrong(node, error.what, error.cure)


def read_plain(node: yaml.Node, _: ValidationInfo) -> Placed[str]:
    """Read text in which nothing is replaced."""
    return Placed(scalar(node), node)


def read_template(node: yaml.Node, info: ValidationInfo) -> Placed[Template]:
    """Read words that go to the bot: text, or ``{text: …}`` to the letter."""
    if isinstance(node, yaml.MappingNode):
        keys = read_only_key(node, info, ("text",))
        return Placed(Template.literal(scalar(keys["text"][1])), node)
    return _understood(Template.of, scalar(node), node)


def read_user(node: yaml.Node, info: ValidationInfo) -> Placed[Template | None]:
    """Read what a person writes; the bare word null starts a chat without input."""
    if isinstance(node, yaml.ScalarNode) and not node.style:
        if node.value == "null":
            return Placed(None, node)
        if not node.value:
            wrong(node, "`user` has no text", "write `user: null` to start a chat without input")
    placed = read_template(node, info)
    return Placed(placed.value, placed.node)


def read_pattern(node: yaml.Node, info: ValidationInfo) -> Placed[TextPattern]:
    """Read words that the bot says: a pattern, ``{text: …}`` to the letter, or ``{one_of: […]}``."""
    if isinstance(node, yaml.SequenceNode):
        cure = "for several that are right write {one_of: [Hello, Hi]}, for several replies a `bot` each"
        wrong(node, "must be text, and this is a list", cure)
    if not isinstance(node, yaml.MappingNode):
        return _understood(compile_text, scalar(node), node)
    keys = read_only_key(node, info, ("text", "one_of"))
    if "text" in keys:
        return Placed(LiteralText(scalar(keys["text"][1])), node)
    choices = keys["one_of"][1]
    if not isinstance(choices, yaml.SequenceNode) or not choices.value:
        wrong(choices, "`one_of` must be a list of texts", "write {one_of: [Hello, Hi]}")
    return Placed(OneOf(tuple(read_pattern(choice, info).value for choice in choices.value)), node)


def read_patterns(node: yaml.Node, info: ValidationInfo) -> Placed[tuple[TextPattern, ...]]:
    """Read a list of patterns."""
    if not isinstance(node, yaml.SequenceNode):
        wrong(node, f"`options` must be a list, and this is {describe(node)}", "write options: [Small, Large]")
    return Placed(tuple(read_pattern(item, info).value for item in node.value), node)


def read_only_key(
    node: yaml.Node, info: ValidationInfo, known: tuple[str, ...]
) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Return the one key of *node*, which must be one of the *known*."""
    keys = mapping(node, info, "this")
    for name, (key, _) in keys.items():
        if name not in known:
            wrong(key, f"unknown key {name!r}", did_you_mean(name, known, "keys"))
    if len(keys) != 1:
        wrong(node, f"one of {', '.join(known)} must stand here", "text that begins with { needs quotes")
    return keys


def read_destination(node: yaml.Node, _: ValidationInfo) -> Placed[TextPattern]:
    """Read where a reply goes."""
    word = scalar(node)
    if word not in DESTINATIONS:
        wrong(node, f"unknown destination {word!r}", did_you_mean(word, DESTINATIONS, "destinations"))
    return Placed(LiteralText(word), node)


def read_waits(node: yaml.Node, _: ValidationInfo) -> Placed[Waits]:
    """Read what the bot waits for."""
    word = scalar(node)
    if word not in WAITS:
        wrong(node, f"a bot does not wait for {word!r}", did_you_mean(word, WAITS, "words"))
    return Placed(cast("Waits", word), node)


def read_nothing(node: yaml.Node, _: ValidationInfo) -> Placed[None]:
    """Read what stands under a bare word in a mapping: nothing."""
    if not isinstance(node, yaml.ScalarNode) or node.value or node.style:
        wrong(node, "nothing may stand here", "leave the value empty")
    return Placed(None, node)


def read_bool(node: yaml.Node, _: ValidationInfo) -> Placed[bool]:
    """Read true or false."""
    word = scalar(node)
    if word not in {"true", "false"}:
        wrong(node, f"must be true or false, and this is {word!r}", did_you_mean(word, ("true", "false"), "words"))
    return Placed(word == "true", node)


def read_mapping_data(node: yaml.Node, info: ValidationInfo) -> Placed[dict[str, Any]]:
    """Read a mapping of data in which nothing is replaced."""
    if not isinstance(node, yaml.MappingNode):
        wrong(node, f"must be a mapping, and this is {describe(node)}", "write key: value")
    return Placed(read_data(node, source_of(info)), node)


def read_data_template(node: yaml.Node, info: ValidationInfo) -> Placed[DataTemplate]:
    """Read a mapping of data that goes to the bot."""
    return _understood(DataTemplate.of, read_mapping_data(node, info).value, node)


def read_callback(node: yaml.Node, info: ValidationInfo) -> Placed[Template | DataTemplate]:
    """Read the body of a webhook call: text as it is, a mapping or list as data."""
    if isinstance(node, yaml.ScalarNode):
        template = read_template(node, info)
        return Placed(template.value, node)
    data = _understood(DataTemplate.of, read_data(node, source_of(info)), node)
    return Placed(data.value, node)


def read_vars(entries: list[tuple[str, yaml.Node, yaml.Node]], info: ValidationInfo) -> Placed[DataPattern]:
    """Read ``vars`` and every ``vars.x.y`` of a step as one pattern; *entries* are key, key node and value node."""
    data: dict[str, Any] = {}
    for key, key_node, node in entries:
        path = key.split(".")[1:]
        if not all(path):
            wrong(key_node, f"a name is missing in {key!r}", "write vars.name or vars.cart.total")
        if (place := _indexed(path)) is not None:
            cure = f"dots go into mappings, and a list is asked for as a whole: {place}: […]"
            wrong(key_node, f"{key!r} asks for a part of a list", cure)
        found = read_data(node, source_of(info)) if path else read_mapping_data(node, info).value
        for name in reversed(path):
            found = {name: found}
        if not _merge(data, found):
            wrong(key_node, f"{key!r} asks twice for the same variable", "ask once")
    return _understood(DataPattern.of, data, entries[0][2])


def _indexed(path: list[str]) -> str | None:
    """Return the list of which *path* names an item, as failures do (``cart[1]``), or None."""
    for depth, name in enumerate(path):
        if name.endswith("]") and "[" in name:
            return ".".join(["vars", *path[:depth], name.partition("[")[0]])
    return None


def _merge(into: dict[str, Any], more: dict[str, Any]) -> bool:
    for key, item in more.items():
        if key not in into:
            into[key] = item
        elif not (isinstance(item, dict) and isinstance(into[key], dict) and _merge(into[key], item)):
            return False
    return True


def read_row(node: yaml.Node, info: ValidationInfo) -> Placed[dict[str, Value]]:
    """Read a row of cases: its cells by column."""
    cells = mapping(node, info, "a case")
    for name, (key, _) in cells.items():
        if not is_name(name):
            wrong(key, f"{name!r} cannot be a column", "a name has letters, digits, _ and -, and no digit at its start")
    return Placed({name: read_value(cell, source_of(info)) for name, (_, cell) in cells.items()}, node)


def read_bytes(node: yaml.Node, _: ValidationInfo) -> Placed[Template | bytes]:
    """Read the bytes of a file: text (UTF-8), or ``!!binary``."""
    if not isinstance(node, yaml.ScalarNode) or node.tag != BINARY:
        template = _understood(Template.of, scalar(node, "`bytes`"), node)
        return Placed(template.value, node)
    import base64  # noqa: PLC0415 - only for files that hold bytes
    import binascii  # noqa: PLC0415

    try:
        return Placed(base64.b64decode("".join(node.value.split()), validate=True), node)
    except (binascii.Error, ValueError) as error:
        wrong(node, f"is not base64: {error}", "write `bytes: !!binary aGVsbG8=`")
