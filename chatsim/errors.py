"""What can go wrong, told apart by whose fault it is.

* `BotError`: the bot did something that no bot may do.  While a bot is stepped, these become part of the
  turn (`chatsim.trace.Failure`); only code that drives the orchestrator by hand sees them raised.
* `ScenarioError`: a scenario file is wrong.  It carries one or more `Problem`, each with its position.
* `SetupError`: chatsim was called or configured wrongly: no such bot, a missing extra, a bad option.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chatsim.nearest import nearest_of


class ChatsimError(Exception):
    """Base class of everything that chatsim raises on purpose."""


class BotError(ChatsimError):
    """The bot is at fault.  `kind` is the slug that reports and findings use."""

    kind = "bot-raised"


class NoWayOn(BotError):
    """The machine has no transition whose guard holds."""

    kind = "no-way-on"


class HopLoop(BotError):
    """A turn made more hops than its budget allows."""

    kind = "hop-loop"


class UnknownState(BotError):
    """A state was named that nothing handles."""

    kind = "unknown-state"


class BadResult(BotError):
    """A handler returned something that is not what its contract says."""

    kind = "bad-result"


class ContextNotSerializable(BotError):
    """A context holds something that JSON cannot hold.  `path` says where (``$.cart[0].price``)."""

    kind = "context-not-json"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class ContextTooLarge(ContextNotSerializable):
    """A context is larger than a store takes."""


class BadMessage(BotError, ValueError):
    """A message was to be sent that its channel cannot take: no text, too long, an unknown shape of options."""

    kind = "bad-message"


class SetupError(ChatsimError):
    """Chatsim was called or configured wrongly."""


class NotOffered(ChatsimError):
    """An option was tapped that the bot did not offer in its last turn.

    `choice` is what was wanted, `offered` what there was, `nearest` the offered one that looks most like it.
    """

    def __init__(self, choice: str, offered: tuple[str, ...], nearest: str | None = None) -> None:
        self.choice = choice
        self.offered = offered
        self.nearest = nearest
        there = f"it offered {', '.join(map(repr, offered))}" if offered else "it offered no options"
        hint = f"; did you mean {nearest!r}?" if nearest else ""
        super().__init__(f"the bot did not offer {choice!r} in its last turn; {there}{hint}")


class InvalidChatId(SetupError, TypeError):
    """A chat id is not a plain `str`."""


class StateStoreError(ChatsimError):
    """A state store could not read or write."""


class StateCorrupted(StateStoreError):
    """What a store holds for a chat is not a state.  Nothing was changed; the data is still there."""

    def __init__(self, chat_id: str, place: str, why: str) -> None:
        super().__init__(f"state of chat {chat_id!r} in {place} cannot be read: {why}")
        self.chat_id = chat_id
        self.place = place
        self.why = why


class StateConflict(StateStoreError):
    """The state of a chat changed while a message of that chat was handled.  The change of the other stands."""

    def __init__(self, chat_id: str, place: str) -> None:
        super().__init__(
            f"the state of chat {chat_id!r} in {place} changed while its message was handled; what the others wrote "
            "stands, and this message changed nothing. The chat's lock expired before the step had ended, or somebody "
            "wrote without it."
        )
        self.chat_id = chat_id
        self.place = place


class ChatBusy(StateStoreError):
    """Another message of the chat was still being handled when the time to wait for it was over."""

    def __init__(self, chat_id: str, place: str, seconds: float) -> None:
        super().__init__(
            f"another message of chat {chat_id!r} in {place} was still being handled after {seconds:g} s; "
            "this one was not handled. Its step is stuck, or lock_timeout is too short for it."
        )
        self.chat_id = chat_id
        self.place = place
        self.seconds = seconds


class Problem(NamedTuple):
    """One thing wrong in a file: where (1-based line and column), what, and how to mend it.

    >>> print(Problem("pizza.chat.yaml", 3, 5, "unknown key 'usr'", "did you mean 'user'?"))
    pizza.chat.yaml:3:5: unknown key 'usr'
        did you mean 'user'?
    """

    file: str
    line: int
    column: int
    what: str
    cure: str = ""

    def __str__(self) -> str:
        """Return ``file:line:column: what`` and, indented below it, the cure."""
        cure = "".join(f"\n    {line}" for line in self.cure.splitlines())
        return f"{self.file}:{self.line}:{self.column}: {self.what}{cure}"


class ScenarioError(ChatsimError):
    """A scenario file cannot be run.  `problems` holds everything that is wrong with it, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class OrchestratorError(ChatsimError):
    """An orchestrator was set up or used wrongly."""


class InitialStateNotFoundError(OrchestratorError, UnknownState):
    """A chat begins, and no step is registered for the initial state."""


class StepsError(OrchestratorError):
    """Steps cannot be registered.  `problems` holds everything that is wrong, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SecurityError(StepsError):
    """Inline code does what inline code may not do."""


class SendError(ChatsimError):
    """A message could not be delivered.  `status` (HTTP) and `code` (the platform's) are None where there was none."""

    def __init__(self, message: str, *, status: int | None = None, code: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` for the nearest of *names*, or the list of them where none is near.

    >>> did_you_mean("get_nmae", ["start", "get_name"])
    "Did you mean 'get_name'?"
    >>> did_you_mean("zzz", ["start", "menu"])
    'There are: menu, start.'
    """
    known = sorted(names)
    near = nearest_of(name, known)
    if near:
        return f"Did you mean {near!r}?"
    return f"There are: {', '.join(known)}." if known else "There are none."
