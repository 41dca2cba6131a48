"""Real conversations with a small shop, as the page gets them."""

from pathlib import Path

import pytest

from chatsim.coverage.data import Declared, Recorded
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.page.story import story_of
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready

BOT = """
from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, OptionsListType, Status

API_KEY = "sk-12345678"


class Shop(AbstractFSM):
    states = ["zero", "size", "read", "till", "done", "never"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "size"},
        {"trigger": "next", "source": "size", "dest": "read"},
        {"trigger": "next", "source": "read", "dest": "till", "conditions": ["is_known"]},
        {"trigger": "next", "source": "read", "dest": "size"},
        {"trigger": "next", "source": "till", "dest": "done"},
        {"trigger": "next", "source": "never", "dest": "done"},
    ]
    conditions = {"is_known"}
    output_variables = set()

    def say(self, text, *titles):
        options = [OptionsListType(id=title, title=title) for title in titles] or None
        self.send_message(FSMOutput(message_data=MessageData(body=text), options_list=options))

    def on_enter_size(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Which size?", "Small", "Large")
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_read(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["size"] = self.current_input
        self.status = Status.MOVE_FORWARD

    def on_enter_till(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Pay with sk-12345678")
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_done(self):
        self.status = Status.WAIT_FOR_ME
        self.say("Thank you")
        self.status = Status.END

    def on_enter_never(self):
        self.status = Status.WAIT_FOR_ME
        self.status = Status.MOVE_FORWARD

    def is_known(self):
        return self.variables.get("size") in ("Small", "Large")
"""

SCENARIOS = """
bot: shop:Shop
credentials: {API_KEY: sk-12345678}
scenarios:
  sells:
  - user: hi
  - bot: Which size?
  - user: Small
  - bot: Pay with ...
  - callback: ok
  - bot: Thank you
  asks again:
  - user: hi
  - bot: Which size?
  - user: none
  - bot: We have no such size.
  starts at the till:
    given: {state: till}
    steps:
    - callback: ok
    - bot: Thank you
"""


class Played:
    """The file of the shop, played."""

    def __init__(self, folder: Path):
        (folder / "shop.py").write_text(BOT)
        (folder / "shop.chat.yaml").write_text(SCENARIOS)
        file = load_file(folder / "shop.chat.yaml", "shop.chat.yaml", seeks_bot=True)
        stage = ready(file, timeout=60).stage
        branches = Branches(stage, seed=0, timeout=60)
        self.folder = folder
        self.credentials = file.credentials
        self.verdicts = [branches.run(case) for case in file.cases]
        self.stories = [story_of(verdict, f"chatsim run {verdict.case.id}") for verdict in self.verdicts]
        self.declared = Declared(declared_graph(stage.bot))

    def recorded(self):
        from chatsim.coverage.collect import facts_of

        seen = {}
        for verdict in self.verdicts:
            for fact in facts_of(verdict.trace):
                seen.setdefault(fact, set()).add(verdict.case.id)
        return Recorded("shop:Shop", {fact: frozenset(by) for fact, by in seen.items()}, self.declared)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return Played(tmp_path_factory.mktemp("shop"))
