"""The greeter whose steps stand in a JSON file: one in a module, two as inline code."""

from pathlib import Path

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

orch = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())
orch.register_steps_from_json(Path(__file__).with_name("steps.json"))
