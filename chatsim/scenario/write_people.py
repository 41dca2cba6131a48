"""The people in a trace: what each is called in the scenario that is made of it, and in which chat each of them is."""

from __future__ import annotations

import re

from chatsim.errors import SetupError
from chatsim.scenario.people import USER
from chatsim.scenario.words import is_name
from chatsim.scenario.write_yaml import yaml_text
from chatsim.trace import DEFAULT_CHAT, Event, Trace, Wait

_other = re.compile(r"\W+", re.ASCII)


class Cast:
    """Everybody who speaks in *trace*, or is spoken to.

    Somebody keeps their own name, or that of their chat, where a scenario can hold it.  `users` are all but the one
    who needs no name, with their chats; `chat` is where the last event came from, of those that have been told.

    Raises `SetupError` for people whom no scenario can tell apart.

    >>> from chatsim.trace import Reply, Snapshot, Text, Turn
    >>> turn = Turn(event=Text("hi", "table", "ann"), effects=(Reply("New order", "the cook"),), snapshot=Snapshot())
    >>> Cast(Trace((turn,))).line
    'users: {ann: table, the_cook: the cook}'
    """

    def __init__(self, trace: Trace) -> None:
        self.users: dict[str, str] = {}
        self.chat = DEFAULT_CHAT
        self._names: dict[tuple[str, str], str] = {(DEFAULT_CHAT, ""): USER}
        self._latest: dict[str, str] = {DEFAULT_CHAT: USER}
        for turn in trace.turns:
            if not isinstance(turn.event, Wait):
                self._latest.setdefault(turn.event.chat, self._name(turn.event.chat, turn.event.by))
        for turn in trace.turns:
            for reply in turn.replies:
                if reply.chat not in self._latest:
                    self._latest[reply.chat] = self._name(reply.chat, "")

    def speaks(self, event: Event) -> str:
        """Return who does *event*, which comes next."""
        name = self._name(event.chat, event.by)
        self.chat, self._latest[event.chat] = event.chat, name
        return name

    def to(self, chat: str) -> str:
        """Return how a reply that goes to *chat* is written: ``bot``, or ``bot>name``."""
        return "bot" if chat == self.chat else f"bot>{self._latest[chat]}"

    @property
    def line(self) -> str:
        """What declares everybody, or nothing where nobody needs to be."""
        if not self.users:
            return ""
        if all(name == chat for name, chat in self.users.items()):
            return f"users: [{', '.join(self.users)}]"
        return f"users: {{{', '.join(f'{name}: {yaml_text(chat, flow=True)}' for name, chat in self.users.items())}}}"

    def _name(self, chat: str, by: str) -> str:
        key = (chat, by)
        if key not in self._names:
            if chat == DEFAULT_CHAT:
                raise SetupError(f"{by} speaks in the chat {chat!r}, which is that of one person: give it another name")
            self._names[key] = name = self._free(by or chat)
            self.users[name] = chat
        return self._names[key]

    def _free(self, wanted: str) -> str:
        """Return *wanted*, or what of it can be a name that is not taken."""
        from chatsim.scenario.written import NOBODY  # noqa: PLC0415 - pydantic, for chats of several people alone

        taken = {USER, *NOBODY, *self.users}
        plain = _other.sub("_", wanted).strip("_")
        for name in (wanted, plain, f"person_{plain}"):
            if is_name(name) and name not in taken:
                return name
        return next(name for number in range(2, len(taken) + 3) if (name := f"person_{number}") not in taken)
