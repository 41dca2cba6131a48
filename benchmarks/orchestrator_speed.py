"""What a turn of the orchestrator costs beside a direct call of its step.

    python benchmarks/orchestrator_speed.py

One run; every figure is the median of rounds, which take the kinds of turn in alternation.  The work of all kinds is
asserted to be the same before it is timed: the same replies, the same states, the same contexts.
"""

import statistics
import time

from chatsim.bots.orchestrator import OrchestratorBot
from chatsim.handlers import Handler
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import JsonObject, Reply, Save, Text, Turn

ROUNDS, TURNS, CHECKED = 61, 400, 100
INPUTS = ["2 large pizza", "pasta", "small", "3"]
LIMIT = 10.0


def order(chat_id: str, user_input: str, context: JsonObject, sender: RecordingSender) -> tuple[str, JsonObject]:
    """Fill the slots of an order, as a bot of a few dozen lines does."""
    slots = dict(context.get("slots", {}))
    for token in user_input.lower().split():
        if token in ("small", "medium", "large"):
            slots["size"] = token
        elif token.isdigit():
            slots["count"] = int(token)
        else:
            slots["dish"] = token
    missing = [name for name in ("dish", "size", "count") if name not in slots]
    if missing:
        sender.send_message(chat_id, f"Please tell me the {' and '.join(missing)}.")
        return "order", {"slots": slots, "asked": context.get("asked", 0) + 1}
    sender.send_message(chat_id, f"{slots['count']} {slots['size']} {slots['dish']} coming up!")
    return "order", {"slots": {}, "asked": 0}


def echo(chat_id: str, user_input: str, context: JsonObject, sender: RecordingSender) -> tuple[str, JsonObject]:
    """Answer with what came: the smallest step that says and remembers something."""
    sender.send_message(chat_id, f"You said {user_input}")
    return "order", {"count": context.get("count", 0) + 1}


def built(handler: Handler) -> tuple[ChatOrchestrator, RecordingSender]:
    """Return an orchestrator with *handler* as its one step, and the sender that it speaks through."""
    sender = RecordingSender()
    orchestrator = ChatOrchestrator(InMemoryStateManager(), sender, "order")
    orchestrator.register_step("order")(handler)
    return orchestrator, sender


class Direct:
    """The step alone: its context is neither isolated nor stored, and only its messages are recorded."""

    def __init__(self, handler: Handler) -> None:
        self.handler, self.sender = handler, RecordingSender()
        self.context: JsonObject = {}

    def turn(self, text: str) -> None:
        """Handle one message."""
        _, self.context = self.handler("ann", text, self.context, self.sender)

    def outcome(self) -> tuple[list[Reply], JsonObject]:
        """Return what was said, and the context afterwards."""
        return self.sender.replies, self.context


class Handled:
    """`handle_message` in memory: context isolated, messages recorded, chat locked, state stored."""

    def __init__(self, handler: Handler) -> None:
        self.orchestrator, self.sender = built(handler)

    def turn(self, text: str) -> None:
        """Handle one message."""
        self.orchestrator.handle_message("ann", text)

    def outcome(self) -> tuple[list[Reply], JsonObject]:
        """Return what was said, and the context afterwards."""
        return self.sender.replies, self.orchestrator.state_manager.get_state("ann")[1]


class Stepped:
    """`OrchestratorBot.step`: context isolated, a `Turn` with effects, hops and the new snapshot."""

    def __init__(self, handler: Handler) -> None:
        self.bot = OrchestratorBot(built(handler)[0])
        self.snapshot = self.bot.start()
        self.turns: list[Turn] = []

    def turn(self, text: str) -> None:
        """Handle one message."""
        turn = self.bot.step(self.snapshot, Text(text, "ann"))
        self.snapshot = turn.snapshot
        self.turns.append(turn)

    def outcome(self) -> tuple[list[Reply], JsonObject]:
        """Return what was said, and the context afterwards."""
        for turn in self.turns:
            assert turn.error is None
            assert turn.effects[-1] == Save("ann")
            assert [(hop.source, hop.target) for hop in turn.hops] == [("order", "order")]
        return [reply for turn in self.turns for reply in turn.replies], self.snapshot.chats["ann"].context


def check(handler: Handler) -> None:
    """Assert that all kinds of turn do the same."""
    outcomes = []
    for kind in (Direct, Handled, Stepped):
        run = kind(handler)
        for number in range(CHECKED):
            run.turn(INPUTS[number % len(INPUTS)])
        outcomes.append(run.outcome())
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert len(outcomes[0][0]) == CHECKED


def seconds_per_turn(kind: type[Direct | Handled | Stepped], handler: Handler) -> float:
    """Return how long a turn of one round takes."""
    run = kind(handler)
    began = time.thread_time()
    for number in range(TURNS):
        run.turn(INPUTS[number % 4])
    return (time.thread_time() - began) / TURNS


def measure(handler: Handler) -> None:
    """Print what each kind of turn costs, and hold it to the limit."""
    check(handler)
    times: dict[type[Direct | Handled | Stepped], list[float]] = {kind: [] for kind in (Direct, Handled, Stepped)}
    for _ in range(ROUNDS):
        for kind, measured in times.items():
            measured.append(seconds_per_turn(kind, handler))
    print(f"step {handler.__name__!r}: {handler.__doc__}")
    for kind, measured in times.items():
        # Each round's own ratio: a machine that is busy now and then is so to all kinds of turn.
        ratio = statistics.median(one / direct for one, direct in zip(measured, times[Direct], strict=True))
        print(f"  {kind.__name__:8} {statistics.median(measured) * 1e6:6.2f} µs a turn  {ratio:5.2f} x  {kind.__doc__}")
        assert ratio <= LIMIT, f"{kind.__name__} takes {ratio:.1f} times a direct call; at most {LIMIT:g} are allowed"


def main() -> None:
    """Measure the smallest step, and one of the usual size."""
    print(f"medians of {ROUNDS} rounds of {TURNS} turns")
    for handler in (echo, order):
        measure(handler)


if __name__ == "__main__":
    main()
