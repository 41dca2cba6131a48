"""The words that everything in chatsim speaks: events, effects, snapshots, turns, traces.

All of it is frozen data without behaviour beyond its own, and all of it is JSON (`chatsim.jsondata.to_json`,
`from_json`).  `msgspec.Struct` rather than a dataclass because turns are made by the million: creating one
takes a small part of the time (`benchmarks/turn_data.py`).
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

DEFAULT_CHAT = "user"

Waits: TypeAlias = Literal["input", "callback", "end"]
"""What a bot waits for: a person, the outside world, or nothing any more."""

JsonObject: TypeAlias = dict[str, Any]


# ---------------------------------------------------------------- events: what reaches the bot
#
# `by` is who did it, where several people are in one chat; empty, it is the one person whose chat this is.


class Start(msgspec.Struct, frozen=True, omit_defaults=True, tag="start", tag_field="kind"):
    """A chat begins without input."""

    chat: str = DEFAULT_CHAT
    by: str = ""


class Text(msgspec.Struct, frozen=True, omit_defaults=True, tag="text", tag_field="kind"):
    """A person wrote something."""

    text: str
    chat: str = DEFAULT_CHAT
    by: str = ""


class Tap(msgspec.Struct, frozen=True, omit_defaults=True, tag="tap", tag_field="kind"):
    """A person chose an option that the bot had offered."""

    id: str
    title: str
    chat: str = DEFAULT_CHAT
    by: str = ""


class Form(msgspec.Struct, frozen=True, omit_defaults=True, tag="form", tag_field="kind"):
    """A person filled a form in: its fields, as JSON."""

    data: JsonObject
    chat: str = DEFAULT_CHAT
    by: str = ""


class File(msgspec.Struct, frozen=True, omit_defaults=True, tag="file", tag_field="kind"):
    """A person sent a file: its bytes, its name, and its media type where that is known."""

    data: bytes
    name: str = "file"
    type: str | None = None
    chat: str = DEFAULT_CHAT
    by: str = ""


class Callback(msgspec.Struct, frozen=True, omit_defaults=True, tag="callback", tag_field="kind"):
    """A webhook called: its body as raw text."""

    body: str
    chat: str = DEFAULT_CHAT
    by: str = ""


class Wait(msgspec.Struct, frozen=True, omit_defaults=True, tag="wait", tag_field="kind"):
    """Time passes: so many seconds.  `chat` is the one that is looked at meanwhile; timers of all chats are due."""

    seconds: float
    chat: str = DEFAULT_CHAT
    by: str = ""


Event: TypeAlias = Start | Text | Tap | Form | File | Callback | Wait


# ---------------------------------------------------------------- deliveries: how an event arrived

FaultKind: TypeAlias = Literal["twice", "reordered", "dropped", "late", "with", "crash", "store", "restart", "expired"]
CrashPoint: TypeAlias = Literal["before-send", "after-send", "before-save", "after-save"]
StoreTrouble: TypeAlias = Literal["timeout", "stale"]


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong on an event's way: `chatsim.delivery` says what each kind does.

    `at` is where a ``crash`` struck, or which trouble the ``store`` had; `nth` which send it was, from 1; `other` the
    event ``with`` which this one came at once.

    >>> Fault("crash", at="after-send", nth=2).nth
    2
    """

    kind: FaultKind
    at: CrashPoint | StoreTrouble | None = None
    nth: int = 1
    other: Event | None = None


class Delivery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Says that the event of a turn did not arrive as events should, and `part`, which of the turns of it this is.

    Two turns come of an event that is delivered ``twice``, again after a ``crash`` or a timeout of the ``store``, or
    ``with`` another one: parts 0 and 1.
    """

    fault: Fault
    part: int = 0


# ---------------------------------------------------------------- effects: what the bot did, in order


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """A button or list choice that a reply offers."""

    id: str
    title: str


class Reply(msgspec.Struct, frozen=True, omit_defaults=True, tag="reply", tag_field="kind"):
    """One message of the bot.

    `type` is the platform's word for the message (``text``, ``image``, ``form``, …), `dest` where it goes
    (``out``, ``channel``, ``rag``), `media` an address or file name, and `payload` whatever else the platform
    was handed, as JSON, for those who want to look.  `after` is how many seconds on the bot's clock had passed
    since the event.
    """

    text: str
    chat: str = DEFAULT_CHAT
    options: tuple[Option, ...] = ()
    header: str | None = None
    footer: str | None = None
    media: str | None = None
    type: str = "text"
    dest: str = "out"
    payload: Any = None
    after: float = 0.0


class Call(msgspec.Struct, frozen=True, omit_defaults=True, tag="call", tag_field="kind"):
    """The bot called something outside."""

    method: str
    url: str
    payload: Any = None


class TimerSet(msgspec.Struct, frozen=True, omit_defaults=True, tag="timer", tag_field="kind"):
    """The bot asked to be woken up; `at` is in seconds on the snapshot's clock."""

    name: str
    at: float
    chat: str = DEFAULT_CHAT


class Save(msgspec.Struct, frozen=True, omit_defaults=True, tag="save", tag_field="kind"):
    """The bot's memory of a chat was saved."""

    chat: str = DEFAULT_CHAT


Effect: TypeAlias = Reply | Call | TimerSet | Save


# ---------------------------------------------------------------- snapshots: all that the bot remembers


class ChatState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the bot remembers of one chat.

    `context` is JSON (the orchestrator's context, an FSM's variables).  `extra` is what the framework needs to
    go on besides (the states of plugins, a conversation key), also JSON, and of no interest to a scenario.
    """

    state: str | None = None
    context: JsonObject = {}
    waits: Waits = "input"
    extra: Any = None


class Timer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A pending timer; `at` is in seconds on the snapshot's clock."""

    name: str
    at: float
    chat: str = DEFAULT_CHAT


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that a bot remembers: its chats, the clock (seconds since the epoch), timers, what chats share.

    Nobody changes a snapshot: a step makes a new one.  Bots never hold a part of one; they work on copies.
    """

    chats: dict[str, ChatState] = {}
    clock: float = 0.0
    timers: tuple[Timer, ...] = ()
    shared: Any = None

    def chat(self, chat: str = DEFAULT_CHAT) -> ChatState | None:
        """Return what is remembered of *chat*, or None for a chat that the bot has not met."""
        return self.chats.get(chat)

    def with_chat(self, chat: str, state: ChatState) -> Snapshot:
        """Return this snapshot with *state* for *chat*.

        >>> Snapshot().with_chat("ann", ChatState("menu")).chats["ann"].state
        'menu'
        """
        return Snapshot({**self.chats, chat: state}, self.clock, self.timers, self.shared)


# ---------------------------------------------------------------- turns: what came of an event


class Guard(msgspec.Struct, frozen=True, omit_defaults=True):
    """A guard that was asked, and its answer (before ``unless`` turns it round)."""

    name: str
    value: bool


class Hop(msgspec.Struct, frozen=True, omit_defaults=True):
    """One transition that was taken, with every guard that was asked on the way to it, in order.

    `machine` names the plugin (``pay`` or ``pay.card``) whose machine moved, and is empty for the bot's own.
    """

    source: str | None
    target: str | None
    guards: tuple[Guard, ...] = ()
    machine: str = ""


class Frame(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the bot's own traceback."""

    file: str
    line: int
    function: str
    code: str = ""


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong in a turn: raised by the bot, or found in it by the runtime.

    `kind` is a slug (``bot-raised``, ``no-way-on``, ``unknown-state``, ``context-not-json``, …), `type` the name
    of the exception, `frames` the bot's own frames, outermost first.
    """

    kind: str
    type: str
    message: str
    frames: tuple[Frame, ...] = ()


class Turn(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, eq=False):
    """One event, and everything that came of it.

    `effects` are in order, and end where an error struck.  `snapshot` is what the bot remembers afterwards; in
    a failed turn that is the snapshot before.  `ended` is the chat as it was when the bot ended, before an END
    reset it, else None.  `delivery` is how the event arrived, None where it came as it should.  `seconds` (wall time)
    and `exception` (the live exception) do not count in a comparison, and are not in the JSON.

    >>> Turn(event=Text("hi"), effects=(Reply("Hello!"),), snapshot=Snapshot()).replies[0].text
    'Hello!'
    """

    event: Event
    effects: tuple[Effect, ...] = ()
    hops: tuple[Hop, ...] = ()
    snapshot: Snapshot
    ended: ChatState | None = None
    error: Failure | None = None
    delivery: Delivery | None = None
    seconds: float = 0.0
    exception: Any = None

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The bot's messages among the effects, in order, to whichever chat they went."""
        return tuple([effect for effect in self.effects if type(effect) is Reply])

    @property
    def chat_state(self) -> ChatState:
        """The chat of the event after the turn; after an END, as it was when it ended."""
        return self.ended or self.snapshot.chats.get(self.event.chat) or ChatState()

    @property
    def state(self) -> str | None:
        """The state after the turn; after an END, the state that ended."""
        return self.chat_state.state

    @property
    def waits(self) -> Waits:
        """What the bot waits for after the turn; ``end`` when it ended."""
        return "end" if self.ended is not None else self.chat_state.waits

    def for_json(self) -> Turn:
        """Return this turn without what has no place in JSON."""
        return msgspec.structs.replace(self, seconds=0.0, exception=None)

    def __eq__(self, other: object) -> bool:
        """Compare all but `seconds` and `exception`."""
        if type(other) is not Turn:
            return NotImplemented
        return (
            self.event == other.event
            and self.effects == other.effects
            and self.hops == other.hops
            and self.snapshot == other.snapshot
            and self.ended == other.ended
            and self.error == other.error
            and self.delivery == other.delivery
        )

    def __ne__(self, other: object) -> bool:
        """Say the opposite of `__eq__`; msgspec's own would compare identities."""
        return not self == other

    __hash__ = None  # type: ignore[assignment]  # a snapshot holds dicts


class Trace(msgspec.Struct, frozen=True, omit_defaults=True):
    """Turns in a row, from a start: the one exchange format."""

    turns: tuple[Turn, ...] = ()
    start: Snapshot = Snapshot()
    bot: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The states that the turns of all chats went through, each hop's target in order."""
        return tuple(hop.target for turn in self.turns for hop in turn.hops if hop.target is not None)

    def for_json(self) -> Trace:
        """Return this trace without what has no place in JSON."""
        return Trace(tuple(turn.for_json() for turn in self.turns), self.start, self.bot)
