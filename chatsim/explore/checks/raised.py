"""Find turns that the bot does not come through: it raises, or does what no bot may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.play.patience import DidNotReturn
from chatsim.explore.results.result import Severity
from chatsim.failures import is_bots_own, shown_file
from chatsim.trace import Failure, Frame


class Raised:
    """Reports each error once for each place in the bot's code and state that it comes from."""

    is_cheap = True
    kinds: Mapping[str, Severity] = {
        "bot-raised": "error",
        "no-way-on": "error",
        "hop-loop": "error",
        "unknown-state": "error",
        "context-not-json": "error",
        "bad-result": "error",
        "bad-message": "error",
        "call-not-mocked": "warning",
    }

    def begin(self, bot: Bot) -> None:
        """Nothing depends on the bot."""

    def look(self, seen: Seen) -> Iterator[Found]:
        """Report the error of a turn."""
        for turn in seen.turns:
            if turn.error is None:
                continue
            error, state = turn.error, _state(seen)
            yield Found(
                error.kind if error.kind in self.kinds else "bot-raised",
                state,
                message_of(error),
                seen.before.node,
                (seen.letter,),
                key=f"{state} {error.type} {place_in(error)}",
                event=seen.letter.label,
                severity="warning" if seen.letter.origin == "guess" else None,
            )

    def close(self, whole: Whole) -> Iterator[Found]:  # noqa: ARG002 - errors are seen as they come
        """Nothing is left to be said at the end."""
        yield from ()


def _state(seen: Seen) -> str | None:
    """Return where the turn went wrong: the last state that it went through."""
    targets = [hop.target for hop in seen.turn.hops if hop.target is not None]
    return targets[-1] if targets else seen.before.state


def _own_frame(error: Failure) -> Frame | None:
    """Return where the bot's own code was, inside of which a library may have raised."""
    own = [frame for frame in error.frames if is_bots_own(frame.file)]
    return next(reversed(own or error.frames), None)


def place_in(error: Failure) -> str:
    """Return where in the bot's code, by function: lines move with every change above them."""
    frame = _own_frame(error)
    return "" if frame is None else frame.function


def message_of(error: Failure) -> str:
    """Return what *error* of a bot is in words, with where in the bot's own code it came about."""
    frame = _own_frame(error)
    where = "" if frame is None else f" at {shown_file(frame.file)}:{frame.line}"
    if error.type == DidNotReturn.__name__:
        return f"{error.message}; it was interrupted{where}"
    what = f"{error.type}: {error.message}" if error.message else error.type
    return f"the bot raised {what}{where}" if error.kind == "bot-raised" else error.message
