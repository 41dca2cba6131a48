"""``chatsim scenario``: recorded chats become scenarios that pass."""

import pytest

from chatsim.bots.loading import load_bot
from chatsim.recording.record import record
from chatsim.senders.console import ConsoleMessageSender
from chatsim.trace import File, Text


@pytest.fixture
def recorded(shop, capsys):
    """Hold chats with the shop's bot and record them; return the file."""
    bot = load_bot("bot:bot", shop).orchestrator

    def recorded(*said, secrets=(), name="bot:bot", file="traces.jsonl"):
        path = shop / file
        bot.message_sender = ConsoleMessageSender()
        vars(bot).pop("handle_message", None)
        vars(bot).pop("run_step", None)
        record(bot, path, secrets=secrets, bot=name)
        for chat, text in said:
            try:
                bot.handle_message(chat, text)
            except ValueError:
                continue
        capsys.readouterr()
        return path

    return recorded


class TestScenario:
    def test_chats(self, shop, chatsim, recorded):
        recorded(("ann", "hi"), ("bob::x", "boom"), ("ann", "Tea"))
        result = chatsim("scenario", "traces.jsonl", "-o", "new.chat.yaml")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
        assert (shop / "new.chat.yaml").read_text() == (
            "bot: bot:bot\nscenarios:\n"
            "  chat ann:\n  - user: hi\n  - bot: You said hi\n    options: [Tea, Coffee]\n    state: choose\n"
            "  - user: Tea\n  - bot: Tea it is\n    state: start\n"
            "  chat bob x:\n  - user: boom\n  - raises: ValueError\n"
        )
        assert chatsim("run", "new.chat.yaml").exit_code == 0
        again = chatsim("scenario", "traces.jsonl", "-o", "new.chat.yaml")
        assert (again.exit_code, "--force overwrites it" in again.stderr) == (2, True)
        assert chatsim("scenario", "traces.jsonl", "-o", "new.chat.yaml", "--force").exit_code == 0

    def test_one_chat_to_the_screen(self, shop, chatsim, recorded):
        recorded(("ann", "hi"), ("bob", "ho"))
        result = chatsim("scenario", "traces.jsonl", "--chat", "bob")
        assert result.exit_code == 0
        assert result.stdout.startswith("bot: bot:bot\nscenarios:\n  chat bob:\n  - user: ho\n")
        assert not list(shop.glob(".*part"))

    def test_masked_parts_are_left_open(self, chatsim, recorded):
        recorded(("ann", "call hunter22"), secrets=["hunter22"])
        assert "- user: call •••\n  - bot: You said call ...\n" in chatsim("scenario", "traces.jsonl").stdout

    def test_broken_line(self, shop, chatsim, recorded):
        path = recorded(("ann", "hi"))
        path.write_text("{broken\n" + path.read_text())
        result = chatsim("scenario", "traces.jsonl")
        assert result.exit_code == 1
        assert "✗ traces.jsonl:1: is no recorded turn" in result.stderr
        assert "chat ann" in result.stdout

    def test_a_chat_with_a_gap(self, chatsim, recorded):
        path = recorded(("ann", "hi"), ("ann", "Tea"), ("ann", "ho"))
        lines = path.read_text().splitlines(keepends=True)
        path.write_text(lines[0] + lines[2])
        result = chatsim("scenario", "traces.jsonl")
        assert (result.exit_code, result.stderr) == (0, "")
        assert "  chat ann (2):\n    given: {state: start, vars: {said: hi}}\n    steps:\n" in result.stdout

    def test_what_does_not_pass_is_told(self, shop, chatsim, recorded):
        recorded(("ann", "hi"))
        text = (shop / "bot.py").read_text()
        (shop / "bot.py").write_text(text.replace('return "choose", {"said"', 'return "start", {"said"'))
        result = chatsim("scenario", "traces.jsonl")
        assert result.exit_code == 1
        assert "chat ann: it does not pass: state: the chat is in 'start'" in result.stderr

    def test_files(self, shop, chatsim):
        (shop / "echo.py").write_text(
            "from chatsim.trace import Reply, Snapshot, Turn\n"
            "class Echo:\n"
            "    def start(self): return Snapshot()\n"
            "    def step(self, snapshot, event):\n"
            "        said = Reply(str(len(event.data)) if hasattr(event, 'data') else 'hi', event.chat)\n"
            "        return Turn(event=event, effects=(said,), snapshot=snapshot)\n"
            "bot = Echo()\n"
        )
        bot = record(load_bot("echo:bot", shop), shop / "t.jsonl", bot="echo:bot")
        bot.step(bot.start(), File(b"12345", "a.txt", "text/plain", "ann"))
        bot.step(bot.start(), File(b"123", "a.txt", "text/plain", "bob"))
        (shop / "out").mkdir()
        (shop / "out" / "echo.py").write_text((shop / "echo.py").read_text())
        assert chatsim("scenario", "t.jsonl", "-o", "out/e.chat.yaml").exit_code == 0
        assert chatsim("run", "out").exit_code == 0
        assert sorted(path.name for path in (shop / "out").rglob("*.txt")) == ["a.txt", "a.txt"]

    def test_several_people(self, shop, chatsim):
        """What goes to others is written for them; a chat of several people has them all."""
        (shop / "two.py").write_text(
            "from chatsim.trace import Reply, Snapshot, Turn\n"
            "class Two:\n"
            "    def start(self): return Snapshot()\n"
            "    def step(self, snapshot, event):\n"
            "        return Turn(event=event, effects=(Reply('psst', 'cook'),), snapshot=snapshot)\n"
            "bot = Two()\n"
        )
        bot = record(load_bot("two:bot", shop), shop / "t.jsonl", bot="two:bot")
        bot.step(bot.start(), Text("hi", "ann"))
        for person in ("ann", "bob"):
            bot.step(bot.start(), Text("hi", "table", person))
        assert chatsim("scenario", "t.jsonl", "-o", "t.chat.yaml").exit_code == 0
        assert (shop / "t.chat.yaml").read_text().splitlines()[2:] == [
            "  chat ann:",
            "    users: [cook]",
            "    steps:",
            "    - user: hi",
            "    - bot>cook: psst",
            "  chat table:",
            "    users: {ann: table, bob: table, cook: cook}",
            "    steps:",
            "    - ann: hi",
            "    - bot>cook: psst",
            "    - bob: hi",
            "    - bot>cook: psst",
        ]
        assert chatsim("run", "t.chat.yaml").exit_code == 0


class TestRefusals:
    def test_no_file(self, shop, chatsim):
        result = chatsim("scenario", "no.jsonl")
        assert (result.exit_code, "no.jsonl cannot be read" in result.stderr) == (2, True)

    def test_nothing_in_it(self, shop, chatsim):
        (shop / "t.jsonl").write_text("x\n")
        result = chatsim("scenario", "t.jsonl")
        assert (result.exit_code, "no chat is recorded in it" in result.stderr) == (2, True)

    def test_unknown_chat(self, chatsim, recorded):
        recorded(("annabel", "hi"))
        result = chatsim("scenario", "traces.jsonl", "--chat", "anabel")
        assert (result.exit_code, "annabel" in result.stderr) == (2, True)

    def test_which_bot(self, shop, chatsim, recorded):
        recorded(("ann", "hi"), name="bot:bot")
        recorded(("bob", "hi"), name="other:bot")
        result = chatsim("scenario", "traces.jsonl")
        assert (result.exit_code, "several bots were recorded" in result.stderr) == (2, True)
        assert chatsim("scenario", "traces.jsonl", "--bot", "bot:bot").exit_code == 0
        path = shop / "traces.jsonl"
        path.write_text(
            path.read_text().replace('"bot":"bot:bot"', '"bot":""').replace('"bot":"other:bot"', '"bot":""')
        )
        result = chatsim("scenario", "traces.jsonl")
        assert (result.exit_code, "say it: --bot module:object" in result.stderr) == (2, True)

    def test_no_folder(self, chatsim, recorded):
        recorded(("ann", "hi"))
        result = chatsim("scenario", "traces.jsonl", "-o", "no/x.chat.yaml")
        assert (result.exit_code, "there is no folder" in result.stderr) == (2, True)
