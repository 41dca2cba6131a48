"""Grow the tree of a scenario: steps are resolved, and every use of a fragment is written out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from chatsim.scenario.fragments import Fragments, call_of
from chatsim.scenario.model import AnyOrderStep, Step, Use, UseStep
from chatsim.scenario.nodes import Source
from chatsim.scenario.renaming import renamed
from chatsim.scenario.resolve import resolve_step
from chatsim.scenario.tree import Branch, Fork, Item
from chatsim.scenario.written_steps import WrittenFork


class Grower:
    """Makes items of the steps of one scenario, which were found right."""

    def __init__(self, fragments: Fragments, source: Source) -> None:
        self.fragments = fragments
        self.source = source
        self._uses = 0

    def items(self, steps: Sequence[Any], used: tuple[Use, ...] = ()) -> tuple[Item, ...]:
        """Return what *steps* become; *used* says from where the fragment that they stand in is used."""
        return tuple(item for step in steps for item in self._items(step, used))

    def _items(self, step: Any, used: tuple[Use, ...]) -> Iterator[Item]:
        if isinstance(step, WrittenFork):
            yield self._fork(step, used)
        elif self.fragments.used_by(step) is not None:
            yield from self._use(step, used)
        else:
            resolved = resolve_step(step, self.source)
            yield _marked(resolved, used) if used else resolved

    def _fork(self, step: WrittenFork, used: tuple[Use, ...]) -> Fork:
        branches = step.fork.items()
        return Fork(
            tuple(
                Branch(name, self.source.position(branch.node), self.items(branch.steps, used))
                for name, branch in branches
            )
        )

    def _use(self, step: Any, used: tuple[Use, ...]) -> Iterator[Item]:
        call, fragment = call_of(step), self.fragments.used_by(step)
        assert call is not None  # noqa: S101 - asked by the caller
        assert fragment is not None  # noqa: S101
        self._uses += 1
        names = {name: f"{name}@{self._uses}" for name in call.arguments}
        position = self.source.position(step.node)
        if names:
            arguments = tuple((names[name], given) for name, given in call.arguments.items())
            yield UseStep(position=position, used=used, arguments=arguments)
        items = self.items(fragment.steps, (*used, Use(call.fragment, position)))
        yield from renamed(items, names) if names else items


def _marked(step: Step, used: tuple[Use, ...]) -> Step:
    arrival = step.arrival
    if arrival is not None and arrival.other is not None:
        step = replace(step, arrival=replace(arrival, other=replace(arrival.other, used=used)))
    if isinstance(step, AnyOrderStep):
        return replace(step, used=used, members=tuple(replace(member, used=used) for member in step.members))
    return replace(step, used=used)
