"""Run a case: fold its events over a session, and hold every turn against what is written."""

from __future__ import annotations

from time import perf_counter

from chatsim.bots.base import Bot, StartsAnywhere
from chatsim.errors import SetupError
from chatsim.scenario.calls import mocks_for
from chatsim.scenario.judge import Judge
from chatsim.scenario.model import ScenarioCase
from chatsim.scenario.progress import Progress
from chatsim.scenario.verdict import Mismatch, Outcome, Verdict
from chatsim.session import Session
from chatsim.stage import Stage
from chatsim.trace import Snapshot


def run_case(case: ScenarioCase, bot: Bot | Stage, *, seed: int = 0) -> Verdict:
    """Run *case* against *bot* and return what came of it.

    The clock stands still unless a step moves it, and *seed* decides over chance.  A bot that is on no stage cannot
    restart.

    Errors of the bot are in the verdict.  Raises `SetupError` for a case that starts in the middle with a bot that
    cannot (`chatsim.scenario.load.ready` finds that before).
    """
    stage = bot if isinstance(bot, Stage) else Stage(bot)
    with stage.inside(mocks_for(case.mocks, case.values, case.allow), seed):
        return finish(case, begin(case, stage, seed=seed))


def begin(case: ScenarioCase, bot: Bot | Stage, *, seed: int = 0) -> Progress:
    """Return where a run of *case* begins."""
    stage = bot if isinstance(bot, Stage) else Stage(bot)
    session = Session(
        stage.bot,
        snapshot=start_of(case, stage.bot),
        stage=stage,
        mocks=mocks_for(case.mocks, case.values, case.allow),
        seed=seed,
    )
    return Progress(session, dict(case.values))


def reach(case: ScenarioCase, progress: Progress, index: int) -> Mismatch | None:
    """Play *case* on from *progress* until its step *index*, one that acts, has reached the bot, and judge no further.

    Cases that are alike up to that step share all of this: each goes on from a fork of *progress*.  Returns why a
    step before did not hold, or None.
    """
    return _in_its_world(case, progress, index)


def finish(case: ScenarioCase, progress: Progress) -> Verdict:
    """Play *case* from *progress* to its end."""
    began = perf_counter()
    mismatch = _in_its_world(case, progress)
    seconds = perf_counter() - began
    outcome: Outcome = "passed" if mismatch is None else "failed"
    return Verdict(case, outcome, mismatch, progress.session.trace, seconds, progress.values)


def _in_its_world(case: ScenarioCase, progress: Progress, until: int | None = None) -> Mismatch | None:
    with progress.session.inside():
        return Judge(case, progress).play(until)


def start_of(case: ScenarioCase, bot: Bot) -> Snapshot | None:
    """Return the snapshot in which *case* starts, or None where that is the bot's own beginning.

    Raises `SetupError` when the bot cannot start there, `UnknownState` when it has no such state.
    """
    if case.given is None:
        return None
    if not isinstance(bot, StartsAnywhere):
        raise SetupError("this kind of bot cannot start in the middle")
    return bot.start_at(case.steps[0].chat, case.given.state.render(case.values), case.given.vars.render(case.values))
