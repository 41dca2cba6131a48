"""What a comparison comes to."""

from __future__ import annotations

from typing import Any

import msgspec

from chatsim.compare.aspects import Aspect, changed_variables, path_of
from chatsim.explore.results.result import Outcome, Stopped
from chatsim.jsondata import to_builtins
from chatsim.trace import Trace, Turn


class Difference(msgspec.Struct, frozen=True):
    """A change, with the shortest conversation that shows it.

    `old` and `new` are that conversation with either version: they are the same up to the last turn, in which they
    differ in `aspects`.  With `restore`, the last turn of `new` is the only one that the new version has played.
    `event` is what was said last, in words; `states` are all states in which the same change was seen, in `times`
    conversations.  `mocks` are what the world outside answered the old version on the way, in order.
    """

    aspects: tuple[Aspect, ...]
    state: str
    event: str
    old: Trace
    new: Trace
    states: tuple[str, ...]
    times: int = 1
    mocks: tuple[Any, ...] = ()

    @property
    def turns(self) -> tuple[Turn, Turn]:
        """The two turns that differ."""
        return self.old.turns[-1], self.new.turns[-1]

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables that differ, with dots inwards."""
        old, new = self.turns
        return changed_variables(old.chat_state, new.chat_state)

    @property
    def paths(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The states that either version entered."""
        old, new = (
            [f"{machine}/{name}" if machine else str(name) for machine, name in path_of(turn)] for turn in self.turns
        )
        return tuple(old), tuple(new)

    def for_json(self) -> dict[str, Any]:
        """Return the difference as the JSON file has it."""
        return {
            "aspects": list(self.aspects),
            "state": self.state,
            "event": self.event,
            "states": list(self.states),
            "times": self.times,
            "old": [to_builtins(turn) for turn in self.old.turns],
            "new": [to_builtins(turn) for turn in self.new.turns],
        }


class Comparison(msgspec.Struct, frozen=True):
    """What was compared, how far, and what differs: first what shows in the shortest conversation."""

    old: str
    new: str
    outcome: Outcome
    stopped: Stopped
    snapshots: int
    steps: int
    seconds: float
    differences: tuple[Difference, ...]
    restored: bool = False

    def for_json(self) -> dict[str, Any]:
        """Return the result as data, as ``--json`` writes it."""
        return {
            "old": self.old,
            "new": self.new,
            "restored": self.restored,
            "outcome": self.outcome,
            "stopped": self.stopped,
            "snapshots": self.snapshots,
            "steps": self.steps,
            "seconds": round(self.seconds, 3),
            "differences": [difference.for_json() for difference in self.differences],
        }
