"""The reference orchestrator, under the names that chat_orchestrator gives them."""

from chatsim.errors import InitialStateNotFoundError, OrchestratorError, SecurityError, StepsError
from chatsim.handlers import Handler
from chatsim.orchestrator.chat_orchestrator import ChatOrchestrator

__all__ = [
    "ChatOrchestrator",
    "Handler",
    "InitialStateNotFoundError",
    "OrchestratorError",
    "SecurityError",
    "StepsError",
]
