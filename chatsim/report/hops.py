"""Everything that a bot did, turn by turn: each hop with its guards, each effect in its place."""

from __future__ import annotations

from collections.abc import Iterable

from chatsim.report.document import Line, labelled
from chatsim.report.reasons import answers_of, hop_place
from chatsim.report.transcript import event_words, reply_words
from chatsim.trace import DEFAULT_CHAT, Call, Effect, Reply, TimerSet, Turn


def trace_lines(turns: Iterable[Turn], width: int, *, chat: str = DEFAULT_CHAT, seconds: bool = True) -> list[Line]:
    """Lay *turns* out in *width* columns with all that came of them.

    Args:
        turns: What to show.
        width: How many columns there are.
        chat: The chat whose person is called ``user``.
        seconds: Whether to say how long each turn took, in real time.

    >>> from chatsim.report.document import plain
    >>> from chatsim.trace import Guard, Hop, Snapshot, Text
    >>> hop = Hop("pay", "done", (Guard("is_late", False), Guard("is_paid", True)))
    >>> turn = Turn(event=Text("ok"), hops=(hop,), effects=(Reply("Thanks"),), snapshot=Snapshot())
    >>> print(plain(trace_lines([turn], 80, seconds=False)))
      user      ok
      hop       pay → done: is_late ✗, is_paid ✓
      bot       Thanks
      waits     input
    """
    lines: list[Line] = []
    for turn in turns:
        label, words = event_words(turn.event, chat)
        lines += labelled(label, words, width, "user")
        for hop in turn.hops:
            guards = answers_of(hop)
            lines += labelled("hop", f"{hop_place(hop)}{f': {guards}' if guards else ''}", width, "dim")
        for effect in turn.effects:
            lines += labelled(*_effect(effect, chat, width))
        if turn.error is not None:
            lines += labelled("raised", f"{turn.error.type}: {turn.error.message}", width, "failure")
        took = f", after {turn.seconds * 1000:.1f} ms" if seconds else ""
        lines += labelled("waits", f"{turn.waits}{took}", width, "dim")
    return lines


def _effect(effect: Effect, chat: str, width: int) -> tuple[str, str, int, str]:
    if isinstance(effect, Reply):
        return ("bot" if effect.chat == chat else f"bot>{effect.chat}", reply_words(effect), width, "bot")
    if isinstance(effect, Call):
        return ("call", f"{effect.method} {effect.url}", width, "dim")
    if isinstance(effect, TimerSet):
        return ("timer", f"{effect.name} at {effect.at:g} s", width, "dim")
    return ("saved", effect.chat, width, "dim")
