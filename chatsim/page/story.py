"""A conversation as the page keeps it: what was said and which way it went, without all that the bot remembers.

Stories are small and JSON, so that thousands of passing scenarios can be kept, and sent from a worker of pytest-xdist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from chatsim.delivery.faults import fault_words
from chatsim.graph.observed import hops_of
from chatsim.report.document import plain
from chatsim.report.failure import failure_frames
from chatsim.report.transcript import event_words
from chatsim.scenario.verdict import Mismatch, Outcome, Verdict
from chatsim.trace import DEFAULT_CHAT, Call, Hop, Reply, Snapshot, Start, Tap, TimerSet, Trace, Turn, Wait
from chatsim.visible import visible

LONGEST = 2_000
"""How much of one message is kept; the rest is counted."""

MOST = 40
"""How many messages of one turn are kept, from both ends; the rest is counted."""


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something in a chat.

    Args:
        who: Whose it is: ``user`` speaks at one side, ``bot`` at the other; ``note`` is about the chat (a call, a
            wait, a callback), and ``error`` what the bot raised.
        text: The text.
        options: The buttons that it offers, or the one that was tapped.
        name: Who speaks, where that is not the one person or the bot.
        header: What stands above the text.
        footer: What stands below it.
    """

    who: str
    text: str = ""
    options: tuple[str, ...] = ()
    name: str = ""
    header: str = ""
    footer: str = ""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a comparison: it held, was expected, or came instead."""

    mark: str
    text: str
    label: str = ""


class Beat(msgspec.Struct, frozen=True, omit_defaults=True):
    """A turn: what was said, the transitions that were taken, the state it led to, and the one before it.

    `state` is None where that is not known, or the bot broke on the way.
    """

    said: tuple[Message, ...] = ()
    hops: tuple[Hop, ...] = ()
    state: str | None = None
    before: str | None = None


class Story(msgspec.Struct, frozen=True, omit_defaults=True):
    """A conversation, and what came of it.

    Args:
        name: What it is called.
        file: Where it is written.
        line: Where it failed, or else begins.
        outcome: What came of it.
        beats: Its turns.
        turn: Which turn it failed in.
        headline: Why it failed.
        lines: What was expected against what came.
        hint: How to mend it.
        again: The command that runs it again.
        midway: Whether it begins in the middle of a conversation.
    """

    name: str
    file: str = ""
    line: int = 0
    outcome: Outcome = "passed"
    beats: tuple[Beat, ...] = ()
    turn: int | None = None
    headline: str = ""
    lines: tuple[Line, ...] = ()
    hint: str = ""
    again: str = ""
    midway: bool = False


def story_of(verdict: Verdict, again: str = "") -> Story:
    """Return *verdict* as a story; *again* is the command that runs it again."""
    case, mismatch = verdict.case, verdict.mismatch
    beats, midway = beats_of(verdict.trace), case.given is not None
    story = Story(case.id, case.file, case.line, verdict.outcome, beats, again=again, midway=midway)
    return story if mismatch is None else _with_mismatch(story, mismatch)


def _with_mismatch(story: Story, mismatch: Mismatch) -> Story:
    return msgspec.structs.replace(
        story,
        line=mismatch.position.line,
        turn=mismatch.turn,
        headline=visible(mismatch.headline),
        lines=tuple(Line(line.mark, _kept(line.text), line.label) for line in mismatch.lines),
        hint=visible(mismatch.hint),
    )


def beats_of(trace: Trace, chat: str | None = None) -> tuple[Beat, ...]:
    """Return the turns of *trace*; the person of *chat*, by default the one that speaks first, needs no name.

    >>> from chatsim.trace import Text
    >>> turn = Turn(event=Text("hi"), effects=(Reply("Hello!"),), snapshot=Snapshot())
    >>> [message.text for message in beats_of(Trace((turn,)))[0].said]
    ['hi', 'Hello!']
    """
    if chat is None:
        chat = trace.turns[0].event.chat if trace.turns else DEFAULT_CHAT
    before: Snapshot = trace.start
    beats = []
    for turn in trace.turns:
        known = before.chats.get(turn.event.chat)
        state = None if known is None else known.state
        said = tuple(_some(list(_said(turn, chat))))
        # Where it broke is where its hops end: what is remembered is still the state before the turn.
        after = turn.state if turn.error is None else None
        beats.append(Beat(said, hops_of(turn, known), after, state))
        before = turn.snapshot
    return tuple(beats)


def _some(messages: list[Message]) -> Iterable[Message]:
    if len(messages) <= MOST:
        return messages
    half = MOST // 2
    return [*messages[:half], Message("note", f"… {len(messages) - 2 * half} more"), *messages[-half:]]


def _said(turn: Turn, chat: str) -> Iterator[Message]:
    yield _event(turn, chat)
    if turn.delivery is not None:
        again = ", the second of two" if turn.delivery.part else ""
        yield Message("note", _kept(f"{fault_words(turn.delivery.fault)}{again}"), name="delivered")
    for effect in turn.effects:
        if isinstance(effect, Reply):
            yield _reply(effect, chat)
        elif isinstance(effect, Call):
            yield Message("note", _kept(f"{effect.method} {effect.url}"), name="call")
        elif isinstance(effect, TimerSet):
            yield Message("note", _kept(effect.name), name="timer set")
    if turn.error is not None:
        frames = plain(failure_frames(turn.error))
        yield Message("error", _kept(f"{turn.error.type}: {turn.error.message}\n{frames}".rstrip()))


def _event(turn: Turn, chat: str) -> Message:
    event = turn.event
    person, words = event_words(event, chat)
    name = "" if person in {"user", "tap"} else visible(person)
    if isinstance(event, Tap):
        return Message("user", options=(_kept(event.title),), name=name)
    if isinstance(event, Start | Wait) or person == "callback":
        return Message("note", _kept("the chat begins" if isinstance(event, Start) else words), name=name)
    return Message("user", _kept(words), name=name)


def _reply(reply: Reply, chat: str) -> Message:
    media = f"({reply.type}: {reply.media})" if reply.media else ""
    name = "" if reply.chat == chat else f"to {visible(reply.chat)}"
    dest = "" if reply.dest == "out" else f"to {visible(reply.dest)}"
    return Message(
        "bot",
        _kept("\n".join(part for part in (reply.text, media) if part)),
        tuple(_kept(option.title) for option in reply.options),
        ", ".join(filter(None, (name, dest))),
        _kept(reply.header or ""),
        _kept(reply.footer or ""),
    )


def _kept(text: str) -> str:
    """Return *text* as it can be seen, cut where it is very long."""
    shown = visible(text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}… {len(shown) - LONGEST} more characters"
