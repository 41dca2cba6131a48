"""Make the result of a search: states, transitions, findings with witnesses that were played again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from chatsim.explore.checks.base import Found
from chatsim.explore.checks.deliveries import Deliveries
from chatsim.explore.letters import Letter
from chatsim.explore.play.player import OutOfTime
from chatsim.explore.results.result import Edge, Exploration, Finding, Outcome, Severity
from chatsim.explore.results.whole import Explored
from chatsim.explore.seen.shorten import shortened
from chatsim.explore.seen.ways import Ways, ways_of
from chatsim.explore.walk.search import Search
from chatsim.kinds import RAISED
from chatsim.trace import Trace
from chatsim.world.tellers import real_seconds

HURRIED = 1.0
"""How many seconds checks may play at the end, when somebody waits for the result."""

Ruling: TypeAlias = Mapping[str, Literal["error", "warning", "off"]]
"""What a user says about kinds of findings."""


def summed(search: Search, name: str, ruling: Ruling | None = None, *, strict: bool = False) -> Exploration:
    """Return the result of *search*, which is over; within the player's world.

    *ruling* overrides severities.  With *strict*, what a complete search did not reach is an error.
    """
    search.nodes.straighten(search.turns_of)
    search.note_hops()
    _close(search)
    if strict and outcome_of(search) == "complete":
        ruling = {"unreachable": "error", **(ruling or {})}
    findings = _findings(search, ruling or {})
    ways, book = ways_of(search), search.book
    return Exploration(
        bot=name,
        outcome=outcome_of(search),
        stopped=search.stopped,
        snapshots=len(search.nodes),
        unexpanded=len(search.nodes) - sum(search.nodes.expanded),
        steps=search.steps,
        seconds=search.seconds,
        states=tuple(book.visited),
        transitions=tuple(ways.edges),
        findings=findings,
        pairs=ways.pairs,
        guards={guard: tuple(sorted(answers)) for guard, answers in sorted(book.guards.items())},
        hops=tuple(book.hops),
        faults=book.faults + sum(check.tried for check in search.checks if isinstance(check, Deliveries)),
        mocks=search.player.mocks,
        trace_of=_traces(search, ways),
    )


def _close(search: Search) -> None:
    """Ask the checks what they say of the whole; when time is up, or somebody waits no longer, not to play more for it."""
    whole, player = Explored(search), search.player
    player.until = _until(search)
    try:
        for check in search.checks:
            try:
                for found in check.close(whole):
                    search.found.setdefault((found.kind, found.key), found)
            except OutOfTime:
                continue
    except KeyboardInterrupt:
        search.stopped = "interrupted"
    finally:
        player.until = None


def _until(search: Search) -> float | None:
    """Return until when checks may play: for half as long as the search itself might have, and then some."""
    if search.stopped == "interrupted":
        return real_seconds() + HURRIED
    seconds = search.limits.seconds
    return None if seconds is None else real_seconds() + seconds / 2 + HURRIED


def outcome_of(search: Search) -> Outcome:
    """Return how far *search* came."""
    if search.closed:
        return "complete"
    return "projected" if search.is_projected and not search.unplayable and search.stopped != "max-depth" else "bounded"


def _findings(search: Search, ruling: Ruling) -> tuple[Finding, ...]:
    severities: dict[str, Severity] = {
        kind: severity for check in search.checks for kind, severity in check.kinds.items()
    }
    findings: list[Finding] = []
    try:
        for found in shortened(search, search.found.values()):
            said = ruling.get(found.kind)
            if said != "off":
                severity: Severity = said or found.severity or severities.get(found.kind, "error")
                findings.append(_finding(search, found, severity))
    except KeyboardInterrupt:  # those whose witnesses were played again are shown
        search.stopped = "interrupted"
    return tuple(sorted(findings, key=_order))


def _order(found: Finding) -> tuple[bool, bool, int, str, str]:
    is_error = found.severity == "error" and not found.inconclusive
    return not is_error, found.inconclusive, len(found.witness.turns), found.kind, found.state or ""


def _finding(search: Search, found: Found, severity: Severity) -> Finding:
    """Return *found* with its witness, which is played from the start: what does not happen again is not certain."""
    letters = [*search.way_to(found.node), *found.letters]
    search.player.patience.forget()
    with search.player.taping() as tape:
        witness = search.player.trace(letters)
    message, inconclusive = found.message, found.inconclusive
    if found.kind in RAISED and not (witness.turns and witness.turns[-1].error is not None):
        message, inconclusive = f"{message} (played again from the start, it did not happen)", True
    return Finding(
        found.kind,
        severity,
        found.state,
        message,
        witness,
        found.event,
        found.key,
        found.expects,
        inconclusive,
        tape.mocks_for(witness.turns, search.player.mocks),
    )


def _traces(search: Search, ways: Ways) -> Callable[[str | Edge], Trace | None]:
    start = search.book.state_names[search.nodes.state[0]]

    def trace_of(what: str | Edge) -> Trace | None:
        last = ways.last.get(what)
        if last is None and what != start:
            return None
        letters: list[Letter] = [] if last is None else [*search.way_to(last[0]), search.letters[last[1]]]
        with search.player.inside():
            return search.player.trace(letters)

    return trace_of
