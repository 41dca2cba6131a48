"""States within states, made flat: a chat is always in a state that has none within it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Nesting:
    """Which states lie within which, and which of them are entered first.

    >>> nesting = Nesting({"order": ("order_size", "order_pay")}, {"order": ("order_size",)})
    >>> nesting.within("order"), nesting.entered("order"), nesting.entered("hello")
    (('order_size', 'order_pay'), ('order_size',), ('hello',))
    """

    children: Mapping[str, Sequence[str]]
    initial: Mapping[str, Sequence[str]]

    def within(self, state: str) -> tuple[str, ...]:
        """Return the states without inner ones that *state* is, or has within it."""
        inner = self.children.get(state)
        return tuple(leaf for child in inner for leaf in self.within(child)) if inner else (state,)

    def entered(self, state: str) -> tuple[str, ...]:
        """Return the states without inner ones that a chat is in once *state* is entered; several are parallel."""
        if not self.children.get(state):
            return (state,)
        first = self.initial.get(state) or self.children[state][:1]
        return tuple(leaf for child in first for leaf in self.entered(child))
