"""What is to change in a scenario file: the words that expectations and their edits in YAML share.

A change belongs to the step at a position, and to a slot of it:

* ``("bot",)``, ``("header",)``, ``("state",)`` … a text (`NewText`); `choice` says which of ``one_of`` it replaces
* ``("options",)`` the options (`NewOptions`)
* ``("vars", "cart", "0", "price")`` a variable (`NewData`), or None where there is no such variable
* ``("waits",)`` what the bot waits for (`NewWaits`)
* ``("footer", "gone")`` a part that the reply has not (`GONE`)
* ``("gone",)`` a reply that did not come, or a silence that was none (`GONE`)
* ``("after",)`` replies that are to be expected after the step (a tuple of `NewReply`)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from chatsim.scenario.model import Position
from chatsim.scenario.write_words import Written

REPLY_PARTS = ("header", "footer", "media", "type", "dest")
"""The parts of a `bot` step that are text, beside the text of the reply itself."""


@dataclass(frozen=True, slots=True)
class NewText:
    """A text in the place of another one; `choice` is its place in ``one_of``."""

    written: Written
    choice: int | None = None


@dataclass(frozen=True, slots=True)
class NewOptions:
    """All options, in order: a number is one that stays (its place in the list as it was), `Written` a new title.

    `replaced` is the place of the one whose node a new title takes, -1 where it is to be inserted.
    """

    options: tuple[tuple[int, Written | None], ...]


@dataclass(frozen=True, slots=True)
class NewData:
    """Data in the place of other data, as JSON text, which can be compared; texts in it are in the language."""

    json: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class NewWaits:
    """What the bot waits for instead."""

    waits: str


@dataclass(frozen=True, slots=True)
class NewReply:
    """A reply that is to be expected: the keys of its step, in order, with their words (a tuple for options)."""

    pairs: tuple[tuple[str, Written | tuple[Written, ...]], ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """What is no more."""


GONE = Gone()

Slot: TypeAlias = tuple[str, ...]
Change: TypeAlias = NewText | NewOptions | NewData | NewWaits | Gone | tuple[NewReply, ...]
Changes: TypeAlias = dict[tuple[Position, Slot], Change]


def count(changes: Changes) -> int:
    """Return how many expectations *changes* are about.

    >>> count({})
    0
    """
    return sum(len(change) if isinstance(change, tuple) else 1 for change in changes.values())


def described(change: Any) -> str:
    """Return *change* in a few words, for a message about one that cannot be made."""
    if isinstance(change, NewText):
        return repr(change.written.source)
    if isinstance(change, NewOptions):
        return "other options"
    if isinstance(change, NewData):
        return change.json
    if isinstance(change, NewWaits):
        return change.waits
    if isinstance(change, tuple):
        return f"{len(change)} more {'reply' if len(change) == 1 else 'replies'}"
    return "nothing" if change is GONE else "no change"
