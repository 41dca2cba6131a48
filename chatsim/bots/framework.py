"""The base of adapters for frameworks that own their state: load a snapshot, dispatch an event, save what became."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from time import perf_counter
from typing import ClassVar

from chatsim.errors import SetupError
from chatsim.failures import failure_from, raised_by_bot
from chatsim.trace import ChatState, Effect, Event, Hop, Reply, Save, Snapshot, Turn
from chatsim.world.effects import sent


@dataclass(slots=True)
class Record:
    """What is noted while an event is dispatched: effects and hops in order, and the chat as it ended."""

    effects: list[Effect] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)
    ended: ChatState | None = None

    def reply(self, reply: Reply) -> None:
        """Note that *reply* is sent now."""
        self.effects.append(reply)
        sent()


class FrameworkBot(ABC):
    """A bot whose framework holds the state; `step` puts the snapshot in, and takes a new one out.

    An adapter writes `load`, `dispatch` and `save`.  What any of them raises is the turn's error, with the effects
    before it; only misuse of chatsim (a `SetupError`) is raised by `step` as well.
    """

    keeps_json: ClassVar[bool] = False
    """Whether what it remembers is kept as plain JSON, which gives tuples back as lists; else it is kept reversibly."""

    def start(self) -> Snapshot:
        """Return a snapshot in which no chat has begun."""
        return Snapshot()

    @abstractmethod
    def load(self, snapshot: Snapshot) -> None:
        """Put the framework into the state of *snapshot*, on copies: nothing of it may be changed later."""

    @abstractmethod
    def dispatch(self, event: Event, record: Record) -> None:
        """Hand *event* to the framework, and note in *record* what it does, as it does it."""

    @abstractmethod
    def save(self) -> Snapshot:
        """Return the framework's state as JSON; raise `ContextNotSerializable` where that is not possible."""

    def step(self, snapshot: Snapshot, event: Event) -> Turn:
        """Return what comes of *event*; *snapshot* stays as it is."""
        began = perf_counter()
        record = Record()
        error: BaseException | None = None
        after = snapshot
        try:
            self.load(snapshot)
            self.dispatch(event, record)
            after = self.save()
            record.effects.append(Save(event.chat))
        except SetupError:
            raise
        except BaseException as caught:  # noqa: BLE001 - whatever the bot raises is the turn's outcome
            error = raised_by_bot(caught)
        return Turn(
            event=event,
            effects=tuple(record.effects),
            hops=tuple(record.hops),
            snapshot=after,
            ended=record.ended if error is None else None,
            error=failure_from(error) if error is not None else None,
            seconds=perf_counter() - began,
            exception=error,
        )
