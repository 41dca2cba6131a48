"""How far the run of a case has come."""

from __future__ import annotations

import msgspec

from chatsim.delivery.oracle import Anomaly
from chatsim.scenario.model import Step
from chatsim.scenario.words import Value
from chatsim.session import Session
from chatsim.trace import Event, Reply


class Held(msgspec.Struct, frozen=True):
    """An event that is on its way, because the next one overtakes it, and the step that it comes of."""

    step: Step
    event: Event


class Progress(msgspec.Struct):
    """How far the run of a case has come: all that a branch of it goes on from.

    `index` is the step that comes next, `acted` whether that one has reached the bot already and is yet to be
    judged.  `open` are the replies of the turn that no step has taken so far, `turns` how many turns the last step that
    acts came to, and `wrong` what is wrong with how the bot took it.  `calls` is how many of the calls that were made
    `calls` steps have seen, and `held` the event that the next one overtakes.
    """

    session: Session
    values: dict[str, Value]
    index: int = 0
    acted: bool = False
    open: list[Reply] = []
    calls: int = 0
    turns: int = 1
    wrong: tuple[Anomaly, ...] = ()
    held: Held | None = None

    def fork(self) -> Progress:
        """Return progress of its own that goes on from here."""
        twin = Progress(self.session.fork(), dict(self.values), self.index, self.acted, list(self.open))
        twin.calls, twin.turns, twin.wrong, twin.held = self.calls, self.turns, self.wrong, self.held
        return twin
