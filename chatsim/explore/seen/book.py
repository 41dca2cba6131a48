"""Keep what a search has seen of a bot: which turns are new, and which states, transitions, hops and guards there were."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import TypeAlias

from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment, Played
from chatsim.trace import DEFAULT_CHAT, Event, Failure, Hop, Snapshot, Turn

NOT_BEGUN = "(start)"
"""The name of where a chat is before the bot has met it."""

Pair: TypeAlias = tuple[str | None, str | None]
_digits = re.compile(r"\d+")


def state_name(snapshot: Snapshot) -> str:
    """Return the name of the state of the chat that the search speaks in."""
    chat = snapshot.chats.get(DEFAULT_CHAT)
    return NOT_BEGUN if chat is None or chat.state is None else chat.state


def skeleton(turns: Played) -> Hashable:
    """Return the shape of what the bot said: its words without numbers and without what it only repeats, its options.

    >>> from chatsim.trace import Reply, Snapshot, Text
    >>> def echo(text):
    ...     return (Turn(event=Text(text), effects=(Reply(f"You said {text}. Order 7"),), snapshot=Snapshot()),)
    >>> skeleton(echo("hi")) == skeleton(echo("ho"))
    True
    """
    return tuple(
        (_words(reply.text, turn.event), tuple(option.title for option in reply.options), reply.media is not None)
        for turn in turns
        for reply in turn.replies
    )


def _words(text: str, event: Event) -> str:
    said = getattr(event, "text", "") or getattr(event, "title", "")
    return _digits.sub("0", text.replace(said, "…") if said.strip() else text)


class Book:
    """What was seen.  Turns are new by their *signature*: state, letter, where it led, and roughly what was said."""

    def __init__(self) -> None:
        self.state_numbers: dict[str, int] = {}
        self.state_names: list[str] = []
        self.signatures: set[Hashable] = set()
        self.hops: dict[Pair, None] = {}
        self.all_hops: dict[Hop, None] = {}
        """Hops with what was asked on their way, those of plugins as well."""
        self.guards: dict[str, set[bool]] = {}
        self.visited: dict[str, None] = {}
        self.merged: dict[tuple[str, int], int] = {}
        self.ends: dict[int, str] = {}
        self.faults = 0
        self._paths: set[tuple[Hop, ...]] = set()
        self.kinds: Mapping[str, int] = {}
        """What very many states are of one kind: what is new in one of them is new in all."""
        self._alike: dict[Hashable, int] = {}

    def state(self, name: str) -> int:
        """Return the number of a state."""
        number = self.state_numbers.get(name)
        if number is None:
            number = self.state_numbers[name] = len(self.state_names)
            self.state_names.append(name)
        return number

    def is_new(self, before: Moment, number: int, turns: Played) -> bool:
        """Say whether something about *turns*, which letter *number* came to, was not seen before; and note it."""
        source, target = state_name(before.snapshot), turns[-1].state
        kind = self.kinds.get(source)
        where = (source, target) if kind is None else (kind, source == target)
        signature = (where, before.waits, number, tuple(_shape(turn) for turn in turns))
        if signature in self.signatures:
            return False
        self.signatures.add(signature)
        return True

    def follow(self, turns: Played) -> None:
        """Note which transitions *turns* went through, and what their guards answered."""
        for turn in turns:
            if turn.hops and turn.hops not in self._paths:
                self._paths.add(turn.hops)
                for hop in turn.hops:
                    self.note_hop(hop)

    def note_hop(self, hop: Hop) -> None:
        """Note a transition that was taken."""
        self.all_hops.setdefault(hop)
        if not hop.machine:
            self.hops.setdefault((hop.source, hop.target))
            self.visited.update(dict.fromkeys(name for name in (hop.source, hop.target) if name is not None))
        for guard in hop.guards:
            self.guards.setdefault(guard.name, set()).add(guard.value)

    def note(self, before: Moment, letter: Letter, number: int, target: int, turns: Played) -> None:
        """Note *turns* as something new: *letter*, whose number is *number*, from *before* to the moment *target*."""
        source = state_name(before.snapshot)
        self.visited.setdefault(source)
        self.faults += letter.delivery is not None
        self.follow(turns)
        if turns[-1].state is not None:
            self.visited.setdefault(turns[-1].state)
        # Letters that lead to the same successor, with the same said, are one: the first of them stands for all.
        alike = (
            before.node,
            target,
            turns[-1].state,
            skeleton(turns),
            turns[-1].error is None,
            letter.delivery is None,
        )
        self.merged.setdefault((source, number), self._alike.setdefault(alike, number))


def _shape(turn: Turn) -> Hashable:
    replies = turn.replies
    return (
        len(replies),
        all(reply.text or reply.media for reply in replies),
        sum(len(reply.options) for reply in replies),
        turn.ended is not None,
        None if turn.error is None else failure_key(turn.error),
    )


def failure_key(error: Failure) -> str:
    """Return what tells one error of a bot from another: its kind and type, and the function that it comes from."""
    return f"{error.kind} {error.type} {error.frames[-1].function if error.frames else ''}".strip()
