"""Short texts for pictures: names, guards and conditions on one line, without anything that a reader cannot see."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chatsim.graph.model import State, Transition
from chatsim.graph.wording import short_condition
from chatsim.visible import visible

NAME, CONDITION = 40, 32
"""How many characters of a name, and of a condition of the source, are shown."""

MOST = 3
"""How many ways of an arrow are named on it; the others are counted."""

_NOT_XML = re.compile("[\ufffe\uffff]")
"""What can be seen, or at least is not hidden, and may not stand in an SVG all the same."""


def shown(text: str, most: int = NAME) -> str:
    r"""Return *text* on one line of at most *most* characters.

    >>> shown("a\n  b\x1b[2J"), shown("a very long name of a state", 12)
    ('a b\\x1b[2J', 'a very long…')
    """
    line = _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", " ".join(visible(text).split()))
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def title(state: State) -> str:
    """Return what stands in the box of *state*: its name, without that of its plugin, which is written on the frame.

    >>> title(State("ask", machine="pay")), title(State(""))
    ('ask', '(start)')
    """
    return shown(State(state.name).title) or "(blank)"


def way_label(way: Transition) -> str:
    """Return what stands on the arrow of *way*: its trigger, its guards, or what the source asks.

    >>> way_label(Transition("a", "b", trigger="pay", guards=("is_big", "not is_late")))
    'pay [is_big, not is_late]'
    >>> way_label(Transition("a", "b", when=("choice == 'Order a pizza'", "again")))
    '“Order a pizza” | again'
    """
    trigger = shown(way.trigger)
    guards = ", ".join(shown(guard) for guard in way.guards)
    if guards:
        return f"{trigger} [{guards}]" if trigger else guards
    return trigger or " | ".join(_cut(short_condition(condition)) for condition in way.when)


def _cut(condition: str) -> str:
    """Return *condition*, or as many whole parts of it as there is room for."""
    line = shown(condition, CONDITION)
    parts = re.split(r" (and|or) ", shown(condition, len(condition)))
    if not line.endswith("…") or len(parts) == 1 or len(parts[0]) > CONDITION:
        return line
    return f"{parts[0]} {parts[1]} …"


def labels(ways: Iterable[Transition]) -> tuple[str, ...]:
    """Return the lines on the arrow that stands for all of *ways*; nothing where one of them asks nothing.

    >>> labels([Transition("a", "b", guards=(guard,)) for guard in "uvwxyz"])
    ('u', 'v', 'w', '+3 more')
    """
    found = list(dict.fromkeys(way_label(way) for way in ways))
    if "" in found:
        return ()
    return tuple(found if len(found) <= MOST else [*found[:MOST], f"+{len(found) - MOST} more"])
