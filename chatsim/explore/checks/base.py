"""What a check is: a plug-in that is shown the turns of a search that are new, and at the end the whole.

A check is shown a turn when something about it is new: its state, its letter, where it led, the shape of what the bot
said.  It may try more from there (`Seen.play`), and says what is wrong as `Found`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

from chatsim.bots.base import Bot
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.results.result import Severity
from chatsim.trace import Hop, Turn


class Seen(msgspec.Struct, frozen=True):
    """A letter that was played: from where, what came of it, and `after` where that is.

    `play` plays a letter from a moment, in the same world, and leaves no trace in the search.
    """

    before: Moment
    letter: Letter
    turns: Played
    after: Moment
    play: Callable[[Moment, Letter], Played]

    @property
    def turn(self) -> Turn:
        """The last turn that the letter came to."""
        return self.turns[-1]


class Found(msgspec.Struct, frozen=True):
    """What a check says is wrong.

    `node` and then `letters` are the conversation that shows it.  Of those with the same kind and `key`, the one with
    the shortest conversation is kept.  `severity` None is that of the kind.
    """

    kind: str
    state: str | None
    message: str
    node: int
    letters: tuple[Letter, ...] = ()
    key: str = ""
    event: str = ""
    severity: Severity | None = None
    inconclusive: bool = False
    expects: Mapping[str, Any] = {}


class Step(NamedTuple):
    """A letter that was played, in short: from which node, to which node, and whether the bot said or did something.

    `failed` says that the bot did not come through the turn, `ended` that it came to an end in it.
    """

    source: int
    letter: Letter
    target: int
    answered: bool
    failed: bool
    ended: bool


class Whole(Protocol):
    """The search as a check sees it when it is over."""

    @property
    def closed(self) -> bool:
        """Whether every letter was tried in everything that was reached."""
        ...

    def all_nodes(self) -> range:
        """Return the names of all moments that were reached, the start first."""
        ...

    def moment(self, node: int) -> Moment:
        """Return the moment *node*; it is played anew where it is not kept."""
        ...

    def all_steps(self) -> Iterator[Step]:
        """Yield everything that was played."""
        ...

    @property
    def is_given(self) -> bool:
        """Whether the user said what to try, so that nothing that the bot would take is missing."""
        ...

    @property
    def begins_in(self) -> str | None:
        """The name of the state in which conversations begin; None where the search began in the middle of one."""
        ...

    @property
    def has_ended(self) -> bool:
        """Whether any chat came to its end."""
        ...

    @property
    def covers(self) -> bool:
        """Whether everything that can be reached was, but for what counts as the same."""
        ...

    def way_to(self, node: int) -> list[Letter]:
        """Return the letters that lead from the start to *node*."""
        ...

    def state_of(self, node: int) -> str:
        """Return the name of the state of *node*."""
        ...

    def depth_of(self, node: int) -> int:
        """Return how many turns lead to *node*."""
        ...

    def is_waiting(self, node: int) -> bool:
        """Say whether a conversation is going on in *node*, and waits for somebody."""
        ...

    def is_same(self, one: int, other: int) -> bool:
        """Say whether the bot remembers the same in two moments, whatever is on offer."""
        ...

    def chat_ended(self, node: int) -> bool:
        """Say whether the chat has ended in *node*, and would begin anew."""
        ...

    def way_back(self, node: int) -> Iterator[int]:
        """Yield *node*, and the moments on the way to it, the start last."""
        ...

    def largest(self) -> list[int]:
        """Return for each state the moment in which the bot remembers most, and the one that is furthest away."""
        ...

    def visited(self) -> set[str]:
        """Return the names of all states that turns went through."""
        ...

    def taken(self) -> set[tuple[str | None, str | None]]:
        """Return source and target of all hops of the bot's own machine."""
        ...

    def all_hops(self) -> list[Hop]:
        """Return all hops, each with the guards that were asked on its way, those of plugins as well."""
        ...

    def is_expanded(self, node: int) -> bool:
        """Say whether every letter was tried in *node*."""
        ...


class Check(Protocol):
    """A plug-in of the search.  `kinds` are those of what it may find, with how bad each is unless somebody says otherwise."""

    kinds: Mapping[str, Severity]

    def begin(self, bot: Bot) -> None:
        """Be told which bot is explored, before anything is tried."""
        ...

    def look(self, seen: Seen) -> Iterable[Found]:
        """Say what is wrong with *seen*, of which something is new."""
        ...

    def close(self, whole: Whole) -> Iterable[Found]:
        """Say what is wrong with the whole, at the end."""
        ...
