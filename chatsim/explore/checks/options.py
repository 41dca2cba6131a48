"""Find buttons that do not do what a button promises: those on offer that are refused, and old ones that are taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Played
from chatsim.explore.results.result import Severity
from chatsim.explore.seen.book import skeleton
from chatsim.explore.sources.offers import NONSENSE
from chatsim.trace import DEFAULT_CHAT, Option, Tap, Text

_ASKS_AGAIN = re.compile(r"help|menu|again|repeat|back|more|info|option|what|\?", re.IGNORECASE)
"""Titles of buttons that may well be answered as nonsense is: with the choices once more."""


class Options:
    """Holds what comes of a tap against what comes of a word that nobody understands, in the same moment."""

    kinds: Mapping[str, Severity] = {"option-refused": "error", "stale-option": "warning"}

    def begin(self, bot: Bot) -> None:
        """Nothing depends on the bot."""

    def look(self, seen: Seen) -> Iterator[Found]:
        """Look at a tap."""
        tap = seen.letter.event
        if not isinstance(tap, Tap) or seen.letter.delivery is not None or seen.turn.error is not None:
            return
        option = Option(tap.id, tap.title)
        if option in seen.before.offered:
            if seen.before.waited:  # a day that was on offer may be over: that it is refused now is right
                return
            yield from self._refused(seen, tap)
        elif option in seen.before.earlier:
            yield from self._taken(seen, tap)

    def _refused(self, seen: Seen, tap: Tap) -> Iterator[Found]:
        """Report an option on offer that nothing comes of, or only what comes of nonsense, without getting anywhere."""
        moved = seen.turn.state != seen.before.state or seen.turn.ended is not None
        if moved:
            return
        if not seen.turn.effects or not any(turn.replies for turn in seen.turns):
            if _remembered(seen.turns) == _remembered_before(seen):
                message = f"the bot offers {tap.title!r}, and nothing comes of it: no handler takes it"
                yield _found("option-refused", seen, tap, message)
            return
        nonsense = _nonsense(seen)
        if nonsense[-1].error is None and _said(nonsense) == _said(seen.turns):
            if _remembered(nonsense) != _remembered(seen.turns):
                return
            message = f"the bot offers {tap.title!r}, and answers it exactly as it answers {NONSENSE!r}"
            asks = _ASKS_AGAIN.search(tap.title) is not None
            yield _found("option-refused", seen, tap, message, "warning" if asks else None)

    def _taken(self, seen: Seen, tap: Tap) -> Iterator[Found]:
        """Report a button of an earlier turn that does more than any word would."""
        if _remembered(seen.turns) == _remembered_before(seen):
            return
        nonsense = _nonsense(seen)
        alike = _said(nonsense) == _said(seen.turns) or skeleton(nonsense) == skeleton(seen.turns)
        if nonsense[-1].state == seen.turn.state and alike:
            return
        message = f"{tap.title!r} is a button of an earlier turn, and the bot takes it in {seen.before.state!r}"
        yield _found("stale-option", seen, tap, message)

    def close(self, whole: Whole) -> Iterator[Found]:  # noqa: ARG002 - taps are seen as they come
        """Nothing is left to be said at the end."""
        yield from ()


def _nonsense(seen: Seen) -> Played:
    return seen.play(seen.before, Letter(Text(NONSENSE)))


def _said(turns: Played) -> object:
    return [(reply.text, reply.options, reply.media) for turn in turns for reply in turn.replies]


def _remembered(turns: Played) -> object:
    return turns[-1].snapshot.chats.get(DEFAULT_CHAT)


def _remembered_before(seen: Seen) -> object:
    return seen.before.chat


def _found(kind: str, seen: Seen, tap: Tap, message: str, severity: Severity | None = None) -> Found:
    return Found(
        kind,
        seen.before.state,
        message,
        seen.before.node,
        (seen.letter,),
        key=seen.before.state or "" if kind == "stale-option" else f"{seen.before.state} {tap.title}",
        event=seen.letter.label,
        severity=severity,
    )
