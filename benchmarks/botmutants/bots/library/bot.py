"""The town library's desk: find a book, borrow up to three, renew and bring them back.  The steps are in steps.json."""

from pathlib import Path

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

orch = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="desk")
orch.register_steps_from_json(Path(__file__).with_name("steps.json"))
