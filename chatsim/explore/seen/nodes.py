"""Everything that a search has met, in little memory: a fingerprint for each moment, and how it was reached."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from chatsim.explore.seen.fingerprint import fingerprint
from chatsim.trace import Call, Reply, Turn

NOBODY = 0xFFFFFFFF
"""The parent of the start."""

Way: TypeAlias = tuple[int, int, int]
"""From which moment one was reached, by which letter, and in how many turns from the start."""

NO_WAY: Way = (NOBODY, 0, 0)

ANSWERED, FAILED, ENDED = 1, 2, 4
"""What is noted of a step beside where it led."""

KEPT = 50_000
"""How many moments are kept after they were expanded; of more, those are dropped and can be played again."""


class Nodes:
    """Moments by number, in the order in which they were met, and the steps between them.

    A moment is its packed snapshot and its frame (a number for what is open to a tap and what of the budget for faults
    is spent).  The first is the start.  `state` is a number for the name of its state.
    """

    def __init__(self) -> None:
        self.index: dict[int, int] = {}
        self.packed: list[bytes | None] = []
        self.frame = array("I")
        self.state = array("I")
        self.parent = array("I")
        self.via = array("I")
        self.depth = array("I")
        self.queued = bytearray()
        self.expanded = bytearray()
        self.sources = array("I")
        self.letters = array("I")
        self.targets = array("I")
        self.marks = bytearray()
        self.is_disordered = False
        """Whether some moment may have a shorter way than its parents say."""

    def __len__(self) -> int:
        return len(self.packed)

    def find(self, packed: bytes, frame: int) -> int | None:
        """Return the number of a moment, or None for one that was not met."""
        return self.index.get(fingerprint(packed, frame))

    def add(self, packed: bytes, frame: int, state: int, key: int | None = None, way: Way = NO_WAY) -> int:
        """Return the number of a moment that was not met before.  *key* is its fingerprint, *way* leads to it."""
        number = self.index[fingerprint(packed, frame) if key is None else key] = len(self.packed)
        self.packed.append(packed)
        self.frame.append(frame)
        self.state.append(state)
        parent, via, depth = way
        self.parent.append(parent)
        self.via.append(via)
        self.depth.append(depth)
        self.queued.append(0)
        self.expanded.append(0)
        return number

    def lead(self, source: int, letter: int, target: int, turns: int = 1) -> None:
        """Note that *letter* leads from *source* to *target*, where no shorter way to it is known."""
        depth = self.depth[source] + turns
        if target and (self.parent[target] == NOBODY or self.depth[target] > depth):
            if self.queued[target]:
                self.is_disordered = True
                return
            self.parent[target], self.via[target], self.depth[target] = source, letter, depth

    def note(self, source: int, letter: int, target: int, mark: int) -> None:
        """Note a step."""
        self.sources.append(source)
        self.letters.append(letter)
        self.targets.append(target)
        self.marks.append(mark)

    def expand(self, node: int) -> None:
        """Note that every letter was tried in *node*."""
        self.expanded[node] = 1
        if len(self.packed) > KEPT:
            self.packed[node] = None

    def way_to(self, node: int) -> list[int]:
        """Return the letters that lead from the start to *node*."""
        letters = []
        while self.parent[node] != NOBODY:
            letters.append(self.via[node])
            node = self.parent[node]
        return letters[::-1]

    def steps(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield source, letter, target and mark of everything that was played."""
        return zip(self.sources, self.letters, self.targets, self.marks, strict=True)

    def straighten(self, turns_of: Sequence[int]) -> None:
        """Make every way the shortest one over the steps that were played; *turns_of* says how many turns a letter is.

        Needed only where moments were not expanded in the order of their depth.
        """
        if not self.is_disordered:
            return
        leaving: list[list[int]] = [[] for _ in range(len(self))]
        for step, source in enumerate(self.sources):
            leaving[source].append(step)
        best = [NOBODY] * len(self)
        best[0] = 0
        waiting = {0: [0]}
        depth = 0
        while waiting:
            for node in waiting.pop(depth, ()):
                if best[node] != depth:
                    continue
                for step in leaving[node]:
                    target, letter = self.targets[step], self.letters[step]
                    there = depth + turns_of[letter]
                    if there < best[target]:
                        best[target] = there
                        self.parent[target], self.via[target], self.depth[target] = node, letter, there
                        waiting.setdefault(there, []).append(target)
            depth += 1
        self.is_disordered = False


def mark_of(turns: Sequence[Turn]) -> int:
    """Return what is noted of a step that came to *turns*."""
    mark = 0
    for turn in turns:
        mark |= ANSWERED * any(type(effect) in (Reply, Call) for effect in turn.effects)
        mark |= FAILED * (turn.error is not None) | ENDED * (turn.ended is not None)
    return mark
