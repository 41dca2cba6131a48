"""The loop that a quick search is in: one letter after the other, and where each of them led."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from chatsim.bots.base import Outcome, QuickStep
from chatsim.explore.seen.fingerprint import HALF, MASK, SALT, Context, Written, decode, encode, fingerprint, maker_of
from chatsim.explore.seen.nodes import ANSWERED, KEPT, Way
from chatsim.explore.walk.news import News
from chatsim.jsondata import is_small
from chatsim.trace import DEFAULT_CHAT, Option, Reply

if TYPE_CHECKING:
    from chatsim.explore.walk.search import Search

NOT_PLAIN: Any = object()
"""Stands for what the bot gets of a letter that needs more than its code."""

_EMPTY = b"{}"
_UNWRITABLE = (TypeError, ValueError, OverflowError, RecursionError)
"""What writing raises where JSON cannot hold a context."""

Letters: TypeAlias = Sequence[tuple[int, Any]]
"""Numbers of letters, and what the code of the bot gets of each."""

Stepping: TypeAlias = Callable[[int, QuickStep, Context, Letters, dict[int, int]], None]
"""Plays letters in a moment, whose step and context are given, and adds where each led to what is done."""

Arriving: TypeAlias = Callable[[int, bytes, Outcome, Way], int | None]
"""Returns the moment of a frame, a context as JSON, the outcome that it is of, and the way to it; None if JSON lies."""


def stepping(search: Search, form: Written, news: News, ready: dict[int, Context]) -> Stepping:  # noqa: C901 - see below
    """Return what plays letters in moments of *search*, and notes where they led.

    What it needs is looked up once, here, and what it does is in one place: a call takes a twentieth of a step.  Of
    moments that were not met before, contexts are put into *ready*.
    """
    nodes, book, classes, kinds = search.nodes, search.book, search.classes, search.book.kinds
    states, names, depth, queued = nodes.state, book.state_names, nodes.depth, nodes.queued
    met: dict[tuple[str, bytes], int] = {}
    arrive = _arriving(search, form, ready, met)
    note_source, note_letter = nodes.sources.append, nodes.letters.append
    note_target, note_mark = nodes.targets.append, nodes.marks.append

    def play(node: int, run: QuickStep, context: Context, letters: Letters, done: dict[int, int]) -> None:  # noqa: C901
        source = names[states[node]]
        seen, is_one_of_many = news[source], source in kinds
        spent, below = search.spent(node), depth[node] + 1
        for number, given in letters:
            target, shape = None, 0
            outcome = None if given is NOT_PLAIN else run(given, context())
            if outcome is not None:
                name, after, replies = outcome
                shape = _shape(replies) if replies else 0
                step = (number, name == source if is_one_of_many else name, shape)
                if step in seen or news.is_none(source, step):
                    try:
                        written = encode(after) if after else _EMPTY
                    except _UNWRITABLE:
                        pass
                    else:
                        frame = search.frame(_offered(replies), spent) if shape or spent else 0
                        target = None if frame else met.get((name, written))
                        if target is None:
                            target = arrive(frame, written, outcome, (node, number, below))
            if target is None:
                target = search.step(search.moment(node), number)
                if target is None:
                    continue
            else:
                search.steps += 1
                note_source(node)
                note_letter(number)
                note_target(target)
                note_mark(ANSWERED if shape else 0)
                if classes is not None:
                    classes.led(node, number, target)
            done[number] = target
            if not queued[target] or depth[target] > below:
                search.lead(node, number, target)

    return play


def _arriving(search: Search, form: Written, ready: dict[int, Context], met: dict[tuple[str, bytes], int]) -> Arriving:
    """Return what finds the moment that an outcome came to, and lines it up where it was not met before.

    The first of them are put into *met*: to look there takes a third of what it takes to find a moment.
    """
    nodes, book, queued, line_up = search.nodes, search.book, search.nodes.queued, search.queue.append
    heads, empty, tail = form.heads, form.empty, form.tail

    def arrive(frame: int, written: bytes, outcome: Outcome, way: Way) -> int | None:
        name, after, _ = outcome
        packed = heads[name] + written + tail if after else empty[name]
        # As `fingerprint` has it: to call that takes longer than to do it.
        key = fingerprint(packed, frame) if frame else (hash(packed) << HALF) | (hash(packed + SALT) & MASK)
        target = nodes.index.get(key)
        if target is None:
            context = decode(written)
            if context != after or not is_small(written):  # JSON cannot hold it as it is
                return None
            target = nodes.add(packed, frame, book.state(name), key, way)
            queued[target] = 1
            line_up(target)
            if len(ready) < KEPT:
                ready[target] = maker_of(written, context)
        if not frame and len(met) < KEPT:
            met[name, written] = target
        return target

    return arrive


def _shape(replies: Sequence[Reply]) -> int:
    """Return how many replies there are, below zero if one of them has no words."""
    return len(replies) if all(reply.text for reply in replies) else -len(replies)


def _offered(replies: Sequence[Reply]) -> tuple[Option, ...]:
    return tuple([option for reply in replies if reply.chat == DEFAULT_CHAT for option in reply.options])
