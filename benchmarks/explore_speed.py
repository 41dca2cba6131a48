"""What exploring costs beside a bare loop that calls the same handlers, and beside Hypothesis; and its memory.

    python benchmarks/explore_speed.py [rounds] [memory]

Two bots of 10,000 snapshots and 5 letters, whose steps take 1, 10 or 100 µs (busy loops): one has a step for each of
10,000 states, the other one step and 10,000 contexts.  The bare loop calls the steps with a copy of the context, and
keeps what it has seen in a set.  All of chatsim's checks are on, and turns are sampled.  Times are processor time, of the search without loading and
summing up;
each figure is the median of rounds that take both kinds in turn.  ``memory`` explores 1,000,000 snapshots in one run.
"""

import gc
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from chatsim.explore import explore
from chatsim.explore.nodes import Nodes
from chatsim.explore.search import Search
from chatsim.handlers import Handler
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import JsonObject, Text

STATES = 10_000
LETTERS = ["a", "b", "c", "d", "e"]
LIMITS = {1: 0.40, 10: 0.75, 100: 0.95}
MOST_BYTES = 150
FASTER_THAN_HYPOTHESIS = 50


def busy(micros: int) -> Callable[[], None]:
    """Return a function that takes so many microseconds of the processor."""

    def spin(count: int) -> None:
        while count:
            count -= 1

    began = time.process_time()
    spin(2_000_000)
    each = (time.process_time() - began) / 2_000_000
    count = max(int(micros * 1e-6 / each) - 3, 0)
    return lambda: spin(count)


def with_contexts(size: int, work: Callable[[], None]) -> ChatOrchestrator:
    """Return an orchestrator with one step, whose context counts."""
    orchestrator = ChatOrchestrator(InMemoryStateManager(), RecordingSender())

    def step(_chat: str, text: str, context: JsonObject, _sender: object) -> tuple[str, JsonObject]:
        work()
        at = context.get("at", 0)
        return "start", {"at": (at * 5 + LETTERS.index(text) + 1) % size, "name": "ann"}

    orchestrator.register_step("start")(step)
    return orchestrator


def with_states(size: int, work: Callable[[], None]) -> ChatOrchestrator:
    """Return an orchestrator with a step for each state."""
    orchestrator = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="s0")

    def make(number: int) -> Handler:
        targets = {letter: f"s{(number * 5 + index + 1) % size}" for index, letter in enumerate(LETTERS)}

        def step(_chat: str, text: str, context: JsonObject, _sender: object) -> tuple[str, JsonObject]:
            work()
            return targets[text], context

        return step

    orchestrator.register_steps({f"s{number}": make(number) for number in range(size)})
    return orchestrator


def bare(orchestrator: ChatOrchestrator) -> int:
    """Return how many steps a bare loop makes until it has seen everything."""
    steps, sender = orchestrator.steps, RecordingSender()
    start = (orchestrator.initial_state_id, {})
    seen, queue, count = {(start[0], ())}, deque([start]), 0
    while queue:
        state, context = queue.popleft()
        step = steps[state]
        for letter in LETTERS:
            target, after = step("user", letter, dict(context), sender)
            count += 1
            key = (target, tuple(after.items()))
            if key not in seen:
                seen.add(key)
                queue.append((target, after))
    return count


def explored(orchestrator: ChatOrchestrator) -> int:
    """Return how many steps the search makes until it has closed everything."""
    result = explore(orchestrator, alphabet=[Text(letter) for letter in LETTERS], projection="exact")
    assert result.outcome == "complete", result.outcome
    assert result.snapshots in (STATES, STATES + 1), result.snapshots
    return result.steps


def rate(run: Callable[[ChatOrchestrator], int], orchestrator: ChatOrchestrator) -> float:
    """Return the steps per second of processor time; of chatsim's, that of the search alone."""
    gc.collect()
    spent.clear()
    began = time.process_time()
    count = run(orchestrator)
    return count / (sum(spent) or time.process_time() - began)


spent: list[float] = []
"""The processor time of searches."""


def timed(search: Search) -> None:
    """Run *search*, and note how long that takes the processor."""
    began = time.process_time()
    run_search(search)
    spent.append(time.process_time() - began)


run_search = Search.run
Search.run = timed  # type: ignore[method-assign]


def hypothesis_rate(orchestrator: ChatOrchestrator) -> float:
    """Return the steps per second of a Hypothesis state machine over the same bot."""
    count = 0

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.state, self.context = orchestrator.initial_state_id, {}

        @rule(letter=st.sampled_from(LETTERS))
        def step(self, letter: str) -> None:
            nonlocal count
            count += 1
            step = orchestrator.steps[self.state]
            self.state, self.context = step("user", letter, dict(self.context), RecordingSender())

    began = time.process_time()
    profile = settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Machine, settings=profile)
    return count / (time.process_time() - began)


def overhead(rounds: int) -> None:
    """Print for each bot and cost of a step how much of the bare loop's rate is left."""
    for make in (with_contexts, with_states):
        for micros, least in LIMITS.items():
            orchestrator = make(STATES, busy(micros))
            ratios, rates = [], []
            for _ in range(rounds):
                loop, search = rate(bare, orchestrator), rate(explored, orchestrator)
                ratios.append(search / loop)
                rates.append(search)
            share = statistics.median(ratios)
            beside = statistics.median(rates) / hypothesis_rate(orchestrator)
            print(
                f"{make.__name__:14} {micros:4} µs  {statistics.median(rates):10,.0f} steps/s  {share:6.1%} of the bare loop"
                f" (at least {least:.0%}: {'yes' if share >= least else 'NO'})  {beside:6.0f}x Hypothesis"
                f" (at least {FASTER_THAN_HYPOTHESIS}: {'yes' if beside >= FASTER_THAN_HYPOTHESIS else 'NO'})",
                flush=True,
            )


def memory(size: int = 1_000_000) -> None:
    """Print the bytes that a fingerprint takes with its parent, of so many snapshots explored in one run."""
    kept = []
    init = Nodes.__init__

    def noticing(self: Nodes) -> None:
        init(self)
        kept.append(self)

    Nodes.__init__ = noticing
    began = time.process_time()
    result = explore(
        with_contexts(size, lambda: None), alphabet=[Text(x) for x in LETTERS], projection="exact", checks=[]
    )
    seconds = time.process_time() - began
    nodes = kept[0]
    entries = sys.getsizeof(nodes.index) + sum(sys.getsizeof(key) + sys.getsizeof(n) for key, n in nodes.index.items())
    arrays = sum(sys.getsizeof(part) for part in (nodes.parent, nodes.via, nodes.depth))
    each = (entries + arrays) / len(nodes)
    steps = sum(sys.getsizeof(part) for part in (nodes.sources, nodes.letters, nodes.targets, nodes.marks)) / len(nodes)
    print(
        f"{result.snapshots:,} snapshots, {result.steps:,} steps in {seconds:.0f} s of the processor, {result.outcome}: "
        f"{each:.0f} bytes for a fingerprint with its parent (at most {MOST_BYTES}: {'yes' if each <= MOST_BYTES else 'NO'}), "
        f"and {steps:.0f} for its steps"
    )


if __name__ == "__main__":
    if "memory" in sys.argv:
        memory()
    else:
        overhead(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
