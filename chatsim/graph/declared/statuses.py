"""What the states of an FSM wait for: the status that entering them sets, read from the source of ``on_enter_*``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Literal, TypeAlias

from chatsim.fsm.data_models import Status
from chatsim.graph.source.code import is_the_bots
from chatsim.graph.source.values import UNKNOWN, Const, Instance, Method, Value, Values, const, constants, keys, union
from chatsim.graph.source.walk import Reading
from chatsim.trace import Waits

May: TypeAlias = Literal["input", "callback", "end", "on"]

_MEANING: dict[str, May] = {
    Status.WAIT_FOR_USER_INPUT.name: "input",
    Status.WAIT_FOR_CALLBACK.name: "callback",
    Status.END.name: "end",
    Status.MOVE_FORWARD.name: "on",
}
_WAITS: tuple[Waits, ...] = ("input", "callback", "end")
"""What a state counts as that may do several of these, the first of them."""


@dataclass(frozen=True, slots=True)
class Entering:
    """What entering a state may come to (nothing where that is not known).

    `runs` is the plugin that it runs, `fires` are the triggers that it fires itself.
    """

    may: tuple[May, ...] = ()
    runs: str = ""
    fires: tuple[str, ...] = ()

    @property
    def waits(self) -> Waits | None:
        """What the state waits for; None where it goes on by itself, or nothing is known."""
        return next((waits for waits in _WAITS if waits in self.may), None)


def entering(kind: type, actions: Iterable[Any], triggers: Collection[str] = ()) -> Entering:
    """Return what entering a state of the class *kind* may come to, which calls *actions* (names of its methods).

    *triggers* are the methods by which a machine moves itself.

    The status names are those of ``chatsim.fsm`` and of ``jb_manager_bot``, which are the same.
    """
    plugins: list[str] = []
    fired: dict[str, None] = {}
    reading = Reading({"status": const(Status.MOVE_FORWARD)}, frozenset(triggers))

    def of_the_runtime(function: Value, arguments: Sequence[Values]) -> Values | None:
        """Say what comes of the runtime's own methods, which are not followed."""
        known = function.function if isinstance(function, Method) else None
        if isinstance(known, str) and known in reading.offered:
            fired[known] = None
            # It is in another state then, which has a status of its own.
            reading.attributes["status"] = UNKNOWN
        if not isinstance(known, FunctionType) or is_the_bots(known):
            return None
        if known.__name__ == "run_plugin":
            names = constants(arguments[0]) if arguments else None
            plugins.extend(name for name in names or () if isinstance(name, str))
            # It waits with the plugin, or the plugin is done and this state has yet to say what comes next.
            reading.attributes["status"] = union(reading.attributes["status"], const(Status.WAIT_FOR_PLUGIN))
        elif known.__name__ == "on_enter_end":
            reading.attributes["status"] = const(Status.END)
        return None

    reading.hook = of_the_runtime
    for action in actions:
        method = getattr(kind, action, None) if isinstance(action, str) else None
        if isinstance(method, FunctionType):
            reading.call(Method(Instance(kind), method), [])
    statuses = reading.attributes.get("status", ())
    names = [value.value.name for value in statuses if isinstance(value, Const) and hasattr(value.value, "name")]
    found = {_MEANING[name] for name in names if name in _MEANING}
    may: tuple[May, ...] = tuple(may for may in _MEANING.values() if may in found)
    if UNKNOWN[0].key in keys(statuses):
        may = ()
    return Entering(may, plugins[0] if plugins else "", tuple(fired))
