"""Letters that do not arrive as events should: an event with a fault, in the world of the search."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from chatsim.delivery.declared import guards_of
from chatsim.delivery.faults import fault_words
from chatsim.delivery.play import Line, play
from chatsim.explore.alphabet import MOST_FAULTS, Source
from chatsim.explore.letters import Letter, event_label
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.play.player import Player
from chatsim.trace import Callback, Event, Fault, Snapshot, Turn


class Arrival(msgspec.Struct, frozen=True):
    """How the event of a letter arrives: with a fault.

    >>> str(Arrival(Fault("crash", at="after-send"))), str(Arrival(Fault("with", other=Callback("paid"))))
    ('(crash: after-send 1)', "(with callback 'paid')")
    """

    fault: Fault

    def __str__(self) -> str:
        """Return the fault in words, for labels."""
        other = f" {event_label(self.fault.other)}" if self.fault.other is not None else ""
        return f"({fault_words(self.fault)}{other})"

    def play(self, player: Player, moment: Moment, event: Event) -> Played:
        """Return the turns that come of *event* in *moment*; raise `CannotArrive` where it cannot come like this."""
        line = line_of(player, moment, restarts=self.fault.kind == "restart")
        return play(line, moment.snapshot, event, self.fault)


def faulty(event: Event, fault: Fault) -> Letter:
    """Return the letter that is *event* with *fault*."""
    return Letter(event, "fault", Arrival(fault), 1)


def line_of(player: Player, moment: Moment, *, restarts: bool = False) -> Line:
    """Return how events reach the bot in *moment*; every turn has its number in the conversation.

    *restarts* says whether a process that crashes is loaded anew, where that is possible: it takes longer than all else.
    """
    numbers = iter(range(moment.depth, 1 << 62))

    def step(snapshot: Snapshot, event: Event) -> Turn:
        return player.turn(snapshot, event, next(numbers))

    comes_back = player.stage.restart if restarts and player.stage.can_restart else lambda: None
    return Line(step, guards_of(player.stage.bot), comes_back)


class Arrivals:
    """Lets the events of *source* arrive with faults as well, as long as a conversation has fewer than *most*.

    The faults are those that can lead where no order of undisturbed events leads: a webhook that calls twice, and two
    events at once where nothing keeps them apart.
    """

    def __init__(self, source: Source, *, serial: bool, most: int = MOST_FAULTS) -> None:
        self._source = source
        self._serial = serial
        self._most = most

    def letters(self, moment: Moment) -> Iterator[Letter]:
        """Yield the faulty letters of *moment*."""
        if moment.spent >= self._most:
            return
        for letter in self._source.letters(moment):
            if letter.delivery is not None:
                continue
            if isinstance(letter.event, Callback):
                yield faulty(letter.event, Fault("twice"))
            if not self._serial:
                yield faulty(letter.event, Fault("with", other=letter.event))
