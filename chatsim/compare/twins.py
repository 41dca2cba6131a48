"""Two versions of a bot in one world, and a check that lets the new one play what the old one has played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy

from chatsim.bots.base import Bot
from chatsim.compare.aspects import aspects_of, parts_ways
from chatsim.explore.alphabet import identity
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.play.player import Player
from chatsim.explore.results.result import Severity
from chatsim.stage import Stage
from chatsim.trace import Snapshot, Turn

Where = tuple[int, bytes]
"""A step of a search: the node that it left, and the letter."""


class Twins:
    """A check that plays every letter with the new version, too, from what the old one remembers, and notes what differs.

    That is lockstep for as long as both remember the same; `apart` are the steps after which they do not.
    """

    kinds: Mapping[str, Severity] = {}
    sees_all = True

    def __init__(self, player: Player, new: Stage) -> None:
        self.player = player
        self.new = new
        self.differ: dict[Where, tuple[int, Letter, Turn, Turn]] = {}
        self.apart: set[Where] = set()

    def begin(self, bot: Bot) -> None:
        """Nothing depends on the bot."""

    def look(self, seen: Seen) -> Iterator[Found]:
        """Play the letter with the new version."""
        if seen.letter.delivery is None:
            old = seen.turn
            new = self.turn(seen.before.snapshot, seen.letter, seen.before.depth)
            where = seen.before.node, identity(seen.letter)
            if aspects_of(old, new):
                self.differ[where] = seen.before.node, seen.letter, old, new
            if parts_ways(old, new):
                self.apart.add(where)
        yield from ()

    def close(self, whole: Whole) -> Iterator[Found]:  # noqa: ARG002 - what differs is seen as it comes
        """Nothing is left to be said at the end."""
        yield from ()

    @property
    def guest(self) -> Player:
        """A player of the new version in the world of the old one, which is entered."""
        guest = copy(self.player)
        guest.stage = self.new
        return guest

    def play(self, moment: Moment, letter: Letter) -> Played:
        """Return what the new version makes of *letter* in *moment*."""
        return self.guest.play(moment, letter)

    def turn(self, snapshot: Snapshot, letter: Letter, depth: int) -> Turn:
        """Return what the new version makes of *letter*."""
        return self.guest.turn(snapshot, letter.event, depth, letter.answers)


def share_world(old: Stage, new: Stage) -> None:
    """Let the world of *old* be around the modules of *new* as well."""
    theirs, mine = new.namespaces, old.namespaces
    old.namespaces = lambda: [*mine(), *theirs()]
