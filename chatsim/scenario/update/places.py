"""The tree of a YAML file with the exact place of everything in it, aliases left as they are written.

PyYAML's own nodes end a block where the next token begins, comments and blank lines included, and stand for an alias
where its anchor is.  To edit a file in place both must be known more exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import yaml

from chatsim.scenario.nodes import yaml_loader

Kind: TypeAlias = Literal["scalar", "sequence", "mapping", "alias"]


@dataclass(slots=True, eq=False)
class Place:
    """One node: where it begins, and where its last character is.

    `line` and `column` count from 1.  `items` are those of a sequence, `pairs` those of a mapping.  `in_flow` says
    whether it stands within ``[…]`` or ``{…}``, `flow` whether it is such a collection itself.
    """

    kind: Kind
    start: int
    end: int
    line: int
    column: int
    value: str = ""
    style: str = ""
    flow: bool = False
    in_flow: bool = False
    items: list[Place] = field(default_factory=list)
    pairs: list[tuple[Place, Place]] = field(default_factory=list)
    parent: Place | None = None

    def children(self) -> Iterator[Place]:
        """Yield what stands in it, in order."""
        yield from self.items
        for key, value in self.pairs:
            yield key
            yield value

    def pair(self, name: str) -> tuple[Place, Place] | None:
        """Return the key *name* of a mapping with its value, or None."""
        return next((pair for pair in self.pairs if pair[0].value == name), None)


def places_in(text: str) -> Place | None:
    r"""Return the root of the YAML in *text*, or None where there is nothing; raise `yaml.YAMLError`.

    >>> root = places_in("- a\n- {b: 1}  # comment\n\n")
    >>> (root.kind, root.end, root.items[1].pairs[0][1].column)
    ('sequence', 12, 7)
    """
    loader = yaml_loader(text)
    open_: list[Place] = []
    root: Place | None = None
    event: Any
    while (event := loader.get_event()) is not None:
        if isinstance(event, yaml.CollectionEndEvent):
            closed = open_.pop()
            _close(closed, event)
            continue
        place = _place(event, text)
        if place is None:
            continue
        if open_:
            _add(open_[-1], place)
        root = root or place
        if isinstance(event, yaml.CollectionStartEvent):
            open_.append(place)
    return root


def _place(event: Any, text: str) -> Place | None:
    mark = event.start_mark
    at = (mark.index, event.end_mark.index, mark.line + 1, mark.column + 1)
    if isinstance(event, yaml.ScalarEvent):
        place = Place("scalar", *at, value=event.value, style=event.style or "")
        if place.style in {"|", ">"}:
            place.end = place.start + len(text[place.start : place.end].rstrip())
        return place
    if isinstance(event, yaml.AliasEvent):
        return Place("alias", *at)
    if isinstance(event, yaml.CollectionStartEvent):
        kind: Kind = "sequence" if isinstance(event, yaml.SequenceStartEvent) else "mapping"
        return Place(kind, *at, flow=bool(event.flow_style))
    return None


def _add(parent: Place, child: Place) -> None:
    child.parent = parent
    child.in_flow = parent.flow or parent.in_flow
    if parent.kind == "sequence":
        parent.items.append(child)
    elif parent.pairs and parent.pairs[-1][1] is parent:
        parent.pairs[-1] = (parent.pairs[-1][0], child)
    else:
        parent.pairs.append((child, parent))  # the parent stands for a value that is yet to come


def _close(place: Place, event: Any) -> None:
    closes_itself = event.end_mark.index > event.start_mark.index
    last = place.items[-1] if place.items else place.pairs[-1][1] if place.pairs else None
    if closes_itself or last is None:
        place.end = event.end_mark.index
    else:
        place.end = max(last.end, place.pairs[-1][0].end if place.pairs else 0)


def every_place(root: Place | None) -> Iterator[Place]:
    """Yield *root* and all below it, from top to bottom.

    >>> [place.value for place in every_place(places_in("a: [b, c]"))]
    ['', 'a', '', 'b', 'c']
    """
    waiting = [root] if root is not None else []
    while waiting:
        place = waiting.pop()
        yield place
        waiting.extend(reversed(list(place.children())))
