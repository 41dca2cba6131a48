"""``chatsim init``."""

import subprocess
import sys
import sysconfig

import pytest
import yaml

FILES = [".chatsim/schema.json", ".github/workflows/conversations.yml", "bot.py", "cafe.chat.yaml"]


@pytest.mark.parametrize("kind", ["fsm", "orchestrator"])
class TestInit:
    def test_writes_a_project(self, write, chatsim, tmp_path, kind):
        result = chatsim("init", "cafe", "--kind", kind)
        assert result.exit_code == 0
        assert (
            sorted(
                str(path.relative_to(tmp_path / "cafe")) for path in (tmp_path / "cafe").rglob("*") if path.is_file()
            )
            == FILES
        )
        assert result.stdout.endswith("\nNext:\n\n  cd cafe && chatsim run\n  cd cafe && pytest\n")

    def test_the_commands_that_it_prints_work(self, write, chatsim, tmp_path, kind):
        printed = chatsim("init", "my café", "--kind", kind).stdout.partition("Next:")[2]
        commands = [line.strip() for line in printed.splitlines() if line.strip()]
        assert len(commands) == 2
        path = {"PATH": f"{sysconfig.get_path('scripts')}:/usr/bin:/bin", "PYTHONUTF8": "1"}
        for command in commands:
            result = subprocess.run(
                command, shell=True, cwd=tmp_path, env=path, capture_output=True, text=True, check=False, timeout=60
            )
            assert result.returncode == 0, result.stdout + result.stderr
            assert "3 passed" in result.stdout

    def test_the_bot_is_clean(self, write, chatsim, tmp_path, kind):
        """What a person begins with has no warnings, and its own program runs."""
        chatsim("init", "cafe", "--kind", kind)
        result = subprocess.run(
            [sys.executable, "-W", "error", "cafe/bot.py"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")

    def test_the_ci_file_is_yaml(self, write, chatsim, tmp_path, kind):
        chatsim("init", "cafe", "--kind", kind)
        workflow = yaml.safe_load((tmp_path / "cafe" / FILES[1]).read_text("utf-8"))
        *_, install, run = workflow["jobs"]["conversations"]["steps"]
        assert (install, run) == ({"run": "pip install chatsim"}, {"run": "chatsim run"})

    def test_an_editor_finds_the_schema(self, write, chatsim, tmp_path, kind):
        """The first line leads from the scenarios to the schema, which is that of `chatsim schema`."""
        chatsim("init", "cafe", "--kind", kind)
        line = (tmp_path / "cafe" / FILES[3]).read_text("utf-8").partition("\n")[0]
        assert line == "# yaml-language-server: $schema=.chatsim/schema.json"
        assert (tmp_path / "cafe" / FILES[0]).read_text("utf-8") == chatsim("schema").stdout


class TestRefusals:
    def test_nothing_is_overwritten(self, write, chatsim, tmp_path):
        mine = write("cafe/bot.py", "mine")
        result = chatsim("init", "cafe")
        assert result.exit_code == 2
        assert result.stderr == "✗ cafe/bot.py: there already. Name another folder; nothing was written\n"
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
        assert mine.read_text() == "mine"

    def test_a_file_where_the_folder_should_be(self, write, chatsim):
        write("cafe", "")
        result = chatsim("init", "cafe")
        assert result.exit_code == 2
        assert "cafe: " in result.stderr

    def test_an_unknown_kind(self, write, chatsim):
        assert chatsim("init", "cafe", "--kind", "rasa").exit_code == 2
