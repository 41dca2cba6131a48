"""chatsim: write conversations down, and let the machine hold your bot to them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatsim.bots.base import Bot
    from chatsim.bots.loading import load_bot
    from chatsim.chat.chats import Chat
    from chatsim.errors import BotError, ChatsimError, ScenarioError, SetupError
    from chatsim.fsm.abstract_fsm import AbstractFSM
    from chatsim.orchestrator.chat_orchestrator import ChatOrchestrator
    from chatsim.recording.record import record
    from chatsim.session import Session
    from chatsim.trace import Event, Reply, Snapshot, Trace, Turn

__all__ = [
    "AbstractFSM",
    "Bot",
    "BotError",
    "Chat",
    "ChatOrchestrator",
    "ChatsimError",
    "Event",
    "Reply",
    "ScenarioError",
    "Session",
    "SetupError",
    "Snapshot",
    "Trace",
    "Turn",
    "load_bot",
    "record",
]

_HOMES = {
    "AbstractFSM": "chatsim.fsm.abstract_fsm",
    "Bot": "chatsim.bots.base",
    "BotError": "chatsim.errors",
    "Chat": "chatsim.chat.chats",
    "ChatOrchestrator": "chatsim.orchestrator.chat_orchestrator",
    "ChatsimError": "chatsim.errors",
    "Event": "chatsim.trace",
    "Reply": "chatsim.trace",
    "ScenarioError": "chatsim.errors",
    "Session": "chatsim.session",
    "SetupError": "chatsim.errors",
    "Snapshot": "chatsim.trace",
    "Trace": "chatsim.trace",
    "Turn": "chatsim.trace",
    "load_bot": "chatsim.bots.loading",
    "record": "chatsim.recording.record",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: pytest loads this package in runs that need nothing of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
