"""Check that every ``${name}`` of a scenario stands for something by the time it is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from chatsim.scenario.data_match import DataPattern
from chatsim.scenario.match import TextPattern
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.nodes import Source
from chatsim.scenario.readers import ABSENT, BROKEN, Placed
from chatsim.scenario.words import NAME, DataTemplate, Template
from chatsim.scenario.written import WrittenScenario
from chatsim.scenario.written_base import Written
from chatsim.scenario.written_steps import WrittenStep

_capture = re.compile(rf"\$\{{\s*({NAME})\s*:")
_CHECKS = ("state", "vars", "waits")


def check_names(scenario: WrittenScenario, columns: Iterable[str], source: Source) -> None:
    """Note every name in *scenario* that is neither one of *columns* nor taken out of an earlier reply."""
    known = set(columns)
    steps = [step for step in scenario.steps if isinstance(step, WrittenStep)]
    later = {name for step in steps for part in _all_parts(step) for name in _captures(part, source)}
    if scenario.given is not None:
        _check(_parts(scenario.given), known, later, source)
    for step in steps:
        _step(step, known, later, source)


def _step(step: WrittenStep, known: set[str], later: set[str], source: Source) -> None:
    # A reply is matched with the names known before it; what it gives is known to the checks beside it.
    for group in (list(_parts(step)), list(_check_parts(step))):
        _check(group, known, later, source)
        known.update(name for part in group for name in _captures(part, source))


def _all_parts(step: WrittenStep) -> Iterator[Placed[Any]]:
    yield from _parts(step)
    yield from _check_parts(step)


def _parts(written: Written) -> Iterator[Placed[Any]]:
    """Return the values of *written* and of what stands in it, without the checks beside it."""
    for name, value in written.__dict__.items():
        if name in _CHECKS and isinstance(written, WrittenStep):
            continue
        if isinstance(value, Placed):
            yield value
        elif isinstance(value, Written):
            yield from _parts(value)
        elif isinstance(value, list):
            for item in value:
                yield from _parts(item)


def _check_parts(step: WrittenStep) -> Iterator[Placed[Any]]:
    for item in step.__dict__.get("any_order", ()):
        yield from _check_parts(item)
    for name in _CHECKS:
        value = step.__dict__[name]
        if value is not None:
            yield value


def _check(parts: Iterable[Placed[Any]], known: set[str], later: set[str], source: Source) -> None:
    for part in parts:
        for name in _names(part.value):
            if name not in known:
                _note(name, part.node, known, later, source)


def _note(name: str, node: yaml.Node, known: set[str], later: set[str], source: Source) -> None:
    if name in later:
        source.problem(
            node, f"${{{name}}} is used before it is taken", "move this below the reply that it is taken from"
        )
        return
    what = f"undefined ${{{name}}}"
    if known:
        source.problem(node, what, did_you_mean(name, sorted(known), "names"))
    else:
        source.problem(node, what, f"take it from a reply with ${{{name}:word}}, or make it a column of `cases`")


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, TextPattern | Template | DataTemplate | DataPattern):
        return value.names
    return tuple(name for item in value for name in _names(item)) if isinstance(value, tuple) else ()


def _captures(part: Placed[Any], source: Source) -> tuple[str, ...]:
    if part.value is BROKEN and part.node is not ABSENT:
        # What is broken may take names out, and is noted already: no second error about these.
        start, end = part.node.start_mark.index, part.node.end_mark.index
        return tuple(_capture.findall(source.text, start, end))
    return _taken(part.value)


def _taken(value: Any) -> tuple[str, ...]:
    if isinstance(value, TextPattern | DataPattern):
        return value.captures
    return tuple(name for item in value for name in _taken(item)) if isinstance(value, tuple) else ()
