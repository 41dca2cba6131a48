"""Play conversations with a bot of the benchmark, or a mutant of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.botmutants.catalogue import Subject
from benchmarks.botmutants.conversations import Said
from chatsim.chat.mocking import mock_of
from chatsim.errors import NotOffered
from chatsim.session import Session
from chatsim.stage import Stage
from chatsim.trace import Turn
from chatsim.world.mocks import Mocks


@contextmanager
def staged(subject: Subject, folder: Path | None = None) -> Iterator[Stage]:
    """Have *subject* loaded, from its own folder or that of a mutant; raise `SetupError` where it cannot be."""
    stage = Stage.of(subject.reference, folder or subject.folder, own_modules=True)
    try:
        yield stage
    finally:
        stage.close()


def session_with(subject: Subject, stage: Stage, *, seed: int = 0, chat: str = "user") -> Session:
    """Return a session with *subject*, whose calls outside are answered."""
    mocks = Mocks(mock_of(call, [answer], optional=True) for call, answer in subject.mocks)
    return Session(stage.bot, chat, stage=stage, mocks=mocks, seed=seed)


def play(session: Session, talk: Iterable[Said]) -> list[Turn]:
    """Say *talk*, line by line, and return the turns; it ends where an option is tapped that was not offered."""
    turns = []
    for said in talk:
        try:
            turns.append(say(session, said))
        except (NotOffered, LookupError, TypeError):  # a mutant went another way: there is nothing to tap or report
            break
    return turns


def say(session: Session, said: Said) -> Turn:
    """Do what one line says."""
    if isinstance(said, str):
        return session.send(said)
    match said.kind:
        case "send":
            return session.send()
        case "callback":
            value = said.value
            return session.callback(value(session.vars) if isinstance(value, Callable) else value)
        case kind:
            return getattr(session, kind)(said.value)
