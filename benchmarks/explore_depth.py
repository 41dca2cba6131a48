"""How deep a search comes: a maze of 22 steps whose end raises, beside Hypothesis alone.

    python benchmarks/explore_depth.py

In each step one of five words is right, and any other leads back to the beginning.
"""

import time

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from chatsim.explore import explore
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import JsonObject, Text

DEPTH, LIMIT, TOO_DEEP_FOR_HYPOTHESIS = 22, 1.0, 8
LETTERS = ["up", "down", "left", "right", "in"]
PASSWORD = [LETTERS[(step * step + 3 * step + 1) % len(LETTERS)] for step in range(DEPTH)]


def maze() -> ChatOrchestrator:
    """Return the bot."""
    orchestrator = ChatOrchestrator(InMemoryStateManager(), RecordingSender())

    def step(_chat: str, text: str, context: JsonObject, sender: RecordingSender) -> tuple[str, JsonObject]:
        at = context.get("at", 0)
        at = at + 1 if text == PASSWORD[at] else 0
        if at == DEPTH:
            raise RuntimeError("the wall falls down")
        sender.send_message("user", "click" if at else "thud")
        return "start", {"at": at}

    orchestrator.register_step("start")(step)
    return orchestrator


def hypothesis_depth() -> int:
    """Return how many right words in a row a Hypothesis state machine comes to, at its default settings."""
    bot, deepest = maze(), 0

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.context: JsonObject = {}

        @rule(letter=st.sampled_from(LETTERS))
        def step(self, letter: str) -> None:
            nonlocal deepest
            _, self.context = bot.steps["start"]("user", letter, self.context, RecordingSender())
            deepest = max(deepest, self.context["at"])

    run_state_machine_as_test(Machine, settings=settings(deadline=None, database=None))
    return deepest


def main() -> None:
    """Print how far both come."""
    began = time.process_time()
    result = explore(maze(), alphabet=[Text(letter) for letter in LETTERS], faults=False)
    seconds = time.process_time() - began
    (found,) = result.errors
    turns = len(found.witness.turns)
    right = [turn.event.text for turn in found.witness.turns if isinstance(turn.event, Text)] == PASSWORD
    print(
        f"chatsim: {result.outcome}, {found.kind} after {turns} turns (shortest: {'yes' if right else 'NO'}), {result.steps} "
        f"turns tried; {seconds:.2f} s of the processor (less than {LIMIT:g}: {'yes' if seconds < LIMIT else 'NO'})"
    )
    deepest = hypothesis_depth()
    is_less = "yes" if deepest < TOO_DEEP_FOR_HYPOTHESIS else "NO"
    print(f"Hypothesis alone: step {deepest} of {DEPTH} (less than {TOO_DEEP_FOR_HYPOTHESIS}: {is_less})")


if __name__ == "__main__":
    main()
