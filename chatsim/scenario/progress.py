"""How far the run of a case has come."""

from __future__ import annotations

from dataclasses import dataclass, field

from chatsim.scenario.words import Value
from chatsim.session import Session
from chatsim.trace import Reply


@dataclass(slots=True)
class Progress:
    """How far the run of a case has come: all that a branch of it goes on from.

    `index` is the step that comes next, `acted` whether that one has reached the bot already and is yet to be
    judged.  `open` are the replies of the turn that no step has taken so far,
    `calls` how many of the calls that were made `calls` steps have seen.
    """

    session: Session
    values: dict[str, Value]
    index: int = 0
    acted: bool = False
    open: list[Reply] = field(default_factory=list)
    calls: int = 0

    def fork(self) -> Progress:
        """Return progress of its own that goes on from here."""
        twin = Progress(self.session.fork(), dict(self.values), self.index, self.acted, list(self.open))
        twin.calls = self.calls
        return twin
