"""Small bots to explore."""

import pytest

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager


@pytest.fixture
def bot_of():
    """Return what makes an orchestrator of functions named as its states, the first of which is where chats begin."""

    def make(*steps):
        initial = steps[0].__name__
        orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id=initial)
        orchestrator.register_steps({step.__name__: step for step in steps})
        return orchestrator

    return make
