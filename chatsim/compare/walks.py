"""The two ways through the conversations in which versions are compared: a search, and recorded traces."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol, TypeAlias

from chatsim.compare.aspects import aspects_of, parts_ways
from chatsim.compare.twins import Twins, Where
from chatsim.explore.alphabet import identity
from chatsim.explore.letters import Letter
from chatsim.explore.results.result import Outcome, Stopped
from chatsim.explore.results.summed import outcome_of
from chatsim.explore.results.whole import Explored
from chatsim.explore.seen.book import state_name
from chatsim.explore.walk.search import Search
from chatsim.trace import Snapshot, Trace, Turn

Traces: TypeAlias = tuple[Trace, Trace]


class Case(NamedTuple):
    """A conversation of so many turns at whose end the versions differ; `traces` plays it with either."""

    turns: int
    state: str
    event: str
    old: Turn
    new: Turn
    traces: Callable[[], Traces]


class Walk(Protocol):
    """A way through conversations."""

    outcome: Outcome
    stopped: Stopped
    snapshots: int
    steps: int

    def run(self) -> None:
        """Walk, within the player's world."""
        ...

    def cases(self, *, restore: bool) -> Iterator[Case]:
        """Yield the conversations that show a difference, the shortest first.

        With *restore* these are all in which it shows what the new version makes of what the old one remembers, and
        else those on whose way nothing parts the two before.
        """
        ...


class SearchWalk:
    """A search over the old version, with the new one beside it."""

    def __init__(self, search: Search, twins: Twins) -> None:
        self.search = search
        self.whole = Explored(search)
        self.twins = twins
        self.outcome: Outcome = "bounded"
        self.stopped: Stopped = "closed"
        self.snapshots = self.steps = 0

    def run(self) -> None:
        """Search."""
        search = self.search
        search.run()
        search.nodes.straighten(search.turns_of)
        self.outcome, self.stopped = outcome_of(search), search.stopped
        self.snapshots, self.steps = len(search.nodes), search.steps

    def cases(self, *, restore: bool) -> Iterator[Case]:
        """Yield the conversations that show a difference, the shortest first."""
        ways = None if restore else self._ways_together()
        found = []
        for node, letter, old, new in self.twins.differ.values():
            way = self.search.way_to(node) if ways is None else ways.get(node)
            if way is not None:
                found.append((len(way), letter, way, old, new, self.whole.state_of(node)))
        for turns, letter, way, old, new, state in sorted(found, key=lambda case: case[0]):
            yield Case(turns + 1, state, letter.label, old, new, self._player([*way, letter], restore=restore))

    def _player(self, letters: list[Letter], *, restore: bool) -> Callable[[], Traces]:
        def traces() -> Traces:
            old = self.twins.player.trace(letters)
            if not restore:
                return old, self.twins.guest.trace(letters)
            before = old.turns[-2].snapshot if len(old.turns) > 1 else old.start
            new = self.twins.turn(before, letters[-1], len(letters) - 1)
            return old, Trace((*old.turns[:-1], new), old.start)

        return traces

    def _ways_together(self) -> dict[int, list[Letter]]:
        """Return the shortest ways on which both versions remember the same, by where they lead."""
        leaving: dict[int, list[tuple[Letter, int]]] = {}
        for step in self.whole.all_steps():
            where: Where = step.source, identity(step.letter)
            if step.letter.delivery is None and where not in self.twins.apart:
                leaving.setdefault(step.source, []).append((step.letter, step.target))
        ways: dict[int, list[Letter]] = {0: []}
        waiting = deque([0])
        while waiting:
            node = waiting.popleft()
            for letter, target in leaving.get(node, ()):
                if target not in ways:
                    ways[target] = [*ways[node], letter]
                    waiting.append(target)
        return ways


class ReplayWalk:
    """The events of recorded traces, one trace after the other."""

    def __init__(self, traces: Iterable[Trace], twins: Twins) -> None:
        self.traces = tuple(traces)
        self.twins = twins
        self.outcome: Outcome = "complete"
        self.stopped: Stopped = "closed"
        self.snapshots = self.steps = 0
        self._cases: list[Case] = []
        self._apart: list[Case] = []

    def run(self) -> None:
        """Play all of them."""
        for trace in self.traces:
            self._replay(trace)

    def _replay(self, trace: Trace) -> None:
        start = trace.start if trace.start.chats else self.twins.player.start()
        snapshot, together = start, True
        old_turns: list[Turn] = []
        new_turns: list[Turn] = []
        for depth, recorded in enumerate(trace.turns):
            letter = Letter(recorded.event)
            old = self.twins.player.turn(snapshot, letter.event, depth)
            new = self.twins.turn(snapshot, letter, depth)
            old_turns.append(old)
            new_turns.append(new)
            self.steps += 1
            if aspects_of(old, new):
                case = _replayed(snapshot, letter, Trace(tuple(old_turns), start), Trace((*new_turns,), start))
                (self._cases if together else self._apart).append(case)
            together = together and not parts_ways(old, new)
            snapshot = old.snapshot
        self.snapshots += len(trace.turns)

    def cases(self, *, restore: bool) -> Iterator[Case]:
        """Yield the conversations that show a difference, the shortest first."""
        yield from sorted([*self._cases, *(self._apart if restore else ())], key=lambda case: case.turns)


def _replayed(before: Snapshot, letter: Letter, old: Trace, new: Trace) -> Case:
    return Case(len(old.turns), state_name(before), letter.label, old.turns[-1], new.turns[-1], lambda: (old, new))
