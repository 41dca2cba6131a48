"""Where what happens in the world outside is noted, among what the bot itself does."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TypeAlias

import msgspec

from chatsim.trace import Effect, Reply, Save
from chatsim.world.tellers import current_clock

Noted: TypeAlias = Effect | float
"""What is noted while a bot is stepped: what it did outside, and for each reply the time when it was sent."""

_open: list[list[Noted]] = []


class noting:  # noqa: N801 - used as a statement, like contextlib.suppress
    """Let `note` add to *effects* until the block is left.  An adapter does this around what its bot does.

    >>> from chatsim.trace import Call
    >>> effects = []
    >>> with noting(effects):
    ...     note(Call("GET", "https://stock.example"))
    >>> effects
    [Call(method='GET', url='https://stock.example', payload=None)]
    """

    __slots__ = ("_effects",)

    def __init__(self, effects: list[Noted]) -> None:
        self._effects = effects

    def __enter__(self) -> list[Noted]:
        """Begin; blocks may lie in each other, and the inner one gets what happens."""
        _open.append(self._effects)
        return self._effects

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End."""
        _open.pop()


def note(effect: Effect) -> None:
    """Add *effect* to the innermost `noting`; without one it is noted nowhere."""
    if _open:
        _open[-1].append(effect)


def sent() -> None:
    """Note that the bot sends a reply now.  An adapter calls this where it takes a reply from its bot."""
    if _open:
        clock = current_clock()
        _open[-1].append(0.0 if clock is None else clock.now)


def woven(effects: tuple[Effect, ...], noted: Sequence[Noted], start: float) -> tuple[Effect, ...]:
    """Return *effects* of a turn that began at *start* with what was *noted* in it: calls in their places, times.

    Where the bot's adapter did not note its replies, the calls stand before what the turn saved.

    >>> from chatsim.trace import Call
    >>> woven((Reply("a"), Reply("b")), [10.0, Call("GET", "https://stock.example"), 12.0], 10.0)[1:]  # doctest: +ELLIPSIS
    (Call(method='GET', url='https://stock.example', payload=None), Reply(text='b', ... after=2.0))
    """
    moments = sum(type(entry) is float for entry in noted)
    if moments != sum(type(effect) is Reply for effect in effects):
        calls = [entry for entry in noted if not isinstance(entry, int | float)]
        place = len(effects)
        while place and type(effects[place - 1]) is Save:
            place -= 1
        return (*effects[:place], *calls, *effects[place:])
    found: list[Effect] = []
    rest = iter(noted)
    for effect in effects:
        if type(effect) is Reply:
            for entry in rest:
                if isinstance(entry, int | float):
                    after = round(entry - start, 6)
                    found.append(msgspec.structs.replace(effect, after=after) if after else effect)
                    break
                found.append(entry)
        elif type(effect) is Save:
            found += [entry for entry in rest if not isinstance(entry, int | float)]
            found.append(effect)
        else:
            found.append(effect)
    found += [entry for entry in rest if not isinstance(entry, int | float)]
    return tuple(found)
