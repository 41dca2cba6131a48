"""``chatsim check``: what a bot's source tells."""

import json
import time

import pytest

from chatsim.cli.checking import check_bot
from chatsim.errors import SetupError

ORCHESTRATOR = """
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender(), initial_state_id="start")

@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    print("a check runs no step")
    return "{target}", context

@bot.register_step("menu")
def menu(chat_id, user_input, context, sender):
    return "start", context

{more}
"""
MACHINE = """
from chatsim.fsm import AbstractFSM, Status

class Bot(AbstractFSM):
    states = ["zero", "ask", "end"]
    transitions = [
        {{"trigger": "next", "source": "zero", "dest": "ask"}},
        {{"trigger": "next", "source": "ask", "dest": "{dest}", "conditions": "is_fine"}},
    ]
    conditions = {{"is_fine"}}

    def on_enter_ask(self):
        self.status = Status.WAIT_FOR_USER_INPUT

    def is_fine(self):
        return True
"""

NEEDS_A_KEY = (
    MACHINE.replace("class Bot", "class Inner")
    + """
class Bot(Inner):
    def __init__(self, send_message, credentials):
        self.plugins = {{"inner": Inner(send_message, {{}})}} if credentials["KEY"] else {{}}
        super().__init__(send_message, credentials)
"""
)


@pytest.fixture
def bot(write):
    def bot(text, **parts):
        write("bot.py", text.format(**parts))

    return bot


def kinds(checked):
    return [(remark.weight, remark.kind, remark.state, remark.place) for remark in checked.remarks]


class TestFound:
    def test_nothing(self, bot, tmp_path):
        bot(ORCHESTRATOR, target="menu", more="")
        assert check_bot("bot:bot", tmp_path).remarks == ()

    def test_unknown_state(self, bot, tmp_path):
        """A misspelt target is an error at its line, and what it leaves without a way to it a warning after it."""
        bot(ORCHESTRATOR, target="meun", more="")
        checked = check_bot("bot:bot", tmp_path)
        assert kinds(checked) == [
            ("error", "unknown-state", "start", "bot.py:11"),
            ("warning", "unreachable", "menu", "bot.py:14"),
        ]
        assert "Did you mean 'menu'?" in checked.remarks[0].message
        assert (checked.errors, checked.warnings) == (1, 1)

    def test_what_cannot_be_known(self, bot, tmp_path):
        """An open end is a note, and what only it may reach is never an error."""
        more = (
            "@bot.register_step('far')\ndef far(chat_id, user_input, context, sender):\n    return user_input, context"
        )
        bot(ORCHESTRATOR, target="far", more=more)
        checked = check_bot("bot:bot", tmp_path)
        assert [remark.weight for remark in checked.remarks] == ["warning", "note"]
        assert (checked.errors, checked.warnings) == (0, 1)

    def test_no_fallback(self, bot, tmp_path):
        bot(MACHINE, dest="end")
        assert [(remark.kind, remark.state) for remark in check_bot("bot:Bot", tmp_path).remarks] == [
            ("no-fallback", "ask")
        ]

    def test_faulty_machine(self, bot, tmp_path):
        """What a machine cannot be made with is what was asked for, and no failure to load it."""
        bot(MACHINE, dest="edn")
        checked = check_bot("bot:Bot", tmp_path)
        assert [remark.kind for remark in checked.remarks] == ["faulty-machine"]
        assert "edn" in checked.remarks[0].message
        assert (checked.states, checked.errors) == (0, 1)


class TestNamed:
    """A bot is named as for `chatsim explore`."""

    def test_in_a_folder(self, write, tmp_path):
        write("shop/bot.py", ORCHESTRATOR.format(target="meun", more=""))
        for name in ("shop/bot:bot", f"{tmp_path}/shop/bot:bot"):
            assert kinds(check_bot(name, tmp_path))[0] == ("error", "unknown-state", "start", "shop/bot.py:11")

    def test_with_credentials(self, bot, chatsim):
        """What a machine makes of its credentials, here a plugin, is looked at as well."""
        bot(NEEDS_A_KEY, dest="end")
        assert chatsim("check", "bot:Bot", "--credentials", "KEY=yes").stdout.splitlines()[-1][:8] == "6 states"
        assert chatsim("check", "bot:Bot").stdout.splitlines()[-1][:8] == "3 states"


class TestRefused:
    def test_no_bot(self, bot, tmp_path):
        bot(ORCHESTRATOR, target="menu", more="")
        with pytest.raises(SetupError, match="has no 'robot'"):
            check_bot("bot:robot", tmp_path)

    def test_no_graph(self, bot, tmp_path):
        bot("class Own:\n    def start(self): ...\n    def step(self, snapshot, event): ...\n\nbot = Own()")
        with pytest.raises(SetupError, match="a Own declares no states that can be read"):
            check_bot("bot:bot", tmp_path)


class TestCommand:
    def test_fine(self, bot, chatsim):
        bot(ORCHESTRATOR, target="menu", more="")
        result = chatsim("check", "bot:bot")
        assert (result.exit_code, result.stdout) == (0, "2 states, 2 transitions: nothing wrong\n")

    def test_error(self, bot, chatsim):
        bot(ORCHESTRATOR, target="meun", more="")
        result = chatsim("check", "bot:bot")
        assert result.exit_code == 1
        assert result.stdout.splitlines() == [
            "✗ bot.py:11  unknown-state",
            "  'start' goes to 'meun', and there is no such state. Did you mean 'menu'?",
            "! bot.py:14  unreachable",
            "  nothing leads to 'menu'",
            "2 states, 2 transitions: 1 error, 1 warning",
        ]

    def test_strict(self, bot, chatsim):
        """Warnings fail only where that is asked for."""
        bot(MACHINE, dest="end")
        assert chatsim("check", "bot:Bot").exit_code == 0
        assert chatsim("check", "bot:Bot", "--strict").exit_code == 1

    def test_cannot(self, chatsim):
        result = chatsim("check", "nowhere:bot")
        assert result.exit_code == 2
        assert "there is no module 'nowhere'" in result.stderr

    def test_json(self, bot, chatsim, tmp_path):
        bot(ORCHESTRATOR, target="meun", more="")
        shown = json.loads(chatsim("check", "bot:bot", "--json", "-").stdout)
        assert chatsim("check", "bot:bot", "--json", "found.json").stdout.endswith("1 error, 1 warning\n")
        assert json.loads((tmp_path / "found.json").read_text()) == shown
        assert (shown["states"], shown["transitions"]) == (2, 2)
        assert shown["findings"][0] == {
            "kind": "unknown-state",
            "severity": "error",
            "state": "start",
            "message": "'start' goes to 'meun', and there is no such state. Did you mean 'menu'?",
            "place": "bot.py:11",
        }

    def test_json_nowhere(self, bot, chatsim):
        bot(ORCHESTRATOR, target="menu", more="")
        result = chatsim("check", "bot:bot", "--json", "no/such/folder.json")
        assert result.exit_code == 2
        assert "cannot write no/such/folder.json: No such file or directory" in result.stderr

    def test_speed(self, bot, tmp_path):
        """A check takes no time to speak of once Python has started: no turn is run."""
        bot(ORCHESTRATOR, target="menu", more="")
        began = time.process_time()
        check_bot("bot:bot", tmp_path)
        assert time.process_time() - began < 1
