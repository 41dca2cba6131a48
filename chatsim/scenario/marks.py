"""Read what a suite is told about a scenario: `tags`, `skip`, `xfail`, `timeout`, `repeat`, `fixtures` and `env`."""

from __future__ import annotations

import re
from typing import Annotated, Any

import yaml
from pydantic import ValidationInfo

from chatsim.scenario.durations import read_duration
from chatsim.scenario.readers import (
    Placed,
    describe,
    leaf,
    mapping,
    noting,
    read_bool,
    read_plain,
    scalar,
    source_of,
    wrong,
)
from chatsim.scenario.words import BrokenText
from chatsim.scenario.written_base import Written

MOST_REPEATED = 10_000
"""How often a scenario may be repeated."""

_is_identifier = re.compile(r"[^\W\d]\w*").fullmatch
_is_count = re.compile(r"[0-9]{1,9}").fullmatch


def read_names(node: yaml.Node, info: ValidationInfo) -> Placed[tuple[str, ...]]:
    """Read a list of names, or one alone; each is an identifier, so that a test runner can take it for its own."""
    if isinstance(node, yaml.MappingNode):
        wrong(node, f"must be a list of names, and this is {describe(node)}", "write [smoke, slow]")
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    read = noting(lambda item, _: _name(item), lambda _: "")
    return Placed(tuple(dict.fromkeys(read(item, info) for item in items)), node)


def _name(node: yaml.Node) -> str:
    name = scalar(node, "a name")
    if not _is_identifier(name):
        wrong(node, f"{name!r} is no name", "a name here has letters, digits and _, and no digit at its start")
    return name


def read_reason(node: yaml.Node, _: ValidationInfo) -> Placed[str]:
    """Read why a scenario is not run, or expected to fail."""
    reason = scalar(node, "the reason")
    if not reason.strip():
        wrong(node, "the reason is missing", "say why: skip: the shop is closed on Sundays")
    return Placed(reason, node)


def read_timeout(node: yaml.Node, _: ValidationInfo) -> Placed[float]:
    """Read a duration of real time, in seconds."""
    try:
        seconds = read_duration(scalar(node, "`timeout`"))
    except BrokenText as error:
        wrong(node, error.what, error.cure)
    if not seconds:
        wrong(node, "no test can end after no time at all", "write timeout: 5s")
    return Placed(seconds, node)


def read_repeat(node: yaml.Node, _: ValidationInfo) -> Placed[int]:
    """Read how often a scenario is run."""
    word = scalar(node, "`repeat`")
    if not _is_count(word) or not 1 <= int(word) <= MOST_REPEATED:
        wrong(node, f"must be a number from 1 to {MOST_REPEATED}, and this is {word!r}", "write repeat: 20")
    return Placed(int(word), node)


def read_env(node: yaml.Node, info: ValidationInfo) -> Placed[dict[str, str]]:
    """Read environment variables: names and texts, in which nothing is replaced."""
    variables = {}
    for name, (key, value) in mapping(node, info, "`env`").items():
        text = scalar(value, f"the variable {name}")
        if not name or "=" in name or "\0" in name + text:
            source_of(info).problem(key, f"{name!r} cannot be an environment variable", "take '=' out of its name")
        else:
            variables[name] = text
    return Placed(variables, node)


Names = Annotated[Placed[tuple[str, ...]], leaf(read_names)]
Env = Annotated[Placed[dict[str, str]], leaf(read_env)]
Reason = Annotated[Placed[str], leaf(read_reason)]
Timeout = Annotated[Placed[float], leaf(read_timeout)]
Repeat = Annotated[Placed[int], leaf(read_repeat)]


class WrittenXfail(Written):
    """Why a scenario is expected to fail: the reason alone, or with how strictly that is meant."""

    what = "`xfail`"
    instead = "reason"

    reason: Reason
    strict: Annotated[Placed[bool], leaf(read_bool)] | None = None
    raises: Annotated[Placed[str], leaf(read_plain)] | None = None


MARKS: dict[str, Any] = {"tags": (), "skip": None, "xfail": None, "timeout": None, "repeat": 1, "fixtures": ()}
"""The keys that become the fields of `chatsim.scenario.model.Marks`, and what stands for one that is not there."""
