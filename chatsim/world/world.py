"""Everything around a bot while it is stepped, in one: clock, chance, and what it calls outside."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import msgspec

from chatsim.failures import failure_from
from chatsim.trace import Event, Snapshot, Turn
from chatsim.world.chance import SEEDED, Chance
from chatsim.world.clock import DEFAULT_START, Clock
from chatsim.world.effects import Noted, noting, woven
from chatsim.world.functions import ImportModule
from chatsim.world.functions import install as install_function
from chatsim.world.interception import BETWEEN, Interception
from chatsim.world.mocks import Mocks
from chatsim.world.outside import Outside
from chatsim.world.patches import Patches
from chatsim.world.tellers import IN_PLACE

T = TypeVar("T")


class Steps(Protocol):
    """What a world can be put around: a `chatsim.bots.base.Bot`."""

    def start(self) -> Snapshot:
        """Return what it remembers before anything reached it."""
        ...

    def step(self, snapshot: Snapshot, event: Event) -> Turn:
        """Return what comes of *event*."""
        ...


@contextmanager
def surroundings() -> Iterator[None]:
    """Put what all worlds have in common in its place once, for every world that is entered within this block.

    A world comes and goes in a third of the time then.  Where none is entered, everything is as ever, but for `random`:
    that is put back only when the block is left.
    """
    with SEEDED, IN_PLACE, BETWEEN:
        yield


class World:
    """What a bot finds around it: a clock that stands still, seeded chance, and answers from mocks.

    Entered once around many steps.  Between the steps the harness finds its own time and network; `random` stays
    seeded until the world is left, and then is as it was before.  Who makes very many steps may enter the `clock` as
    well around all of them, which is what a step costs most for.

    Args:
        mocks: What answers.  A branch of a conversation goes on with `Mocks.fork`, put into `mocks`.
        seed: With the number of the turn, decides over chance.
        zone: The local time zone; None leaves the machine's.
        allow: Hosts (``host``, ``host:port``) that the bot reaches for real.
        namespaces: The ``__dict__`` of the bot's modules, in which functions taken out of `time` and mocked functions
            are replaced as well.
        import_module: Imports the modules that mocks of functions name.

    >>> import time
    >>> from chatsim.trace import Reply, Text
    >>> class Slow:
    ...     def start(self):
    ...         return Snapshot()
    ...     def step(self, snapshot, event):
    ...         time.sleep(60)
    ...         return Turn(event=event, effects=(Reply(time.strftime("%H:%M")),), snapshot=snapshot)
    >>> bot = Slow()
    >>> with World() as world:
    ...     turn = world.step(bot, world.start(bot), Text("hi"))
    >>> turn.replies[0].text, turn.snapshot.clock - DEFAULT_START
    ('09:01', 60.0)
    """

    def __init__(
        self,
        mocks: Mocks | None = None,
        *,
        seed: int = 0,
        zone: str | None = "UTC",
        allow: Iterable[str] = (),
        namespaces: Iterable[dict[str, Any]] = (),
        import_module: ImportModule = importlib.import_module,
    ) -> None:
        self._namespaces = list(namespaces)
        self._import_module = import_module
        self.clock = Clock(zone=zone, namespaces=self._namespaces)
        self.chance = Chance(seed)
        self._outside = Outside(mocks or Mocks(), self.clock, allow)
        self._interception = Interception(self._outside)
        self._patches = Patches()
        self._is_entered = False
        self.runs = 0
        """How often a bot was let run in it."""

    @property
    def mocks(self) -> Mocks:
        """What answers the bot's calls, and has noted them."""
        return self._outside.mocks

    @mocks.setter
    def mocks(self, mocks: Mocks) -> None:
        self._outside.mocks = mocks

    def reach_into(self, namespaces: Iterable[dict[str, Any]]) -> None:
        """Let *namespaces* be those of the bot's modules, for a bot that was loaded in this world."""
        self._namespaces = list(namespaces)
        self.clock.reach_into(self._namespaces)

    @property
    def is_entered(self) -> bool:
        """Whether it is around the bot now."""
        return self._is_entered

    @property
    def is_running(self) -> bool:
        """Whether a bot runs in it at this moment."""
        return self._outside.is_open

    def __enter__(self) -> Self:
        """Come about.  Raises `SetupError` for a mock of a function that is not there."""
        # No ExitStack, which takes as long as all of this together; every test enters a world.
        self.chance.__enter__()
        self.clock.install()
        try:
            self._interception.__enter__()
        except BaseException:
            self.clock.uninstall()
            self.chance.__exit__(None, None, None)
            raise
        self._is_entered = True
        try:
            for mock in self.mocks.functions:
                install_function(mock, self._patches, self._outside, self._namespaces, self._import_module)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Go, and leave everything as it was."""
        self._is_entered = False
        self._patches.undo()
        self._interception.__exit__(kind, error, traceback)
        self.clock.uninstall()
        self.chance.__exit__(kind, error, traceback)

    def start(self, bot: Steps, at: float = DEFAULT_START) -> Snapshot:
        """Return what *bot* starts from, at *at* (seconds since the epoch) unless it says itself what time it is."""
        self.clock.move_to(at)
        snapshot = self._inside(bot.start, None)
        return snapshot if snapshot.clock else msgspec.structs.replace(snapshot, clock=self.clock.now)

    def step(self, bot: Steps, snapshot: Snapshot, event: Event, index: int = 0) -> Turn:
        """Return what comes of *event* in this world; *index* is the number of the turn in its conversation."""
        return self.turn(snapshot, index, lambda: bot.step(snapshot, event))

    def turn(self, snapshot: Snapshot, index: int, act: Callable[[], Turn]) -> Turn:
        """Return the turn that *act* makes at the time of *snapshot*, with the calls that the bot made among its effects.

        The time that passed in it is in its snapshot, also where the bot raised: what is undone is what it did, and not
        that it took its time.  A call that nothing answers is the turn's error, whatever the
        bot made of it.
        """
        self.clock.move_to(snapshot.clock or DEFAULT_START)
        noted: list[Noted] = []
        start = self.clock.now
        known = len(self.mocks.uncovered)
        with noting(noted):
            turn = self._inside(act, index)
        changes: dict[str, Any] = {}
        if any(entry != start for entry in noted):
            changes["effects"] = woven(turn.effects, noted, start)
        if len(self.mocks.uncovered) > known:
            error = self.mocks.uncovered[known]
            changes |= {"error": failure_from(error), "exception": error, "snapshot": snapshot, "ended": None}
        went_well = turn.error is None and "error" not in changes
        now, after = self.clock.now, changes.get("snapshot", turn.snapshot)
        if after.clock != now and (went_well or now != start):
            changes["snapshot"] = msgspec.structs.replace(after, clock=now)
        return msgspec.structs.replace(turn, **changes) if changes else turn

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Let a bot be run within the block in ways that make no turn of it: what it calls outside comes here.

        Neither its clock nor its chance is set: that is for bots that look at neither.
        """
        self.runs += 1
        before, self._outside.is_open = self._outside.is_open, True
        try:
            yield
        finally:
            self._outside.is_open = before

    def _inside(self, act: Callable[[], T], index: int | None) -> T:
        if index is not None:  # a bot's beginning finds the chance of a world that was just entered
            self.chance.turn(index)
        with nullcontext() if self.clock.is_entered else self.clock:
            # As `opened` does, in a fifth of its time: every turn is made here.
            self.runs += 1
            before, self._outside.is_open = self._outside.is_open, True
            try:
                return act()
            finally:
                self._outside.is_open = before
