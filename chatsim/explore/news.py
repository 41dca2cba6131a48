"""Tell which of the steps that were made quickly are to be made in full: those of which something is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeAlias

from chatsim.explore.book import Book
from chatsim.trace import Hop

THOROUGH, RARELY = 2_000, 64
"""So many new steps are made in full, and of later ones one in `RARELY`."""

MANY = 200
"""States are very many, and of one kind, where more than so many share their code."""

OFTEN = 8
"""So many new steps of one kind of state are made in full."""

Shown: TypeAlias = tuple[int, str | bool, int]
"""What tells steps of a state apart: the letter, where it led, and how many replies there were.

Where states are very many, where it led is whether it stayed.
"""


class News(dict[str, set[Shown]]):
    """The steps of each state, by its name, that need not be shown to anybody; states of one kind share them.

    *kinds* are the numbers of the kinds of states, for *book*, in which hops of steps are noted that nobody is shown.
    """

    def __init__(self, book: Book, kinds: Mapping[str, int]) -> None:
        super().__init__()
        self._book = book
        self._kinds = book.kinds = kinds
        of_kind: dict[int, set[Shown]] = {kind: set() for kind in kinds.values()}
        self.update({name: of_kind[kind] for name, kind in kinds.items()})
        self._often: Counter[Hashable] = Counter()
        self._count = 0

    def __missing__(self, source: str) -> set[Shown]:
        seen: set[Shown] = set()
        self[source] = seen
        return seen

    def is_none(self, source: str, step: Shown) -> bool:
        """Note a *step* that was not seen before, and say whether nobody needs to be shown it."""
        kind, (_, target, shape) = self._kinds.get(source), step
        if kind is not None:
            self._often[kind, step] += 1
            if self._often[kind, step] == OFTEN and shape >= 0:
                self[source].add(step)
            return False
        self[source].add(step)
        self._count += 1
        if self._count <= THOROUGH or self._count % RARELY == 0 or shape < 0:
            return False
        self._book.note_hop(Hop(source, str(target)))
        return True


def kinds_of_states(codes: Mapping[str, Hashable]) -> dict[str, int]:
    """Return for each state whose code very many others share a number for that: what is new in one is new in all.

    A step made in a loop for each page of a catalogue is such code, with other values in its closure.

    >>> kinds_of_states({f"page {number}": "show" for number in range(1000)} | {"menu": "choose"})["page 7"]
    0
    """
    alike: dict[Hashable, list[str]] = {}
    for name, code in codes.items():
        alike.setdefault(code, []).append(name)
    return {name: number for number, kind in enumerate(alike.values()) if len(kind) > MANY for name in kind}
