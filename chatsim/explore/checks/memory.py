"""Find contexts that change on their way through a store, and contexts that grow without bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chatsim.bots.base import Bot
from chatsim.bots.framework import FrameworkBot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.results.result import Severity
from chatsim.jsondata import noting_changes

MANY = 16
"""A collection that has come to hold so many is taken to grow for ever."""

LONG = 15_000
"""So has a text that is three times as long as the longest that anybody wrote."""


class RoundTrip:
    """Finds what a context holds that comes back from a store as something else: a tuple as a list, a subclass plain.

    Frameworks keep a memory of their own, which chatsim mostly writes reversibly: nothing is asked of them then.  A model
    whose attributes are written as JSON is warned of what changes, for its author may keep them in another way.
    """

    kinds: Mapping[str, Severity] = {"context-changes": "error"}

    def __init__(self) -> None:
        self._asks = True
        self._is_sure = True

    def begin(self, bot: Bot) -> None:
        """Ask only bots whose context is what they return, or set."""
        self._is_sure = not isinstance(bot, FrameworkBot)
        self._asks = not isinstance(bot, FrameworkBot) or bot.keeps_json

    def look(self, seen: Seen) -> Iterator[Found]:
        """Play the letter again, and note what changes form."""
        if not self._asks or seen.letter.delivery is not None or seen.turn.error is not None:
            return
        with noting_changes() as changes:
            seen.play(seen.before, seen.letter)
        for path, before, after in changes:
            is_lost = before in ("tuple", "set", "frozenset")
            yield Found(
                "context-changes",
                seen.turn.state,
                f"{path} is a {before}, and comes back from a store as a {after}",
                seen.before.node,
                (seen.letter,),
                key=f"{seen.turn.state} {path.split('[')[0]}",
                event=seen.letter.label,
                severity=None if is_lost and self._is_sure else "warning",
            )

    def close(self, whole: Whole) -> Iterator[Found]:  # noqa: ARG002 - changes are seen as they come
        """Nothing is left to be said at the end."""
        yield from ()


class Growth:
    """Finds collections and texts in contexts that have grown as far as the search went."""

    kinds: Mapping[str, Severity] = {"context-grows": "warning"}

    def begin(self, bot: Bot) -> None:
        """Nothing depends on the bot."""

    def look(self, seen: Seen) -> Iterator[Found]:  # noqa: ARG002 - growth is seen at the end
        """Nothing can be said of a single turn."""
        yield from ()

    def close(self, whole: Whole) -> Iterator[Found]:
        """Look at the largest context of each state."""
        known: set[str] = set()
        for node in whole.largest():
            moment = whole.moment(node)
            if moment.chat is None:
                continue
            for path, _ in _large(moment.chat.context, "$"):
                if path not in known:
                    known.add(path)
                    yield self._found(whole, node, path)

    @staticmethod
    def _found(whole: Whole, node: int, path: str) -> Found:
        """Report what is large at *path* in *node*, on the way there as soon as it is."""
        soonest, what = node, ""
        for earlier in whole.way_back(node):
            chat = whole.moment(earlier).chat
            large = dict(_large(chat.context, "$")) if chat is not None else {}
            if path not in large:
                break
            soonest, what = earlier, large[path]
        message = f"{path} grows and grows: here it has {what}, and nothing seems to stop it"
        return Found("context-grows", whole.state_of(soonest), message, soonest, key=path)


def _large(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if len(value) >= 2 * MANY:
            yield path, f"{len(value)} keys"
        for key, item in value.items():
            yield from _large(item, f"{path}.{key}")
    elif isinstance(value, list):
        if len(value) >= MANY:
            yield path, f"{len(value)} items"
        for item in value[:1]:
            yield from _large(item, f"{path}[]")
    elif isinstance(value, str) and len(value) >= LONG:
        yield path, f"{len(value)} characters"
