"""A small bot with everything that coverage counts, and what was said to it."""

import pytest

SHOP = """\
from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, OptionsListType, Status


class Shop(AbstractFSM):
    states = ["zero", "menu", "read", "pay", "paid", "end"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "menu"},
        {"trigger": "next", "source": "menu", "dest": "read"},
        {"trigger": "next", "source": "read", "dest": "pay", "conditions": "buys"},
        {"trigger": "next", "source": "read", "dest": "end", "conditions": "leaves"},
        {"trigger": "next", "source": "read", "dest": "menu"},
        {"trigger": "next", "source": "pay", "dest": "paid"},
        {"trigger": "next", "source": "paid", "dest": "end"},
    ]
    conditions = {"buys", "leaves"}

    def on_enter_menu(self):
        self.status = Status.WAIT_FOR_USER_INPUT
        options = [OptionsListType(id="b", title="Buy"), OptionsListType(id="l", title="Leave")]
        self.send_message(FSMOutput(message_data=MessageData(body="What now?"), options_list=options))

    def on_enter_read(self):
        self.status = Status.MOVE_FORWARD
        self.variables["said"] = self.current_input

    def on_enter_pay(self):
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_paid(self):
        self.status = Status.MOVE_FORWARD

    def on_enter_end(self):
        self.status = Status.END

    def buys(self):
        return "Buy" in (self.variables.get("said") or "")

    def leaves(self):
        return "Leave" in (self.variables.get("said") or "")
"""

GREETS = """\
bot: shop:Shop
scenarios:
  greets:
  - user: null
  - bot: What now?
    options: [Buy, Leave]
"""

BUYS = """\
  buys:
  - user: null
  - bot: What now?
    options: [Buy, Leave]
  - tap: Buy
  - callback: {status: ok}
  - end
"""

LEAVES = """\
  leaves:
  - user: null
  - bot: What now?
    options: [Buy, Leave]
  - user: hm
  - bot: What now?
    options: [Buy, Leave]
  - tap: Leave
  - end
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The folder of a project with the bot and one scenario, in which we are."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "greets.chat.yaml").write_text(GREETS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def whole(project):
    """The project, with scenarios that reach all of the bot."""
    (project / "greets.chat.yaml").write_text(GREETS + BUYS + LEAVES)
    return project
