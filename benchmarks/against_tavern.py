"""What one turn of a chat costs in chatsim, and what one stage costs in Tavern, both under pytest.

    python benchmarks/against_tavern.py [ROUNDS]

Both hold the same conversations: somebody says a word, and the answer must repeat it.  A turn of chatsim is two steps,
``user`` and ``bot``; a stage of Tavern is a request and what is expected of its response.  Tavern needs a server, and
gets one on this machine that does nothing but answer (kept-alive connections, one thread each); what a request to it
costs without Tavern is shown as well.  pytest's start and the loading of plugins are left out: a file of many turns is
timed against one of few, in turns, and the difference divided by the turns that it has more.

Before anything is timed, both sides show that they do the work: all conversations pass, the bots have counted every
turn, and with one word changed at their ends all conversations fail.

Tavern 3.7 needs pytest 8, so it gets an environment of its own, made with pip where TAVERN_PYTHON names no interpreter
that has it.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TESTS, FEW = 20, 5
MANY = {"chatsim": 500, "tavern": 50}
"""Turns of one conversation; more for the faster side, so that pytest's start does not hide them."""
BOT = """
import atexit, os
from pathlib import Path
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender())
turns = 0

@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    global turns
    turns += 1
    sender.send_message(chat_id, f"You said {user_input}")
    return "start", context

atexit.register(lambda: Path(os.environ["TURNS"]).write_text(str(turns)))
"""


class Echo(BaseHTTPRequestHandler):
    """Answers ``{"text": …}`` with what the bot says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    turns = 0

    def do_POST(self) -> None:
        """Answer one message."""
        Echo.turns += 1
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        body = json.dumps({"replies": [f"You said {said}"]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


def words(turns: int, *, wrong: bool) -> list[tuple[str, str]]:
    """Return what is said and what is expected; with *wrong*, the last answer is not the one that comes."""
    pairs = [(f"word {number}", f"You said word {number}") for number in range(turns)]
    return [*pairs[:-1], (pairs[-1][0], "You said nothing")] if wrong else pairs


def chatsim_file(folder: Path, name: str, turns: int, *, wrong: bool = False) -> Path:
    """Write the conversations as scenarios."""
    steps = "".join(f"  - user: {said}\n  - bot: {answer}\n" for said, answer in words(turns, wrong=wrong))
    path = folder / f"{name}.chat.yaml"
    path.write_text("bot: bot:bot\nscenarios:\n" + "".join(f"  chat {number}:\n{steps}" for number in range(TESTS)))
    return path


def tavern_file(folder: Path, name: str, turns: int, url: str, *, wrong: bool = False) -> Path:
    """Write the conversations as stages."""
    stages = "".join(
        f"  - name: {said}\n    request:\n      url: {url}\n      method: POST\n      json: {{text: {said}}}\n"
        f"    response:\n      status_code: 200\n      json: {{replies: [{answer}]}}\n"
        for said, answer in words(turns, wrong=wrong)
    )
    path = folder / f"test_{name}.tavern.yaml"
    path.write_text("---\n".join(f"test_name: chat {number}\nstages:\n{stages}" for number in range(TESTS)))
    return path


def pytest(python: str, path: Path) -> tuple[float, str]:
    """Return how long pytest takes for *path*, and what it says at its end."""
    command = [python, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "no:logging", path.name]
    environment = {**os.environ, "TURNS": str(path.parent / "turns"), "PYTHONDONTWRITEBYTECODE": "1"}
    began = time.perf_counter()
    done = subprocess.run(command, cwd=path.parent, env=environment, capture_output=True, text=True, check=False)
    return time.perf_counter() - began, done.stdout


def check(side: str, python: str, file: Callable[..., Path], counted: Callable[[], int]) -> None:
    """Make sure that *side* holds every turn to what is expected."""
    before = counted()
    _, said = pytest(python, file("work", MANY[side]))
    assert re.search(rf"\b{TESTS} passed", said), f"{side}: {said}"
    assert counted() - before == TESTS * MANY[side], f"{side}: the bot saw {counted() - before} turns"
    _, said = pytest(python, file("wrong", MANY[side], wrong=True))
    assert re.search(rf"\b{TESTS} failed", said), f"{side}: {said}"


def request_cost(port: int, times: int = 1000) -> float:
    """Return what one request to the server costs without Tavern, in seconds."""
    connection = HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    for _ in range(times):
        connection.request("POST", "/", b'{"text": "word"}', {"Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()
    return (time.perf_counter() - began) / times


def tavern_python(folder: Path) -> str:
    """Return an interpreter that has Tavern."""
    if given := os.environ.get("TAVERN_PYTHON"):
        return given
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "tavern==3.7.*", "pytest>=8,<9"], check=True)
    return python


def main(rounds: int) -> None:
    """Measure, and print the medians."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bot.py").write_text(BOT)
        url = f"http://127.0.0.1:{server.server_port}/"

        def tavern(*args: object, **options: object) -> Path:
            return tavern_file(folder, *args, url, **options)  # type: ignore[arg-type]

        def scenarios(*args: object, **options: object) -> Path:
            return chatsim_file(folder, *args, **options)  # type: ignore[arg-type]

        def bot_turns() -> int:
            count = folder / "turns"
            turns = int(count.read_text()) if count.exists() else 0
            count.unlink(missing_ok=True)
            return turns

        sides = {"chatsim": (sys.executable, scenarios), "tavern": (tavern_python(folder / "venv"), tavern)}
        seen = {"chatsim": 0}

        def chatsim_counted() -> int:
            seen["chatsim"] += bot_turns()
            return seen["chatsim"]

        check("chatsim", *sides["chatsim"], chatsim_counted)
        check("tavern", *sides["tavern"], lambda: Echo.turns)
        files = {side: (file("many", MANY[side]), file("few", FEW)) for side, (_, file) in sides.items()}
        costs: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(rounds):
            for side, (python, _) in sides.items():
                many, few = (pytest(python, path)[0] for path in files[side])
                costs[side].append((many - few) / (TESTS * (MANY[side] - FEW)))
        medians = {side: statistics.median(found) for side, found in costs.items()}
        request = statistics.median(request_cost(server.server_port) for _ in range(rounds))
    turn, stage = medians["chatsim"], medians["tavern"]
    assert turn > 0 < stage - request, "the machine is too busy to measure anything"
    print(f"chatsim: a turn (user and bot)         {turn * 1e6:8.0f} µs   a step {turn * 5e5:6.0f} µs")
    print(f"Tavern: a stage (request and response) {stage * 1e6:8.0f} µs   of it the request {request * 1e6:6.0f} µs")
    print(
        f"a stage costs {stage / turn:.1f} turns, {2 * stage / turn:.1f} steps; "
        f"without the request {(stage - request) / turn:.1f} turns, {2 * (stage - request) / turn:.1f} steps"
    )
    print(
        f"(medians of {rounds} rounds, {TESTS} tests of {MANY['chatsim']} turns and {MANY['tavern']} stages, against {FEW})"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
