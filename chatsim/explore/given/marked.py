"""What a user marks in Python: functions that say what to try, and properties that must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.trace import Event


@dataclass(frozen=True, slots=True)
class Marked:
    """A source of letters that a user wrote: a function of the moment; one that replaces is asked alone."""

    function: Callable[[Moment], Iterable[Event | Letter]]
    replaces: bool = False

    def letters(self, moment: Moment) -> Iterator[Letter]:
        """Return what the function wants to be tried."""
        for given in self.function(moment):
            yield given if isinstance(given, Letter) else Letter(given)


def alphabet(function: Callable[[Moment], Iterable[Event | Letter]] | None = None, *, replace: bool = False) -> Any:
    """Mark a function of a `Moment` that returns events to try there, beside all else or, with *replace*, alone.

    >>> from chatsim.trace import ChatState, Snapshot, Text
    >>> @alphabet
    ... def ages(moment):
    ...     return [Text("17"), Text("18")] if moment.state == "ask_age" else []
    >>> [letter.label for letter in ages.letters(Moment(Snapshot({"user": ChatState("ask_age")})))]
    ["text '17'", "text '18'"]
    """
    if function is None:
        return lambda marked: Marked(marked, replaces=replace)
    return Marked(function, replaces=replace)
