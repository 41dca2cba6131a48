"""The mutants of a bot, and which of them the benchmark takes: some of each kind, each shown to be a bug."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.botmutants import operators
from benchmarks.botmutants.catalogue import Subject
from benchmarks.botmutants.confirm import why_a_bug
from benchmarks.botmutants.mutants import Mutant, Place, edited, line_after
from benchmarks.botmutants.planting import OPERATORS, Change
from benchmarks.botmutants.play import staged
from benchmarks.botmutants.source import Bot, Module

__all__ = ["mutants_of", "operators", "selected", "state_names"]
_LINE = 60


def state_names(subject: Subject) -> tuple[str, ...]:
    """Return the names of the states of *subject*."""
    with staged(subject) as stage:
        return tuple(stage.bot.state_names())  # type: ignore[attr-defined]


def mutants_of(subject: Subject, states: tuple[str, ...], kind: str) -> list[Mutant]:
    """Return all mutants of *kind* that can be planted in *subject*, whose *states* these are, by their places."""
    bot = Bot.read(subject.sources, states)
    found: dict[tuple[str, str], Mutant] = {}
    for module in bot.modules:
        for operator in OPERATORS[kind]:
            for change in operator(bot, module):
                source = edited(module.text, change.edits)
                if source != module.text and (module.name, source) not in found:
                    place, words = _place(bot, module, change), _words(module, change)
                    found[module.name, source] = Mutant(subject, kind, place, source, words)
    return sorted(found.values(), key=lambda mutant: (mutant.place.file, mutant.place.line))


def selected(subject: Subject, kind: str, per: int) -> Iterator[Mutant]:
    """Yield *per* mutants of *kind* that conversations show to be bugs, always the same ones, from all over the bot."""
    mutants = mutants_of(subject, state_names(subject), kind)
    random.Random(f"{subject.name} {kind}").shuffle(mutants)
    left = per
    for mutant in mutants:
        if not left:
            break
        if why_a_bug(mutant) is not None:
            left -= 1
            yield mutant


def _place(bot: Bot, module: Module, change: Change) -> Place:
    function = module.function(change.node)
    line = line_after(module.text, change.edits)
    places = (change.node, *change.near)
    states = bot.states if change.everywhere else frozenset().union(*(bot.states_at(module, each) for each in places))
    return Place(module.name, line, function.name if function is not None else "", states)


def _words(module: Module, change: Change) -> str:
    first = change.edits[0]
    return f"{_short(module.text[first.start : first.end])} → {_short(first.text) or 'nothing'}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LINE else f"{line[: _LINE - 1]}…"
