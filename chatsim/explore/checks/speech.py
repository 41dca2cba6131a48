"""Find turns in which a bot leaves a person without an answer, or answers nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.results.result import Severity
from chatsim.trace import DEFAULT_CHAT, Callback, Reply, Turn, Wait


class Speech:
    """Finds silence where a person waits for an answer, and replies without content."""

    is_cheap = True
    kinds: Mapping[str, Severity] = {"silent-turn": "warning", "empty-reply": "error"}

    def begin(self, bot: Bot) -> None:
        """Nothing depends on the bot."""

    def look(self, seen: Seen) -> Iterator[Found]:
        """Look at the replies of a turn."""
        for turn in seen.turns:
            said = [reply for reply in turn.replies if reply.chat == DEFAULT_CHAT]
            if not said and _is_awaited(seen, turn):
                message = f"the bot says nothing to {seen.letter.label}, and waits for a person"
                yield _found("silent-turn", seen, turn, message)
            for reply in turn.replies:
                if is_empty(reply):
                    # Who only repeats blanks that somebody typed has been asked for nothing else.
                    echoed = getattr(turn.event, "text", None) == reply.text and reply.text != ""
                    yield _found("empty-reply", seen, turn, _what(reply), "warning" if echoed else None)

    def close(self, whole: Whole) -> Iterator[Found]:  # noqa: ARG002 - what was said is seen as it comes
        """Nothing is left to be said at the end."""
        yield from ()


def is_empty(reply: Reply) -> bool:
    """Say whether *reply* has no content: no words, which buttons alone do not make up for, and no picture or form.

    >>> from chatsim.trace import Option
    >>> is_empty(Reply(" ")), is_empty(Reply("", media="map.png")), is_empty(Reply("", options=(Option("y", "Yes"),)))
    (True, False, True)
    """
    words = (reply.text, reply.header or "", reply.footer or "")
    return not ("".join(words).strip() or reply.media or reply.payload)


def _is_awaited(seen: Seen, turn: Turn) -> bool:
    return (
        turn.error is None
        and turn.waits == "input"
        and seen.before.waits != "callback"
        and seen.letter.origin not in ("wrong-kind", "stale", "timer")
        and seen.letter.delivery is None
        and not isinstance(turn.event, Callback | Wait)
    )


def _what(reply: Reply) -> str:
    return f"a reply of type {reply.type!r} has no content: its text is {reply.text!r}"


def _found(kind: str, seen: Seen, turn: Turn, message: str, severity: Severity | None = None) -> Found:
    return Found(
        kind,
        turn.state,
        message,
        seen.before.node,
        (seen.letter,),
        key=f"{seen.before.state} {turn.state}",
        event=seen.letter.label,
        severity=severity,
    )
