"""What coverage adds to a run: `python benchmarks/coverage_cost.py [ROUNDS]`, in seconds of processor time.

1,000 scenarios of one turn with an orchestrator, in one file and in 1,000 files, and 1,000 conversations of four turns
with a machine that asks guards; by pytest and by `chatsim run`, each with coverage and without.  Every time is that of
a whole process: loading, measuring, reading the bot's graph, writing the data file and the table.  Before anything is
timed, each run with coverage has to report that all 1,000 conversations were measured.  The rounds take turns, so that
another load on the machine meets all alike.
"""

from __future__ import annotations

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = 1_000
BOUND = 1.1
ORCHESTRATOR = """\
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())


@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    sender.send_message(chat_id, f"Hello, {user_input}!")
    return "start", context
"""
GREETS = """\
  greets {n}:
  - user: Ann {n}
  - bot: Hello, Ann {n}!
"""
MACHINE = """\
from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, OptionsListType, Status


def asks(state, text, *titles):
    def on_enter(self):
        self.status = Status.WAIT_FOR_USER_INPUT
        options = [OptionsListType(id=title.lower(), title=title) for title in titles]
        self.send_message(FSMOutput(message_data=MessageData(body=text), options_list=options))

    on_enter.__name__ = f"on_enter_{state}"
    return on_enter


def moves(self):
    self.status = Status.MOVE_FORWARD
    self.variables["said"] = self.current_input


def says(word):
    return lambda self: word in (self.variables.get("said") or "")


class Shop(AbstractFSM):
    states = ["zero", "ask_size", "read_size", "ask_name", "read_name", "confirm", "read_confirm", "end"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask_size"},
        {"trigger": "next", "source": "ask_size", "dest": "read_size"},
        {"trigger": "next", "source": "read_size", "dest": "ask_name", "conditions": "is_small"},
        {"trigger": "next", "source": "read_size", "dest": "ask_name", "conditions": "is_large"},
        {"trigger": "next", "source": "read_size", "dest": "ask_size"},
        {"trigger": "next", "source": "ask_name", "dest": "read_name"},
        {"trigger": "next", "source": "read_name", "dest": "confirm", "conditions": "is_named"},
        {"trigger": "next", "source": "read_name", "dest": "ask_name"},
        {"trigger": "next", "source": "confirm", "dest": "read_confirm"},
        {"trigger": "next", "source": "read_confirm", "dest": "end", "conditions": "is_yes"},
        {"trigger": "next", "source": "read_confirm", "dest": "ask_size"},
    ]
    conditions = {"is_small", "is_large", "is_named", "is_yes"}

    on_enter_ask_size = asks("ask_size", "Which size?", "Small", "Large")
    on_enter_ask_name = asks("ask_name", "Your name?")
    on_enter_confirm = asks("confirm", "Shall I order?", "Yes", "No")
    on_enter_read_size = moves
    on_enter_read_name = moves
    on_enter_read_confirm = moves
    is_small, is_large, is_named, is_yes = says("Small"), says("Large"), says("Ann"), says("Yes")

    def on_enter_end(self):
        self.status = Status.END
"""
ORDERS = """\
  orders {n}:
  - user: null
  - bot: Which size?
    options: [Small, Large]
  - tap: {size}
  - bot: Your name?
  - user: Ann {n}
  - bot: Shall I order?
    options: [Yes, No]
  - tap: Yes
  - end
"""
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "pytest_chatsim.plugin", "-p", "no:cacheprovider"]
CHATSIM = [sys.executable, "-m", "chatsim", "run", "-q"]
WAYS = {"chatsim run": (CHATSIM, "--cov"), "pytest": (PYTEST, "--chatsim-cov")}
SUITES = {"one_turn": "1,000 of one turn", "many_files": "1,000 files of one turn", "four_turns": "1,000 of four turns"}


def write(folder: Path) -> None:
    """Write the three suites."""
    for name in SUITES:
        (folder / name).mkdir()
        (folder / name / "pyproject.toml").write_text("")
        (folder / name / "pytest.ini").write_text("[pytest]\n")
        (folder / name / "hello.py").write_text(ORCHESTRATOR)
        (folder / name / "shop.py").write_text(MACHINE)
    numbers = range(TESTS)
    (folder / "one_turn/all.chat.yaml").write_text(
        "bot: hello:bot\nscenarios:\n" + "".join(GREETS.format(n=n) for n in numbers)
    )
    (folder / "four_turns/all.chat.yaml").write_text(
        "bot: shop:Shop\nscenarios:\n"
        + "".join(ORDERS.format(n=n, size="Small" if n % 2 else "Large") for n in numbers)
    )
    for n in numbers:
        (folder / f"many_files/greets_{n}.chat.yaml").write_text(f"bot: hello:bot\nscenarios:\n{GREETS.format(n=n)}")


def run(command: list[str], folder: Path) -> tuple[float, str]:
    """Return how many seconds of processor time *command* took, and what it wrote."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "80"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as on the machine of whoever installed chatsim
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert f"{TESTS} passed" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]
    return after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime, done.stdout


def main() -> None:
    """Print a row for each suite and way to run it, and what is promised of them."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    runs = [(suite, way, covers) for suite in SUITES for way in WAYS for covers in (False, True)]
    times: dict[tuple[str, str, bool], list[float]] = {each: [] for each in runs}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(folder)
        for number in range(rounds + 1):
            for suite, way, covers in runs:
                command, option = WAYS[way]
                seconds, output = run([*command, *([option] if covers else [])], folder / suite)
                assert bool(re.search(rf"\b{TESTS} conversations", output)) is covers, output[-2000:]
                if number:  # the first round only compiles, and shows that everything is measured
                    times[suite, way, covers].append(seconds)
    for suite, words in SUITES.items():
        for way in WAYS:
            without, with_it = (statistics.median(times[suite, way, covers]) for covers in (False, True))
            print(
                f"{way:12} {words:24} {without:6.2f} s  with coverage {with_it:6.2f} s: "
                f"{with_it / without:.3f} (at most {BOUND:g})"
            )
    print(f"load of the machine: {', '.join(f'{load:.1f}' for load in os.getloadavg())} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
