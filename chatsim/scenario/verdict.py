"""What came of a run: a verdict, and for a scenario that failed why."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from chatsim.kinds import SEEN, WHERE_IT_LEADS
from chatsim.scenario.model import Position, ScenarioCase, Step
from chatsim.scenario.words import Values
from chatsim.trace import Failure, Trace

Outcome: TypeAlias = Literal["passed", "failed", "skipped", "xfailed", "xpassed"]
Mark: TypeAlias = Literal["held", "expected", "came"]

MISMATCH_KINDS = {
    "wrong-text": "a reply says something else",
    "wrong-part": "a reply's header, footer, media, type or destination is another",
    "wrong-option": "a reply offers other options",
    "capture-mismatch": "a reply says what was expected, but what ${x:type} should take out is not of that type",
    "extra-reply": "a reply came that no step expected",
    "missing-reply": "a reply was expected that did not come",
    "wrong-order": "a reply came before one that was expected first",
    "not-offered": "the option to tap was not offered",
    "wrong-state": "the chat is in another state",
    "wrong-variable": "a variable has another value",
    "wrong-waits": "the bot waits for something else",
    "silence-broken": "the bot should have been silent",
    "bot-raised": "the bot raised an error",
    "no-way-on": "no guard of the bot's state was true",
    "wrong-error": "the bot raised another error than the one that was meant to come",
    "not-raised": "the bot did not raise the error that was meant to come",
    "broken-pattern": "a pattern is broken with the values that went into it",
    "regex-too-slow": "a pattern took longer than its time limit",
    "unreadable-file": "a file to be sent could not be read",
    "bad-value": "a value that goes to the bot does not fit",
    "too-late": "a reply came later than it should",
    "call-not-mocked": "the bot called something that no mock covers",
    "mock-not-called": "a mock was never called",
    "wrong-calls": "the bot made other calls than were expected",
    "not-restarted": "the bot could not be loaded anew",
    "cannot-arrive": "an event cannot arrive in the way that `deliver` says",
    "applied-twice": "what was delivered twice was applied twice",
    "lost-update": "of two events at once, or on a stale copy, one was lost",
    "redelivery-changes": "what was delivered twice was answered, or asked for outside, twice",
    "crash-repeats": "what was sent before a crash was sent again after it",
    "acts-after-end": "the bot acted on what came after its end",
    **{kind: words.meaning for kind, words in (SEEN | WHERE_IT_LEADS).items()},
    "timed-out": "the test took longer than its timeout",
    "not-deterministic": "the test was repeated, and the bot did something else",
    "passed-unexpectedly": "the scenario was expected to fail, strictly, and it passed",
}
"""Every kind of mismatch that a run can end with; an error of the bot may add the other kinds of `Failure`."""


class Line(msgspec.Struct, frozen=True):
    """One line of the comparison: it held (✓), was expected (-), or came instead (+).

    `label` says what is compared where that is not the reply's text (``options``, ``vars.total``).
    """

    mark: Mark
    text: str
    label: str = ""


class Mismatch(msgspec.Struct, frozen=True):
    """Why a scenario failed.

    `position` is the step that did not hold; for a reply that no step expected, the step whose turn brought it.
    `turn` is the index of the turn in the trace that it is about, None before the first.  `failure` is the bot's
    error where that is the reason, `hint` a sentence on how to mend it, `step` the step that `position` names.
    """

    kind: str
    position: Position
    headline: str
    lines: tuple[Line, ...] = ()
    turn: int | None = None
    failure: Failure | None = None
    hint: str = ""
    step: Step | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What came of one case: `mismatch` is there when it failed, as it was expected to or not.

    `seconds` is wall time, the bot's included.  `values` is what every name stood for at the end: the cells of the
    case, and what was taken out of replies.  `other` is the trace of the run that went another way, for a bot that is
    not deterministic.
    """

    case: ScenarioCase
    outcome: Outcome
    mismatch: Mismatch | None
    trace: Trace
    seconds: float
    values: Values = {}
    other: Trace | None = None

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return self.outcome == "passed"

    @property
    def failed(self) -> bool:
        """Whether this is a failure that nobody expected."""
        return self.outcome == "failed"
