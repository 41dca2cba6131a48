"""The graph that a bot declares, whatever kind of bot it is."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from chatsim.bots.fsm import FSMBot
from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.bots.recognise import comes_from
from chatsim.graph.declared.fsm import fsm_graph
from chatsim.graph.declared.orchestrator import orchestrator_graph
from chatsim.graph.model import Graph


@runtime_checkable
class DeclaresGraph(Protocol):
    """A bot that can say which graph it has."""

    def declared_graph(self) -> Graph:
        """Return the bot's states and transitions, each with `declared` set."""
        ...


_READERS = {
    ("chatsim.bots.jb_manager", "JbManagerBot"): "jb_manager",
    ("chatsim.bots.transitions", "TransitionsBot"): "transitions",
    ("statemachine", "StateMachine"): "statemachine",
    ("statemachine", "StateChart"): "statemachine",
}
"""The readers of frameworks, by a class: a module beside this one, which is imported when it is needed."""


def declared_graph(bot: Any) -> Graph | None:
    """Return the graph that *bot* declares, or None if it cannot say.

    *bot* is what `chatsim.bots.loading.load_bot` returns.  A class of python-statemachine, which is no bot because it
    does not chat, has a graph all the same.

    >>> from chatsim.fsm import AbstractFSM, Status
    >>> class Greeter(AbstractFSM):
    ...     states = ["zero", "greet"]
    ...     transitions = [{"trigger": "next", "source": "zero", "dest": "greet"}]
    ...     def on_enter_greet(self):
    ...         self.status = Status.END
    >>> [(way.source, way.target) for way in declared_graph(FSMBot(Greeter)).transitions]
    [('zero', 'greet')]
    """
    match bot:
        case DeclaresGraph():
            return bot.declared_graph()
        case FSMBot():
            return fsm_graph(bot.cls, bot.table, _plugins(bot))
        case OrchestratorBot():
            return orchestrator_graph(bot.orchestrator)
        case _:
            reader = _reader(bot if isinstance(bot, type) else type(bot))
            if reader is None:
                return None
            graph: Graph = import_module(f"chatsim.graph.declared.{reader}").graph_of(bot)
            return graph


def _reader(kind: type) -> str | None:
    known = (reader for (framework, name), reader in _READERS.items() if comes_from(kind, framework, name))
    return next(known, None)


def _plugins(bot: FSMBot) -> dict[str, Any]:
    """Return the plugins of *bot*, which a machine may make for itself; none where it cannot be made."""
    try:
        machine: Any = bot.cls(lambda _: None, dict(bot.credentials))
    except Exception:  # noqa: BLE001 - the bot's own constructor; what it raises, a turn will show
        return dict(getattr(bot.cls, "plugins", None) or {})
    return dict(machine.plugins or {})
