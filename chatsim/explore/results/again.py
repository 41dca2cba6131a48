"""Judge a conversation that was played before, as the search judges what it plays: for scenarios that say ``never``."""

from __future__ import annotations

from collections.abc import Iterator

from chatsim.delivery.turns import by_step
from chatsim.explore.api import explore
from chatsim.explore.checks.all import all_checks
from chatsim.explore.checks.apart import alone_otherwise
from chatsim.explore.checks.base import Seen
from chatsim.explore.letters import Letter
from chatsim.explore.play.arrivals import Arrival
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.play.player import Player, after
from chatsim.kinds import SEEN, WHERE_IT_LEADS
from chatsim.scenario.shows import Shown
from chatsim.session import Session
from chatsim.trace import Call, Turn

LONGEST = 10.0
"""How many seconds are taken to see where a conversation leads."""


def shown_by(session: Session, kinds: frozenset[str]) -> Shown | None:
    """Return what the conversation of *session* shows of *kinds*: in its last turn, or by where that leads."""
    assert session.stage is not None  # noqa: S101 - scenarios are played on a stage
    mocks = session.mocks
    try:
        return (
            next(_in_the_turn(session, kinds & SEEN.keys()), None)
            or next(_where_it_leads(session, kinds & WHERE_IT_LEADS.keys()), None)
            or (_apart(session) if "cross-chat" in kinds else None)
        )
    finally:
        with session.inside() as world:
            if world is not None:
                world.mocks = mocks


def _in_the_turn(session: Session, kinds: frozenset[str]) -> Iterator[Shown]:
    checks = [check for check in all_checks(faults=False) if kinds & check.kinds.keys()]
    if not checks or not session.turns or session.stage is None:
        return
    # What is played again is the last turn: it is answered as it was.
    calls = sum(isinstance(effect, Call) for turn in by_step(session.turns)[-1] for effect in turn.effects)
    player = Player(session.stage, session.mocks.before_the_last(calls), seed=session.seed)
    with player.inside():
        *_, (before, letter, turns, then) = _along(session)
        for check in checks:
            check.begin(session.bot)
            for found in check.look(Seen(before, letter, turns, then, player.play)):
                if found.kind in kinds:
                    yield Shown(found.kind, found.message)


def _apart(session: Session) -> Shown | None:
    """Hold the chat of the last turn without the others, by a bot that is loaded anew where that is possible."""
    stage = session.stage
    if stage is None or not session.turns:
        return None
    player = Player(stage, session.mocks.mocks, seed=session.seed)
    with player.inside():
        steps = [(before, letter, turns[-1]) for before, letter, turns, _ in _along(session)]
        if stage.can_restart:
            stage.restart()
        message = alone_otherwise(steps, player.play)
    return None if message is None else Shown("cross-chat", message)


def _along(session: Session) -> Iterator[tuple[Moment, Letter, Played, Moment]]:
    moment = Moment(session.start)
    for turns in by_step(session.turns):
        letter = _letter(turns)
        then = after(moment, letter, turns)
        yield moment, letter, turns, then
        moment = then


def _letter(turns: tuple[Turn, ...]) -> Letter:
    event, delivery = turns[0].event, turns[0].delivery
    return Letter(event) if delivery is None else Letter(event, "fault", Arrival(delivery.fault), 1)


def _where_it_leads(session: Session, kinds: frozenset[str]) -> Iterator[Shown]:
    """Search from the start, knowing how the conversation went, for what is wrong in the state where it is now."""
    checks = [check for check in all_checks(faults=False) if kinds & check.kinds.keys()]
    if not checks:
        return
    letters = [Letter(turn.event) for turn in session.turns if turn.delivery is None]
    result = explore(
        session.stage,
        inputs=letters,
        mocks=session.mocks.mocks,
        checks=checks,
        faults=False,
        max_time=LONGEST,
        seed=session.seed,
    )
    for found in result.findings:
        if found.kind in kinds and found.state == session.state:
            yield Shown(found.kind, found.message)
