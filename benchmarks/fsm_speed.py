"""Time a turn of the reference FSM runtime against jb-manager-bot 0.1.8, on the same bots and the same work.

    python benchmarks/fsm_speed.py

Each bot is a ring of states that sends a message, stores nested variables, asks one guard a turn and waits for input.  Before
anything is timed, both sides run the same conversation, and states, messages and variables must be equal.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import jb_manager_bot

import chatsim.fsm
from chatsim.bots.fsm import FSMBot
from chatsim.trace import Snapshot, Text

SIZES = (5, 50, 500)
BUDGETS = {5: (40, 30), 50: (1500, 1000)}
"""How many times as fast `run_machine` and `step` must be, by the number of states."""
SLOWER_WITH_500 = 1.2
ROUNDS = 31


def make_bot(kit: Any, size: int) -> Any:
    """Return a bot of *size* states, written with the classes of *kit*; ``zero`` is one of them."""
    names = [f"s{number:03}" for number in range(size - 1)]

    # A constant, because what is measured is the runtime: to build a message takes the same time on both sides.
    question = kit.FSMOutput(message_data=kit.MessageData(body="What next?"))
    wait, waiting = kit.Status.WAIT_FOR_ME, kit.Status.WAIT_FOR_USER_INPUT

    def on_enter(self: Any) -> None:
        self.status = wait
        variables = self.variables
        if "order" not in variables:
            variables["order"] = {"size": "S", "lines": [{"item": "tea", "n": 2}, {"item": "cake", "n": 1}]}
        variables["last"] = self.current_input
        self.send_message(question)
        self.status = waiting

    def is_back(self: Any) -> bool:
        return bool(self.current_input == "back")

    def init(self: Any, send_message: Any, credentials: Any = None) -> None:
        self.credentials = credentials or {}
        kit.AbstractFSM.__init__(self, send_message=send_message)

    transitions = [{"trigger": "next", "source": "zero", "dest": names[0]}]
    for here, there in zip(names, names[1:] + names[:1], strict=True):
        transitions += [
            {"trigger": "next", "source": here, "dest": names[0], "conditions": "is_back"},
            {"trigger": "next", "source": here, "dest": there},
        ]
    body = {"states": ["zero", *names], "transitions": transitions, "conditions": {"is_back"}}
    methods = {f"on_enter_{name}": on_enter for name in names} | {"is_back": is_back, "__init__": init}
    return type("Ring", (kit.AbstractFSM,), body | methods)


def conversation(cls: Any, turns: int) -> list[Any]:
    """Return what *cls* says and saves, turn by turn."""
    said: list[Any] = []
    state = None
    for number in range(turns):
        state = cls.run_machine(lambda message: said.append(message.message_data.body), f"text {number}", state=state)
        said.append([state["main"]["state"], state["main"]["status"], repr(state["main"]["variables"])])
    return said


def stepped(bot: FSMBot, turns: int) -> list[Any]:
    """Return the same of a bot that is stepped."""
    said: list[Any] = []
    snapshot = bot.start()
    for number in range(turns):
        turn = bot.step(snapshot, Text(f"text {number}"))
        snapshot = turn.snapshot
        chat = turn.chat_state
        said += [*(reply.text for reply in turn.replies), [chat.state, chat.extra["status"], repr(chat.context)]]
    return said


def medians(calls: list[tuple[Callable[[], Any], int]]) -> list[float]:
    """Return the median time of each call in microseconds; taken in turns, so that a busy machine is so to all."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for (call, repeat), taken in zip(calls, times, strict=True):
            began = perf_counter()
            for _ in range(repeat):
                call()
            taken.append((perf_counter() - began) / repeat)
    return [statistics.median(taken) * 1e6 for taken in times]


def measure(size: int, *, with_original: bool) -> tuple[float | None, float, float]:
    """Return microseconds a turn: the original's `run_machine`, ours, and our `step`."""
    ours, theirs = make_bot(chatsim.fsm, size), make_bot(jb_manager_bot, size)
    bot = FSMBot(ours)
    # The original shows the first input to the first state, the document does not: begin in the second turn.
    expected = conversation(theirs, 12)[2:]
    if not expected == conversation(ours, 12)[2:] == stepped(bot, 12)[2:]:
        raise SystemExit(f"{size} states: the two sides do different work")
    state = ours.run_machine(lambda _: None)
    snapshot: Snapshot = bot.step(bot.start(), Text("hi")).snapshot
    event = Text("hi")
    calls: list[tuple[Callable[[], Any], int]] = [
        (lambda: ours.run_machine(lambda _: None, "hi", state=state), 500),
        (lambda: bot.step(snapshot, event), 500),
    ]
    if with_original:
        calls.append((lambda: theirs.run_machine(lambda _: None, "hi", state=state), max(1, 100 // size)))
    run_us, step_us, *theirs_us = medians(calls)
    return (theirs_us[0] if theirs_us else None), run_us, step_us


def main() -> int:
    """Print the table; return 1 if a ratio is below its budget."""
    failures = []
    print(
        f"{'states':>6}  {'original µs':>12}  {'run_machine µs':>15}  {'step µs':>8}  {'run_machine':>11}  {'step':>8}"
    )
    figures = {size: measure(size, with_original=size in BUDGETS) for size in SIZES}
    for size, (original, run, step) in figures.items():
        if original is None:
            print(f"{size:>6}  {'-':>12}  {run:>15.2f}  {step:>8.2f}")
            continue
        print(
            f"{size:>6}  {original:>12.1f}  {run:>15.2f}  {step:>8.2f}  {original / run:>10.0f}x  {original / step:>7.0f}x"
        )
        for name, ratio, least in zip(
            ("run_machine", "step"), (original / run, original / step), BUDGETS[size], strict=True
        ):
            if ratio < least:
                failures.append(f"{name} with {size} states: {ratio:.0f}x, at least {least}x wanted")
    for place, name in ((1, "run_machine"), (2, "step")):
        ratio = figures[500][place] / figures[5][place]  # type: ignore[operator]
        print(f"{name}: 500 states cost {ratio:.2f} times 5")
        if ratio > SLOWER_WITH_500:
            failures.append(f"{name}: 500 states cost {ratio:.2f} times 5, at most {SLOWER_WITH_500} wanted")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
