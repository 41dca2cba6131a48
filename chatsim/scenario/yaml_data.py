"""Data in a scenario: YAML 1.2 core, as JSON."""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from chatsim.jsondata import INT_MAX, INT_MIN
from chatsim.scenario.nodes import BINARY, Source
from chatsim.scenario.words import Value

_null = re.compile(r"|null|Null|NULL|~")
_true = re.compile(r"true|True|TRUE")
_false = re.compile(r"false|False|FALSE")
_int = re.compile(r"[-+]?[0-9]+")
_based = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_float = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_special_float = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST_NUMBER = 400


def read_data(node: Any, source: Source) -> Any:
    """Return the data that *node* stands for; what JSON cannot hold is noted as a problem and becomes null."""
    if isinstance(node, yaml.MappingNode):
        return {key: read_data(value, source) for key, (_, value) in read_keys(node, source).items()}
    if isinstance(node, yaml.SequenceNode):
        return [read_data(item, source) for item in node.value]
    if node.tag == BINARY:
        source.problem(node, "bytes have no place in data", "only `bytes` of a file takes !!binary")
        return None
    return node.value if node.style else _plain(node, source)


def read_value(node: yaml.Node, source: Source) -> Value:
    """Return what a cell stands for: its data, and the text as it is written in the file."""
    data = read_data(node, source)
    return Value(node.value if isinstance(node, yaml.ScalarNode) else _as_json(data), data)


def read_keys(node: yaml.MappingNode, source: Source) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Return the keys of a mapping, as typed, with their key and value nodes; keys that stand twice are a problem."""
    keys: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            source.problem(key, "a key must be text", "write key: value")
        elif key.value in keys:
            first = source.position(keys[key.value][0])
            source.problem(key, f"{key.value!r} stands here twice", f"the first is in line {first.line}")
        elif key.value == "<<" and not key.style:
            source.problem(key, "merge keys (<<) are not YAML 1.2", "write out the keys, or quote '<<' if it is a name")
        else:
            keys[key.value] = (key, value)
    return keys


def _as_json(data: Any) -> str:
    import json  # noqa: PLC0415 - only for a cell that is a list or mapping

    return json.dumps(data, ensure_ascii=False)


def _plain(node: yaml.Node, source: Source) -> Any:
    text: str = node.value
    if _null.fullmatch(text):
        return None
    if _true.fullmatch(text) or _false.fullmatch(text):
        return text[0] in "tT"
    if _special_float.fullmatch(text):
        source.problem(node, f"JSON has no {text}", f'if it is text, quote it: "{text}"')
        return None
    if _int.fullmatch(text) or _based.fullmatch(text):
        return _integer(text, node, source)
    return _number(text, node, source) if _float.fullmatch(text) else text


def _integer(text: str, node: yaml.Node, source: Source) -> int | None:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    number = int(text[2:] if base != 10 else text, base) if len(text) <= _LONGEST_NUMBER else INT_MAX + 1  # noqa: PLR2004
    if INT_MIN <= number <= INT_MAX:
        return number
    source.problem(node, "an integer beyond 64 bits", "if it is text, quote it")
    return None


def _number(text: str, node: yaml.Node, source: Source) -> float | None:
    number = float(text)
    if math.isfinite(number):
        return number
    source.problem(node, f"JSON has no number as large as {text}", "if it is text, quote it")
    return None
