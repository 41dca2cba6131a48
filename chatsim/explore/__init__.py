"""Find the conversation that breaks the bot: a search over what it can reach, without an assertion being written."""

from chatsim.explore.api import explore
from chatsim.explore.given.marked import alphabet
from chatsim.explore.given.properties import property_always, property_eventually, property_sometimes
from chatsim.explore.letters import Letter
from chatsim.explore.machine import state_machine
from chatsim.explore.results.result import Exploration, Finding

__all__ = [
    "Exploration",
    "Finding",
    "Letter",
    "alphabet",
    "explore",
    "property_always",
    "property_eventually",
    "property_sometimes",
    "state_machine",
]
