"""Let a step reach the bot: as it should, or in the way that its `deliver` says."""

from __future__ import annotations

from msgspec.structs import replace

from chatsim.delivery.declared import declared_by, guards_of
from chatsim.delivery.faults import fault_words
from chatsim.delivery.ids import words_in
from chatsim.delivery.oracle import ERRORS, Anomaly, Case, Knowledge, anomalies
from chatsim.delivery.play import CannotArrive, Line
from chatsim.errors import SetupError
from chatsim.scenario.causes import not_restarted
from chatsim.scenario.events import CannotHappen, event_of
from chatsim.scenario.model import Arrival, RestartStep, Step
from chatsim.scenario.progress import Held, Progress
from chatsim.session import Session
from chatsim.trace import Event, Fault, Turn, Wait


def act(step: Step, progress: Progress, *, in_the_middle: bool) -> None:
    """Let *step* reach the bot: what that says is open afterwards, and what is wrong with how it took it is noted.

    *in_the_middle* is for `event_of`.  Raises `CannotHappen`.
    """
    progress.open, progress.acted, progress.turns, progress.wrong = [], True, 0, ()
    if isinstance(step, RestartStep):
        _restart(progress.session)
        return
    event = event_of(step, progress.values, progress.session, in_the_middle=in_the_middle)
    if step.arrival is not None and step.arrival.fault.kind == "reordered":
        _check_alone(progress.held)
        progress.held = Held(step, event)
        return
    turns = _turns(step, event, progress, in_the_middle=in_the_middle)
    progress.turns = len(turns)
    progress.open = [reply for turn in turns for reply in turn.replies]


def check_arrived(progress: Progress) -> None:
    """Raise `CannotHappen` where an event is still on its way at the end."""
    held = progress.held
    if held is not None:
        headline = f"deliver: reordered: nothing overtook the step in line {held.step.position.line}"
        hint = "write another step of the same chat after it: user, tap, form, file or callback"
        raise CannotHappen("cannot-arrive", headline, hint=hint)


def _turns(step: Step, event: Event, progress: Progress, *, in_the_middle: bool) -> tuple[Turn, ...]:
    session, held = progress.session, progress.held
    if held is not None and held.event.chat == event.chat and not isinstance(event, Wait):
        if step.arrival is not None:
            _check_alone(held)
        progress.held = None
        return _delivered(session, held.event, Fault("reordered", other=event))
    if step.arrival is None:
        return (session.event(event),)
    fault = step.arrival.fault
    if step.arrival.other is not None:
        other = event_of(step.arrival.other, progress.values, session, in_the_middle=in_the_middle)
        fault = Fault("with", other=other)
    before, beside = session.snapshot, session.beside()
    # Once the process is another one, nobody can say what it would have done.
    undisturbed = beside(before, event) if fault.kind == "restart" and step.arrival.never else None
    turns = _delivered(session, event, fault)
    case = Case(Line(beside, guards_of(session.bot)), before, turns, undisturbed=undisturbed)
    progress.wrong = _wrong(session, case, step.arrival)
    return turns


def _check_alone(held: Held | None) -> None:
    if held is not None:
        headline = f"deliver: this overtakes the step in line {held.step.position.line}, so it must arrive as it should"
        raise CannotHappen("cannot-arrive", headline, hint="take its `deliver` out, or write a step between the two")


def _delivered(session: Session, event: Event, fault: Fault) -> tuple[Turn, ...]:
    try:
        return session.deliver(event, fault)
    except CannotArrive as error:
        raise CannotHappen("cannot-arrive", f"deliver: {error.what}", hint=error.cure) from None
    except SetupError as error:
        if fault.kind not in {"restart", "crash"}:
            raise CannotHappen("cannot-arrive", f"deliver: {error}") from None
        raise _not_restarted(f"deliver: {fault_words(fault)}", error) from None


def _restart(session: Session) -> None:
    try:
        session.restart()
    except SetupError as error:
        raise _not_restarted("restart", error) from None


def _not_restarted(word: str, error: SetupError) -> CannotHappen:
    headline, hint, failure = not_restarted(error, word)
    return CannotHappen("not-restarted", headline, hint=hint, failure=failure)


def _wrong(session: Session, case: Case, arrival: Arrival) -> tuple[Anomaly, ...]:
    """Return what is wrong with how the bot took *case*, of the kinds that are looked for."""
    kinds = (frozenset(ERRORS) | arrival.never) - arrival.may
    words = words_in(session.stage.namespaces()) if session.stage is not None else frozenset()
    known = Knowledge(declared_by(session.bot), words)
    return tuple(found for found in anomalies(replace(case, known=known)) if found.kind in kinds)
