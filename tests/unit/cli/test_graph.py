"""``chatsim graph``: what is written where, and what is said when it cannot be."""

import json
import os
import shutil
import subprocess

import pytest
from typer.testing import CliRunner

from chatsim.cli.app import app
from chatsim.graph.formats.files import read_graph

BOT = """
from chatsim.fsm import AbstractFSM, Status
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import ChatState, Snapshot, Turn


class Shop(AbstractFSM):
    states = ["zero", "ask", "pay", "done"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "ask"},
        {"trigger": "next", "source": "ask", "dest": "pay", "conditions": "is_big"},
        {"trigger": "next", "source": "ask", "dest": "ask"},
        {"trigger": "next", "source": "pay", "dest": "done"},
    ]
    conditions = {"is_big"}

    def on_enter_ask(self):
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_pay(self):
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_done(self):
        self.status = Status.END

    def is_big(self):
        return self.current_input == "big"


bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender())


@bot.register_step("start")
def start(chat_id, text, context, sender):
    return "menu", context


@bot.register_step("menu")
def menu(chat_id, text, context, sender):
    return context.get("next", "menu"), context


@bot.register_step("island")
def island(chat_id, text, context, sender):
    return "start", context


class Echo:
    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        after = snapshot.with_chat(event.chat, ChatState("heard" if snapshot.chats else "met"))
        return Turn(event=event, snapshot=after)


echo = Echo()
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.py").write_text(BOT)

    def invoke(*arguments):
        return CliRunner().invoke(app, ["graph", *arguments])

    return invoke


class TestFormats:
    def test_dot_if_nothing_is_said(self, run):
        done = run("shop:Shop")

        assert done.exit_code == 0
        assert done.stdout.startswith("digraph chatsim {")
        assert done.stderr == ""

    @pytest.mark.parametrize(
        ("kind", "begin"),
        [("mermaid", "%% shop:Shop"), ("plantuml", "@startuml"), ("scxml", "<?xml"), ("json", '{"bot":"shop:Shop"')],
    )
    def test_as_it_is_asked_for(self, run, kind, begin):
        assert run("shop:Shop", "-f", kind).stdout.startswith(begin)

    @pytest.mark.parametrize("name", ["a.json", "a.dot", "a.scxml"])
    def test_what_the_file_ends_in(self, run, name, tmp_path):
        done = run("shop:Shop", "-o", name)

        assert (done.exit_code, done.output) == (0, "")
        found = read_graph(tmp_path / name)
        assert found.bot == "shop:Shop"
        assert [state.name for state in found.states] == ["zero", "ask", "pay", "done"]
        assert found.states[1].line.file == "shop.py"

    @pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz: apt-get install graphviz")
    @pytest.mark.parametrize(("name", "begin"), [("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF")])
    def test_pictures(self, run, name, begin, tmp_path):
        assert run("shop:Shop", "-o", name).exit_code == 0
        assert (tmp_path / name).read_bytes().startswith(begin)

    def test_a_folder_and_an_orchestrator(self, run, tmp_path):
        (tmp_path / "inner").mkdir()
        (tmp_path / "shop.py").rename(tmp_path / "inner" / "shop.py")

        found = json.loads(run("inner/shop:bot", "-f", "json").stdout)

        assert [way.get("target") for way in found["transitions"]] == ["menu", None, "menu", "start"]
        assert found["states"][0]["line"]["file"] == os.path.join("inner", "shop.py")  # noqa: PTH118

    def test_a_file_that_was_written(self, run):
        run("shop:Shop", "-o", "a.scxml")

        assert run("a.scxml", "-f", "mermaid").stdout == run("shop:Shop", "-f", "mermaid").stdout

    def test_a_large_one_is_drawn_with_fewer_boxes(self, run):
        done = run("shop:Shop", "-f", "mermaid", "--limit", "3")

        assert "boxes drawn as" in done.stderr
        assert "3 states" in done.stdout


class TestPage:
    def test_of_a_bot(self, run, tmp_path):
        done = run("shop:Shop", "--credentials", "KEY=is_big", "-o", "a.html")

        text = (tmp_path / "a.html").read_text("utf-8")
        assert (done.exit_code, done.output) == (0, "")
        assert text.startswith("<!doctype html>")
        assert "<title>chatsim graph shop:Shop</title>" in text
        assert "on_enter_pay" in text

    def test_with_what_a_search_found(self, run, tmp_path):
        done = run("shop:bot", "--explored", "--time-limit", "5", "-o", "a.html")

        assert done.exit_code == 0
        assert "island" in (tmp_path / "a.html").read_text("utf-8")


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["shop:Shpo"], "has no 'Shpo'. Did you mean 'Shop'?"),
            (["shop:Shop", "-o", "a.txt"], "a.txt: which format is that? Say so with -f"),
            (["shop:Shop", "-o", "none/a.json"], "No such file or directory"),
            (["shop:Shop", "shop:bot"], "one target is drawn at a time, and there are 2"),
            (["--diff", "shop:Shop"], "--diff takes two targets, OLD and NEW, and there are 1"),
            (["none.json"], "none.json: there is no such file"),
            (["shop.json:Shop"], "package 'shop' has no module 'json'"),
            (["shop:echo"], "shop:echo does not say which states it has; --explored draws what a search finds of it"),
            (["--diff", "shop:echo", "shop:Shop"], "so that nothing can be compared"),
            (["shop:Shop", "--coverage", "none"], "none cannot be read"),
            (["shop:Shop", "--credentials", "x"], "write KEY=VALUE"),
            (["HEAD:shop:Shop"], "not a git repository"),
            (["--diff", "shop:Shop", "shop:Shop", "-f", "html"], "not as a page: -o FILE.svg"),
        ],
    )
    def test_says_what_is_wrong(self, run, arguments, words):
        done = run(*arguments)

        assert done.exit_code == 2
        assert words in done.stderr
        assert "Traceback" not in done.output

    def test_no_target(self, run):
        assert run().exit_code == 2

    def test_a_picture_is_not_shown_on_a_terminal(self, run, monkeypatch):
        import io

        class Terminal(io.TextIOWrapper):
            def isatty(self):
                return True

        from chatsim.cli import graphing
        from chatsim.errors import SetupError

        monkeypatch.setattr(graphing.sys, "stdout", Terminal(io.BytesIO()))
        with pytest.raises(SetupError, match=r"write it to a file, -o bot\.png"):
            graphing._write(b"", graphing.Wish(("shop:Shop",), "png"))


class TestCoverage:
    def test_colours_what_was_reached(self, run, tmp_path):
        (tmp_path / "shop.chat.yaml").write_text(
            "bot: shop:Shop\nscenarios:\n  small:\n  - user: hi\n  - user: small\n    state: ask\n"
        )
        assert CliRunner().invoke(app, ["run", "--cov", "-q"]).exit_code == 0

        done = run("shop:Shop", "--coverage", ".chatsim-coverage", "-f", "mermaid")

        assert done.exit_code == 0
        assert 's1(["ask"]):::is_hit' in done.stdout
        assert 's2{{"pay"}}:::is_missed' in done.stdout
        assert 's1 -.->|"is_big"| s2' in done.stdout

    def test_of_another_bot(self, run, tmp_path):
        (tmp_path / "shop.chat.yaml").write_text("bot: shop:Shop\nscenarios:\n  one:\n  - user: hi\n")
        (tmp_path / "b.chat.yaml").write_text("bot: shop:bot\nscenarios:\n  two:\n  - user: hi\n")
        CliRunner().invoke(app, ["run", "--cov", "-q"])

        done = run("shop:echo", "--explored", "--time-limit", "1", "--coverage", ".chatsim-coverage")

        assert done.exit_code == 2
        assert "has no coverage of shop:echo." in done.stderr


class TestExplored:
    def test_what_nothing_reaches_stands_out(self, run):
        done = run("shop:bot", "--explored", "-f", "mermaid", "--time-limit", "5")

        assert done.exit_code == 0
        assert '(["island"]):::is_missed' in done.stdout
        assert '(["menu"]):::is_input' in done.stdout
        assert "searched: " in done.stderr

    def test_a_bot_that_says_nothing_of_itself(self, run):
        done = run("shop:echo", "--explored", "-f", "json", "--time-limit", "5")

        names = [state["name"] for state in json.loads(done.stdout)["states"]]
        assert {"met", "heard"} <= set(names)

    def test_a_file_cannot_be_searched(self, run):
        run("shop:Shop", "-o", "a.json")

        done = run("a.json", "--explored")

        assert done.exit_code == 2
        assert "only a bot of today is searched" in done.stderr


class TestDiff:
    def change(self, tmp_path):
        text = (tmp_path / "shop.py").read_text()
        (tmp_path / "later.py").write_text(
            text.replace('"done"]', '"done", "sorry"]')
            .replace(
                '"dest": "done"},',
                '"dest": "done", "conditions": "is_big"},\n        {"trigger": "next", "source": "pay", "dest": "sorry"},',
            )
            .replace(
                "    def is_big", "    def on_enter_sorry(self):\n        self.status = Status.END\n\n    def is_big"
            )
        )

    def test_in_words(self, run, tmp_path):
        self.change(tmp_path)

        done = run("--diff", "shop:Shop", "later:Shop")

        assert done.exit_code == 1
        assert [line[:30].rstrip() for line in done.stdout.splitlines()] == [
            "shop:Shop → later:Shop",
            "+ state       sorry        end",
            "~ transition  pay → done   alw",
            "+ transition  pay → sorry",
            "1 state and 2 transitions diff",
        ]
        assert "later.py:15" in done.stdout

    def test_nothing_differs(self, run):
        done = run("--diff", "shop:Shop", "shop:Shop")

        assert done.exit_code == 0
        assert "nothing differs: 4 states, 4 transitions" in done.stdout

    def test_as_data_and_as_a_picture(self, run, tmp_path):
        self.change(tmp_path)

        found = json.loads(run("--diff", "shop:Shop", "later:Shop", "-f", "json").stdout)
        drawn = run("--diff", "shop:Shop", "later:Shop", "-o", "a.mmd")

        assert (found["old"], found["new"]) == ("shop:Shop", "later:Shop")
        assert [change["became"] for change in found["changes"]] == ["added", "changed", "added"]
        assert drawn.exit_code == 1
        assert "is_added" in (tmp_path / "a.mmd").read_text()

    @pytest.mark.skipif(shutil.which("git") is None, reason="needs git: apt-get install git")
    def test_with_a_git_revision(self, run, tmp_path):
        for command in (
            ["init", "-q"],
            ["add", "."],
            ["-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
        self.change(tmp_path)
        (tmp_path / "later.py").replace(tmp_path / "shop.py")

        done = run("--diff", "HEAD:shop:Shop", "shop:Shop")

        assert done.exit_code == 1
        assert done.stdout.startswith("HEAD:shop:Shop → shop:Shop\n+ state       sorry")
        assert run("--diff", "shop:Shop", "HEAD:shop:Shop").stdout.splitlines()[-2].endswith("shop.py:14") is False
        assert run("HEAD:shop:Shop", "-f", "json").exit_code == 0
        assert '"file":"shop.py"' in run("HEAD:shop:Shop", "-f", "json").stdout
