"""The graph that a bot declares, whatever kind of bot it is."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from chatsim.bots.recognise import comes_from
from chatsim.graph.model import Graph


@runtime_checkable
class DeclaresGraph(Protocol):
    """A bot that can say which graph it has."""

    def declared_graph(self) -> Graph:
        """Return the bot's states and transitions, each with `declared` set."""
        ...


_READERS = {
    ("chatsim.bots.fsm", "FSMBot"): "fsm",
    ("chatsim.bots.orchestrator", "OrchestratorBot"): "orchestrator",
    ("chatsim.bots.jb_manager", "JbManagerBot"): "jb_manager",
    ("chatsim.bots.transitions", "TransitionsBot"): "transitions",
    ("chatsim.bots.telegram", "TelegramBot"): "telegram",
    ("statemachine", "StateMachine"): "statemachine",
    ("statemachine", "StateChart"): "statemachine",
}
"""The readers by the class of what they read: modules beside this one, each imported only for a bot of its kind."""


def declared_graph(bot: Any) -> Graph | None:
    """Return the graph that *bot* declares, or None if it cannot say.

    *bot* is what `chatsim.bots.loading.load_bot` returns.  A class of python-statemachine, which is no bot because it
    does not chat, has a graph all the same.

    >>> from chatsim.bots.fsm import FSMBot
    >>> from chatsim.fsm import AbstractFSM, Status
    >>> class Greeter(AbstractFSM):
    ...     states = ["zero", "greet"]
    ...     transitions = [{"trigger": "next", "source": "zero", "dest": "greet"}]
    ...     def on_enter_greet(self):
    ...         self.status = Status.END
    >>> [(way.source, way.target) for way in declared_graph(FSMBot(Greeter)).transitions]
    [('zero', 'greet')]
    """
    if isinstance(bot, DeclaresGraph) and not isinstance(bot, type):
        return bot.declared_graph()
    kind = bot if isinstance(bot, type) else type(bot)
    known = (reader for (framework, name), reader in _READERS.items() if comes_from(kind, framework, name))
    reader = next(known, None)
    if reader is None:
        return None
    graph: Graph | None = import_module(f"chatsim.graph.declared.{reader}").graph_of(bot)
    return graph


def documented_graph(bot: Any) -> Graph | None:
    """Return the graph that *bot* declares with transitions in the order that is documented: as they are written down.

    For all but a class of ``jb_manager_bot``, which tries them in another one, it is the declared graph.
    """
    if comes_from(type(bot), "chatsim.bots.jb_manager", "JbManagerBot"):
        graph: Graph = import_module("chatsim.graph.declared.jb_manager").documented_graph_of(bot)
        return graph
    return declared_graph(bot)
