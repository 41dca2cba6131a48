"""Decide which snapshots of a class are expanded, and split classes that turn out to be several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator

from chatsim.explore.seen.fingerprint import unpack
from chatsim.explore.seen.nodes import Nodes
from chatsim.explore.seen.projection import Atom, Projection

CONCRETE = 3
"""How many snapshots of a class are expanded."""

_MOST_FINER = 12
"""How many snapshots of a class are expanded that was split."""

_MOST_NUMBERS, _MOST_TEXTS = 64, 6
"""How many values of one variable in one state count as new."""


class Classes:
    """The classes of a search's moments, and which moments wait because their class has been seen often enough."""

    def __init__(
        self,
        projection: Projection,
        nodes: Nodes,
        frame_class: Callable[[int], tuple[int, int]],
        concrete: int = CONCRETE,
    ) -> None:
        self.projection = projection
        self.frame_class = frame_class
        self.nodes = nodes
        self.concrete = concrete
        self.waiting: dict[int, None] = {}
        """Moments that were met and not expanded, in the order in which they came up."""
        self.of_node: dict[int, Hashable] = {}
        self.split: set[Hashable] = set()
        self._newly_split: dict[Hashable, None] = {}
        self._fresh: list[int] = []
        self._of_class: dict[Hashable, list[int]] = {}
        self._expanded: Counter[Hashable] = Counter()
        self._finer: Counter[Hashable] = Counter()
        self._led: dict[tuple[Hashable, int], Hashable] = {}
        self._values: Counter[Hashable] = Counter()
        self._facts: set[Hashable] = set()

    def of(self, node: int) -> Hashable:
        """Return the class of *node*, which is kept."""
        known = self.of_node.get(node)
        if known is None:
            packed = self.nodes.packed[node]
            assert packed is not None, "only what was expanded long ago is not kept"  # noqa: S101
            known = self.of_node[node] = (*self.frame_class(self.nodes.frame[node]), self.projection.of(unpack(packed)))
        return known

    def admits(self, node: int) -> bool:
        """Say whether *node* is to be expanded now, and count it; else it waits."""
        if self._is_wanted(node):
            self._note_facts(node)
            return True
        self.waiting[node] = None
        self._fresh.append(node)
        self._of_class.setdefault(self.of(node), []).append(node)
        return False

    def _is_wanted(self, node: int) -> bool:
        class_ = self.of(node)
        if self._expanded[class_] < self.concrete:
            self._expanded[class_] += 1
            return True
        if class_ not in self.split or self._finer[class_] >= _MOST_FINER:
            return False
        packed = self.nodes.packed[node]
        assert packed is not None  # noqa: S101 - as above
        fine = (class_, self.projection.finer(unpack(packed)))
        if self._expanded[fine]:
            return False
        self._expanded[fine] += 1
        self._finer[class_] += 1
        return True

    def led(self, source: int, letter: int, target: int) -> None:
        """Note where *letter* led: a class from which one letter leads to several others is split."""
        class_ = self.of_node.get(source)
        if class_ is None or class_ in self.split:
            return
        there = self.of(target)
        if self._led.setdefault((class_, letter), there) != there:
            self.split.add(class_)
            self._newly_split[class_] = None

    def reconsider(self) -> Iterator[int]:
        """Yield those of the waiting moments that have become worth expanding: by a split, or a value not seen yet.

        What was no news once will never be, so a moment is looked at once more only when its class was split.
        """
        split, self._newly_split = self._newly_split, {}
        fresh, self._fresh = self._fresh, []
        candidates = [node for class_ in split for node in self._of_class.get(class_, ())]
        for node in dict.fromkeys([*fresh, *candidates]):
            if node in self.waiting and (self._is_wanted(node) or self._is_news(node)):
                del self.waiting[node]
                self._note_facts(node)
                yield node

    def _atoms(self, node: int) -> Iterator[Atom]:
        packed = self.nodes.packed[node]
        return iter(()) if packed is None else iter(self.projection.atoms(unpack(packed)))

    def _is_news(self, node: int) -> bool:
        return any(
            fact not in self._facts
            and self._values[fact[:2]] < (_MOST_TEXTS if type(fact[2]) is str else _MOST_NUMBERS)
            for fact in self._atoms(node)
        )

    def _note_facts(self, node: int) -> None:
        for fact in self._atoms(node):
            if fact not in self._facts:
                self._facts.add(fact)
                self._values[fact[:2]] += 1
