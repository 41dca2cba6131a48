"""What to try in a moment: letters from many sources, the cheapest first, none of them twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from chatsim.explore.letters import ORIGINS, Letter
from chatsim.explore.mining.said import suggested
from chatsim.explore.play.moment import Moment, Played
from chatsim.trace import Text

MOST_HEARD = 8
"""How many of the words that a bot says as it comes to a state are tried there."""

MOST_FAULTS = 2
"""How much a conversation may spend on faults: a letter that arrives with one costs 1."""


class Source(Protocol):
    """Where letters come from."""

    def letters(self, moment: Moment) -> Iterable[Letter]:
        """Return what to try in *moment*; it depends on nothing else."""
        ...


@runtime_checkable
class Hearing(Protocol):
    """A source that listens to what the bot says."""

    def hear(self, state: str | None, turns: Played) -> None:
        """Be told of *turns* that come to *state*, and in which something is new."""
        ...


class Fixed:
    """The same letters everywhere: what the user gave."""

    def __init__(self, letters: Iterable[Letter]) -> None:
        self.given = tuple(letters)

    def letters(self, moment: Moment) -> Sequence[Letter]:  # noqa: ARG002 - a source is asked so
        """Return all of them."""
        return self.given


class Alphabet:
    """The letters of several sources together: in the order of their origins, and no event twice.

    *counts* returns what the sources look at in a moment; where that is the same, so are the letters, and they are
    asked once.
    """

    def __init__(self, *sources: Source, counts: Callable[[Moment], Hashable] | None = None) -> None:
        self.sources = sources
        self._counts = counts
        self.heard: dict[str | None, tuple[str, ...]] = {}
        self._known: dict[Hashable, tuple[Letter, ...]] = {}

    @property
    def fixed(self) -> tuple[Letter, ...] | None:
        """The letters, where they are the same in every moment; else None."""
        given = [letter for source in self.sources if isinstance(source, Fixed) for letter in source.given]
        is_fixed = all(isinstance(source, Fixed) for source in self.sources)
        return merged(given) if is_fixed and not any(letter.cost for letter in given) else None

    def letters(self, moment: Moment) -> tuple[Letter, ...]:
        """Return what to try in *moment*."""
        if self._counts is None:
            return self._asked(moment)
        counts = self._counts(moment)
        counts = (counts, self.heard.get(moment.state), moment.spent)
        known = self._known.get(counts)
        if known is None:
            known = self._known[counts] = self._asked(moment)
        return known

    def hear(self, state: str | None, turns: Played) -> None:
        """Remember what *turns* say as they come to *state*: the first few words that they suggest are tried there."""
        known = self.heard.get(state, ())
        if len(known) < MOST_HEARD:
            self.heard[state] = tuple(dict.fromkeys([*known, *suggested(turns)]))[:MOST_HEARD]
        for source in self.sources:
            if isinstance(source, Hearing):
                source.hear(state, turns)

    def _asked(self, moment: Moment) -> tuple[Letter, ...]:
        heard = [Letter(Text(word), "heard") for word in self.heard.get(moment.state, ()) if moment.waits != "callback"]
        letters = (letter for source in self.sources for letter in source.letters(moment))
        return merged([*(one for one in letters if not one.cost or moment.spent + one.cost <= MOST_FAULTS), *heard])


def merged(letters: Iterable[Letter]) -> tuple[Letter, ...]:
    """Return *letters*, the cheapest origin first, and of those that are the same event the first.

    >>> from chatsim.trace import Text
    >>> [letter.origin for letter in merged([Letter(Text("a"), "boundary"), Letter(Text("a"), "literal")])]
    ['literal']
    """
    found: dict[bytes, Letter] = {}
    for letter in sorted(letters, key=lambda letter: ORIGINS.index(letter.origin)):
        found.setdefault(identity(letter), letter)
    return tuple(found.values())


def identity(letter: Letter) -> bytes:
    """Return what is the same for two letters that are the same event, arriving in the same way."""
    event = msgspec.json.encode(letter.event, order="deterministic")
    if letter.delivery is None and letter.answers is None:
        return event
    return event + repr((letter.delivery, letter.answers)).encode()
