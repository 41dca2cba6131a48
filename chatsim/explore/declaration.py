"""The graph that a bot declares, read when it is first asked for, and once."""

from __future__ import annotations

from chatsim.bots.base import Bot
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.model import Graph


class Declaration:
    """What several checks want to know of a bot: to read the code of ten thousand states takes seconds."""

    def __init__(self) -> None:
        self._bot: Bot | None = None
        self._graph: Graph | None = None
        self._is_read = False

    def turn_to(self, bot: Bot) -> None:
        """Be told which bot is meant."""
        self._bot, self._graph, self._is_read = bot, None, False

    @property
    def graph(self) -> Graph | None:
        """The bot's graph; None if it cannot say, or none was named."""
        if not self._is_read:
            self._graph, self._is_read = None if self._bot is None else declared_graph(self._bot), True
        return self._graph
