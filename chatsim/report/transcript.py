"""A trace as a transcript: who said what, in the words of a chat."""

from __future__ import annotations

from collections.abc import Iterable

from chatsim.report.deliveries import after_turn, before_turn
from chatsim.report.document import Line, Span, labelled, longest
from chatsim.scenario.durations import show_duration
from chatsim.trace import Call, Callback, Event, File, Form, Hop, Reply, Start, Tap, Text, TimerSet, Turn, Wait


def transcript(
    turns: Iterable[Turn], width: int = 80, *, chat: str | None = None, hops: bool = False, most: int | None = None
) -> list[Line]:
    """Lay *turns* out as a chat of *width* columns.

    Args:
        turns: What to show.
        width: How many columns there are.
        chat: The chat whose person is called ``user``; in other chats people stand with their own names.
            By default the chat of the first turn.
        hops: Whether every transition is shown as well, with the guards that were asked on the way to it.
        most: How many rows one message may take, and how many messages one turn; what is more is counted.

    >>> from chatsim.report.document import plain
    >>> from chatsim.trace import Snapshot
    >>> turn = Turn(event=Text("hi"), effects=(Reply("Welcome!"),), snapshot=Snapshot())
    >>> print(plain(transcript([turn])))
      user      hi
      bot       Welcome!
    """
    turns = list(turns)
    if chat is None and turns:
        chat = turns[0].event.chat
    rows = [row for turn in turns for row in _some(_rows(turn, chat, hops=hops), None if hops else most)]
    label_width = longest([label for label, _, _ in rows])
    return [line for label, text, style in rows for line in labelled(label, text, width, style, label_width, most=most)]


def _some(rows: list[tuple[str, str, str]], most: int | None) -> list[tuple[str, str, str]]:
    """Leave messages in the middle of a turn out where there are very many."""
    if most is None or len(rows) <= 2 * most:
        return rows
    return [*rows[:most], ("…", f"{len(rows) - 2 * most} more", "dim"), *rows[-most:]]


def turns_before(count: int) -> Line:
    """Return the line that stands for *count* turns which are not shown.

    >>> turns_before(3)[1].text
    '3 turns before'
    """
    return (Span("  …         ", "label"), Span(f"{count} turn{'s' if count != 1 else ''} before", "dim"))


def hop_words(hop: Hop) -> str:
    """Return *hop* in words: from where to where, and every guard with its answer.

    >>> from chatsim.trace import Guard
    >>> hop_words(Hop("pay", "done", (Guard("is_late", False), Guard("is_paid", True))))
    'pay → done (is_late: false, is_paid: true)'
    """
    machine = f"{hop.machine}: " if hop.machine else ""
    target = "no way on" if hop.target is None else hop.target
    guards = ", ".join(f"{guard.name}: {'true' if guard.value else 'false'}" for guard in hop.guards)
    return f"{machine}{hop.source or '(none)'} → {target}{f' ({guards})' if guards else ''}"


def _rows(turn: Turn, chat: str | None, *, hops: bool) -> list[tuple[str, str, str]]:
    arrival, end = before_turn(turn.delivery), after_turn(turn.delivery)
    rows = [("deliver", arrival, "dim")] if arrival else []
    rows.append((*event_words(turn.event, chat), "user"))
    if hops:
        rows += [("hop", hop_words(hop), "dim") for hop in turn.hops]
    for effect in turn.effects:
        if isinstance(effect, Reply):
            rows.append(("bot" if effect.chat == chat else f"bot>{effect.chat}", reply_words(effect), "bot"))
        elif isinstance(effect, Call):
            rows.append(("call", f"{effect.method} {effect.url}{_outcome(effect)}", "dim"))
        elif isinstance(effect, TimerSet):
            rows.append(("timer", f"{effect.name} at {effect.at:g} s", "dim"))
    return [*rows, ("deliver", end, "dim")] if end else rows


def _outcome(call: Call) -> str:
    """Return what came of *call*, where that is not the usual: another status than 200, or an error."""
    payload = call.payload if isinstance(call.payload, dict) else {}
    came = payload.get("error") or payload.get("status", 200)
    return "" if came in (200, "not mocked") else f" ({came})"  # of what was not mocked, the report itself speaks


def event_words(event: Event, chat: str | None = None) -> tuple[str, str]:
    """Return who speaks, and what it is in words.

    >>> event_words(File(b"...", "coupon.png"), "user")
    ('user', 'coupon.png (file)')
    """
    person = event.by or ("user" if event.chat == chat else event.chat)
    match event:
        case Text(text=text):
            said = person, text.removesuffix("\n")
        case Tap(title=title):
            said = person if person != "user" else "tap", f"[{title}]"
        case File(name=name):
            said = person, f"{name} (file)"
        case Form(data=data):
            said = person, ", ".join(f"{key}: {value}" for key, value in data.items()) + " (form)"
        case Callback(body=body):
            said = "callback", body
        case Wait(seconds=seconds):
            said = "wait", show_duration(seconds)
        case Start():
            said = person, "(starts the chat)"
    return said


def reply_words(reply: Reply) -> str:
    r"""Return what a person sees of *reply*: header, text, footer, media and buttons.

    >>> from chatsim.trace import Option
    >>> reply_words(Reply("Which size?", options=(Option("s", "Small"), Option("l", "Large"))))
    'Which size?\n[Small] [Large]'
    """
    media = f"({reply.type}: {reply.media})" if reply.media else ""
    options = " ".join(f"[{option.title}]" for option in reply.options)
    dest = f"(to {reply.dest})" if reply.dest != "out" else ""
    parts = [reply.header, reply.text, reply.footer, media, options, dest]
    return "\n".join(part for part in parts if part) or "(an empty message)"
