"""Hand chatsim's own orchestrators and FSM classes to their adapters, as `chatsim.bots.recognise` calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatsim.bots.base import Bot
from chatsim.bots.recognise import Origin

if TYPE_CHECKING:
    from chatsim.fsm.abstract_fsm import AbstractFSM
    from chatsim.orchestrator.chat_orchestrator import ChatOrchestrator


def adapt_fsm(cls: type[AbstractFSM], origin: Origin) -> Bot:
    """Return the FSM class *cls* as a bot."""
    from chatsim.bots.fsm import FSMBot  # noqa: PLC0415 - it brings the FSM runtime, which orchestrators do without

    return FSMBot(cls, origin.credentials)


def adapt_orchestrator(orchestrator: ChatOrchestrator, origin: Origin) -> Bot:  # noqa: ARG001
    """Return *orchestrator* as a bot."""
    from chatsim.bots.orchestrator import OrchestratorBot  # noqa: PLC0415 - FSM classes do without it

    return OrchestratorBot(orchestrator)
