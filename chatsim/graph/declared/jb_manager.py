"""The graph of a class of ``jb_manager_bot``."""

from __future__ import annotations

from typing import Any

from chatsim.bots.jb_manager import JbManagerBot
from chatsim.fsm.declared import read_table
from chatsim.fsm.table import Table, Transition
from chatsim.graph.declared.fsm import fsm_graph
from chatsim.graph.model import Graph


def graph_of(bot: JbManagerBot) -> Graph:
    """Return the graph of *bot*'s class, its transitions in the order that the package tries them."""
    table, _ = read_table(bot.cls)
    ordered = Table(table.states, tuple(sorted(table.transitions, key=_order, reverse=True)), table.conditions)
    return fsm_graph(bot.cls, ordered, _plugins(bot))


def documented_graph_of(bot: JbManagerBot) -> Graph:
    """Return the graph of *bot*'s class, its transitions in the order that its author wrote."""
    return fsm_graph(bot.cls, read_table(bot.cls)[0], _plugins(bot))


def _order(transition: Transition) -> tuple[str, str]:
    """Return what the package sorts by, in reverse; Python leaves equal ones in their order all the same."""
    return transition.source, transition.conditions[0].name if transition.conditions else ""


def _plugins(bot: JbManagerBot) -> dict[str, Any]:
    """Return the plugins of *bot*, which a machine may make for itself; none where it cannot be made."""
    try:
        return dict(bot.cls.get_machine(lambda _: None, dict(bot.credentials)).plugins)
    except Exception:  # noqa: BLE001 - the bot's own constructor; what it raises, a turn will show
        return dict(getattr(bot.cls, "plugins", None) or {})
