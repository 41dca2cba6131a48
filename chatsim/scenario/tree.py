"""A scenario before it becomes tests: a line of steps that forks, counted before it is written out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from chatsim.scenario.model import Position, Step, UserStep
from chatsim.scenario.phrasings import labels


class Branch(msgspec.Struct, frozen=True):
    """One of the ways in which a chat goes on."""

    name: str
    position: Position
    items: tuple[Item, ...]


class Fork(msgspec.Struct, frozen=True):
    """The place where a chat goes on in several ways."""

    branches: tuple[Branch, ...]


Item: TypeAlias = Step | Fork


class Leaf(msgspec.Struct, frozen=True):
    """One way through a scenario: the branches taken, all steps, and how many stand before each fork."""

    branch: tuple[str, ...]
    position: Position | None
    steps: tuple[Step, ...]
    forks: tuple[int, ...]


def multiplied(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return *items* with a fork in the place of every step that a person may say in several ways."""
    return tuple(_multiplied(item) for item in items)


def _multiplied(item: Item) -> Item:
    if isinstance(item, Fork):
        return Fork(tuple(replace(branch, items=multiplied(branch.items)) for branch in item.branches))
    if not isinstance(item, UserStep) or not item.phrasings:
        return item
    ways = zip(labels(item.phrasings), item.phrasings, strict=True)
    return Fork(
        tuple(Branch(name, item.position, (replace(item, text=text, phrasings=(text,)),)) for name, text in ways)
    )


def count(items: Sequence[Item]) -> int:
    """Return in how many ways *items* can be gone through."""
    forks = (item for item in items if isinstance(item, Fork))
    return prod(sum(count(branch.items) for branch in fork.branches) for fork in forks)


def longest(items: Sequence[Item]) -> int:
    """Return how many forks a way through *items* meets at most."""
    forks = (item for item in items if isinstance(item, Fork))
    return sum(1 + max((longest(branch.items) for branch in fork.branches), default=0) for fork in forks)


class Ways:
    """Goes through a scenario in every way, again and again, and lets phrasings rotate.

    Every time that a step with several phrasings is written out it says the next of them: once for each case where it
    stands before the forks, once for each branch where it stands in one or after it.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self._said: Counter[int] = Counter()

    def leaves(self) -> Iterator[Leaf]:
        """Yield every way, depth first, in the order in which branches are written."""
        return self._from(list(self.items), Leaf((), None, (), ()))

    @property
    def rotates(self) -> bool:
        """Whether the ways differ from one time to the next."""
        return bool(self._said)

    def _from(self, todo: list[Item], leaf: Leaf) -> Iterator[Leaf]:
        steps = list(leaf.steps)
        for index, item in enumerate(todo):
            if isinstance(item, Fork):
                forks = (*leaf.forks, len(steps))
                for branch in item.branches:
                    begun = Leaf((*leaf.branch, branch.name), branch.position, tuple(steps), forks)
                    yield from self._from([*branch.items, *todo[index + 1 :]], begun)
                return
            steps.append(self._chosen(item))
        yield replace(leaf, steps=tuple(steps))

    def _chosen(self, step: Step) -> Step:
        if not isinstance(step, UserStep) or not step.phrasings:
            return step
        turn = self._said[id(step)]
        self._said[id(step)] += 1
        return replace(step, text=step.phrasings[turn % len(step.phrasings)])
