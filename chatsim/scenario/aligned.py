"""Lay all replies of a turn beside all that was expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from chatsim.scenario.align import align
from chatsim.scenario.model import BotStep
from chatsim.scenario.replies import expected_lines, hold_reply, names_of
from chatsim.scenario.text_pattern import PatternFailed
from chatsim.scenario.verdict import Line
from chatsim.scenario.words import Values
from chatsim.trace import DEFAULT_CHAT, Reply


def whole_turn(
    held: Sequence[Reply], steps: Sequence[BotStep], replies: Sequence[Reply], values: Values
) -> tuple[Line, ...]:
    """Return all replies of a turn against all that was expected of it.

    Args:
        held: The replies that were expected, up to where it failed.
        steps: What is expected from there on.
        replies: What came from there on.
        values: What the names in *steps* stand for.
    """
    pairs = align(len(steps), len(replies), lambda step, reply: would_hold(steps[step], replies[reply], values))
    lines = [Line("held", reply.text, to_chat(reply.chat)) for reply in held]
    for step, reply in pairs:
        if step is None:
            assert reply is not None  # noqa: S101 - nothing is paired with nothing
            lines.append(came_line(replies[reply]))
        elif reply is None:
            lines += expected_lines(steps[step].text, values, to_chat(steps[step].chat))
        else:
            lines.append(Line("held", replies[reply].text, to_chat(replies[reply].chat)))
    return tuple(lines)


def other_order(held: int, steps: Sequence[BotStep], replies: Sequence[Reply], values: Values) -> tuple[Line, ...]:
    """Return where each of *replies* was expected, and where it came, when only their order is another.

    *held* is how many replies of the turn came in order before.
    """
    expected = [
        Line("expected", step.text.show(values), f"{_nth(held + index)} expected") for index, step in enumerate(steps)
    ]
    came = [Line("came", reply.text, f"{_nth(held + index)} came") for index, reply in enumerate(replies)]
    return (*expected, *came)


def would_hold(step: BotStep, reply: Reply, values: Values) -> bool:
    """Say whether *reply* is what *step* expects, as far as its names have values by now and it can be decided."""
    try:
        return names_of(step) <= values.keys() and hold_reply(step, reply, values) is not None
    except PatternFailed:
        return False


def came_line(reply: Reply, mark: Literal["came", "held"] = "came") -> Line:
    """Return the line for a reply."""
    return Line(mark, reply.text, to_chat(reply.chat))


def to_chat(chat: str) -> str:
    """Return the label of a reply to *chat*: none for the one that a scenario is about."""
    return "" if chat == DEFAULT_CHAT else f"to {chat}"


def count_of(number: int, what: str, many: str) -> str:
    """Return a number with its noun: ``a reply``, ``2 replies``.

    >>> count_of(2, "reply", "replies")
    '2 replies'
    """
    return f"a {what}" if number == 1 else f"{number} {many}"


def _nth(place: int) -> str:
    """Return the place, from 0, in words.

    >>> _nth(0), _nth(10), _nth(22)
    ('1st', '11th', '23rd')
    """
    number = place + 1
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
