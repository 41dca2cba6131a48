"""Scenarios as the runner, the report and the front ends see them: resolved, frozen, each thing with its position.

`chatsim.scenario.load` makes them from a file, `chatsim.scenario.run` runs them and answers with a
`chatsim.scenario.verdict.Verdict`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import msgspec

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


class Checks(msgspec.Struct, frozen=True):
    """What is asked of the chat after a step: its state, some of its variables, what the bot waits for."""

    state: TextPattern | None = None
    vars: DataPattern | None = None
    waits: Waits | None = None


NO_CHECKS = Checks()


class Arrival(msgspec.Struct, frozen=True):
    """How the event of a step arrives: with `fault`, and in the case of ``with`` when the step `other` does.

    What the bot makes of it is judged beside what is written, as far as that is an error: `may` names kinds that are
    meant, and `never` those that are to be judged as well (`chatsim.delivery.oracle.KINDS_OF`).
    """

    position: Position
    fault: Fault
    other: Step | None = None
    may: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


class Step(msgspec.Struct, frozen=True, kw_only=True):
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


class UserStep(Step, frozen=True, kw_only=True):
    """A person writes `text`; None starts the chat without input.  `phrasings` are all of which `text` is one."""

    kind = "user"
    acts = True
    text: Template | None
    phrasings: tuple[Template, ...] = ()


class TapStep(Step, frozen=True, kw_only=True):
    """A person chooses the option with `title`, or `id`; `stale` looks through all that was offered before."""

    kind = "tap"
    acts = True
    title: Template | None = None
    id: Template | None = None
    stale: bool = False


class FormStep(Step, frozen=True, kw_only=True):
    """A person hands in a form."""

    kind = "form"
    acts = True
    data: DataTemplate


class FileStep(Step, frozen=True, kw_only=True):
    """A person sends a file: `path` from `folder`, or the bytes themselves, as text with names in it or raw."""

    kind = "file"
    acts = True
    folder: Path
    path: Template | None = None
    content: Template | bytes | None = None
    name: Template | None = None
    type: Template | None = None


class CallbackStep(Step, frozen=True, kw_only=True):
    """A webhook calls: text as it is, data as JSON."""

    kind = "callback"
    acts = True
    body: Template | DataTemplate


class WaitStep(Step, frozen=True, kw_only=True):
    """Time passes: a duration."""

    kind = "wait"
    acts = True
    time: Template


class RestartStep(Step, frozen=True, kw_only=True):
    """The bot's process dies and comes back."""

    kind = "restart"
    acts = True


class BotStep(Step, frozen=True, kw_only=True):
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


class AnyOrderStep(Step, frozen=True, kw_only=True):
    """The next replies, in whatever order."""

    kind = "any_order"
    members: tuple[BotStep, ...]


class AnythingStep(Step, frozen=True, kw_only=True):
    """Whatever else the bot says, or nothing."""

    kind = "anything"


class NeverStep(Step, frozen=True, kw_only=True):
    """Whatever else the bot says, what happened shows nothing of `kinds` (`chatsim.kinds.NEVER`)."""

    kind = "never"
    kinds: frozenset[str]


class SilentStep(Step, frozen=True, kw_only=True):
    """No reply, or no further one."""

    kind = "silent"


class RaisesStep(Step, frozen=True, kw_only=True):
    """An error that is meant to come: `error` is held against its type, or with `with_message` ``Type: message``."""

    kind = "raises"
    error: TextPattern
    with_message: bool = False


class CheckStep(Step, frozen=True, kw_only=True):
    """`state`, `vars`, `waits` or `end`, standing alone; `kind` is always ``check``."""

    kind = "check"


class UseStep(Step, frozen=True, kw_only=True):
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


class Given(msgspec.Struct, frozen=True):
    """Where a scenario starts in the middle of a conversation."""

    position: Position
    state: Template
    state_position: Position
    vars: DataTemplate


class Xfail(msgspec.Struct, frozen=True):
    """A scenario that is expected to fail, and why.

    `strict` makes one that passes all the same a failure; None leaves that to whoever runs it.  `raises` is the type
    of the error that the bot must raise for the failure to count as the expected one.
    """

    reason: str
    strict: bool | None = None
    raises: str | None = None


class Marks(msgspec.Struct, frozen=True):
    """What a suite is told about a scenario.  `timeout` is in seconds of real time, for one test."""

    tags: tuple[str, ...] = ()
    skip: str | None = None
    xfail: Xfail | None = None
    timeout: float | None = None
    repeat: int = 1
    fixtures: tuple[str, ...] = ()


NO_MARKS = Marks()


class ScenarioCase(msgspec.Struct, frozen=True):
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
    values: Values = {}
    given: Given | None = None
    branch: tuple[str, ...] = ()
    forks: tuple[int, ...] = ()
    env: dict[str, str] = {}
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


class ScenarioFile(msgspec.Struct, frozen=True):
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
    env: dict[str, str] = {}
