"""Where the search is, and what came of a letter that was played there."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from chatsim.trace import DEFAULT_CHAT, ChatState, Option, Snapshot, Turn, Waits

Played: TypeAlias = tuple[Turn, ...]
"""The turns that a letter came to, in order: one, unless it arrives in another way than once."""


class Moment(msgspec.Struct, frozen=True):
    """A snapshot, and what else decides over what can be tried there and what is right.

    `offered` are the options that are open to a tap, `earlier` those of earlier turns on the way here, newest first;
    `depth` is how many turns lead here, `spent` how much of the budget for faults.  `node` names the moment in its
    search.  `waited` says that time has passed since the last turn: what was on offer then need not be so any more.

    >>> from chatsim.trace import ChatState, Snapshot
    >>> Moment(Snapshot({"user": ChatState("menu")})).state
    'menu'
    """

    snapshot: Snapshot
    offered: tuple[Option, ...] = ()
    earlier: tuple[Option, ...] = ()
    depth: int = 0
    spent: int = 0
    node: int = 0
    waited: bool = False

    @property
    def chat(self) -> ChatState | None:
        """The chat that the search speaks in, or None before the bot has met it."""
        return self.snapshot.chats.get(DEFAULT_CHAT)

    @property
    def state(self) -> str | None:
        """The state of that chat."""
        chat = self.chat
        return chat.state if chat is not None else None

    @property
    def waits(self) -> Waits | None:
        """What the bot waits for in that chat, or None before it has met it."""
        chat = self.chat
        return chat.waits if chat is not None else None
