"""``chatsim compare``: what two versions do differently."""

import json
import subprocess
from pathlib import Path

import msgspec
import pytest

from chatsim.cli.comparing import compare_versions, exit_code
from chatsim.errors import SetupError
from chatsim.jsondata import to_json
from chatsim.recording.journal import Recorded
from chatsim.trace import ChatState, Snapshot, Text, Turn

BOT = """
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())

@bot.register_step("start")
def start(chat_id, text, context, sender):
    sender.send_message(chat_id, "Which size?", options=["Small", "Large"])
    return "size", {"asked": 1}

@bot.register_step("size")
def size(chat_id, text, context, sender):
    if text in ("Small", "Large"):
        sender.send_message(chat_id, f"One {text.lower()} coffee.")
        return "start", {"size": text}
    sender.send_message(chat_id, "I did not understand that.")
    return "size", context
"""
OTHER = BOT.replace("I did not understand that.", "I did not get that.").replace('{"size": text}', '{"sise": text}')
CALLS = """
import json
import urllib.request

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())

@bot.register_step("start")
def start(chat_id, text, context, sender):
    with urllib.request.urlopen("https://stock.example/") as answer:
        left = json.load(answer)["left"]
    sender.send_message(chat_id, "Here it is" if left else "Sold out")
    return "start", {}
"""


@pytest.fixture
def versions(write):
    write("old.py", BOT)
    write("new.py", OTHER)


class TestCommand:
    def test_same(self, versions, chatsim):
        result = chatsim("compare", "old:bot", "old:bot")
        assert result.exit_code == 0
        assert result.stdout.startswith("no difference  old:bot → old:bot: ")

    def test_different(self, versions, chatsim):
        result = chatsim("compare", "old:bot", "new:bot")
        assert result.exit_code == 1
        lines = result.stdout.splitlines()
        assert lines[0].startswith("✗ in size: variables (in ")
        assert lines[1:5] == [
            "  user      hi",
            "  bot       Which size?",
            "          │ [Small] [Large]",
            "  tap       [Small]",
        ]
        assert "  - I did not understand that." in lines
        assert "  + I did not get that." in lines
        assert '  vars      sise (not there) became "Small"' in lines
        assert '  vars      size "Small" became (not there)' in lines
        assert lines[-1].startswith("2 conversations different  old:bot → new:bot: ")

    def test_show(self, versions, chatsim):
        """No more are shown than are asked for, and it is said that there are more."""
        lines = chatsim("compare", "old:bot", "new:bot", "--show", "1").stdout.splitlines()
        assert "… 1 more, with --show 2" in lines
        assert sum(line.startswith("✗") for line in lines) == 1
        assert len(chatsim("compare", "old:bot", "new:bot", "--show", "0").stdout.splitlines()) == 1

    def test_restore(self, versions, chatsim, write):
        assert chatsim("compare", "old:bot", "new:bot", "--restore").exit_code == 0
        write("new.py", BOT.replace('"size"', '"sizes"'))
        result = chatsim("compare", "old:bot", "new:bot", "--restore")
        assert result.exit_code == 1
        assert "error     none became UnknownState: chat 'user' is in state 'size'" in result.stdout
        assert "1 conversation lost  old:bot → new:bot" in result.stdout

    def test_json(self, versions, chatsim):
        found = json.loads(chatsim("compare", "old:bot", "new:bot", "--json", "-").stdout)
        assert found["differences"][0]["aspects"] == ["variables"]
        assert len(found["differences"][0]["old"]) == len(found["differences"][0]["new"]) == 2
        assert (found["old"], found["new"], found["restored"]) == ("old:bot", "new:bot", False)
        assert chatsim("compare", "old:bot", "new:bot", "--json", "found.json", "--show", "0").exit_code == 1
        again = json.loads(Path("found.json").read_text("utf-8"))
        assert again["differences"] == found["differences"]

    def test_cannot(self, versions, chatsim):
        result = chatsim("compare", "old:bot", "gone:bot")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "there is no module 'gone'" in result.stderr

    def test_cannot_write(self, versions, chatsim, write):
        write("taken", "")
        result = chatsim("compare", "old:bot", "new:bot", "--save-witnesses", "taken")
        assert result.exit_code == 2
        assert "cannot write taken: File exists" in result.stderr


class TestWitnesses:
    def test_pass_and_fail(self, versions, chatsim, write):
        """Each difference is a scenario that passes with the old version and fails with the new one."""
        result = chatsim("compare", "old:bot", "new:bot", "--save-witnesses", "found")
        files = sorted(path.name for path in Path("found").iterdir())
        assert files == ["01-size-variables.chat.yaml", "02-size-replies.chat.yaml"]
        assert "  saved     found/01-size-variables.chat.yaml" in result.stdout
        assert chatsim("run", "found").stdout.count("✗ 1") == 2
        write("new.py", BOT)
        assert chatsim("run", "found").exit_code == 0

    def test_answers(self, chatsim, write):
        """They hold what the world outside answered, and name a bot in another folder so that it is found there."""
        write("old.py", CALLS)
        write("next/new.py", CALLS.replace("Sold out", "No more"))
        mock = "GET https://stock.example/: [{json: {left: 1}}, {json: {left: 0}}]"
        steps = "scenarios:\n  a:\n  - user: hi\n  - anything\n  - user: hi\n  - anything\n"
        write("next/a.chat.yaml", f"bot: new:bot\nmock:\n  {mock}\n{steps}")
        assert chatsim("compare", "old:bot", "next/new:bot", "--save-witnesses", "found").exit_code == 1
        (path,) = Path("found").iterdir()
        text = path.read_text("utf-8")
        assert text.startswith("bot: ../next/new:bot\nmock:\n  GET https://stock.example/:\n  - {json: {left: 0}, ")
        assert "- No more" not in chatsim("run", "found").stdout
        assert "  - Sold out\n  + No more\n" in chatsim("run", "found").stdout

    def test_state(self, versions, chatsim, write):
        """A way that differs without words is asked for as a state."""
        write("new.py", BOT.replace('return "size", context', 'return "start", context'))
        chatsim("compare", "old:bot", "new:bot", "--save-witnesses", "found")
        (path,) = Path("found").iterdir()
        assert path.read_text("utf-8").endswith("  - state: size\n")

    def test_no_words(self, versions, chatsim, write, monkeypatch):
        """What no scenario can say is left out, and shown all the same."""
        from chatsim.cli import comparing

        def refuse(*_, **__):
            raise SetupError("no words for it")

        monkeypatch.setattr(comparing, "write_scenario", refuse)
        result = chatsim("compare", "old:bot", "new:bot", "--save-witnesses", "found")
        assert (list(Path("found").iterdir()), result.stdout.count("✗"), result.exit_code) == ([], 2, 1)


class TestOptions:
    @pytest.mark.parametrize(
        ("stopped", "found", "code"), [("interrupted", 0, 130), ("interrupted", 1, 1), ("closed", 0, 0)]
    )
    def test_exit_codes(self, versions, stopped, found, code):
        comparison = compare_versions("old:bot", "new:bot")
        changed = msgspec.structs.replace(comparison, stopped=stopped, differences=comparison.differences[:found])
        assert exit_code(changed) == code

    def test_time(self, versions, chatsim):
        """It is written as everywhere else."""
        assert chatsim("compare", "old:bot", "old:bot", "--max-time", "1m").exit_code == 0
        assert "--max-time 5: '5' is no duration" in chatsim("compare", "old:bot", "old:bot", "--max-time", "5").stderr


class TestVersions:
    def test_revision(self, write, tmp_path):
        """One bot at two revisions."""
        write("bot.py", BOT)
        for command in ("init -q", "add -A", "-c user.name=a -c user.email=a@example.com commit -qm one"):
            subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
        write("bot.py", OTHER)
        assert len(compare_versions("HEAD:bot:bot", "bot:bot").differences) == 2
        same = compare_versions("HEAD:bot:bot", "HEAD:bot:bot")
        assert (same.differences, same.new) == ((), "HEAD:bot:bot")

    def test_traces(self, versions, tmp_path):
        """Recorded conversations can be the events."""
        path = tmp_path / "turns.jsonl"
        size = ChatState("size", {"asked": 1})
        turns = [
            Recorded("ann", Turn(event=Text("hi", "ann"), snapshot=Snapshot({"ann": size}))),
            Recorded("ann", Turn(event=Text("what", "ann"), snapshot=Snapshot({"ann": size})), before=size),
        ]
        path.write_text("\n".join(to_json(turn) for turn in turns))
        (difference,) = compare_versions("old:bot", "new:bot", [path]).differences
        assert (difference.event, difference.aspects) == ("text 'what'", ("replies",))

    @pytest.mark.parametrize(
        ("text", "message"), [("", "holds no recorded turns"), ("{}", "holds no recorded turns: is no")]
    )
    def test_no_traces(self, versions, tmp_path, text, message):
        (tmp_path / "turns.jsonl").write_text(text)
        with pytest.raises(SetupError, match=message):
            compare_versions("old:bot", "new:bot", [tmp_path / "turns.jsonl"])

    def test_no_file(self, versions, tmp_path):
        with pytest.raises(SetupError, match=r"cannot read .*: No such file"):
            compare_versions("old:bot", "new:bot", [tmp_path / "gone.jsonl"])
