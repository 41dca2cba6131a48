"""Let Hypothesis talk with a bot: a state machine for a `TestCase`, with chatsim's letters and checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatsim.errors import SetupError
from chatsim.explore.alphabet import Alphabet
from chatsim.explore.api import alphabet_of, default_alphabet, stage_of
from chatsim.explore.checks.all import all_checks
from chatsim.explore.checks.base import Check, Found
from chatsim.explore.given.marked import Marked
from chatsim.explore.given.properties import Properties, Property
from chatsim.explore.letters import Letter
from chatsim.explore.play.player import Player
from chatsim.explore.results.result import Severity
from chatsim.explore.sources.code import CodeLetters
from chatsim.extras import require
from chatsim.kinds import KINDS
from chatsim.report.document import plain
from chatsim.report.transcript import transcript
from chatsim.scenario.write import write_scenario
from chatsim.trace import Event, JsonObject, Trace
from chatsim.world.functions import FunctionMock
from chatsim.world.mocks import Mock


class BotBroke(AssertionError):
    """What a machine found, with the conversation that shows it; `found` says what, `trace` is the conversation."""

    def __init__(self, found: Found, trace: Trace, scenario: str) -> None:
        where = f" in {found.state}" if found.state else ""
        super().__init__(f"{found.kind}{where}: {found.message}\n\n{scenario}")
        self.found = found
        self.trace = trace


@dataclass(frozen=True, slots=True)
class Talk:
    """What a machine talks with, and how: see `state_machine`."""

    player: Player
    alphabet: Alphabet
    checks: Callable[[], Sequence[Check]]
    strategies: Mapping[str | None, Any] = field(default_factory=dict)
    fail_on: frozenset[str] = frozenset()
    name: str = ""

    def fails_for(self, found: Found) -> bool:
        """Say whether *found* is what a test is to fail for."""
        return found.kind in self.fail_on and not found.inconclusive

    def broke(self, found: Found, letters: Sequence[Letter]) -> BotBroke:
        """Return the error for *found*, which was seen at the end of *letters*; within the player's world."""
        trace = self.player.trace([*letters[:-1], *(found.letters or letters[-1:])], self.name)
        return BotBroke(found, trace, as_scenario(trace, self.name, f"{found.kind} in {found.state}"))


def state_machine(
    bot: Any,
    *,
    alphabet: Alphabet | Iterable[Letter | Event] | None = None,
    inputs: Iterable[Letter | Marked] = (),
    strategies: Mapping[str | None, Any] | None = None,
    checks: Callable[[], Sequence[Check]] | None = None,
    properties: Iterable[Property] = (),
    faults: bool = False,
    fail_on: Severity | Iterable[str] = "error",
    mocks: Sequence[Mock | FunctionMock] = (),
    folder: Path | None = None,
    credentials: JsonObject | None = None,
    seed: int = 0,
) -> Any:
    """Return a `hypothesis.stateful.RuleBasedStateMachine` that talks with *bot*; its ``TestCase`` is what a test needs.

    Hypothesis draws what is said from what can be tried in each state.  It hears of every transition that is new in a
    run (``event``), and is led to long conversations through many states (``target``).  Where a check finds something,
    it shrinks the conversation, which is then shown as a scenario.  Settings are those of the profile in force, less
    what makes no sense here: the deadline, and the health checks of slow data.

    Args:
        bot: ``module:object``, or an object of any kind that chatsim recognises.
        alphabet: What to try, and nothing else; by default what `chatsim.explore.explore` tries.
        inputs: What to try beside that.
        strategies: Hypothesis strategies of texts or events, by the state in which they are drawn; None is any.
        checks: Returns the checks, anew for every conversation; by default all.
        properties: What must hold besides, always.
        faults: Whether events are delivered twice, at once, late, and at a process that dies, as well.
        fail_on: Which findings fail: the errors, the warnings as well, or these kinds.
        mocks: What answers when the bot calls outside.
        folder: Where the module is looked for first; by default the working folder.
        credentials: What the bot's framework takes as credentials.
        seed: With the number of the turn, decides over chance.

    Raises `SetupError` where there is no such bot, and where Hypothesis is not installed.

    >>> from chatsim.orchestrator import ChatOrchestrator
    >>> from chatsim.senders.console import ConsoleMessageSender
    >>> from chatsim.state_managers.inmemory import InMemoryStateManager
    >>> orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())
    >>> @orchestrator.register_step("start")
    ... def start(chat_id, user_input, context, sender):
    ...     sender.send_message(chat_id, "Hello!")
    ...     return "start", context
    >>> TestGreeter = state_machine(orchestrator).TestCase
    """
    require("hypothesis", "hypothesis", "chatsim.explore.state_machine")
    player = Player(stage_of(bot, folder, credentials), mocks, seed=seed)
    code = CodeLetters(player.stage.bot, player.play)
    letters = default_alphabet(player.stage.bot, code, inputs=inputs) if alphabet is None else alphabet_of(alphabet)
    hints = code.all_hints()
    words, asked = frozenset(hints.keys) | frozenset(hints.texts), tuple(properties)

    def all_of_them() -> Sequence[Check]:
        found = all_checks(words, faults=faults) if checks is None else checks()
        return (*found, Properties(asked)) if asked else found

    name = bot if isinstance(bot, str) else type(player.stage.bot).__name__
    talk = Talk(player, letters, all_of_them, dict(strategies or {}), _kinds(fail_on), name)
    rules: Any = require("chatsim.explore.rules", "hypothesis", "chatsim.explore.state_machine")
    return rules.machine_of(talk)


def _kinds(fail_on: Severity | Iterable[str]) -> frozenset[str]:
    if isinstance(fail_on, str):
        if fail_on not in {"error", "warning"}:
            raise SetupError(f"fail_on={fail_on!r}: write 'error', 'warning', or a list of kinds of findings")
        return frozenset(name for name, kind in KINDS.items() if kind.severity == "error" or fail_on == "warning")
    kinds = frozenset(fail_on)
    if unknown := sorted(kinds - set(KINDS)):
        raise SetupError(f"fail_on: there is no kind of finding {unknown[0]!r}; there are {', '.join(sorted(KINDS))}")
    return kinds


def as_scenario(trace: Trace, bot: str, title: str) -> str:
    """Return *trace* as a scenario, or as a transcript where scenarios have no words for it."""
    try:
        return write_scenario(trace, bot=bot, title=title, open_=False).text
    except SetupError:
        return plain(transcript(trace.turns))
