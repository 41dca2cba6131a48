"""What a person sees of a chat in the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TextIO

import msgspec
from rich.cells import cell_len

from chatsim.cli.chat_input import COMMANDS
from chatsim.report.document import Line, Span, labelled
from chatsim.report.failure import failure_frames
from chatsim.report.paint import console_for, line_of, paint, width_of
from chatsim.report.reasons import state_path
from chatsim.report.transcript import event_words, reply_words
from chatsim.trace import ChatState, Event, Failure, JsonObject, Option, Turn
from chatsim.visible import visible

_WAITS = {"callback": "waits for a callback", "end": "the chat has ended"}


class ChatView:
    """Writes to *screen* what happens in a chat."""

    def __init__(self, screen: TextIO) -> None:
        self.console = console_for(screen)
        self.width = width_of(self.console)

    @property
    def colours(self) -> bool:
        """Whether the terminal shows colours."""
        return self.console.color_system is not None

    def show(self, lines: Sequence[Line]) -> None:
        """Write *lines*, at once."""
        paint(self.console, lines)
        self.console.file.flush()

    def note(self, text: str, style: str = "dim") -> None:
        """Write a word of our own."""
        self.show(labelled("", text, self.width, style))

    def welcome(self, bot: str) -> None:
        """Say who is there, and how to get on."""
        self.show([line_of((f"{visible(bot)} ", "name"), ("is listening; /help shows what you can do.", "dim"))])

    def echo(self, line: str) -> None:
        """Write a line that came from somewhere else than a keyboard, as it would stand there."""
        self.show(labelled("you", line, self.width, "user"))

    def spoken(self, event: Event) -> None:
        """Say what reached the bot, where that is not what was typed."""
        label, words = event_words(event, event.chat)
        self.show(labelled(label, words, self.width, "user"))

    def turn(self, turn: Turn, printed: str = "") -> None:
        """Show what came of a turn."""
        lines = labelled("printed", printed.rstrip("\n"), self.width, "dim") if printed.strip() else []
        number = 1
        for reply in turn.replies:
            if reply.chat != turn.event.chat:  # somebody else's buttons have no numbers here
                lines.extend(labelled(f"bot>{reply.chat}", reply_words(reply), self.width))
                continue
            words = reply_words(msgspec.structs.replace(reply, options=()))
            if reply.text or not reply.options or words != "(an empty message)":
                lines.extend(labelled("bot", words, self.width))
            lines.extend(buttons(reply.options, number, self.width))
            number += len(reply.options)
        if turn.error is not None:
            lines.extend(error_lines(turn.error))
            lines.extend(labelled("", "the bot is where it was before this message", self.width, "dim"))
        elif turn.state is not None:
            lines.extend(labelled("state", _where(state_path(turn), turn.waits), self.width, "dim"))
        elif not turn.replies:
            lines.extend(labelled("", "(no reply)", self.width, "dim"))
        self.show(lines)

    def state(self, state: ChatState | None) -> None:
        """Show where the chat is."""
        where = "(the chat has not begun)" if state is None else _where(state.state or "(none)", state.waits)
        self.show(labelled("state", where, self.width))

    def offered(self, options: Sequence[Option]) -> None:
        """Show what can be chosen, with the numbers that choose it."""
        self.show(buttons(options, 1, self.width))

    def vars(self, variables: JsonObject) -> None:
        """Show the variables, one a line."""
        rows = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in variables.items()]
        self.show(labelled("vars", "\n".join(rows) or "(none)", self.width))

    def help(self) -> None:
        """Show the commands."""
        rows = [("anything else", "goes to the bot; //x says /x"), *COMMANDS.values()]
        self.show([line_of("  ", (f"{written:<15}", "name"), what) for written, what in rows])


def buttons(options: Sequence[Option], first: int, width: int) -> list[Line]:
    """Lay out *options* with the numbers that choose them: on one line, or one below the other where that is too long.

    >>> from chatsim.report.document import plain
    >>> print(plain(buttons([Option("s", "Small"), Option("l", "Large")], 1, 80)))
                [1] Small  [2] Large
    """
    cells = [
        (Span(f"[{number}] ", "dim"), Span(visible(option.title).replace("\n", " "), "option"))
        for number, option in enumerate(options, start=first)
    ]
    indent = Span(" " * 12)
    total = sum(cell_len(number.text + title.text) + 2 for number, title in cells)
    if total + 12 <= width:
        spans = [span for number, title in cells for span in (number, title, Span("  "))]
        return [(indent, *spans[:-1])] if spans else []
    return [(indent, number, title) for number, title in cells]


def error_lines(error: Failure) -> list[Line]:
    """Lay out an error of the bot: what it is, and the bot's own lines."""
    message = f"{error.type}: {error.message}" if error.message else error.type
    first, *rest = visible(message).split("\n")
    return [
        line_of(("  ✗ ", "failure"), (first, "failure")),
        *(line_of(f"    {line}") for line in rest),
        *((Span("  "), *line) for line in failure_frames(error)),
    ]


def _where(states: str, waits: str) -> str:
    return f"{states} · {_WAITS[waits]}" if waits in _WAITS else states
