"""Small bots to explore."""

import pytest

from chatsim.explore.alphabet import Alphabet, Fixed
from chatsim.explore.api import stage_of
from chatsim.explore.letters import Letter
from chatsim.explore.play.player import Player
from chatsim.explore.walk.search import Search
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import ChatState, Snapshot, Turn


@pytest.fixture
def bot_of():
    """Return what makes an orchestrator of functions named as its states, the first of which is where chats begin."""

    def make(*steps):
        initial = steps[0].__name__
        orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id=initial)
        orchestrator.register_steps({step.__name__: step for step in steps})
        return orchestrator

    return make


class Table:
    """A bot that is a function of state, context and event: it returns a state, a context and effects, or a turn."""

    def __init__(self, function):
        self.function = function

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        chat = snapshot.chats.get("user", ChatState())
        came = self.function(chat.state, chat.context, event)
        if isinstance(came, Turn):
            return came
        state, context, *effects = came
        return Turn(event=event, effects=tuple(effects), snapshot=Snapshot({"user": ChatState(state, context)}))


@pytest.fixture
def table_bot():
    """Return what makes a bot of a function of state, context and event."""
    return Table


@pytest.fixture
def search_of():
    """Return what searches what a function, as a bot has it, comes to with letters, and returns the search."""

    def make(function, letters, *checks, run=True, mocks=(), **options):
        bot = Table(function) if callable(function) else function
        if not isinstance(letters, Alphabet):
            letters = Alphabet(Fixed([each if isinstance(each, Letter) else Letter(each) for each in letters]))
        search = Search(Player(stage_of(bot), mocks), letters, checks, **options)
        if run:
            with search.player.inside():
                search.run()
        return search

    return make
