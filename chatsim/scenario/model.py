"""Scenarios as the runner, the report and the front ends see them: resolved, frozen, each thing with its position.

`chatsim.scenario.load` makes them from a file, `chatsim.scenario.run` runs them and answers with a
`chatsim.scenario.verdict.Verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from chatsim.scenario.data_match import DataPattern
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.words import DataTemplate, Insert, Template, Value, Values
from chatsim.trace import DEFAULT_CHAT, Fault, Waits

if TYPE_CHECKING:
    from chatsim.scenario.calls import MockSpec


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


class Use(NamedTuple):
    """From where a fragment was used: its name, and the place of the `use`."""

    fragment: str
    position: Position


# ---------------------------------------------------------------- steps


@dataclass(frozen=True, slots=True)
class Checks:
    """What is asked of the chat after a step: its state, some of its variables, what the bot waits for."""

    state: TextPattern | None = None
    vars: DataPattern | None = None
    waits: Waits | None = None


NO_CHECKS = Checks()


@dataclass(frozen=True, slots=True)
class Arrival:
    """How the event of a step arrives: with `fault`, and in the case of ``with`` when the step `other` does.

    What the bot makes of it is judged beside what is written, as far as that is an error: `may` names kinds that are
    meant, and `never` those that are to be judged as well (`chatsim.delivery.oracle.KINDS_OF`).
    """

    position: Position
    fault: Fault
    other: Step | None = None
    may: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a scenario.  `kind` is the word that it is written with, `acts` whether it reaches the bot.

    `chat` is the one that it is about, `person` who acts in it, or is spoken to; empty where a scenario names nobody.
    `used` is empty, or for a line of a fragment from where that was used, the outermost first.  `arrival` is how its
    event arrives, None where it does as it should.
    """

    kind: ClassVar[str]
    acts: ClassVar[bool] = False

    position: Position
    checks: Checks = NO_CHECKS
    chat: str = DEFAULT_CHAT
    used: tuple[Use, ...] = ()
    person: str = ""
    arrival: Arrival | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserStep(Step):
    """A person writes `text`; None starts the chat without input.  `phrasings` are all of which `text` is one."""

    kind = "user"
    acts = True
    text: Template | None
    phrasings: tuple[Template, ...] = ()


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
class WaitStep(Step):
    """Time passes: a duration."""

    kind = "wait"
    acts = True
    time: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartStep(Step):
    """The bot's process dies and comes back."""

    kind = "restart"
    acts = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BotStep(Step):
    """The next reply: its text, and whatever else of it is named.

    `own_chat` is that of somebody who is spoken to by name and writes in a chat with others: it may go there as well.
    """

    kind = "bot"
    text: TextPattern
    options: tuple[TextPattern, ...] | None = None
    header: TextPattern | None = None
    footer: TextPattern | None = None
    media: TextPattern | None = None
    type: TextPattern | None = None
    dest: TextPattern | None = None
    within: Template | None = None
    own_chat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOrderStep(Step):
    """The next replies, in whatever order."""

    kind = "any_order"
    members: tuple[BotStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnythingStep(Step):
    """Whatever else the bot says, or nothing."""

    kind = "anything"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverStep(Step):
    """Whatever else the bot says, what happened shows nothing of `kinds` (`chatsim.kinds.NEVER`)."""

    kind = "never"
    kinds: frozenset[str]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class UseStep(Step):
    """A fragment begins: its arguments get their values, as they are now."""

    kind = "use"
    arguments: tuple[tuple[str, Value | Template], ...]

    def bind(self, values: Values) -> dict[str, Value]:
        """Return what the arguments stand for; one that is only ``${x}`` keeps the type of x."""
        return {name: _bound(given, values) for name, given in self.arguments}


def _bound(given: Value | Template, values: Values) -> Value:
    if isinstance(given, Value):
        return given
    if len(given.pieces) == 1 and isinstance(given.pieces[0], Insert):
        return values[given.pieces[0].name]
    text = given.render(values)
    return Value(text, text)


# ---------------------------------------------------------------- files and cases


@dataclass(frozen=True, slots=True)
class Given:
    """Where a scenario starts in the middle of a conversation."""

    position: Position
    state: Template
    state_position: Position
    vars: DataTemplate


@dataclass(frozen=True, slots=True)
class Xfail:
    """A scenario that is expected to fail, and why.

    `strict` makes one that passes all the same a failure; None leaves that to whoever runs it.  `raises` is the type
    of the error that the bot must raise for the failure to count as the expected one.
    """

    reason: str
    strict: bool | None = None
    raises: str | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What a suite is told about a scenario.  `timeout` is in seconds of real time, for one test."""

    tags: tuple[str, ...] = ()
    skip: str | None = None
    xfail: Xfail | None = None
    timeout: float | None = None
    repeat: int = 1
    fixtures: tuple[str, ...] = ()


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class ScenarioCase:
    """One test that can be run.

    `id` is unique in its file: ``name[case-branch-inner]``, or the name alone where there are neither cases nor
    forks.  `position` is where the scenario is written, the row of its case, or its innermost branch.  `values` are
    the cells of the row.  Cases of one scenario share their steps.  `branch` names the branches of the forks that it
    takes, and `forks` says for each how many steps stand before it: tests with the same `name`, `case` and beginning
    of `branch` share those steps.  `env` are the environment variables that the bot finds,
    `mocks` what answers its calls, `allow` the hosts that it reaches for real.
    """

    id: str
    name: str
    position: Position
    steps: tuple[Step, ...]
    case: str | None = None
    values: Values = field(default_factory=dict)
    given: Given | None = None
    branch: tuple[str, ...] = ()
    forks: tuple[int, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    marks: Marks = NO_MARKS
    mocks: tuple[MockSpec, ...] = ()
    allow: tuple[str, ...] = ()

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
    """A file that was read and found right, as far as that can be said without its bot.

    `folder` is where the bot is looked for first: that of the file in which `bot` is written.  `env` are the
    environment variables that it finds while it is loaded.
    """

    path: Path
    bot: str
    bot_position: Position
    credentials: dict[str, Any]
    cases: tuple[ScenarioCase, ...]
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
