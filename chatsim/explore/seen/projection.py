"""Which snapshots count as the same, so that what a bot can reach stays finite.

The default projection puts values into buckets: a text is known (the code compares something with it), empty, or some
other; a number lies between two of those that the code compares numbers with; a collection is empty, one or many.
What it cannot tell apart may still differ: a search that leaves anything out because of it is never *complete*.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import chain
from typing import Any, Protocol, TypeAlias

from chatsim.explore.dates import Recurring, moment_of
from chatsim.trace import ChatState, Snapshot
from chatsim.world.clock import DEFAULT_START

Path: TypeAlias = tuple[str, ...]
Atom: TypeAlias = tuple[str | None, Path, Any]
"""A single fact: in which state, which variable, has which value."""

_MOST_MEMBERS = 8
_MOST_KEYS = 24
_LENGTH = "#"
EXTRA = "(extra)"
"""Where in a path what a framework keeps of a chat begins."""


class Projection(Protocol):
    """Says what counts as the same."""

    def of(self, snapshot: Snapshot) -> Hashable:
        """Return the class of *snapshot*."""
        ...

    def finer(self, snapshot: Snapshot) -> Hashable:
        """Return what tells snapshots of one class apart, once they are known to differ."""
        ...

    def atoms(self, snapshot: Snapshot) -> Iterable[Atom]:
        """Return what may be new about *snapshot* within its class: single facts."""
        ...

    def facts(self, snapshot: Snapshot) -> Iterable[Hashable]:
        """Return the single facts that a guard may ask for, alike ones as one."""
        ...


class Own:
    """The projection that a user gave as a function."""

    def __init__(self, function: Callable[[Snapshot], Any]) -> None:
        self._function = function

    def of(self, snapshot: Snapshot) -> Hashable:
        """Return what the function returns."""
        value = self._function(snapshot)
        try:
            hash(value)
        except TypeError:  # a list, or anything that holds one
            return repr(value)
        return value  # type: ignore[no-any-return]  # as was seen, it is hashable

    def finer(self, snapshot: Snapshot) -> Hashable:  # noqa: ARG002 - as the protocol has it
        """Tell nothing apart: the user knows best."""
        return None

    def atoms(self, snapshot: Snapshot) -> Iterable[Atom]:  # noqa: ARG002 - as the protocol has it
        """Find nothing new."""
        return ()

    def facts(self, snapshot: Snapshot) -> Iterable[Hashable]:  # noqa: ARG002 - as the protocol has it
        """Tell what the class does not tell: nothing."""
        return ()


class Buckets:
    """The default projection.

    *numbers* are those that the code compares numbers with; *texts* those that it compares texts with; *hours* are those
    of the clock at which it goes another way.

    >>> buckets = Buckets([18])
    >>> def aged(age):
    ...     return Snapshot({"user": ChatState("menu", {"age": age})})
    >>> buckets.of(aged(30)) == buckets.of(aged(40)), buckets.of(aged(17)) == buckets.of(aged(18))
    (True, False)
    """

    def __init__(
        self, numbers: Iterable[float] = (), texts: Iterable[str] = (), hours: Iterable[Recurring] = ()
    ) -> None:
        self._cuts = sorted({0, 1, *numbers})
        self._exact = set(self._cuts)
        self._texts = frozenset(texts)
        self._hours = tuple(hours)

    def of(self, snapshot: Snapshot) -> Hashable:
        """Return the class of *snapshot*."""
        chats = tuple((name, self._chat(chat, snapshot.clock)) for name, chat in sorted(snapshot.chats.items()))
        timers = tuple((timer.name, timer.chat) for timer in snapshot.timers)
        return chats, timers, self._value(snapshot.shared, {}, snapshot.clock), self._hour(snapshot.clock)

    def _hour(self, clock: float) -> Hashable:
        """Return which of the hours come next."""
        coming = sorted((hour.after(clock or DEFAULT_START), hour) for hour in self._hours)
        return coming[0][1] if coming else None

    def _chat(self, chat: ChatState, clock: float) -> Hashable:
        renamed: dict[str, int] = {}
        context = self._value(chat.context, renamed, clock)
        return chat.state, chat.waits, context, self._value(chat.extra, renamed, clock)

    def _value(self, value: Any, renamed: dict[str, int], clock: float) -> Hashable:
        if value is None:
            return None
        if isinstance(value, bool):
            return "truth", value  # True alone would be the same as 1
        if isinstance(value, str):
            at = moment_of(value)
            return self._text(value, renamed) if at is None or not clock else ("moment", (at > clock) - (at < clock))
        if isinstance(value, int | float):
            return self._number(value, clock)
        if isinstance(value, dict):
            return self._mapping(value, renamed, clock)
        return "list", min(len(value), 2), frozenset(_kind(item) for item in value[:_MOST_MEMBERS])

    def _text(self, text: str, renamed: dict[str, int]) -> Hashable:
        if text in self._texts:
            return "known"
        if not text.strip():
            return "empty"
        # Other texts are told apart by whether they are the same as one before: an id keeps being that id.
        return "other", renamed.setdefault(text, len(renamed))

    def _number(self, number: float, clock: float) -> Hashable:
        if clock and abs(number - clock) <= clock / 2:  # a moment, seen from now
            return "moment", (number > clock) - (number < clock)
        if number in self._exact:
            return float(number)
        return "number", bisect_left(self._cuts, number)

    def _mapping(self, mapping: dict[str, Any], renamed: dict[str, int], clock: float) -> Hashable:
        if mapping and not any(key.isidentifier() for key in mapping):
            # Its keys are no names but data, such as ids: what counts is how many there are, and what they stand for.
            values = frozenset(self._value(item, renamed, clock) for item in mapping.values())
            return "ids", min(len(mapping), 2), values
        if len(mapping) > _MOST_KEYS:
            return "mapping", frozenset(_kind(item) for item in mapping.values())
        return tuple((key, self._value(item, renamed, clock)) for key, item in sorted(mapping.items()))

    def finer(self, snapshot: Snapshot) -> Hashable:
        """Return the numbers and known texts of *snapshot* as they are, and how long its collections are."""
        return tuple(fact for fact in self.atoms(snapshot) if type(fact[2]) is not str or fact[2] in self._texts)

    def atoms(self, snapshot: Snapshot) -> Iterator[Atom]:
        """Yield every value in the contexts of *snapshot*, with the state and where it is."""
        for chat in snapshot.chats.values():
            for path, value in _leaves(chat.context, ()):
                yield chat.state, path, value

    def facts(self, snapshot: Snapshot) -> Iterator[Hashable]:
        """Yield the values in the contexts of *snapshot*: known texts and how long lists are, other values by their buckets."""
        for chat in snapshot.chats.values():
            for path, value in chain(_leaves(chat.context, ()), _leaves(chat.extra, (EXTRA,))):
                is_exact = path[-1:] == (_LENGTH,) or (isinstance(value, str) and value in self._texts)
                yield path, value if is_exact else self._value(value, {}, snapshot.clock)


def _kind(value: Any) -> Hashable:
    """Return what *value* is, within a collection: for a mapping its keys."""
    return tuple(sorted(value)) if isinstance(value, dict) else type(value).__name__


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, item in sorted(value.items()):
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        yield (*path, _LENGTH), len(value)
        for item in value[:_MOST_MEMBERS]:
            yield from _leaves(item, (*path, "[]"))
    else:
        yield path, value
