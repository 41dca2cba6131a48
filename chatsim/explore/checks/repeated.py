"""Find turns that come out differently when they are played again: by what the bot keeps elsewhere, or by chance."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

import msgspec

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.play.moment import Played
from chatsim.explore.results.result import Severity
from chatsim.jsondata import to_builtins
from chatsim.trace import Reply, Turn

_MOST_KEPT = 500
"""So many turns are played once more at the end."""

_MOST_CHANCES, _MOST_DRAWN = 3, 12
"""With so many other chances each turn is played, and one that drew a random number: of two ways that are equally likely,
it takes the same that often once in 4,096 times."""

_UNDRAWN = 624
"""Where Python's generator stands after it was seeded, before anything is drawn from it."""

_OTHER_CHANCE = 1 << 20
"""So many turns later, the seeded chance is another one."""

_id = re.compile(r"\b(?=\w*\d)[0-9A-Za-z]{6,}(?:-[0-9A-Za-z]+)*\b")


class Repeated:
    """Plays a turn twice from the same snapshot: once as it was, and once with other chance.

    A bot that differs as it was keeps something outside of its snapshot.  With other chance, numbers of orders and ids
    may differ; it is worth a warning when other data or words do, and an error when the bot does something else.
    """

    kinds: Mapping[str, Severity] = {"nondeterministic": "error"}

    def __init__(self) -> None:
        self._played: list[Seen] = []

    def begin(self, bot: Bot) -> None:
        """Nothing depends on the bot."""

    def look(self, seen: Seen) -> Iterator[Found]:
        """Play the letter again, and again with other chance."""
        if seen.letter.delivery is not None:
            return
        if len(self._played) < _MOST_KEPT:
            self._played.append(seen)
        again = seen.play(seen.before, seen.letter)
        if again != seen.turns:
            yield _found(seen, "memory", f"played twice from the same snapshot, {_difference(seen.turns, again)}")
            return
        chances = _MOST_CHANCES if random.getstate()[1][-1] == _UNDRAWN else _MOST_DRAWN
        for number in range(1, chances + 1):
            found = _with_other_chance(seen, number + len(self._played))
            if found is not None:
                yield found
                return

    def close(self, whole: Whole) -> Iterator[Found]:  # noqa: ARG002 - the turns are played, not looked up
        """Play the turns once more, now that the bot has seen everything else."""
        for seen in self._played:
            again = seen.play(seen.before, seen.letter)
            if again != seen.turns:
                message = f"played again after other conversations, {_difference(seen.turns, again)}"
                yield _found(seen, "memory", message)


def _with_other_chance(seen: Seen, number: int) -> Found | None:
    """Play the letter with chance number *number*, and say what that changes."""
    elsewhere = msgspec.structs.replace(seen.before, depth=seen.before.depth + _OTHER_CHANCE * number)
    other = seen.play(elsewhere, seen.letter)
    if _course(other) != _course(seen.turns):
        return _found(seen, "course", f"chance decides what the bot does: {_difference(seen.turns, other)}")
    if _words(other) != _words(seen.turns):
        what = f"chance decides what the bot says or remembers: {_difference(seen.turns, other)}"
        return _found(seen, "words", what, "warning")
    return None


def _found(seen: Seen, key: str, message: str, severity: Severity | None = None) -> Found:
    return Found(
        "nondeterministic",
        seen.before.state,
        message,
        seen.before.node,
        (seen.letter,),
        key=f"{seen.before.state} {key}",
        event=seen.letter.label,
        severity=severity,
    )


def _course(turns: Played) -> Hashable:
    """Return what a bot does, without what it says."""
    return tuple(
        (
            turn.state,
            turn.waits,
            turn.hops,
            None if turn.error is None else (turn.error.kind, turn.error.type),
            tuple(type(effect).__name__ for effect in turn.effects),
            tuple(len(reply.options) for reply in turn.replies),
        )
        for turn in turns
    )


def _words(turns: Played) -> str:
    """Return what a bot says and remembers, without what looks like an id."""
    said = [(to_builtins(turn.effects), to_builtins(turn.snapshot)) for turn in turns]
    return _id.sub("#", repr(said))


def _difference(first: Played, second: Played) -> str:
    """Say in what two turns differ, in the words of a person."""
    for one, other in zip(first, second, strict=False):
        for what, read in _PARTS.items():
            if read(one) != read(other):
                return f"{what} {_short(read(one))}, then {_short(read(other))}"
    return f"{len(first)} turns, then {len(second)}"


_PARTS: dict[str, Callable[[Turn], Any]] = {
    "the error is": lambda turn: None if turn.error is None else f"{turn.error.type}: {turn.error.message}",
    "the state is": lambda turn: turn.state,
    "the replies are": lambda turn: [_reply(reply) for reply in turn.replies],
    "the bot waits for": lambda turn: turn.waits,
    "it remembers": lambda turn: turn.chat_state.context,
    "the rest is": lambda turn: to_builtins(Turn(event=turn.event, effects=turn.effects, snapshot=turn.snapshot)),
}


def _reply(reply: Reply) -> str:
    options = f" [{', '.join(option.title for option in reply.options)}]" if reply.options else ""
    return f"{reply.text}{options}"


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 120 else f"{shown[:119]}…"  # noqa: PLR2004 - a line's worth
