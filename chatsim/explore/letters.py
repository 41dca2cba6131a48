"""What the search tries in a snapshot: an event, where it comes from, and how it arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, get_args

import msgspec

from chatsim.trace import Callback, Event, File, Form, Start, Tap, Text, Wait
from chatsim.visible import visible

Origin: TypeAlias = Literal[
    "given",
    "begin",
    "offered",
    "scenario",
    "heard",
    "shaped",
    "literal",
    "boundary",
    "wrong-kind",
    "guess",
    "timer",
    "stale",
    "fault",
]
"""Where a letter comes from, cheapest first.

``given`` the user wrote it, ``begin`` a chat begins so, ``offered`` the bot has just offered it, ``scenario`` somebody
said it there, ``heard`` the bot itself has named it, ``shaped`` it is made to be what the code parses or matches,
``literal`` the code compares its input with it, ``boundary`` what people send by accident,
``wrong-kind`` what the bot does not wait for, ``guess`` data of a form that only the code suggests, ``stale`` a button
of an earlier turn, ``timer`` time until something is due, ``fault`` a way of arriving.
"""

ORIGINS: tuple[Origin, ...] = get_args(Origin)
_LONGEST = 60


class Letter(msgspec.Struct, frozen=True):
    """One thing to try.

    `delivery` says how the event arrives, for whoever plays letters of that sort (see `chatsim.explore.play.player`); None
    is once, at once, and handled to its end.  `cost` is how much of the budget for faults of a path it takes.  `answers`
    says which mock answers otherwise than with its first answer, and with which (`chatsim.explore.play.answers`).
    """

    event: Event
    origin: Origin = "given"
    delivery: Any = None
    cost: int = 0
    answers: tuple[str, int] | None = None

    @property
    def label(self) -> str:
        """The letter in a few words, which are the same for the same event and way of arriving.

        >>> Letter(Text("hi")).label, Letter(Tap("s", "Small")).label
        ("text 'hi'", "tap 'Small'")
        """
        label = event_label(self.event)
        if self.answers is not None:
            mock, number = self.answers
            label = f"{label} ({visible(mock)}: answer {number + 1})"
        return label if self.delivery is None else f"{label} {self.delivery}"


def event_label(event: Event) -> str:
    """Return *event* in a few words.

    >>> event_label(Callback("paid")), event_label(Start()), event_label(Wait(60.0))
    ("callback 'paid'", 'start', 'wait 60s')
    """
    words = _WORDS[type(event)](event)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}… ({len(words)} characters)"


_WORDS: dict[type, Callable[[Any], str]] = {
    Start: lambda _: "start",
    Text: lambda event: f"text {visible(event.text)!r}",
    Tap: lambda event: f"tap {visible(event.title)!r}",
    Form: lambda event: f"form {msgspec.json.encode(event.data, order='deterministic').decode()}",
    File: lambda event: f"file {visible(event.name)!r}",
    Callback: lambda event: f"callback {visible(event.body)!r}",
    Wait: lambda event: f"wait {event.seconds:g}s",
}
