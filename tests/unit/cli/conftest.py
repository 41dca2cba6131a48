"""A folder with a bot and scenarios, and the command line, in this process and in one of its own."""

import os
import subprocess
import sys
import textwrap

import pytest
from typer.testing import CliRunner

from chatsim.cli.app import app

BOT = """
import random, sys
from datetime import date
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")

@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    print("::error::forged by", user_input)
    if user_input == "boom":
        raise ValueError("no\\nway")
    if user_input == "stop":
        raise KeyboardInterrupt
    if user_input == "ask":
        try:
            input()
        except EOFError:
            sender.send_message(chat_id, "nobody there")
            return "start", {}
    sender.send_message(chat_id, f"You said {user_input}", options=["Tea", "Coffee"])
    return "choose", {"said": str(user_input)}

@bot.register_step("choose")
def choose(chat_id, user_input, context, sender):
    sender.send_message(chat_id, f"{user_input} it is")
    return "start", context
"""

GOOD = """
bot: bot:bot
scenarios:
  talks:
    cases:
      hi: {word: hi}
      ho: {word: ho}
    steps:
    - user: ${word}
    - bot: You said ${word}
  orders tea:
  - user: hi
  - bot: ...
  - tap: Tea
  - bot: Tea it is
"""

BAD = """
bot: bot:bot
scenarios:
  says more:
  - user: hi
  - bot: You said ho
  passes:
  - user: hi
  - bot: You said hi
  breaks:
  - user: boom
  - bot: fine
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    for name in ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write files below the current folder, which is an empty one; return the path."""
    monkeypatch.chdir(tmp_path)

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")
        return path

    return write


@pytest.fixture
def shop(write, tmp_path):
    """A folder with a bot, a file that passes and one that fails."""
    write("bot.py", BOT)
    write("good.chat.yaml", GOOD)
    write("bad.chat.yaml", BAD)
    return tmp_path


@pytest.fixture
def chatsim():
    """Run the command in this process; return the result, with `exit_code`, `stdout` and `stderr`."""

    def chatsim(*arguments, input=None):  # noqa: A002 - as CliRunner calls it
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)

    return chatsim


@pytest.fixture
def process(tmp_path):
    """Run the command in a process of its own, in the test's folder."""

    def process(*arguments, **options):
        environment = {**os.environ, "PYTHONUTF8": "1", **options.pop("env", {})}
        command = [sys.executable, "-m", "chatsim", *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60, **options
        )

    return process
