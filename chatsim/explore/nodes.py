"""Everything that a search has met, in little memory: a fingerprint for each moment, and how it was reached."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator

from chatsim.explore.fingerprint import fingerprint

NOBODY = 0xFFFFFFFF
"""The parent of the start."""

ANSWERED, FAILED, ENDED = 1, 2, 4
"""What is noted of a step beside where it led."""

KEPT = 50_000
"""How many moments are kept after they were expanded; of more, those are dropped and can be played again."""


class Nodes:
    """Moments by number, in the order in which they were met, and the steps between them.

    A moment is its packed snapshot and its frame (a number for what is open to a tap and what of the budget for faults
    is spent).  The first is the start.
    """

    def __init__(self) -> None:
        self.index: dict[int, int] = {}
        self.packed: list[bytes | None] = []
        self.frame = array("I")
        self.parent = array("I")
        self.via = array("I")
        self.depth = array("I")
        self.expanded = bytearray()
        self.sources = array("I")
        self.letters = array("I")
        self.targets = array("I")
        self.marks = bytearray()
        self.is_disordered = False
        """Whether some moment may have a shorter way than its parents say."""

    def __len__(self) -> int:
        return len(self.packed)

    def meet(self, packed: bytes, frame: int, parent: int, via: int, turns: int = 1) -> tuple[int, bool]:
        """Return the number of a moment, and whether it is new; a new one was reached from *parent* by *via*."""
        key = fingerprint(packed, frame)
        known = self.index.get(key)
        if known is not None:
            if parent != NOBODY and self.depth[known] > self.depth[parent] + turns:
                self.is_disordered = True
            return known, False
        number = self.index[key] = len(self.packed)
        self.packed.append(packed)
        self.frame.append(frame)
        self.parent.append(parent)
        self.via.append(via)
        self.depth.append(0 if parent == NOBODY else self.depth[parent] + turns)
        self.expanded.append(0)
        return number, True

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

    def straighten(self, turns_of: list[int]) -> None:
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
        waiting = {0: deque([0])}
        depth = 0
        while waiting:
            for node in waiting.pop(depth, ()):
                if best[node] != depth:
                    continue
                self.depth[node] = depth
                for step in leaving[node]:
                    target, letter = self.targets[step], self.letters[step]
                    there = depth + turns_of[letter]
                    if there < best[target]:
                        best[target] = there
                        self.parent[target], self.via[target] = node, letter
                        waiting.setdefault(there, deque()).append(target)
            depth += 1
        self.is_disordered = False
