"""Kinds of findings, as they are written in a scenario."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.readers import Placed, describe, scalar, wrong


def read_kinds(node: yaml.Node, known: Sequence[str], shows: str, example: str) -> Placed[frozenset[str]]:
    """Read a kind, or a list of them; *shows* are the words for what shows those that are *known*."""
    if isinstance(node, yaml.MappingNode):
        what = f"must be a kind of finding, or a list of them, and this is {describe(node)}"
        wrong(node, what, f"write never: {example}")
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    kinds = [scalar(item, "a kind of finding") for item in items]
    for kind, item in zip(kinds, items, strict=True):
        if kind not in known:
            wrong(item, f"{shows} never shows {kind!r}", did_you_mean(kind, known, "kinds of findings"))
    return Placed(frozenset(kinds), node)
