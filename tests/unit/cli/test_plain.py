"""What is read without typer is what typer reads."""

import gc
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from chatsim.cli import main, running
from chatsim.cli.app import app
from chatsim.cli.plain import Usual, run_usual, usual
from chatsim.cli.running import Options
from chatsim.errors import SetupError

WORDS = [
    "run",
    "chat",
    "-q",
    "--quiet",
    "-v",
    "--verbose",
    "-x",
    "--exitfirst",
    "-k",
    "--",
    "-",
    "-qx",
    "--maxfail=1",
    "--cov",
    "--help",
    "scenarios",
    "a.chat.yaml",
]
WORDS += [
    "--cov=shop:Shop",
    "--cov=",
    "--cov-append",
    "--cov-suggest",
    "--cov-report=json",
    "--cov-fail-under=states:1",
]
WORDS += ["--cov-report", "--cov-append=1", "--cov-repor=json"]
WORDS += ["", "a.chat.yaml::greets[one two]", "-", "é"]


@pytest.fixture
def asked(monkeypatch):
    """The options with which scenarios would have been run."""
    asked = []

    def run_scenarios(options):
        asked.append(options)
        return 0

    monkeypatch.setattr(running, "run_scenarios", run_scenarios)
    return asked


class TestUsual:
    @given(st.lists(st.sampled_from(WORDS), max_size=6))
    def test_as_typer(self, words):
        """Whatever is read here, typer reads in the same way."""
        wish = usual(["run", *words])
        if wish is None:
            return
        asked = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(running, "run_scenarios", lambda options: asked.append(options) or 0)
            result = CliRunner().invoke(app, ["run", *words])
        assert (result.exit_code, asked) == (0, [Options(**wish._asdict())])

    @pytest.mark.parametrize(
        ("words", "wish"),
        [
            (["run"], Usual((".",))),
            (["run", "-q", "a", "b"], Usual(("a", "b"), verbosity=-1)),
            (["run", "a", "-x", "-v"], Usual(("a",), maxfail=1, verbosity=1)),
            (["run", "-q", "--verbose", "--exitfirst"], Usual((".",), maxfail=1)),
            (["run", "--cov", "a"], Usual(("a",), coverage=(("",), (), (), False, False))),
            (
                ["run", "--cov-fail-under=states:1", "--cov=a:b", "--cov-append", "--cov-report=json"],
                Usual((".",), coverage=(("a:b",), ("json",), ("states:1",), True, False)),
            ),
        ],
    )
    def test_read(self, words, wish):
        assert wish == usual(words)

    @pytest.mark.parametrize(
        "words",
        [[], ["chat", "a:b"], ["run", "-qx"], ["run", "--report", "junit=a.xml"], ["run", "-k", "a"], ["run", "--"]],
    )
    def test_left_to_typer(self, words):
        assert usual(words) is None

    def test_windows(self, monkeypatch):
        """There, typer finds out what stands for several files."""
        monkeypatch.setattr(sys, "platform", "win32")
        assert usual(["run", "*.chat.yaml"]) is None


class TestRunUsual:
    def test_exit_code(self, monkeypatch):
        monkeypatch.setattr(running, "run_scenarios", lambda _: 7)
        assert run_usual(Usual(("a",))) == 7

    def test_refused(self, monkeypatch, capsys):
        """A refusal is one message, and exit code 2."""

        def refuse(_):
            raise SetupError("no")

        monkeypatch.setattr(running, "run_scenarios", refuse)
        with pytest.raises(SystemExit) as stopped:
            run_usual(Usual(("a",)))
        assert (stopped.value.code, capsys.readouterr().err) == (2, "✗ no\n")

    def test_interrupted(self, monkeypatch):
        def interrupt(_):
            raise KeyboardInterrupt

        monkeypatch.setattr(running, "run_scenarios", interrupt)
        assert run_usual(Usual(("a",))) == 130

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGPIPE")
    def test_nobody_reads(self, tmp_path):
        """When the reader has gone, nothing is said."""
        read, write = os.pipe()
        os.close(read)
        command = [sys.executable, "-m", "chatsim", "run", str(tmp_path)]
        done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
        os.close(write)
        assert (done.returncode, done.stderr) == (1, b"")

    def test_without_typer(self, tmp_path):
        """Neither typer nor rich nor pydantic is imported for what has been read before."""
        (tmp_path / "echo.py").write_text(
            "from chatsim.trace import Reply, Snapshot, Turn\n"
            "class Echo:\n"
            "    def start(self):\n"
            "        return Snapshot()\n"
            "    def step(self, snapshot, event):\n"
            "        return Turn(event=event, effects=(Reply(event.text),), snapshot=snapshot)\n"
        )
        (tmp_path / "echo.chat.yaml").write_text("bot: echo:Echo\nscenarios:\n  echoes:\n  - user: hi\n  - bot: hi\n")
        program = (
            "import sys; from chatsim.cli import main; sys.argv = ['chatsim', 'run', '-q']\n"
            "try: main()\n"
            "except SystemExit as stopped: print(stopped.code)\n"
            "heavy = 'asyncio', 'pydantic', 'rich.console', 'typer', 'yaml'\n"
            "print([name for name in heavy if name in sys.modules])"
        )
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path / "cache"), "PYTHONUTF8": "1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for heavy in (["pydantic", "yaml"], []):
            done = subprocess.run(
                [sys.executable, "-c", program],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                check=True,
            )
            held, code, found = done.stdout.splitlines()
            assert held.startswith("✓ 1 passed in ")
            assert (code, found) == ("0", str(heavy))


@pytest.mark.parametrize(
    ("words", "collects"), [(["run", "no-such"], [20_000]), (["run", "--help"], [20_000]), ([], [])]
)
def test_a_run_seldom_looks_for_garbage(monkeypatch, words, collects):
    """And no other command of the process changes how Python does that."""
    set_to = []
    monkeypatch.setattr(gc, "set_threshold", set_to.append)
    monkeypatch.setattr(sys, "argv", ["chatsim", *words])
    with pytest.raises(SystemExit):
        main()
    assert set_to == collects
