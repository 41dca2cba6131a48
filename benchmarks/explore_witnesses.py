"""Whether what was found happens again: every witness 100 times, and on every store.

    CHATSIM_REDIS_URL=redis://… CHATSIM_MONGO_URL=mongodb://… python benchmarks/explore_witnesses.py

A bot with several faults is explored; each witness is played 100 times from the start, and then said 100 times to the
bot itself with each of the four state managers.  Replies, the error, and what the store holds at the end are compared.
Where no server is named, Redis and MongoDB are their fakes.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

from chatsim.bots.orchestrator import user_input_of
from chatsim.explore import Finding, explore
from chatsim.explore.api import stage_of
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
ODD = {"$sum": [1.5, None, {"a.b": "Käse ☕"}], "big": 2**60, "": True}
"""What stores are most likely to give back as something else."""


def shop(store: Any) -> ChatOrchestrator:
    """Return a bot that raises, loses itself, falls silent, and offers what it does not have."""
    orchestrator = ChatOrchestrator(store, RecordingSender(), initial_state_id="start")

    def start(_chat: str, _text: str, _context: JsonObject, sender: RecordingSender) -> tuple[str, JsonObject]:
        sender.send_message("user", "What would you like?", MENU)
        return "menu", {"cups": 0, "odd": ODD}

    def menu(_chat: str, text: str, context: JsonObject, sender: RecordingSender) -> tuple[str, JsonObject]:
        if text == "Tea":
            sender.send_message("user", "" if context["cups"] else "Tea!", MENU)
            return "menu", {**context, "cups": context["cups"] + 1, "each": 12 // (2 - context["cups"])}
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


@contextmanager
def redis_store() -> Iterator[tuple[str, Any]]:
    """Open a store in Redis, or in its fake."""
    url = os.environ.get("CHATSIM_REDIS_URL")
    if url is None:
        import fakeredis  # noqa: PLC0415 - where there is no server

        yield "Redis (fake)", RedisStateManager(client=fakeredis.FakeRedis())
        return
    import redis  # noqa: PLC0415 - where there is a server

    with redis.Redis.from_url(url) as client:
        prefix = f"chatsim-{uuid4()}:"
        yield "Redis", RedisStateManager(client=client, prefix=prefix)
        client.delete(*client.scan_iter(f"{prefix}*"))


@contextmanager
def mongo_store() -> Iterator[tuple[str, Any]]:
    """Open a store in MongoDB, or in its fake."""
    url = os.environ.get("CHATSIM_MONGO_URL")
    if url is None:
        import mongomock  # noqa: PLC0415 - where there is no server

        yield "MongoDB (fake)", MongoDBStateManager(client=mongomock.MongoClient())
        return
    import pymongo  # noqa: PLC0415 - where there is a server

    with pymongo.MongoClient(url) as client:
        name = f"chatsim-{uuid4()}"
        yield "MongoDB", MongoDBStateManager(client=client, db_name=name)
        client.drop_database(name)


@contextmanager
def stores() -> Iterator[dict[str, Any]]:
    """Open the four stores, each empty."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        servers = [stack.enter_context(server()) for server in (redis_store, mongo_store)]
        yield {"memory": InMemoryStateManager(), "files": FileStateManager(folder), **dict(servers)}


def said_to(store: Any, found: Finding) -> tuple[list[str], str, Any]:
    """Return what a bot with *store* says to the witness, the error that it ends with, and what is stored then."""
    orchestrator, chat, error = shop(store), f"chat-{uuid4()}", ""
    for turn in found.witness.turns:
        try:
            orchestrator.handle_message(chat, user_input_of(turn.event))
        except Exception as raised:  # noqa: BLE001 - the witness is of an error
            error = type(raised).__name__
            break
    return list(orchestrator.message_sender.texts), error, store.get_state(chat)


def expected_of(found: Finding) -> tuple[list[str], str, Any]:
    """Return what the search saw of all this."""
    turns = found.witness.turns
    error = turns[-1].error.type if turns[-1].error is not None else ""
    chat = turns[-1].chat_state
    stored = (chat.state, chat.context)
    return [reply.text for turn in turns for reply in turn.replies], error, stored


def replayed(bot: ChatOrchestrator, found: Finding) -> bool:
    """Say whether the witness of *found* comes out as it was."""
    session = Session(stage_of(bot).bot, stage=stage_of(bot))
    with session.inside():
        return all(session.event(turn.event) == turn for turn in found.witness.turns)


def main() -> None:
    """Print for each witness how often it happens again."""
    bot = shop(InMemoryStateManager())
    with stores() as opened:
        for found in explore(bot, faults=False).findings:
            expected = expected_of(found)
            counts = {"search": sum(replayed(bot, found) for _ in range(TIMES))}
            for name, store in opened.items():
                counts[name] = sum(said_to(store, found) == expected for _ in range(TIMES))
            told = ", ".join(f"{name} {count}" for name, count in counts.items())
            print(f"{found.kind:16} {len(found.witness.turns):2} turns, the same of {TIMES} times: {told}")


if __name__ == "__main__":
    main()
