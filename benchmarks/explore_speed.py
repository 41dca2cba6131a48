"""What exploring costs beside a bare loop that calls the same handlers, and beside Hypothesis; and its memory.

    python benchmarks/explore_speed.py [rounds] [memory]

Two bots of 10,000 snapshots and 5 letters, whose steps take 1, 10 or 100 µs (busy loops): one has a step for each of
10,000 states, the other one step and 10,000 contexts.  The bare loop calls the steps with a copy of the context, and
keeps what it has seen in a set.  The search runs with the cheap checks alone, and with all of them; in both, second
calls are sampled.  Times are processor time, of the search without loading and summing up; each figure is the median of
rounds that take all kinds in turn.

Hypothesis runs a state machine that calls the steps, as a user would write it and with nothing to check, at its default
settings.  What the steps themselves take bounds how many times faster anything can be: that is printed beside it, and is
what the bare loop reaches.

``memory`` explores 1,000,000 snapshots in one run.
"""

import gc
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from operator import truediv

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from chatsim.explore import explore
from chatsim.explore.checks.all import all_checks
from chatsim.explore.checks.base import Check
from chatsim.explore.seen.nodes import Nodes
from chatsim.explore.walk.search import Search
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
    """Return a function that takes so many microseconds of an undisturbed processor."""

    def spin(count: int) -> None:
        while count:
            count -= 1

    def seconds(count: int, calls: int = 200) -> float:
        """Return what a call takes: the least of many, for others use the processor as well."""
        times = []
        for _ in range(20):
            began = time.process_time()
            for _ in range(calls):
                spin(count)
            times.append((time.process_time() - began) / calls)
        return min(times)

    empty = seconds(0)
    each = (seconds(1000) - empty) / 1000
    count = max(round((micros * 1e-6 - empty) / each), 0)
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


def explored(orchestrator: ChatOrchestrator, checks: Sequence[Check]) -> int:
    """Return how many steps the search makes until it has closed everything."""
    letters = [Text(letter) for letter in LETTERS]
    result = explore(orchestrator, alphabet=letters, projection="exact", checks=checks)
    assert result.outcome == "complete", result.outcome
    assert result.snapshots in (STATES, STATES + 1), result.snapshots
    return result.steps


def with_cheap_checks(orchestrator: ChatOrchestrator) -> int:
    """Explore with the checks that look at turns and play none."""
    return explored(orchestrator, [check for check in all_checks() if getattr(check, "is_cheap", False)])


def with_all_checks(orchestrator: ChatOrchestrator) -> int:
    """Explore as by default."""
    return explored(orchestrator, all_checks())


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
    # As by default, but that its own steps are not written down, and that a slow machine is no failure.
    profile = settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Machine, settings=profile)
    return count / (time.process_time() - began)


def overhead(rounds: int) -> None:
    """Print for each bot and cost of a step how much of the bare loop's rate is left."""
    for make in (with_contexts, with_states):
        for micros, least in LIMITS.items():
            orchestrator = make(STATES, busy(micros))
            rates: dict[Callable[[ChatOrchestrator], float], list[float]] = {}
            for _ in range(rounds):
                for run in (bare, with_cheap_checks, with_all_checks):
                    rates.setdefault(run, []).append(rate(run, orchestrator))
            cheap, thorough = (
                statistics.median(map(truediv, rates[run], rates[bare])) for run in (with_cheap_checks, with_all_checks)
            )
            loop, search = statistics.median(rates[bare]), statistics.median(rates[with_cheap_checks])
            rival = statistics.median(hypothesis_rate(orchestrator) for _ in range(min(rounds, 3)))
            print(
                f"{make.__name__:13} {micros:4} µs  {search:8,.0f} steps/s, {cheap:4.0%} of the bare loop "
                f"(at least {least:.0%}: {'yes' if cheap >= least else 'NO'}), with all checks {thorough:4.0%};  "
                f"{search / rival:3.0f}x Hypothesis ({_verdict(search / rival, loop / rival)})",
                flush=True,
            )


def _verdict(times: float, bound: float) -> str:
    """Say whether *times* is enough, where the steps themselves allow no more than *bound*."""
    said = f"at least {FASTER_THAN_HYPOTHESIS}: {'yes' if times >= FASTER_THAN_HYPOTHESIS else 'NO'}"
    return f"{said}; the bare loop, {bound:.0f}x"


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
