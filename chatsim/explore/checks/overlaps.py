"""Find moments in which two guards hold, and their order decides: as documented, and otherwise in the published package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import getattr_static
from types import FunctionType
from typing import Any

import msgspec

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Whole
from chatsim.explore.results.result import Severity
from chatsim.graph.analysis import order_dependent, published_order
from chatsim.graph.declared.dispatch import documented_graph
from chatsim.graph.model import NOT, Graph, Transition

MOST_TRIED = 40
"""So many turns that leave a state are played again with all of its guards asked."""


class Overlap(msgspec.Struct, frozen=True):
    """Two transitions whose guards held in one moment: the one that goes first as documented, and the other."""

    documented: Transition
    published: Transition


class Overlaps:
    """Plays turns again in which a guard decided, and asks every guard of the state there.

    Only states are of interest whose guards are not known to exclude each other.
    """

    kinds: Mapping[str, Severity] = {"guard-overlap": "warning"}

    def __init__(self) -> None:
        self._bot: Any = None
        self._asking: type | None = None
        self._ways: dict[str, list[Transition]] = {}
        self._tried: Counter[str] = Counter()
        self._held: list[Overlap] = []
        self._is_asking = False

    def begin(self, bot: Bot) -> None:
        """Read which states of *bot* have guards whose order may decide."""
        kind = getattr(bot, "cls", None)
        graph = documented_graph(bot) if isinstance(kind, type) else None
        if graph is None or not isinstance(kind, type):
            return
        ways = _ways_of_interest(graph)
        guards = {_method(guard) for several in ways.values() for way in several for guard in way.guards}
        methods = {name: getattr_static(kind, name, None) for name in guards}
        if ways and all(isinstance(method, FunctionType) for method in methods.values()):
            self._bot, self._ways = bot, ways
            wrapped = {name: self._asking_all(name, method) for name, method in methods.items()}
            self._asking = type(kind.__name__, (kind,), {**wrapped, "__module__": kind.__module__})

    def look(self, seen: Seen) -> Iterator[Found]:
        """Play the letter again, where it leads through states whose guards may both hold."""
        sources = {hop.source for turn in seen.turns for hop in turn.hops if not hop.machine and hop.source is not None}
        of_interest = [source for source in sources & self._ways.keys() if self._tried[source] < MOST_TRIED]
        if not of_interest or seen.letter.delivery is not None:
            return
        self._tried.update(of_interest)
        with self._all_are_asked():
            seen.play(seen.before, seen.letter)
        for overlap in dict.fromkeys(self._held):
            yield _found(seen, overlap)

    def close(self, whole: Whole) -> Iterator[Found]:  # noqa: ARG002 - guards are asked as turns come
        """Nothing is left to be said at the end."""
        yield from ()

    @contextmanager
    def _all_are_asked(self) -> Iterator[None]:
        """Let the bot ask all guards of a state when it asks one of them."""
        self._held.clear()
        kind = self._bot.cls
        self._bot.cls = self._asking
        try:
            yield
        finally:
            self._bot.cls = kind

    def _asking_all(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """Return the guard *method*, after which all others are asked that leave the same state."""

        def guard(machine: Any, *args: Any, **kwargs: Any) -> Any:
            answer = method(machine, *args, **kwargs)
            ways = self._ways.get(machine.state)
            if ways is not None and not self._is_asking:
                self._is_asking = True
                try:
                    self._ask(machine, ways, args, kwargs)
                finally:
                    self._is_asking = False
            return answer

        guard.__name__, guard.__doc__ = name, method.__doc__
        return guard

    def _ask(self, machine: Any, ways: list[Transition], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        open_ = [way for way in ways if _is_open(machine, way, args, kwargs)]
        if len(open_) > 1 and open_[0].guards:
            first = published_order(open_)[0]
            if first.guards and first.target != open_[0].target:
                self._held.append(Overlap(open_[0], first))


def _ways_of_interest(graph: Graph) -> dict[str, list[Transition]]:
    """Return all ways from each state of the bot's own machine in which the order of two guards may decide."""
    sources = {first.source for first, _ in order_dependent(graph) if not first.machine}
    return {
        source: [way for way in graph.transitions if way.source == source and not way.machine and not way.trigger]
        for source in sources
    }


def _is_open(machine: Any, way: Transition, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Say whether all guards of *way* hold; one that cannot be asked here, because another one fails, does not."""
    try:
        return all(
            getattr(machine, _method(guard))(*args, **kwargs) == (not guard.startswith(NOT)) for guard in way.guards
        )
    except Exception:  # noqa: BLE001 - it is asked where the bot does not ask it
        return False


def _method(guard: str) -> str:
    return guard.removeprefix(NOT)


def _found(seen: Seen, overlap: Overlap) -> Found:
    first, other = overlap.documented, overlap.published
    message = (
        f"both {_guards(first)} and {_guards(other)} hold here: the first defined wins, and leads to {first.target!r}; "
        f"in jb_manager_bot the last in the alphabet does, and leads to {other.target!r}"
    )
    key = f"{first.source} {_guards(first)} {_guards(other)}"
    return Found(
        "guard-overlap", first.source, message, seen.before.node, (seen.letter,), key=key, event=seen.letter.label
    )


def _guards(way: Transition) -> str:
    return " and ".join(way.guards)
