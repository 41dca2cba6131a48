"""How long it takes to make a turn: msgspec.Struct (what chatsim uses) against a frozen dataclass.

Run: python benchmarks/turn_data.py
"""

import dataclasses
import statistics
import timeit
from typing import Any

from chatsim.trace import Reply, Snapshot, Text, Turn

RUNS, TURNS = 7, 100_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DataclassTurn:
    """The same fields as `chatsim.trace.Turn`."""

    event: Any
    effects: tuple[Any, ...] = ()
    hops: tuple[Any, ...] = ()
    snapshot: Any
    ended: Any = None
    error: Any = None
    delivery: Any = None
    seconds: float = 0.0
    exception: Any = None


def nanoseconds(make: type) -> float:
    """Return the median time of one construction, in ns."""
    event, effects, snapshot = Text("hi"), (Reply("Hello!"),), Snapshot()
    runs = timeit.repeat(
        lambda: make(event=event, effects=effects, snapshot=snapshot, seconds=1.0), number=TURNS, repeat=RUNS
    )
    return statistics.median(runs) / TURNS * 1e9


def main() -> None:
    """Print both figures and their ratio."""
    struct, dataclass = nanoseconds(Turn), nanoseconds(DataclassTurn)
    print(f"msgspec.Struct    {struct:7.0f} ns a turn")
    print(f"frozen dataclass  {dataclass:7.0f} ns a turn")
    print(f"ratio             {dataclass / struct:7.1f}")


if __name__ == "__main__":
    main()
