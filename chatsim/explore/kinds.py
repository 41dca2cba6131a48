"""What can be found: every kind of finding with how bad it is, and what it means in a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from chatsim.errors import SetupError, did_you_mean
from chatsim.explore.result import Finding, Severity


class Kind(NamedTuple):
    """How bad a kind of finding is unless somebody says otherwise, and what it means."""

    severity: Severity
    meaning: str


KINDS: dict[str, Kind] = {
    "bot-raised": Kind("error", "the bot raised"),
    "no-way-on": Kind("error", "no guard is true"),
    "hop-loop": Kind("error", "a turn goes round in circles"),
    "unknown-state": Kind("error", "a next state that nothing handles"),
    "context-not-json": Kind("error", "a context that JSON cannot hold"),
    "context-changes": Kind("error", "a context that a round trip through a store changes"),
    "bad-result": Kind("error", "a handler returned what is no state and context"),
    "bad-message": Kind("error", "a message that its channel cannot take"),
    "nondeterministic": Kind("error", "the same snapshot and event come to two turns"),
    "cross-chat": Kind("error", "a chat is another one beside a second chat"),
    "lost-update": Kind("error", "two events at once end as no order of them would"),
    "dead-end": Kind("error", "a state that never changes or answers again, whatever comes"),
    "no-end": Kind("error", "a waiting state from which no end can be reached"),
    "option-refused": Kind("error", "an offered option that raises, meets no handler, or is answered as nonsense is"),
    "applied-twice": Kind("error", "what is delivered twice is applied twice, where the bot saw its id"),
    "empty-reply": Kind("error", "a reply without content"),
    "property": Kind("error", "a property of the user's own that does not hold"),
    "acts-after-end": Kind("warning", "a late callback changes the bot after its end"),
    "stale-option": Kind("warning", "a button of an earlier turn is taken"),
    "silent-turn": Kind("warning", "a turn without a reply while the bot waits for a person"),
    "redelivery-changes": Kind("warning", "a second delivery shows outside"),
    "crash-repeats": Kind("warning", "a crash between sending and saving shows outside"),
    "context-grows": Kind("warning", "a context that grows without bound"),
    "guard-overlap": Kind("warning", "two guards are true at once where documented and published order differ"),
    "unreachable": Kind("warning", "a declared state or transition that nothing reaches"),
    "call-not-mocked": Kind("warning", "the bot called something outside that no mock answers"),
}


def graded(findings: Iterable[Finding], off: Iterable[str] = (), error: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return *findings* without the kinds that are *off*, those of the kinds in *error* as errors; errors come first.

    Raises `SetupError` for what is no kind.

    >>> graded([Finding("silent-turn", "warning", "menu", "…")], error=["silent-turn"])[0].severity
    'error'
    """
    off, error = frozenset(off), frozenset(error)
    for kind in sorted(off | error):
        if kind not in KINDS:
            raise SetupError(f"there is no kind of finding {kind!r}. {did_you_mean(kind, KINDS)}")
    kept = [
        msgspec.structs.replace(found, severity="error") if found.kind in error else found
        for found in findings
        if found.kind not in off
    ]
    return tuple(sorted(kept, key=lambda found: (found.severity != "error" or found.inconclusive, found.kind)))
