"""The fragments of a file: which there are, what they use, what must be known before them and is known after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.nodes import Source
from chatsim.scenario.readers import BROKEN
from chatsim.scenario.uses import UseCall
from chatsim.scenario.written import WrittenFragment
from chatsim.scenario.written_steps import WrittenFork, WrittenUse

MOST_STEPS = 10_000
"""How many steps one scenario may be, every fragment written out."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a fragment needs and gives.

    `free` names must have a value before it, `captures` have one after it, `taken` are taken out somewhere in it.
    """

    free: tuple[str, ...] = ()
    captures: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


class Fragments:
    """The fragments of the file that is loaded, by name."""

    def __init__(self, written: Mapping[str, WrittenFragment], source: Source) -> None:
        self.written = written
        self.source = source
        self._sizes: dict[str, int] = {}
        self._needs: dict[str, Needs] = {}
        self._broken: set[str] = set()

    def check(self, scenarios: Sequence[Sequence[Any]]) -> None:
        """Note uses of fragments that are not there, and fragments that use themselves."""
        for fragment in self.written.values():
            self._check_known(fragment.steps)
        for steps in scenarios:
            self._check_known(steps)
        done: set[str] = set()
        for name in self.written:
            self._check_cycles(name, [], done)

    def _check_known(self, steps: Sequence[Any]) -> None:
        for step in every_step(steps):
            if isinstance(step, WrittenUse) and step.use.value is not BROKEN:
                name = step.use.value.fragment
                if name not in self.written:
                    cure = (
                        did_you_mean(name, self.written, "fragments")
                        if self.written
                        else f"write fragments: at the top of the file, and below it {name}: and its steps"
                    )
                    self.source.problem(step.use.node, f"there is no fragment {name!r}", cure)

    def _check_cycles(self, name: str, above: list[str], done: set[str]) -> None:
        if name in done:
            return
        for step in every_step(self.written[name].steps):
            call = call_of(step)
            if call is None or call.fragment not in self.written:
                continue
            chain = [*above, name]
            if call.fragment in chain:
                circle = [*chain[chain.index(call.fragment) :], call.fragment]
                self._broken.update(circle)
                what = f"a fragment uses itself: {' → '.join(circle)}"
                self.source.problem(step.use.node, what, "take one of the uses out")
            else:
                self._check_cycles(call.fragment, chain, done)
        done.add(name)

    def used_by(self, step: Any) -> WrittenFragment | None:
        """Return the fragment that *step* uses, or None where it uses none, or one that is noted as a problem."""
        call = call_of(step)
        return None if call is None or call.fragment in self._broken else self.written.get(call.fragment)

    def size(self, steps: Sequence[Any]) -> int:
        """Return how many steps *steps* are when every fragment is written out."""
        total = 0
        for step in every_step(steps):
            fragment = self.used_by(step)
            total += 1 if fragment is None else self._size_of(step.use.value.fragment, fragment)
        return total

    def _size_of(self, name: str, fragment: WrittenFragment) -> int:
        if name not in self._sizes:
            self._sizes[name] = self.size(fragment.steps) + 1
        return self._sizes[name]

    def needs(self, name: str, look: Callable[[Sequence[Any]], Needs]) -> Needs:
        """Return what the fragment *name* needs and gives; *look* finds it out, once."""
        if name not in self._needs:
            self._needs[name] = look(self.written[name].steps)
        return self._needs[name]


def call_of(step: Any) -> UseCall | None:
    """Return which fragment *step* uses and how, or None where it uses none."""
    call = step.use.value if isinstance(step, WrittenUse) else BROKEN
    return call if isinstance(call, UseCall) else None


def every_step(steps: Sequence[Any]) -> Iterator[Any]:
    """Yield *steps*, and in the place of a fork the steps of its branches."""
    for step in steps:
        if isinstance(step, WrittenFork):
            for branch in step.fork.values():
                yield from every_step(branch.steps)
        else:
            yield step
