"""What it costs to put a world around a step: ``python benchmarks/world_cost.py``, microseconds, best of seven."""

from __future__ import annotations

import timeit
from collections.abc import Callable

from chatsim.trace import Event, Snapshot, Text, Turn
from chatsim.world.clock import DEFAULT_START, Clock
from chatsim.world.mocks import Mock, Mocks
from chatsim.world.world import World

SNAPSHOT = Snapshot(clock=DEFAULT_START)
EVENT = Text("hi")
TURN = Turn(event=EVENT, snapshot=SNAPSHOT)


class Bot:
    """A bot whose step costs nothing."""

    def start(self) -> Snapshot:
        """Return a snapshot."""
        return SNAPSHOT

    def step(self, snapshot: Snapshot, event: Event) -> Turn:
        """Return a turn that was made before."""
        assert snapshot is SNAPSHOT
        assert event is EVENT
        return TURN


def cost(name: str, act: Callable[[], object], number: int = 5_000) -> None:
    """Print what one *act* costs."""
    best = min(timeit.repeat(act, number=number, repeat=7)) / number
    print(f"{name:42} {best * 1e6:8.2f} µs")


def enter_clock() -> None:
    """Enter a clock and leave it."""
    with CLOCK:
        pass


def enter_world() -> None:
    """Make a world, enter it and leave it."""
    with World(MOCKS):
        pass


CLOCK = Clock()
MOCKS = Mocks([Mock.of("GET https://stock.example/items")])

if __name__ == "__main__":
    bot = Bot()
    cost("the step itself", lambda: bot.step(SNAPSHOT, EVENT))
    cost("a clock, entered and left", enter_clock)
    cost("a world, made, entered and left", enter_world, 1_000)
    with World(MOCKS) as world:
        assert world.step(bot, SNAPSHOT, EVENT, 3) == TURN
        cost("a step in a world", lambda: world.step(bot, SNAPSHOT, EVENT, 3))
        with world.clock:
            cost("a step in a world, its clock held", lambda: world.step(bot, SNAPSHOT, EVENT, 3))
            cost("moving the clock", lambda: world.clock.move_to(DEFAULT_START + 0.5))
