"""Whether what was found happens again: every witness 100 times, and on every store.

    python benchmarks/explore_witnesses.py

A bot with several faults is explored; each witness is played 100 times from the start, and then said to the bot itself
with each of the four state managers (Redis and MongoDB as their fakes).
"""

import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import fakeredis
import mongomock

from chatsim.bots.orchestrator import user_input_of
from chatsim.explore import Finding, explore
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.session import Session
from chatsim.state_managers.file import FileStateManager
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.state_managers.mongodb import MongoDBStateManager
from chatsim.state_managers.redis import RedisStateManager
from chatsim.trace import JsonObject

TIMES = 100
MENU = ["Tea", "Coffee", "Cake", "Nothing"]


def shop(store: Any) -> ChatOrchestrator:
    """Return a bot that raises, loses itself, falls silent, and offers what it does not have."""
    orchestrator = ChatOrchestrator(store, RecordingSender(), initial_state_id="start")

    def start(_chat: str, _text: str, _context: JsonObject, sender: RecordingSender) -> tuple[str, JsonObject]:
        sender.send_message("user", "What would you like?", MENU)
        return "menu", {"cups": 0}

    def menu(_chat: str, text: str, context: JsonObject, sender: RecordingSender) -> tuple[str, JsonObject]:
        if text == "Tea":
            sender.send_message("user", "" if context["cups"] else "Tea!", MENU)
            return "menu", {"cups": context["cups"] + 1 // (2 - context["cups"])}
        if text == "Coffee":
            return "cofee", context
        if text == "Nothing":
            return "silence", context
        sender.send_message("user", "Please choose", MENU)
        return "menu", context

    def silence(_chat: str, _text: str, context: JsonObject, _sender: RecordingSender) -> tuple[str, JsonObject]:
        return "silence", context

    orchestrator.register_steps({"start": start, "menu": menu, "silence": silence})
    return orchestrator


def stores() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the four stores, each empty."""
    yield "in memory", InMemoryStateManager
    yield "files", lambda: FileStateManager(tempfile.mkdtemp())
    yield "Redis", lambda: RedisStateManager(client=fakeredis.FakeRedis())
    yield "MongoDB", lambda: MongoDBStateManager(client=mongomock.MongoClient())


def said_to(orchestrator: ChatOrchestrator, found: Finding) -> tuple[list[str], str]:
    """Return what the bot says to the witness, and the error that it ends with."""
    for turn in found.witness.turns:
        try:
            orchestrator.handle_message("user", user_input_of(turn.event))
        except Exception as error:  # noqa: BLE001 - the witness is of an error
            return list(orchestrator.message_sender.texts), type(error).__name__
    return list(orchestrator.message_sender.texts), ""


def main() -> None:
    """Print for each witness whether it happens again."""
    bot = shop(InMemoryStateManager())
    for found in explore(bot, faults=False).findings:
        turns = found.witness.turns
        last = turns[-1].error.type if turns and turns[-1].error is not None else ""
        expected = [reply.text for turn in turns for reply in turn.replies], last
        again = sum(replayed(bot, found) for _ in range(TIMES))
        there = [name for name, store in stores() if said_to(shop(store()), found) == expected]
        print(
            f"{found.kind:16} {len(turns):2} turns: {again} of {TIMES} times the same, the same with {', '.join(there)}"
        )


def replayed(bot: ChatOrchestrator, found: Finding) -> bool:
    """Say whether the witness of *found* comes out as it was."""
    from chatsim.explore.api import stage_of  # noqa: PLC0415 - beside what it is used for

    session = Session(stage_of(bot).bot, stage=stage_of(bot))
    with session.inside():
        return all(session.event(turn.event) == turn for turn in found.witness.turns)


if __name__ == "__main__":
    main()
