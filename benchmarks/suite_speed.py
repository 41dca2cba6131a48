"""How long a suite of scenarios takes: `python benchmarks/suite_speed.py [ROUNDS] [--cold]`, in seconds.

1,000 scenarios of one turn, in one file and in 1,000 files, beside 1,000 trivial functions laid out in the same way; by
pytest, and by `chatsim run`.  Every time is that of a whole process; no other plugin is loaded.  Before anything is
timed, each suite is run once with a bot, or a value, that is wrong: 1,000 failures say that every test does its work.
Both sides are read once before: pytest keeps the bytecode of test modules, chatsim what it read of scenario files.  With
--cold, all of that is taken away before every run, as on a fresh checkout; that of pytest and of chatsim itself stays.
The rounds take turns, so that another load on the machine meets all alike.  Medians are printed, of wall time and of
processor time, which other programs on the machine disturb less.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = 1_000
BOT = """\
import os

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())
word = os.environ.get("WORD", "Hello")


@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    sender.send_message(chat_id, f"{word}, {user_input}!")
    return "start", context
"""
SCENARIO = """\
  greets {n}:
  - user: Ann {n}
  - bot: Hello, Ann {n}!
"""
FILE = "bot: hello:bot\nscenarios:\n"
FUNCTION = """\
def test_greets_{n}():
    assert word == "Hello"


"""
MODULE = 'import os\n\nword = os.environ.get("WORD", "Hello")\n\n\n'
PYTEST = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "pytest_chatsim.plugin", "-p", "no:cacheprovider"]
CHATSIM = [sys.executable, "-m", "chatsim", "run", "-q"]
SUITES = {
    "pytest, functions in one file": ([*PYTEST, "functions"], "functions"),
    "pytest, scenarios in one file": ([*PYTEST, "scenarios"], "scenarios"),
    "pytest, functions in 1,000 files": ([*PYTEST, "many_functions"], "many_functions"),
    "pytest, scenarios in 1,000 files": ([*PYTEST, "many_scenarios"], "many_scenarios"),
    "chatsim run, one file": ([*CHATSIM, "scenarios"], "scenarios"),
    "chatsim run, 1,000 files": ([*CHATSIM, "many_scenarios"], "many_scenarios"),
}
BOUNDS = (
    ("pytest, scenarios in one file", "pytest, functions in one file", "at most", 1.25),
    ("pytest, scenarios in 1,000 files", "pytest, functions in 1,000 files", "at most", 1.6),
    ("pytest, scenarios in one file", "chatsim run, one file", "at least", 3.0),
    ("pytest, scenarios in 1,000 files", "chatsim run, 1,000 files", "at least", 3.0),
)


def write(folder: Path) -> None:
    """Write the four suites."""
    for name in ("functions", "scenarios", "many_functions", "many_scenarios"):
        (folder / name).mkdir()
        (folder / name / "hello.py").write_text(BOT)
    (folder / "pytest.ini").write_text("[pytest]\n")
    numbers = range(TESTS)
    (folder / "functions/test_all.py").write_text(MODULE + "".join(FUNCTION.format(n=n) for n in numbers))
    (folder / "scenarios/all.chat.yaml").write_text(FILE + "".join(SCENARIO.format(n=n) for n in numbers))
    for n in numbers:
        (folder / f"many_functions/test_{n}.py").write_text(MODULE + FUNCTION.format(n=n))
        (folder / f"many_scenarios/greets_{n}.chat.yaml").write_text(FILE + SCENARIO.format(n=n))


def run(command: list[str], folder: Path, word: str = "Hello") -> tuple[float, float, str]:
    """Return how many seconds of wall and of processor time *command* took, and the last line that it wrote."""
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "WORD": word, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as on the machine of whoever installed chatsim
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    lines = done.stdout.strip().splitlines()
    return seconds, processor, lines[-1] if lines else done.stderr


def forget(folder: Path) -> None:
    """Take away what was kept of the suites."""
    for kept in folder.glob("*/__pycache__"):
        shutil.rmtree(kept)


def main() -> None:
    """Print a row for each suite, and what is promised of them."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()]
    rounds, cold = numbers[0] if numbers else 5, "--cold" in sys.argv
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in SUITES}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(folder)
        for name, (command, _) in SUITES.items():
            last = run(command, folder, "Goodbye")[2]
            assert f"{TESTS} failed" in last, f"{name}: {last}"
        for _ in range(rounds):
            for name, (command, _) in SUITES.items():
                if cold:
                    forget(folder)
                wall, processor, last = run(command, folder)
                assert f"{TESTS} passed" in last, f"{name}: {last}"
                times[name].append((wall, processor))
    medians = {name: [statistics.median(each) for each in zip(*taken, strict=True)] for name, taken in times.items()}
    for name, (wall, processor) in medians.items():
        print(f"{name:34} {wall:6.2f} s wall  {processor:6.2f} s processor")
    for name, other, bound, factor in BOUNDS:
        wall, processor = (mine / others for mine, others in zip(medians[name], medians[other], strict=True))
        print(f"{name} / {other}: {wall:.2f} wall, {processor:.2f} processor ({bound} {factor:g})")
    print(f"load of the machine: {', '.join(f'{load:.1f}' for load in os.getloadavg())} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
