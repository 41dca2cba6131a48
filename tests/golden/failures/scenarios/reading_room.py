"""A library's reading room: names shelves, asks for a scan, and has one bell, which only one process may ring."""

import os

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

BELL = "READING_ROOM_BELL"
SAID = {
    "shelf": "Your shelf is C.",
    "shelves": "Shelves A to M are upstairs.",
    "card": "Please send card-0815.png.",
    "closed": "We open again in a week.",
}
room = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="room")


@room.register_step("room")
def answer(chat_id, text, context, sender):
    sender.send_message(chat_id, SAID.get(text, "Psst!"))
    return "room", context


def with_bell():
    if BELL in os.environ:
        raise RuntimeError(f"the bell is taken by process {os.environ[BELL]}")
    os.environ[BELL] = "4711"
    return room
