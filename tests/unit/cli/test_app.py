"""The command as a whole."""

import subprocess
import sys

import pytest


class TestApp:
    @pytest.mark.parametrize("option", ["--version", "-V"])
    def test_version(self, chatsim, option):
        assert chatsim(option).stdout.startswith("chatsim 0.")

    @pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
    def test_help_names_the_commands(self, chatsim, arguments):
        text = chatsim(*arguments).output
        assert all(f"\n  {command} " in text for command in ("run", "chat", "init"))

    def test_python_m(self, write, process):
        assert process("--version").stdout.startswith("chatsim 0.")

    def test_an_unknown_command(self, chatsim):
        assert chatsim("walk").exit_code == 2

    def test_help_is_quick(self):
        """What only some commands need is imported by them."""
        code = "import sys, chatsim.cli.app; print([m for m in ('yaml', 'pydantic', 'rich', 'msgspec') if m in sys.modules])"
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert result.stdout == "[]\n"
