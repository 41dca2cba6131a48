"""What a line means that a person typed in ``chatsim chat``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chatsim.trace import Option

COMMANDS = {
    "tap": ("/tap TITLE", "choose an option, as its number or title alone does"),
    "say": ("/say TEXT", "say TEXT as it is, also where it is a number or a title"),
    "begin": ("/begin", "begin the chat without input"),
    "form": ("/form {…}", "hand in a form; its fields as JSON"),
    "file": ("/file PATH", "send a file"),
    "callback": ("/callback …", "let a webhook call, with this body"),
    "wait": ("/wait 31m", "let time pass; only while the chat is recorded"),
    "as": ("/as NAME", "go on as somebody else; in a chat with others: /as NAME in CHAT"),
    "restart": ("/restart", "let the bot's process die and come back, its code read anew"),
    "state": ("/state", "show the state, and what the bot waits for"),
    "vars": ("/vars", "show the variables"),
    "undo": ("/undo", "take the last turn back"),
    "help": ("/help", "show this"),
    "quit": ("/quit", "end, as Ctrl-D does"),
}
"""The commands: how each is written, and what it does."""


class Input(NamedTuple):
    """What is to be done: ``nothing``, or one of `COMMANDS`, with what stands after it."""

    command: str
    argument: str = ""


def understand(line: str, offered: Sequence[Option]) -> Input:
    """Return what *line* means while the options *offered* can be chosen.

    >>> options = [Option("s", "Small"), Option("l", "Large")]
    >>> understand("2", options), understand("small", options)
    (Input(command='tap', argument='2'), Input(command='tap', argument='small'))
    >>> understand("/vars", ()), understand("/start", ()), understand("//vars", ()), understand("2", ())
    (Input(command='vars', argument=''), Input(command='say', argument='/start'), Input(command='say', argument='/vars'), Input(command='say', argument='2'))
    """
    if not line.strip():
        return Input("nothing")
    if line.startswith("//"):
        return Input("say", line[1:])
    if line.startswith("/"):
        word, _, rest = line[1:].partition(" ")
        return Input(word, rest.strip() if word != "say" else rest) if word in COMMANDS else Input("say", line)
    return Input("tap", line.strip()) if chosen(line.strip(), offered) is not None else Input("say", line)


def chosen(choice: str, offered: Sequence[Option]) -> Option | None:
    """Return the option that *choice* names: its title, its title in other letters, or its number from 1."""
    exact = [option for option in offered if option.title == choice]
    alike = [option for option in offered if option.title.casefold() == choice.casefold()]
    if exact or len(alike) == 1:
        return (exact or alike)[0]
    number = int(choice) if choice.isascii() and choice.isdecimal() and len(choice) <= 4 else 0  # noqa: PLR2004
    return offered[number - 1] if 1 <= number <= len(offered) else None
