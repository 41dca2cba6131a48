"""Scenarios as the runner, the report and the front ends see them: resolved, frozen, each thing with its position.

`chatsim.scenario.load` makes them from a file, `chatsim.scenario.run` runs them and answers with a `Verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

from chatsim.scenario.data_match import DataPattern
from chatsim.scenario.match import TextPattern
from chatsim.scenario.words import DataTemplate, Template, Values
from chatsim.trace import DEFAULT_CHAT, Failure, Trace, Waits


class Position(NamedTuple):
    """Where something is written: the file as it was named, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return ``file:line:column``.

        >>> str(Position("pizza.chat.yaml", 29, 5))
        'pizza.chat.yaml:29:5'
        """
        return f"{self.file}:{self.line}:{self.column}"


# ---------------------------------------------------------------- steps


@dataclass(frozen=True, slots=True)
class Checks:
    """What is asked of the chat after a step: its state, some of its variables, what the bot waits for."""

    state: TextPattern | None = None
    vars: DataPattern | None = None
    waits: Waits | None = None


NO_CHECKS = Checks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a scenario.  `kind` is the word that it is written with, `acts` whether it reaches the bot."""

    kind: ClassVar[str]
    acts: ClassVar[bool] = False

    position: Position
    checks: Checks = NO_CHECKS
    chat: str = DEFAULT_CHAT


@dataclass(frozen=True, slots=True, kw_only=True)
class UserStep(Step):
    """A person writes `text`; None starts the chat without input."""

    kind = "user"
    acts = True
    text: Template | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TapStep(Step):
    """A person chooses the option with `title`, or `id`; `stale` looks through all that was offered before."""

    kind = "tap"
    acts = True
    title: Template | None = None
    id: Template | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormStep(Step):
    """A person hands in a form."""

    kind = "form"
    acts = True
    data: DataTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStep(Step):
    """A person sends a file: `path` from `folder`, or the bytes themselves, as text with names in it or raw."""

    kind = "file"
    acts = True
    folder: Path
    path: Template | None = None
    content: Template | bytes | None = None
    name: Template | None = None
    type: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackStep(Step):
    """A webhook calls: text as it is, data as JSON."""

    kind = "callback"
    acts = True
    body: Template | DataTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class BotStep(Step):
    """The next reply: its text, and whatever else of it is named."""

    kind = "bot"
    text: TextPattern
    options: tuple[TextPattern, ...] | None = None
    header: TextPattern | None = None
    footer: TextPattern | None = None
    media: TextPattern | None = None
    type: TextPattern | None = None
    dest: TextPattern | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOrderStep(Step):
    """The next replies, in whatever order."""

    kind = "any_order"
    members: tuple[BotStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentStep(Step):
    """No reply, or no further one."""

    kind = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisesStep(Step):
    """An error that is meant to come: `error` is held against its type, or with `with_message` ``Type: message``."""

    kind = "raises"
    error: TextPattern
    with_message: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStep(Step):
    """`state`, `vars`, `waits` or `end`, standing alone; `kind` is always ``check``."""

    kind = "check"


# ---------------------------------------------------------------- files and cases


@dataclass(frozen=True, slots=True)
class Given:
    """Where a scenario starts in the middle of a conversation."""

    position: Position
    state: Template
    state_position: Position
    vars: DataTemplate


@dataclass(frozen=True, slots=True)
class ScenarioCase:
    """One test that can be run.

    `id` is unique in its file: ``name[case]``, or the name alone where there are no cases.  `position` is where
    the scenario is written, or the row of its case.  `values` are the cells of the row.  Cases of one scenario
    share their steps.
    """

    id: str
    name: str
    position: Position
    steps: tuple[Step, ...]
    case: str | None = None
    values: Values = field(default_factory=dict)
    given: Given | None = None

    @property
    def file(self) -> str:
        """The file that it is written in."""
        return self.position.file

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.position.line


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A file that was read and found right, as far as that can be said without its bot."""

    path: Path
    bot: str
    bot_position: Position
    credentials: dict[str, Any]
    cases: tuple[ScenarioCase, ...]

    @property
    def folder(self) -> Path:
        """Where the bot and files beside the scenario are looked for first."""
        return self.path.parent


# ---------------------------------------------------------------- what came of a run

Outcome: TypeAlias = Literal["passed", "failed"]
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
}
"""Every kind of mismatch that a run can end with; an error of the bot may add the other kinds of `Failure`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison: it held (✓), was expected (-), or came instead (+).

    `label` says what is compared where that is not the reply's text (``options``, ``vars.total``).
    """

    mark: Mark
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Mismatch:
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one case: `mismatch` is there when it failed.  `seconds` is wall time, the bot's included.

    `values` is what every name stood for at the end: the cells of the case, and what was taken out of replies.
    """

    case: ScenarioCase
    outcome: Outcome
    mismatch: Mismatch | None
    trace: Trace
    seconds: float
    values: Values = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return self.outcome == "passed"
