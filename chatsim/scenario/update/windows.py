"""The turns of a test: which steps are about each, what came of it, and what was known before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chatsim.delivery.turns import one_per_step
from chatsim.scenario.model import AnyOrderStep, RestartStep, Step, UseStep
from chatsim.scenario.verdict import Verdict
from chatsim.scenario.words import Value
from chatsim.trace import Turn


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One turn of a run: the step that brought it, and those after it until the next one that reaches the bot.

    `values` are what names stood for at the end of the run, `taken` the names that were taken out before this turn.
    """

    verdict: Verdict
    number: int
    actor: Step
    steps: tuple[Step, ...]
    turn: Turn
    fails: bool
    values: dict[str, Value] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()

    def lines(self) -> Iterator[Step]:
        """Yield every step of the turn, members of groups too."""
        for step in (self.actor, *self.steps):
            yield step
            if isinstance(step, AnyOrderStep):
                yield from step.members


def windows_of(verdict: Verdict) -> list[Window]:
    """Return the turns that a run came to; where it failed, the last one is that which did not hold."""
    steps, turns = verdict.case.steps, one_per_step(verdict.trace.turns)
    actors = [index for index, step in enumerate(steps) if step.acts]
    windows: list[Window] = []
    values = dict(verdict.values)
    for place, index in enumerate(actors):
        end = actors[place + 1] if place + 1 < len(actors) else len(steps)
        _bind(steps[0 if not place else actors[place - 1] : index], values)
        if isinstance(steps[index], RestartStep) or _is_overtaken(steps[index]):
            continue
        number = len(windows)
        if number == len(turns):
            break
        within = steps[index + 1 : end]
        _bind(within, values)
        fails = verdict.mismatch is not None and number == len(turns) - 1
        windows.append(
            Window(
                verdict, number, steps[index], within, turns[number], fails, dict(values), captures_of(steps[:index])
            )
        )
    return windows


def _is_overtaken(step: Step) -> bool:
    """Say whether *step* has no turn of its own: what it brings is in that of the next one."""
    return step.arrival is not None and step.arrival.fault.kind == "reordered"


def captures_of(steps: Sequence[Step]) -> frozenset[str]:
    """Return the names that *steps* take values out under."""
    names: set[str] = set()
    for step in steps:
        for line in (step, *(step.members if isinstance(step, AnyOrderStep) else ())):
            for pattern in (line.checks.state, line.checks.vars, getattr(line, "text", None)):
                names.update(getattr(pattern, "captures", ()))
    return frozenset(names)


def _bind(steps: tuple[Step, ...], values: dict[str, Value]) -> None:
    """Give the arguments of fragments their values, as far as these are known."""
    for step in steps:
        if isinstance(step, UseStep):
            try:
                values.update(step.bind(values))
            except KeyError:  # made of something that was not taken out, because its reply did not hold
                continue
