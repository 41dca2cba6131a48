"""What an exploration comes to: what was reached, what is wrong, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from chatsim.jsondata import to_builtins
from chatsim.trace import Trace

Severity: TypeAlias = Literal["error", "warning"]

Outcome: TypeAlias = Literal["complete", "projected", "bounded"]
"""How far a search came: everything that its letters reach; everything, with snapshots that count as the same under a
projection left out; or only so far."""

Stopped: TypeAlias = Literal["closed", "max-states", "max-depth", "max-time", "coverage", "interrupted"]

Edge: TypeAlias = tuple[str, str, str]
"""A transition as it was seen: source, what reached the bot, target."""


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that is wrong, with the shortest conversation that shows it.

    `kind` is its slug, `state` where the bot was when it happened, `event` what reached it, in words.  `witness`
    begins with the bot's start, was played again before it is shown, and ends with the turn in which it happened;
    what was found by looking at the whole, rather than at a turn, ends where the chat cannot go on.  `expects` says
    in which way a scenario made of the witness fails, for those who write it.  `key` tells findings of one kind
    apart, and is the same tomorrow, for a baseline.  `inconclusive` says that something unexpanded may acquit the bot.
    `mocks` are what the world outside answered on the way, in order.
    """

    kind: str
    severity: Severity
    state: str | None
    message: str
    witness: Trace = Trace()
    event: str = ""
    key: str = ""
    expects: Mapping[str, Any] = {}
    inconclusive: bool = False
    mocks: tuple[Any, ...] = ()

    def for_json(self) -> dict[str, Any]:
        """Return the finding as the JSON file has it: the witness as its turns."""
        turns = [to_builtins(turn) for turn in self.witness.turns]
        found: dict[str, Any] = {"kind": self.kind, "severity": self.severity, "state": self.state}
        found |= {"message": self.message, "event": self.event, "key": self.key, "witness": turns}
        return found | ({"inconclusive": True} if self.inconclusive else {})


class Exploration(msgspec.Struct, frozen=True):
    """What one search found.

    `snapshots` were reached, `unexpanded` of them not tried with every letter, in `steps` turns of the bot and
    `seconds`.  `transitions` are as seen, letters that came to the same merged into the first of them; `pairs` counts
    the ways through two transitions in a row (1-switch), `guards` says for each guard which answers it gave.
    `mocks` answered what the bot called outside.
    """

    bot: str
    outcome: Outcome
    stopped: Stopped
    snapshots: int
    unexpanded: int
    steps: int
    seconds: float
    states: tuple[str, ...]
    transitions: tuple[Edge, ...]
    findings: tuple[Finding, ...]
    pairs: int = 0
    guards: Mapping[str, tuple[bool, ...]] = {}
    hops: tuple[tuple[str | None, str | None], ...] = ()
    faults: int = 0
    mocks: tuple[Any, ...] = ()
    trace_of: Callable[[str | Edge], Trace | None] = lambda _: None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors, and certain."""
        return tuple(found for found in self.findings if found.severity == "error" and not found.inconclusive)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """All other findings."""
        errors = self.errors
        return tuple(found for found in self.findings if found not in errors)

    def trace_to(self, state: str) -> Trace | None:
        """Return the shortest trace that reaches *state*, or None where nothing does."""
        return self.trace_of(state)

    def trace_through(self, edge: Edge) -> Trace | None:
        """Return the shortest trace that ends with the transition *edge*, one of `transitions`, or None."""
        return self.trace_of(edge)

    def for_json(self) -> dict[str, Any]:
        """Return the result as data, as ``--json`` writes it."""
        return {
            "bot": self.bot,
            "outcome": self.outcome,
            "stopped": self.stopped,
            "snapshots": self.snapshots,
            "unexpanded": self.unexpanded,
            "steps": self.steps,
            "seconds": round(self.seconds, 3),
            "states": list(self.states),
            "transitions": [list(edge) for edge in self.transitions],
            "pairs": self.pairs,
            "guards": {name: list(answers) for name, answers in self.guards.items()},
            "faults": self.faults,
            "findings": [found.for_json() for found in self.findings],
        }
