"""Drive one chat, turn by turn."""

from __future__ import annotations

import difflib
import mimetypes
from pathlib import Path

from chatsim.bots.base import Bot
from chatsim.errors import NotOffered
from chatsim.jsondata import json_copy, to_json
from chatsim.trace import (
    DEFAULT_CHAT,
    Callback,
    Event,
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
    Waits,
)


class Session:
    """A conversation with *bot*: it holds the snapshot, and steps it with one event after the other.

    Every method that speaks to the bot returns the `Turn`; an error of the bot is in the turn.  The session goes
    on from the turn's snapshot, which after an error is the one before it.

    Args:
        bot: The bot to talk with.
        chat: The id of the chat in which `send` and its siblings speak.
        snapshot: Where to start; by default from `bot.start()`.

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

    def __init__(self, bot: Bot, chat: str = DEFAULT_CHAT, snapshot: Snapshot | None = None) -> None:
        self.bot = bot
        self.chat = chat
        self.start = bot.start() if snapshot is None else snapshot
        self.snapshot = self.start
        self.turns: list[Turn] = []

    def fork(self) -> Session:
        """Return a session of its own that goes on from here, with the same bot."""
        twin = Session(self.bot, self.chat, self.start)
        twin.snapshot = self.snapshot
        twin.turns = [*self.turns]
        return twin

    # ------------------------------------------------------------ speak

    def event(self, event: Event) -> Turn:
        """Hand *event* to the bot, whatever chat it is for."""
        turn = self.bot.step(self.snapshot, event)
        self.snapshot = turn.snapshot
        self.turns.append(turn)
        return turn

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
        return next((turn for turn in reversed(self.turns) if turn.event.chat == self.chat), None)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What the bot said to this chat in its last turn."""
        return tuple(reply for reply in self.last.replies if reply.chat == self.chat) if self.last else ()

    @property
    def offered(self) -> tuple[Option, ...]:
        """The options that the bot offered to this chat in its last turn."""
        return tuple(option for reply in self.replies for option in reply.options)

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
        """Return the option with this *title* or *id* of those offered in the last turn; raise `NotOffered` if none."""
        for option in self.offered:
            if (option.title == title) if id is None else (option.id == id):
                return option
        wanted = title if id is None else id
        known = [option.title if id is None else option.id for option in self.offered]
        near = difflib.get_close_matches(wanted or "", known, n=1)
        raise NotOffered(wanted or "", tuple(known), near[0] if near else None)
