"""Play a scenario at another time and with another chance, to find out what a bot says then."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import msgspec

from chatsim.scenario.model import ScenarioFile
from chatsim.scenario.run import begin, finish
from chatsim.scenario.verdict import Verdict
from chatsim.stage import Stage
from chatsim.world.mocks import Mocks

AHEAD = timedelta(days=33, hours=5, minutes=17, seconds=23).total_seconds()
"""How far ahead another time is: another hour and minute, weekday and month, and another part of the day."""


class Place(NamedTuple):
    """Where a scenario is played: how many seconds later than scenarios begin, and with which seed."""

    later: float = 0.0
    seed: int = 0


HERE = Place()
"""Where every scenario is played unless somebody asks for another seed."""

SAME_TIME = (Place(seed=1), Place(seed=2))
"""Where the clock stands as ever, and chance is another: two, for one may give the same small number again."""

ANOTHER_TIME = (Place(AHEAD, 1), Place(2 * AHEAD, 2))
"""Where the clock stands elsewhere as well."""


def play(file: ScenarioFile, place: Place) -> Verdict:
    """Play the first case of *file* at *place*, with a bot that is loaded as a new process would.

    The bot begins when all bots do, and meets the person later: that decides what it says.
    """
    case = file.cases[0]
    stage = Stage.of(file.bot, file.folder, file.credentials)
    with stage.inside(Mocks()):
        stage.restart()
    with stage.inside(Mocks(), place.seed):
        progress = begin(case, stage, seed=place.seed)
        session = progress.session
        session.snapshot = msgspec.structs.replace(session.snapshot, clock=session.snapshot.clock + place.later)
        return finish(case, progress)
