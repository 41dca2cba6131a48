"""What conversations showed of a bot, as facts that are true once they were seen.

Facts say what happened, not what it means: which declared transition a hop is, is for the report to find out, so that
what was recorded before a bot's graph was known, or on another machine, counts all the same.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from chatsim.trace import Guard, Waits


class WasIn(msgspec.Struct, frozen=True, omit_defaults=True, tag="state", tag_field="fact"):
    """A chat was in *state* when a turn began or ended, and waited so."""

    state: str
    waits: Waits = "input"


class Hopped(msgspec.Struct, frozen=True, omit_defaults=True, tag="hop", tag_field="fact"):
    """A transition was taken, after these guards had been asked; the same as `chatsim.trace.Hop`, as a fact."""

    source: str | None
    target: str | None
    guards: tuple[Guard, ...] = ()
    machine: str = ""


class Moved(msgspec.Struct, frozen=True, omit_defaults=True, tag="moved", tag_field="fact"):
    """A turn led from one state to another, and the bot does not tell by which transitions."""

    source: str
    target: str


class Followed(msgspec.Struct, frozen=True, omit_defaults=True, tag="pair", tag_field="fact"):
    """In one chat, a transition was taken right after another."""

    first: Hopped
    second: Hopped


class Offered(msgspec.Struct, frozen=True, omit_defaults=True, tag="offered", tag_field="fact"):
    """The bot offered an option in *state*."""

    state: str
    title: str


class Chosen(msgspec.Struct, frozen=True, omit_defaults=True, tag="chosen", tag_field="fact"):
    """A person took an option that the bot had offered in *state*."""

    state: str
    title: str


class CalledBack(msgspec.Struct, frozen=True, omit_defaults=True, tag="callback", tag_field="fact"):
    """A callback came in *state*; *machine* names the plugin whose state it is, as in a hop."""

    state: str
    machine: str = ""


class Ended(msgspec.Struct, frozen=True, omit_defaults=True, tag="end", tag_field="fact"):
    """The bot ended in *state*."""

    state: str


Fact: TypeAlias = WasIn | Hopped | Moved | Followed | Offered | Chosen | CalledBack | Ended
