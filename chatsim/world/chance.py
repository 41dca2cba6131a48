"""Chance, seeded: in every turn the same values again, wherever a bot takes them from."""

from __future__ import annotations

import os
import random
import sys
import uuid
from functools import partial
from types import TracebackType
from typing import Any, Self

from chatsim.world.patches import Held, Patches

_real_urandom = os.urandom
_real_seed = random.Random.seed
_SHARED: Any = random._inst  # noqa: SLF001 - what the functions of random share
# What random.seed comes to for an integer; it is done in every turn, and this takes a part of the time.
_seed_integer: Any = random.Random.__base__.seed  # type: ignore[union-attr]

_NODE = 0x02C4A7510000
"""What `uuid.uuid1` takes for the machine's address: locally administered, so that no real card has it."""

_active: list[Chance] = []


def _urandom(size: int, /) -> bytes:
    """Return *size* bytes: seeded ones while a `Chance` is entered."""
    return _active[-1].bytes(size) if _active else _real_urandom(size)


def _seed(generator: random.Random, a: Any = None, version: int = 2) -> None:
    """Seed *generator*: without a seed of its own from the seeded bytes, while a `Chance` is entered."""
    if a is None and _active:
        a = int.from_bytes(_active[-1].bytes(32))
    _real_seed(generator, a, version)


class Chance:
    """Seeds `random`, `os.urandom` and what is made of it (`secrets`, `uuid.uuid4`), `uuid.uuid1`, and numpy.

    Entered, `turn` begins a turn: what comes of chance in it depends on the seed and the number of the turn alone,
    so that a conversation continued from a snapshot goes on with the same values.  Left, `random` and numpy are in
    the state in which they were.  Threads of the bot draw from the same source, in the order in which they happen to
    run.  C code that asks the system for random numbers (as `ssl` does) gets real ones.

    >>> import random, uuid
    >>> def draw(index):
    ...     with Chance(seed=7) as chance:
    ...         chance.turn(index)
    ...         return random.random(), uuid.uuid4()
    >>> draw(0) == draw(0), draw(0) == draw(1)
    (True, False)
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self._number = 0
        self._source: random.Random | None = None
        self._patches = Patches()
        self._random_state: Any = None
        self._numpy_state: Any = None

    def __enter__(self) -> Self:
        """Keep the state of the world's chance, and begin turn 0."""
        # The state of before belongs to SEEDED, unless this one is within another: to keep it takes longer than a turn.
        self._random_state = random.getstate() if _active else None
        SEEDED.__enter__()
        self._patches.set(uuid, "_node", _NODE)
        _active.append(self)
        self.turn(0)
        return self

    def turn(self, index: int) -> None:
        """Begin turn *index*."""
        # 64 bits apart, so that no turn of one seed is a turn of another.
        self._number = (self.seed << 64) | index
        self._source = None
        _seed_integer(_SHARED, self._number)
        _SHARED.gauss_next = None
        numpy_random = sys.modules.get("numpy.random")
        if numpy_random is not None:
            self._seed_numpy(numpy_random)

    def _seed_numpy(self, numpy_random: Any) -> None:
        if self._numpy_state is None:
            self._numpy_state = numpy_random.get_state()
        numpy_random.seed(random.Random(self._number ^ 1).getrandbits(32))  # noqa: S311 - it is meant to be foreseen

    def bytes(self, size: int) -> bytes:
        """Return the next *size* bytes of the turn."""
        if self._source is None:
            self._source = random.Random(f"bytes {self._number}")  # noqa: S311 - it is meant to be foreseen
        return self._source.randbytes(size)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Put the world's chance back as it was."""
        _active.remove(self)
        self._patches.undo()
        if self._random_state is not None:
            random.setstate(self._random_state)
        SEEDED.__exit__(None, None, None)
        if self._numpy_state is not None:
            sys.modules["numpy.random"].set_state(self._numpy_state)
            self._numpy_state = None


def _seed_shared(a: Any = None, version: int = 2) -> None:
    """Seed the generator that the functions of `random` share."""
    _seed(_SHARED, a, version)


def _seed_all(patches: Patches) -> None:
    patches.set(os, "urandom", _urandom)
    patches.set(random, "_urandom", _urandom)
    patches.set(random.Random, "seed", _seed)
    patches.set(random, "seed", _seed_shared)
    patches.afterwards(partial(random.setstate, random.getstate()))


SEEDED = Held(_seed_all)
"""Held, everything that asks for random bytes asks whether a `Chance` is entered; left, `random` is as it was before."""
