"""Whatever a bot does while it is loaded and run: ``chatsim run`` says so, goes on, and writes its reports."""

import json
import signal

import pytest

GREETS = """
from chatsim.trace import Reply, Snapshot, Turn

class Bot:
    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        if event.text == "odd":
            1 / 0
        return Turn(event=event, effects=(Reply("Hello!"),), snapshot=snapshot)
"""

FAULTY = """
from chatsim.fsm import AbstractFSM

class Bot(AbstractFSM):
    states = ["zero", "pay"]
    transitions = [{"trigger": "next", "source": "zero", "dest": "pya"}]
"""

FILE = "bot: {}:Bot\nscenarios:\n  a:\n  - user: hi\n  - bot: Hello!\n"


@pytest.fixture
def two(write):
    """Two files, of which the second one holds; the first one's bot is this source."""

    def two(source, text=FILE):
        write("odd.py", source)
        write("good.py", GREETS)
        write("a.chat.yaml", text.format("odd"))
        write("b.chat.yaml", FILE.format("good"))

    return two


class TestLoading:
    def test_a_class_with_faults(self, two, chatsim, tmp_path):
        two(FAULTY)
        result = chatsim("run", "--report", "json=run.json", "--report", "junit=run.xml")
        assert result.exit_code == 2
        assert "a.chat.yaml:1:6\n✗ bot 'odd:Bot': Bot cannot run, 2 faults:\n  - transitions[0]" in result.stdout
        assert result.stdout.splitlines()[-1].startswith("✗ 1 file cannot be loaded, 1 passed in ")
        report = json.loads((tmp_path / "run.json").read_text())
        assert (report["errors"][0]["file"], report["errors"][0]["line"]) == ("a.chat.yaml", 1)
        assert "2 faults" in (tmp_path / "run.xml").read_text()

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals of this kind are POSIX")
    def test_an_endless_loop(self, two, chatsim):
        two("while True:\n    pass\n")
        result = chatsim("run", "--timeout", "0.5s")
        assert result.exit_code == 2
        assert "✗ bot 'odd:Bot': loading it takes longer than 0.5s; it was here\n" in result.stdout
        assert "1 passed" in result.stdout

    def test_a_module_that_is_not_there_beside_a_wrong_step(self, two, chatsim):
        """Both are known, and mended at once."""
        two(GREETS, FILE.replace("- user", "- usr").replace("{}", "odb"))
        result = chatsim("run")
        assert result.exit_code == 2
        assert "a.chat.yaml:1:6\n✗ bot 'odb:Bot': there is no module 'odb', neither in " in result.stdout
        assert " Did you mean 'odd'?\n" in result.stdout
        assert "a.chat.yaml:4:5\n✗ unknown step 'usr'\n" in result.stdout


class TestRunning:
    @pytest.mark.parametrize("error", ["GeneratorExit", "asyncio.CancelledError", "type('Stop', (BaseException,), {})"])
    def test_an_error_that_is_no_exception(self, two, chatsim, error):
        two(f"""
            import asyncio
            from chatsim.fsm import AbstractFSM

            class Bot(AbstractFSM):
                states = ["zero", "hello"]
                transitions = [{{"trigger": "next", "source": "zero", "dest": "hello"}}]

                def on_enter_hello(self):
                    raise {error}
            """)
        result = chatsim("run")
        assert result.exit_code == 1
        assert "✗ the bot raised " in result.stdout
        assert result.stdout.splitlines()[-1].startswith("✗ 1 failed, 1 passed in ")

    def test_an_endless_loop(self, two, chatsim):
        two(GREETS.replace("1 / 0", "while True: pass"), FILE.replace("hi", "odd"))
        result = chatsim("run", "--timeout", "0.5s")
        assert result.exit_code == 1
        assert "✗ timeout: the test takes longer than 0.5s\n  odd.py:10 in Bot.step\n" in result.stdout

    def test_an_adapter_that_raises(self, two, chatsim):
        """It is no turn then, but an error of the file, with the adapter's own lines."""
        two(GREETS, FILE.replace("hi", "odd"))
        result = chatsim("run")
        assert result.exit_code == 2
        assert "a.chat.yaml:3:3\n✗ the bot's adapter raised\n" in result.stdout
        assert "ZeroDivisionError: division by zero" in result.stdout
        assert "1 passed" in result.stdout

    def test_misuse_of_chatsim(self, two, chatsim):
        two(
            "import chatsim.errors" + GREETS.replace("1 / 0", "raise chatsim.errors.SetupError('no address')"),
            FILE.replace("hi", "odd"),
        )
        result = chatsim("run")
        assert result.exit_code == 2
        assert "a.chat.yaml:3:3\n✗ no address\n" in result.stdout


class TestTimeout:
    def test_no_duration(self, two, chatsim):
        two(GREETS)
        result = chatsim("run", "--timeout", "soon")
        assert result.exit_code == 2
        assert "✗ --timeout soon: 'soon' is no duration. Write 5s, 31m" in result.stderr

    def test_what_takes_long_is_named_while_it_runs(self, two, chatsim, monkeypatch):
        monkeypatch.setattr("chatsim.cli.patience.LONG", 0.1)
        monkeypatch.setattr("chatsim.cli.patience._LOOK", 0.05)
        two(GREETS.replace("1 / 0", "while True: pass"), FILE.replace("hi", "odd"))
        result = chatsim("run", "--timeout", "0.5s")
        assert "… a.chat.yaml::a runs for 0s now\n" in result.stdout
        assert "… " not in chatsim("run", "-q", "--timeout", "0.5s").stdout
