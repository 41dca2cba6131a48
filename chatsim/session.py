"""Drive one chat, turn by turn."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import chain, count
from pathlib import Path

import msgspec

from chatsim.bots.base import Bot, HasTimers
from chatsim.delivery.declared import guards_of
from chatsim.delivery.play import CannotArrive, Line, play
from chatsim.errors import NotOffered, SetupError
from chatsim.jsondata import json_copy, to_json
from chatsim.nearest import nearest_of
from chatsim.stage import Stage
from chatsim.trace import (
    DEFAULT_CHAT,
    Callback,
    ChatState,
    Event,
    Fault,
    File,
    Form,
    JsonObject,
    Option,
    Reply,
    Snapshot,
    Start,
    Tap,
    Text,
    Trace,
    Turn,
    Wait,
    Waits,
)
from chatsim.world.clock import DEFAULT_START
from chatsim.world.mocks import Mocks
from chatsim.world.tellers import current_clock
from chatsim.world.world import World


class Session:
    """A conversation with *bot*: it holds the snapshot, and steps it with one event after the other.

    Every method that speaks to the bot returns the `Turn`; an error of the bot is in the turn.  The session goes
    on from the turn's snapshot, which after an error is the one before it.

    Args:
        bot: The bot to talk with.
        chat: The id of the chat in which `send` and its siblings speak.
        snapshot: Where to start; by default from `bot.start()`.
        stage: What is around the bot: then the clock stands still, chance is seeded, and what the bot calls outside
            is answered by *mocks*.  Without it, the bot finds the world as it is.
        mocks: What answers; it keeps the calls that were made.
        seed: With the number of the turn, decides over chance.

    >>> class Echo:
    ...     def start(self):
    ...         return Snapshot()
    ...     def step(self, snapshot, event):
    ...         return Turn(event=event, effects=(Reply(f"You said {event.text}"),), snapshot=snapshot)
    >>> session = Session(Echo())
    >>> session.send("hi").replies[0].text
    'You said hi'
    >>> len(session.trace.turns)
    1
    """

    def __init__(
        self,
        bot: Bot,
        chat: str = DEFAULT_CHAT,
        snapshot: Snapshot | None = None,
        *,
        stage: Stage | None = None,
        mocks: Mocks | None = None,
        seed: int = 0,
    ) -> None:
        self._bot = bot
        self.stage = stage
        self.mocks = mocks or Mocks()
        self.seed = seed
        self.chat = chat
        self.by = ""
        """Who speaks, where several people are in one chat."""
        self.turns: list[Turn] = []
        self.start = self._begin() if snapshot is None else self._at_some_time(snapshot)
        self.snapshot = self.start

    @property
    def bot(self) -> Bot:
        """The bot as it was loaded last."""
        return self._bot if self.stage is None else self.stage.bot

    def fork(self) -> Session:
        """Return a session of its own that goes on from here, with the same bot."""
        twin = Session(self._bot, self.chat, self.start, stage=self.stage, mocks=self.mocks.fork(), seed=self.seed)
        twin.snapshot = self.snapshot
        twin.turns = [*self.turns]
        return twin

    # ------------------------------------------------------------ the world

    def inside(self) -> AbstractContextManager[World | None]:
        """Have the world around the bot during this block, in which many turns may be made; else each turn enters it.

        Raises `SetupError` for a mock of a function that is not there.
        """
        return nullcontext() if self.stage is None else self.stage.inside(self.mocks, self.seed)

    def _begin(self) -> Snapshot:
        with self.inside() as world:
            return self.bot.start() if world is None else world.start(self.bot)

    def _at_some_time(self, snapshot: Snapshot) -> Snapshot:
        if self.stage is None or snapshot.clock:
            return snapshot
        return msgspec.structs.replace(snapshot, clock=DEFAULT_START)

    def _turn(self, act: Callable[[], Turn]) -> Turn:
        turn = self._made(self.snapshot, len(self.turns), act)
        self.snapshot = turn.snapshot
        self.turns.append(turn)
        return turn

    def _made(self, snapshot: Snapshot, index: int, act: Callable[[], Turn]) -> Turn:
        with self.inside() as world:
            return act() if world is None else world.turn(snapshot, index, act)

    def deliver(self, event: Event, fault: Fault) -> tuple[Turn, ...]:
        """Hand *event* to the bot with *fault*, and return the turns that come of it.

        A process that crashes comes back as a new one where the bot was loaded by its name; else what it keeps
        outside the snapshot lives on.  Raises `CannotArrive` where this fault cannot strike this bot, or now.
        """
        if fault.kind == "late" and self.now(event.chat).waits != "end":
            cure = "write the step after the chat's end; a bot whose chats never end gets it as any other event"
            raise CannotArrive("late: the chat has not ended", cure)
        event = self._said(event)
        with self.inside():
            line = Line(self._stepping(), guards_of(self.bot), self._come_back(fault), self.mocks.take_back)
            turns = play(line, self.snapshot, event, fault, self._earlier(event.chat))
        self.turns += turns
        self.snapshot = turns[-1].snapshot
        return turns

    def try_step(self, snapshot: Snapshot, event: Event, index: int) -> Turn:
        """Return what comes of *event* in *snapshot*, as turn number *index*; it becomes no turn of this session."""
        return self._made(snapshot, index, lambda: self.bot.step(snapshot, self._said(event)))

    def beside(self) -> Callable[[Snapshot, Event], Turn]:
        """Return what steps the bot beside this session, as it is now: nothing of that is left in it.

        What is tried from the session's snapshot has the chance of its next turn, anything else that of the one after.
        """
        now = self.fork()

        def step(snapshot: Snapshot, event: Event) -> Turn:
            return now.fork().try_step(snapshot, event, len(now.turns) + (snapshot is not now.snapshot))

        return step

    def _stepping(self) -> Callable[[Snapshot, Event], Turn]:
        """Return what steps the bot, turn after turn, each with a chance of its own."""
        indices = count(len(self.turns))
        return lambda snapshot, event: self.try_step(snapshot, event, next(indices))

    def _come_back(self, fault: Fault) -> Callable[[], object]:
        """Return what brings the bot's process back; a restart that is asked for must be possible."""
        can = self.stage is not None and self.stage.can_restart
        return self.restart if can or fault.kind == "restart" else lambda: None

    def _earlier(self, chat: str) -> Snapshot | None:
        """Return the last snapshot in which *chat* was otherwise than it is, or None."""
        snapshots = [self.start, *(turn.snapshot for turn in self.turns)]
        now = self.snapshot.chats.get(chat)
        return next((snapshot for snapshot in reversed(snapshots) if snapshot.chats.get(chat) != now), None)

    def restart(self) -> None:
        """Let the bot's process die and come back: only what is in the snapshot is left.

        Raises `SetupError` for a bot that was not loaded by its name, or that cannot be loaded any more.
        """
        if self.stage is None:
            raise SetupError("without a stage the bot cannot restart: make the session with one")
        with self.inside():
            self.stage.restart()

    # ------------------------------------------------------------ speak

    def event(self, event: Event) -> Turn:
        """Hand *event* to the bot, whatever chat it is for."""
        event = self._said(event)
        if isinstance(event, Wait):
            return self._turn(lambda: self._pass(event))
        return self._turn(lambda: self.bot.step(self.snapshot, event))

    def _said(self, event: Event) -> Event:
        return msgspec.structs.replace(event, by=self.by) if self.by and not event.by else event

    def _pass(self, event: Wait) -> Turn:
        """Let time pass: a bot with timers does what these are for, any other notices nothing."""
        if isinstance(self.bot, HasTimers):
            return self.bot.wait(self.snapshot, event)
        at = (self.snapshot.clock or DEFAULT_START) + event.seconds
        clock = current_clock()
        if clock is not None:
            clock.move_to(at)
        return Turn(event=event, snapshot=msgspec.structs.replace(self.snapshot, clock=at))

    def wait(self, seconds: float) -> Turn:
        """Let *seconds* pass, on the bot's clock; nothing sleeps.  What its timers bring is in the turn."""
        return self.event(Wait(seconds, self.chat))

    def send(self, text: str | None = None) -> Turn:
        """Write *text*, or start the chat without input when there is none."""
        return self.event(Start(self.chat) if text is None else Text(text, self.chat))

    def tap(self, choice: str | None = None, *, id: str | None = None) -> Turn:  # noqa: A002 - the option's own word
        """Choose the option titled *choice*, or the one with this *id*, of those the bot offered in its last turn.

        Raises:
            NotOffered: when the bot's last turn offered no such option.
        """
        option = self.find_option(choice, id=id)
        return self.event(Tap(option.id, option.title, self.chat))

    def form(self, data: JsonObject) -> Turn:
        """Hand in a filled form; *data* is what its fields hold, as JSON."""
        return self.event(Form(json_copy(data), self.chat))

    def file(self, source: str | Path | bytes, *, name: str | None = None, type: str | None = None) -> Turn:  # noqa: A002
        """Send a file: bytes, or the path of one.  The media type is guessed from the name where it is not given."""
        if isinstance(source, bytes):
            data, name = source, name or "file"
        else:
            path = Path(source)
            data, name = path.read_bytes(), name or path.name
        return self.event(File(data, name, type or mimetypes.guess_type(name)[0], self.chat))

    def callback(self, body: str | JsonObject) -> Turn:
        """Let a webhook call: text goes in as it is, a mapping as JSON."""
        return self.event(Callback(body if isinstance(body, str) else to_json(json_copy(body)), self.chat))

    # ------------------------------------------------------------ look

    @property
    def last(self) -> Turn | None:
        """The last turn of this chat, or None before the first."""
        return self.last_of(self.chat)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What the bot said to this chat in its last turn."""
        return tuple(reply for reply in self.last.replies if reply.chat == self.chat) if self.last else ()

    @property
    def offered(self) -> tuple[Option, ...]:
        """The options that the bot has offered to this chat since that spoke last."""
        return options_to(self.chat, self.said_to(self.chat))

    def last_of(self, chat: str) -> Turn | None:
        """Return the last turn of *chat*, or None before the first.  What never arrived is no turn of it."""
        return next((turn for turn in reversed(self.turns) if turn.event.chat == chat and not _is_lost(turn)), None)

    def said_to(self, chat: str) -> tuple[Reply, ...]:
        """Return what the bot said to *chat* since that spoke last: in its turn, in those of others, by itself."""
        replies: list[Reply] = []
        for turn in reversed(self.turns):
            replies[:0] = [reply for reply in turn.replies if reply.chat == chat]
            if turn.event.chat == chat and not isinstance(turn.event, Wait) and _begins(turn):
                break
        return tuple(replies)

    def offers(self, chat: str, by: str = "") -> Iterator[tuple[Option, ...]]:
        """Yield what can be chosen in *chat*, the newest first: what the bot has offered since the chat spoke last.

        Where *by* is one of several people in it, a button that somebody else pressed is still there: then come the
        options of the turns since they spoke last themselves.
        """
        yield options_to(chat, self.said_to(chat))
        for turn in reversed(self.turns if by else ()):
            yield options_to(chat, turn.replies)
            if turn.event.chat == chat and turn.event.by == by and not _is_lost(turn):
                return

    def now(self, chat: str) -> ChatState:
        """Return how it stands with *chat*; after an END, how that was, waiting for ``end``."""
        last = self.last_of(chat)
        if last is not None and last.ended is not None:
            return msgspec.structs.replace(last.ended, waits="end")
        return self.snapshot.chat(chat) or ChatState()

    @property
    def state(self) -> str | None:
        """Where this chat is; after an END, the state that ended."""
        if self.last is not None:
            return self.last.state
        chat = self.snapshot.chat(self.chat)
        return chat.state if chat is not None else None

    @property
    def vars(self) -> JsonObject:
        """A copy of the chat's variables (an orchestrator's context); after an END, as they were when it ended."""
        found = self.last.chat_state if self.last is not None else self.snapshot.chat(self.chat)
        return json_copy(found.context) if found is not None else {}

    @property
    def waits(self) -> Waits | None:
        """What the bot waits for in this chat, or None before it has met it."""
        if self.last is not None:
            return self.last.waits
        chat = self.snapshot.chat(self.chat)
        return chat.waits if chat is not None else None

    @property
    def trace(self) -> Trace:
        """Everything that happened so far, in all chats."""
        return Trace(tuple(self.turns), self.start)

    def find_option(self, title: str | None = None, *, id: str | None = None) -> Option:  # noqa: A002
        """Return the option with this *title* or *id* of those in `offered`; raise `NotOffered` if there is none."""
        for option in chain.from_iterable(self.offers(self.chat, self.by)):
            if (option.title == title) if id is None else (option.id == id):
                return option
        wanted = title if id is None else id
        known = [option.title if id is None else option.id for option in self.offered]
        near = nearest_of(wanted or "", known)
        raise NotOffered(wanted or "", tuple(known), near)


def options_to(chat: str, replies: Iterable[Reply]) -> tuple[Option, ...]:
    """Return the options that *replies* offer to *chat*."""
    return tuple(option for reply in replies if reply.chat == chat for option in reply.options)


def _is_lost(turn: Turn) -> bool:
    """Say whether the event of *turn* never arrived."""
    return turn.delivery is not None and turn.delivery.fault.kind == "dropped"


def _begins(turn: Turn) -> bool:
    """Say whether somebody spoke in *turn*, rather than that something they had said before arrived, or was lost."""
    how = turn.delivery
    return how is None or (how.part == 0 and how.fault.kind not in {"dropped", "reordered"})
