"""What a bot is to chatsim: a function from a snapshot and an event to a turn.

Everything beyond `Bot` is an ability of its own, asked for with ``isinstance``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import msgspec

from chatsim.trace import Event, JsonObject, Reply, Snapshot, Turn, Wait, Waits


@runtime_checkable
class Bot(Protocol):
    """A bot that can be stepped.  A step is pure: it leaves *snapshot* alone and depends on nothing else."""

    def start(self) -> Snapshot:
        """Return what the bot remembers before anything reached it."""
        ...

    def step(self, snapshot: Snapshot, event: Event) -> Turn:
        """Return what comes of *event*.  Errors of the bot are in the turn; only misuse raises `ChatsimError`."""
        ...


@runtime_checkable
class NamesStates(Protocol):
    """A bot that can say which states it has."""

    def state_names(self) -> tuple[str, ...]:
        """Return the names of the bot's states, in the order of their declaration."""
        ...


@runtime_checkable
class StartsAnywhere(Protocol):
    """A bot that can be put into the middle of a conversation.  Nothing is entered: no reply comes of it."""

    def start_at(self, chat: str, state: str, context: JsonObject, waits: Waits | None = None) -> Snapshot:
        """Return a snapshot in which *chat* is in *state* with *context*.

        *waits* None means that the bot takes whatever the first event brings.  Raises `UnknownState` for a state
        that the bot does not have, `SetupError` for a context that does not fit its declared schema.
        """
        ...


@runtime_checkable
class HasTimers(Protocol):
    """A bot with timers of its own, which may speak by itself when time passes."""

    def wait(self, snapshot: Snapshot, event: Wait) -> Turn:
        """Return what comes of it when *event* passes: every timer that is due by then has fired, in order.

        The clock (`chatsim.world.tellers.current_clock`) is where the snapshot says, and is moved by the bot: to each
        timer as it fires, and to the end.  Timers that are yet to come are in the turn's snapshot.
        """
        ...


class Guards(msgspec.Struct, frozen=True):
    """What keeps two turns of one chat apart.

    `serial` bots handle the events of a chat one after the other.  A `versioned` store refuses to save what was
    handled on a copy that is no longer the newest.  `store` names the bot's own store; without one (an FSM, a
    framework with a memory of its own) the platform keeps the chats, and the bot can do nothing about how.
    """

    serial: bool = True
    versioned: bool = True
    store: str = ""


@runtime_checkable
class KnowsItsStore(Protocol):
    """A bot that can say how its chats are kept apart; any other is taken to have a platform that does it."""

    def guards(self) -> Guards:
        """Return what keeps two turns of one chat apart."""
        ...


@runtime_checkable
class Hears(Protocol):
    """A bot that can say what kinds of event its platform brings to it."""

    def hears(self) -> tuple[type[Event], ...]:
        """Return the kinds of event; of others, nothing comes, or nothing that its author had in mind."""
        ...


@runtime_checkable
class ShowsCode(Protocol):
    """A bot whose code can be looked at, by whoever wants to know what it makes of its input."""

    def code_for(self, state: str | None) -> tuple[Any, ...]:
        """Return what looks at what arrives in *state* (None where a chat has not begun), the nearest first.

        These are functions; classes, all of whose functions are meant; and texts and compiled patterns that the
        framework itself compares with.
        """
        ...


Outcome: TypeAlias = tuple[str, JsonObject, Sequence[Reply]]
"""The next state, the next context and the replies, as the bot gave them."""

QuickStep: TypeAlias = Callable[[Any, JsonObject], Outcome | None]
"""Takes what `StepsQuickly.takes` made of an event, and a context, which it may change; returns the outcome.  None
where that is not all, as when the bot raised: then `Bot.step` says what came of it."""


@runtime_checkable
class StepsQuickly(Protocol):
    """A bot whose chats are a state and a context alone, and that can be run without making a turn of it."""

    def takes(self, event: Event) -> Any:
        """Return what the code of the bot gets for *event*."""
        ...

    def quickly(self, state: str) -> QuickStep | None:
        """Return what runs the bot in *state*, for a chat that `Snapshot` calls by its default name."""
        ...
