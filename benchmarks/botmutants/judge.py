"""Say whether a mutant was found: by a finding at the mutated place that the correct bot lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.botmutants.catalogue import Subject
from benchmarks.botmutants.mutants import BY_COMPARISON, Mutant
from benchmarks.botmutants.play import staged
from benchmarks.botmutants.rivals import RIVALS, mocks_of, never, until
from chatsim.compare.compare import compare
from chatsim.compare.twins import Twins
from chatsim.errors import SetupError
from chatsim.explore.checks.base import Found
from chatsim.explore.results.result import Exploration, Finding
from chatsim.explore.walk.search import Search
from chatsim.graph.declared.dispatch import declared_graph

Known: TypeAlias = frozenset[tuple[str, str | None, str]]


@dataclass(frozen=True, slots=True)
class Correct:
    """What is known of a correct bot: what a search finds in it, and which of its states follow each other."""

    exploration: Exploration
    known: Known
    beside: dict[str, frozenset[str]]


def correct_bot(subject: Subject, rival: str, seconds: float) -> Correct:
    """Return what *rival* finds in the correct bot."""
    with staged(subject) as stage:
        found = RIVALS[rival](subject, stage, seconds, never)
        graph = declared_graph(stage.bot)
    ways = [(way.source, way.target) for way in graph.transitions if way.target] if graph is not None else []
    ways += [(source, target) for source, target in found.hops if source and target]
    beside: dict[str, set[str]] = {}
    for source, target in ways:
        beside.setdefault(source, set()).add(target)
        beside.setdefault(target, set()).add(source)
    known = frozenset((each.kind, each.state, each.key) for each in found.findings)
    return Correct(found, known, {state: frozenset(others) for state, others in beside.items()})


def findings_in(mutant: Mutant, correct: Correct, rival: str, seconds: float) -> tuple[bool, list[str]]:
    """Return whether *rival* found *mutant*, and in words everything that it found beyond the correct bot."""

    def shows(each: Finding | Found) -> bool:
        return (each.kind, each.state, each.key) not in correct.known and is_at(each, mutant, correct.beside)

    with mutant.folder() as folder:
        try:
            with staged(mutant.of, folder) as stage:
                search = RIVALS[rival]
                found = search(mutant.of, stage, seconds, _Once(shows)).findings
                if not any(map(shows, found)):
                    found = search(mutant.of, stage, seconds, never).findings
        except SetupError as error:
            return _names(str(error), mutant), [f"refused: {str(error).splitlines()[0]}"]
    new = [each for each in found if (each.kind, each.state, each.key) not in correct.known]
    return any(map(shows, new)), [_words(each) for each in new]


def _names(refusal: str, mutant: Mutant) -> bool:
    """Say whether a bot that is refused before anything runs is refused for what was planted."""
    planted = mutant.change.rpartition("→")[2].strip().strip('"')
    return any(words in refusal for words in (*mutant.place.states, str(mutant.place), planted))


class _Once:
    """Ends a search as soon as something shows the bug; looks at each thing found once."""

    def __init__(self, shows: Callable[[Found], bool]) -> None:
        self.shows = shows
        self.seen = 0

    def __call__(self, search: Search) -> bool:
        found = list(search.found.values())
        self.seen, new = len(found), found[self.seen :]
        return any(map(self.shows, new))


def is_at(finding: Finding | Found, mutant: Mutant, beside: dict[str, frozenset[str]]) -> bool:
    """Say whether *finding* is at the mutated place: its states, one beside them, or its lines."""
    states = mutant.place.states
    near = states.union(*(beside.get(state, frozenset()) for state in states))
    state = (finding.state or "zero").rpartition("/")[2].rpartition(".")[2]
    if finding.state in near or state in near or _at_the_start(finding.state, states):
        return True
    turns = finding.witness.turns if isinstance(finding, Finding) else ()
    # A turn of a machine goes through several states, and is told of the one in which it began.
    if turns and states & {name for hop in turns[-1].hops for name in (hop.source, hop.target)}:
        return True
    frames = turns[-1].error.frames if turns and turns[-1].error else ()
    return any(
        Path(frame.file).name == mutant.place.file and frame.function == mutant.place.function for frame in frames
    )


def _at_the_start(state: str | None, states: frozenset[str]) -> bool:
    return state in {None, "(start)"} and "zero" in states


def _words(finding: Finding) -> str:
    return f"{finding.kind} in {finding.state}: {finding.message}"


def differences_in(mutant: Mutant, seconds: float) -> tuple[bool, list[str]]:
    """Return whether a comparison with the correct bot finds *mutant*, and in words what differs."""
    with mutant.folder() as folder, staged(mutant.of) as old:
        try:
            with staged(mutant.of, folder) as new:
                result = compare(old, new, progress=until(seconds, _has_difference), mocks=mocks_of(mutant.of))
        except SetupError as error:
            return True, [f"refused: {str(error).splitlines()[0]}"]
    words = [f"{', '.join(each.aspects)} in {each.state}" for each in result.differences]
    return bool(words), words


def _has_difference(search: Search) -> bool:
    """Say whether the versions have gone apart: the first time is on a way that both took together until then."""
    return any(isinstance(check, Twins) and check.differ for check in search.checks)


def found(mutant: Mutant, correct: Correct, rival: str, seconds: float) -> tuple[bool, list[str]]:
    """Return whether *mutant* was found: by a comparison where its kind needs one, else by *rival*."""
    if mutant.kind in BY_COMPARISON:
        return differences_in(mutant, seconds)
    return findings_in(mutant, correct, rival, seconds)


def errors_of(exploration: Exploration) -> Iterable[str]:
    """Return the errors that a search claims to have found."""
    return [_words(each) for each in exploration.errors]
