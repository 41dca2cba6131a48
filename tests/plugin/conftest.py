"""Projects for pytest to run: bots, and what is said to them."""

from __future__ import annotations

import importlib
from types import SimpleNamespace

import pytest

# A run within this process forgets the modules that it imported, and those written in C cannot be imported twice.
for module in (
    "chatsim.bots.orchestrator",
    "chatsim.scenario.read",
    "chatsim.senders.console",
    "pytest_chatsim.collect",
    "pytest_chatsim.factory",
    "pytest_chatsim.paging",
):
    importlib.import_module(module)

PIZZERIA = """
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())


@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    sender.send_message(chat_id, "Welcome!")
    sender.send_message(chat_id, "Which size?", ["Small", "Large"])
    return "size", {}


@bot.register_step("size")
def size(chat_id, user_input, context, sender):
    if user_input == "crash":
        oven = "cold"
        raise ValueError(f"the oven is {oven}")
    if user_input == "quietly":
        return "size", context
    order = 40 + len(user_input)
    sender.send_message(chat_id, f"Order {order}: {user_input}")
    return "done", {"order": order, "size": user_input}


@bot.register_step("done")
def done(chat_id, user_input, context, sender):
    sender.send_message(chat_id, "Bye!")
    return "done", context
"""

ORDER = """\
bot: pizzeria:bot
scenarios:
  greets:
  - user: hi
  - bot: Welcome!
  - bot: Which size?
  orders:
    cases:
      small: {size: Small, order: 45}
      large: {size: Large, order: 45}
    steps:
    - user: hi
    - bot: Welcome!
    - bot: Which ...
    - tap: ${size}
    - bot: "Order ${order}: ${size}"
"""

WRONG = """\
bot: pizzeria:bot
scenarios:
  holds:
  - user: hi
  - bot: Welcome!
  - bot: Which size?
  fails:
  - user: hi
  - bot: Welcome!
  - bot: Which colour?
"""

CRASH = """\
bot: pizzeria:bot
scenarios:
  crashes:
  - user: hi
  - bot: Welcome!
  - bot: Which size?
  - user: crash
  - bot: Never said
"""

BROKEN = """\
bot: pizzeria:bot
scenarios:
  misspelt:
  - usr: hi
  - bot: Welcome!
    stat: size
"""


@pytest.fixture
def project(pytester, monkeypatch):
    """A folder with a bot; the attributes are texts of scenario files, `add` writes them."""
    # Left over from the run that runs us, these would be seen by the runs in here.
    for name in (
        "GITHUB_ACTIONS",
        "CHATSIM_REDIS_URL",
        "CHATSIM_MONGO_URL",
        "CI",
        "PYTEST_ADDOPTS",
        "GITHUB_STEP_SUMMARY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    pytester.makepyfile(pizzeria=PIZZERIA)

    def add(**files):
        for name, text in files.items():
            path = pytester.path / f"{name}.chat.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return SimpleNamespace(
        add=add, path=pytester.path, pizzeria=PIZZERIA, order=ORDER, wrong=WRONG, crash=CRASH, broken=BROKEN
    )
