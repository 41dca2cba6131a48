"""Conversations of a search, played again in other circumstances, and in what they differ then."""

from __future__ import annotations

from typing import Any, NamedTuple

from chatsim.explore.checks.base import Whole
from chatsim.explore.letters import Letter
from chatsim.trace import DEFAULT_CHAT, ChatState, Reply, Snapshot, Turn

MOST_WAYS = 6
"""How many conversations are played again."""
MOST_TURNS = 30
"""How many turns of each."""


class Course(NamedTuple):
    """What is compared of a turn: what the bot remembered before, what it did, and what it remembers."""

    before: ChatState
    effects: tuple[Any, ...]
    after: ChatState
    error: str | None


def far_ways(whole: Whole) -> list[list[Letter]]:
    """Return conversations that lead far: the longest of those to each state, none of which another one begins with."""
    last: dict[str, int] = {}
    for node in whole.all_nodes():
        known = last.get(whole.state_of(node))
        if known is None or whole.depth_of(node) > whole.depth_of(known):
            last[whole.state_of(node)] = node
    ways: list[list[Letter]] = []
    for node in sorted(last.values(), key=whole.depth_of, reverse=True):
        way = [letter for letter in whole.way_to(node) if letter.delivery is None][:MOST_TURNS]
        if way and not any(known[: len(way)] == way for known in ways):
            ways.append(way)
        if len(ways) == MOST_WAYS:
            break
    return ways


def course_of(turn: Turn, before: Snapshot, chat_id: str = DEFAULT_CHAT) -> Course:
    """Return what is compared of *turn*, which was made in *before*."""
    chat = before.chats.get(chat_id) or ChatState()
    error = None if turn.error is None else f"{turn.error.type}: {turn.error.message}"
    return Course(chat, turn.effects, turn.chat_state, error)


def difference(usual: Course, now: Course, usually: str = "alone") -> str:
    """Say in what *now* is another than the *usual* turn, which was made *usually*, in the words of a person."""
    pairs = [
        ("the error is", usual.error, now.error),
        ("the state is", usual.after.state, now.after.state),
        ("the replies are", _texts(usual), _texts(now)),
        ("it remembers", usual.after.context, now.after.context),
    ]
    for what, one, other in pairs:
        if one != other:
            return f"{what} {_short(other)}; {usually} {_short(one)}"
    return f"what it does is something else than {usually}"


def _texts(seen: Course) -> list[str]:
    return [effect.text for effect in seen.effects if isinstance(effect, Reply)]


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 120 else f"{shown[:119]}…"  # noqa: PLR2004 - a line's worth
