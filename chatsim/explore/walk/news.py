"""Tell which of the steps that were made quickly are to be made in full: those of which something is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias

from chatsim.explore.seen.book import Book
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


def kinds_of(alike: Iterable[Sequence[str]]) -> dict[str, int]:
    """Return for each state of very many that are *alike* a number for what they are: what is new in one is so in all.

    States are alike that share their code.  A step made in a loop for each page of a catalogue is such code, with other
    values in its closure.

    >>> kinds_of([["menu", "end"], [f"page {number}" for number in range(1000)]])["page 7"]
    1
    """
    return {name: number for number, names in enumerate(alike) if len(names) > MANY for name in names}
