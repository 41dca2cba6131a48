"""What is written about the world around the bot: the steps `wait`, `restart` and `calls`, and the mocks."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias

import yaml
from pydantic import BeforeValidator, Field, ValidationInfo

from chatsim.errors import SetupError
from chatsim.scenario.calls import ANYTHING, FUNCTION, call_pattern
from chatsim.scenario.data_match import DataPattern
from chatsim.scenario.durations import read_duration
from chatsim.scenario.match import compile_text
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.nodes import Source
from chatsim.scenario.readers import (
    Placed,
    describe,
    leaf,
    mapping,
    noting,
    read_bool,
    read_bytes,
    read_pattern,
    read_template,
    scalar,
    source_of,
    wrong,
)
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.words import BrokenText, DataTemplate, Template, parse
from chatsim.scenario.words import Capture as CapturePiece
from chatsim.scenario.written_base import Written
from chatsim.scenario.yaml_data import read_data
from chatsim.world.outgoing import TROUBLES
from chatsim.world.patterns import METHODS

# ---------------------------------------------------------------- durations


def read_time(node: yaml.Node, _: ValidationInfo) -> Placed[Template]:
    """Read a duration, in which names of columns may stand."""
    written = scalar(node, "a duration")
    try:
        template = Template.of(written)
        if not template.names:
            read_duration(written)
    except BrokenText as error:
        wrong(node, error.what, error.cure)
    return Placed(template, node)


def read_wait(node: yaml.Node, info: ValidationInfo) -> Placed[Template]:
    """Read how long to wait; no time at all is no wait."""
    placed = read_time(node, info)
    if not placed.value.names and not read_duration(placed.value.source):
        wrong(node, "no time would pass", "write wait: 31m")
    return placed


Time: TypeAlias = Annotated[Placed[Template], leaf(read_time)]
WaitTime: TypeAlias = Annotated[Placed[Template], leaf(read_wait)]


# ---------------------------------------------------------------- parts of calls


def read_any_template(node: yaml.Node, info: ValidationInfo) -> Placed[DataTemplate]:
    """Read data of any kind that goes to the bot."""
    data = read_data(node, source_of(info))
    try:
        return Placed(DataTemplate.of(data), node)
    except BrokenText as error:
        wrong(node, error.what, error.cure)


def read_any_pattern(node: yaml.Node, info: ValidationInfo) -> Placed[DataPattern]:
    """Read data of any kind that comes from the bot."""
    data = read_data(node, source_of(info))
    try:
        return Placed(DataPattern.of(data), node)
    except BrokenText as error:
        wrong(node, error.what, error.cure)


def read_args(node: yaml.Node, info: ValidationInfo) -> Placed[DataPattern]:
    """Read the positional arguments of a call."""
    if not isinstance(node, yaml.SequenceNode):
        wrong(node, f"`args` must be a list, and this is {describe(node)}", "write args: [Small, 9]")
    return read_any_pattern(node, info)


def read_templates(node: yaml.Node, info: ValidationInfo) -> Placed[tuple[tuple[str, Template], ...]]:
    """Read a mapping of names to texts that go to the bot."""
    found = mapping(node, info, "this")
    return Placed(tuple((name, read_template(value, info).value) for name, (_, value) in found.items()), node)


def read_named_patterns(node: yaml.Node, info: ValidationInfo) -> Placed[tuple[tuple[str, TextPattern], ...]]:
    """Read a mapping of names to texts that come from the bot."""
    found = mapping(node, info, "this")
    return Placed(tuple((name, read_pattern(value, info).value) for name, (_, value) in found.items()), node)


def read_status(node: yaml.Node, _: ValidationInfo) -> Placed[int]:
    """Read a status of HTTP."""
    word = scalar(node, "`status`")
    if not (word.isdecimal() and len(word) == 3 and 200 <= int(word) <= 599):  # noqa: PLR2004 - the range is the message
        wrong(node, f"{word!r} is no final status of HTTP", "those go from 200 to 599")
    return Placed(int(word), node)


def read_trouble(node: yaml.Node, _: ValidationInfo) -> Placed[str]:
    """Read in which way a call fails."""
    word = scalar(node, "`error`")
    if word not in TROUBLES:
        wrong(node, f"a call cannot fail by {word!r}", did_you_mean(word, TROUBLES, "errors"))
    return Placed(word, node)


AnyTemplate: TypeAlias = Annotated[Placed[DataTemplate], leaf(read_any_template)]
AnyPattern: TypeAlias = Annotated[Placed[DataPattern], leaf(read_any_pattern)]
NamedPatterns: TypeAlias = Annotated[Placed[tuple[tuple[str, TextPattern], ...]], leaf(read_named_patterns)]
Words: TypeAlias = Annotated[Placed[Template], leaf(read_template)]
Bool: TypeAlias = Annotated[Placed[bool], leaf(read_bool)]


class WrittenAsked(Written):
    """What is asked of a request: ``when: {json: …, headers: …, query: …}``."""

    what = "`when`"

    json_: AnyPattern | None = Field(None, alias="json")
    headers: NamedPatterns | None = None
    query: NamedPatterns | None = None


class WrittenAnswerFields(Written):
    """One answer of a mock."""

    what = "an answer of a mock"

    when: WrittenAsked | None = None
    status: Annotated[Placed[int], leaf(read_status)] | None = None
    json_: AnyTemplate | None = Field(None, alias="json")
    text: Words | None = None
    body: Annotated[Placed[Template | builtins.bytes], leaf(read_bytes)] | None = None
    headers: Annotated[Placed[tuple[tuple[str, Template], ...]], leaf(read_templates)] | None = None
    delay: Time | None = None
    timeout: Bool | None = None
    error: Annotated[Placed[str], leaf(read_trouble)] | None = None
    returns: AnyTemplate | None = None
    raises: Words | None = None
    optional: Bool | None = None


def _read_answers(node: Any, info: ValidationInfo) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        if not node.value:
            wrong(node, "a mock without an answer", "write {json: {…}}, or {} for an empty answer")
        return list(node.value)
    mapping(node, info, "an answer")
    return [node]


def _read_mocks(node: yaml.Node, info: ValidationInfo) -> dict[str, Placed[yaml.Node]]:
    mocks = mapping(node, info, "`mock`")
    for name, (key, _) in mocks.items():
        _check_call(name, key, source_of(info))
    return {name: Placed(value, key) for name, (key, value) in mocks.items()}


class WrittenMock(Written):
    """The answers of a mock: one alone, or a list; the key says which calls are meant."""

    what = "a mock"
    instead = "answers"

    answers: Annotated[list[WrittenAnswerFields], BeforeValidator(noting(_read_answers, lambda _: []))]

    @classmethod
    def read(cls, node: yaml.Node, info: ValidationInfo) -> dict[str, Any]:  # noqa: ARG003
        """Take every node for the answers."""
        return {"node": node, "answers": node}


Mocked: TypeAlias = Annotated[dict[str, WrittenMock], BeforeValidator(noting(_read_mocks, lambda _: {}))]
"""The mocks of a scenario, by what they answer."""


# ---------------------------------------------------------------- the calls that were made


class WrittenCallFields(Written):
    """With what a call was made."""

    what = "a call"

    json_: AnyPattern | None = Field(None, alias="json")
    text: Annotated[Placed[TextPattern], leaf(read_pattern)] | None = None
    form: AnyPattern | None = None
    headers: NamedPatterns | None = None
    query: NamedPatterns | None = None
    args: Annotated[Placed[DataPattern], leaf(read_args)] | None = None
    kwargs: AnyPattern | None = None


class WrittenCall(Written):
    """One call: ``METHOD URL``, or ``{METHOD URL: {json: …}}``."""

    what = "a call"

    name: Placed[str]
    url: Placed[tuple[TextPattern, ...]]
    content: WrittenCallFields | None = None

    @classmethod
    def read(cls, node: Any, info: ValidationInfo) -> dict[str, Any]:
        """Take the call apart."""
        return noting(cls.take_call, lambda node: _named_call("", node, node))(node, info)

    @classmethod
    def take_call(cls, node: Any, info: ValidationInfo) -> dict[str, Any]:
        """Return the name of the call, and what it was made with."""
        if isinstance(node, yaml.ScalarNode):
            name = scalar(node, "a call")
            _check_call(name, node, source_of(info))
            return _named_call(name, node, node)
        entries = mapping(node, info, "a call")
        if len(entries) != 1:
            wrong(node, "one call must stand here", "write - POST https://…: {json: {…}}")
        ((name, (key, value)),) = entries.items()
        _check_call(name, key, source_of(info))
        return {**_named_call(name, key, node), "content": value}


def _named_call(name: str, key: yaml.Node, node: yaml.Node) -> dict[str, Any]:
    return {"node": node, "name": Placed(name, key), "url": Placed(tuple(_patterns_in(name)), key)}


def _read_calls(node: yaml.Node, _: ValidationInfo) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        wrong(node, f"`calls` must be a list, and this is {describe(node)}", "write - POST https://…: {json: {…}}")
    return list(node.value)


Calls: TypeAlias = Annotated[list[WrittenCall], BeforeValidator(noting(_read_calls, lambda _: []))]


# ---------------------------------------------------------------- checks


def _check_call(name: str, key: yaml.Node, source: Source) -> None:
    """Note what is wrong with ``METHOD URL`` or ``call package.module:function``."""
    if name.startswith(FUNCTION):
        module, colon, function = name.removeprefix(FUNCTION).strip().partition(":")
        parts = (*module.split("."), *function.split("."))
        if not (colon and all(part.isidentifier() for part in parts)):
            source.problem(key, f"{name!r} names no function", "write call package.module:function")
        return
    method, _, url = name.partition(" ")
    if method not in METHODS or not url.strip():
        near = did_you_mean(method.upper(), METHODS, "methods") if url.strip() else ""
        cure = (
            near or "write a method and a URL, as in GET https://stock.example/items, or call package.module:function"
        )
        source.problem(key, f"{name!r} is no call", cure)
    elif not url.strip().startswith(("http://", "https://", "/", "...", "$")):
        source.problem(key, f"{url.strip()!r} is no URL", f"write {method} https://{url.strip()}")
    else:
        try:
            call_pattern(name, ANYTHING, {}, {})
            parse(name)
        except (BrokenText, SetupError) as error:
            what, cure = (error.what, error.cure) if isinstance(error, BrokenText) else (str(error), "")
            source.problem(key, what, cure)


def _patterns_in(name: str) -> Iterator[TextPattern]:
    if not name.startswith(FUNCTION):
        try:
            yield compile_text(name)
        except BrokenText:
            return


def names_in(name: str) -> tuple[str, ...]:
    """Return the names whose values go into ``METHOD URL``."""
    return tuple(value for pattern in _patterns_in(name) for value in pattern.names)


def captures_in(name: str) -> tuple[str, ...]:
    """Return what ``METHOD URL`` would take out."""
    if name.startswith(FUNCTION):
        return ()
    try:
        return tuple(piece.name for piece in parse(name) if isinstance(piece, CapturePiece))
    except BrokenText:
        return ()
