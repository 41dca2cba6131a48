"""The parts of a graph as ASCII text, for formats that have no place for them but an attribute."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

from chatsim.errors import SetupError
from chatsim.graph.model import Graph, State, Transition

_Part = TypeVar("_Part", State, Transition)


def packed(index: int, part: State | Transition) -> str:
    r"""Return *part*, which is the graph's *index*-th, as JSON in which no text has a quote or a backslash of its own.

    >>> print(packed(3, State('a"b\\')))
    [3,{"name":"a\u0022b\u005c"}]
    """
    return _ascii([index, msgspec.to_builtins(part)])


def packed_graph(graph: Graph) -> str:
    """Return what *graph* says beside its states and transitions."""
    return _ascii({"bot": graph.bot, "ordered": graph.ordered, "exclusive": graph.exclusive})


def unpacked(states: list[str], transitions: list[str], graph: str) -> Graph:
    """Return the graph whose parts were packed; raise `SetupError` where they are not what `packed` wrote."""
    try:
        rest = json.loads(graph)
        parts = msgspec.convert(rest, Graph)
        return msgspec.structs.replace(
            parts, states=_in_order(states, State), transitions=_in_order(transitions, Transition)
        )
    except (ValueError, TypeError, LookupError, msgspec.ValidationError) as error:
        raise SetupError(f"the file is no graph that chatsim wrote: {error}") from None


def _in_order(texts: list[str], kind: type[_Part]) -> tuple[_Part, ...]:
    numbered = sorted(((number, part) for number, part in map(json.loads, texts)), key=lambda pair: pair[0])
    return tuple(msgspec.convert(part, kind) for _, part in numbered)


def _ascii(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    # Formats differ in what they make of a backslash before a quote, or of two; none minds \u.
    return text.replace("\\\\", "\\u005c").replace('\\"', "\\u0022")
