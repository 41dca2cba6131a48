"""A bot as it was at a git revision."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chatsim.bots.revisions import at_revision, load_bot_at, load_object_at, split_revision
from chatsim.errors import SetupError
from chatsim.trace import Text

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git: apt-get install git")

BOT = """
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from words import GREETING

bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender())


@bot.register_step("start")
def start(chat_id, text, context, sender):
    sender.send_message(chat_id, GREETING)
    return "start", context
"""


def git(folder, *arguments):
    names = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    shop = tmp_path / "shop"
    shop.mkdir()
    git(tmp_path, "init", "--quiet")
    (shop / "bot.py").write_text(BOT)
    (shop / "words.py").write_text('GREETING = "Hello"\n')
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    (shop / "words.py").write_text('GREETING = "Hi there"\n')
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "new.py").write_text("x = 1\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "second")
    return tmp_path


def greeting(bot):
    return bot.step(bot.start(), Text("x")).replies[0].text


class TestAtRevision:
    def test_each_has_its_own_modules(self, repository):
        with at_revision("HEAD~1", repository / "shop") as old, at_revision("HEAD", repository / "shop") as new:
            before, after = load_bot_at("bot:bot", old), load_bot_at("bot:bot", new)

            assert [greeting(bot) for bot in (before, after, before)] == ["Hello", "Hi there", "Hello"]

    def test_nothing_is_left(self, repository):
        status = subprocess.run(["git", "-C", repository, "status", "--porcelain"], capture_output=True, check=False)
        with at_revision("HEAD~1", repository / "shop") as modules:
            load_object_at("words:GREETING", modules)
            folder = Path(modules.folder)
            assert folder.is_dir()
            assert any(name.startswith(modules.root) for name in sys.modules)

        assert not folder.exists()
        assert not any(name.startswith(f"{modules.root}.") for name in sys.modules)
        after = subprocess.run(["git", "-C", repository, "status", "--porcelain"], capture_output=True, check=False)
        assert status.stdout == after.stdout == b""

    def test_what_is_not_committed_does_not_count(self, repository):
        (repository / "shop" / "words.py").write_text("GREETING = 'changed'\n")

        with at_revision("HEAD", repository / "shop") as modules:
            assert load_object_at("words:GREETING", modules) == "Hi there"

    def test_no_such_revision(self, repository):
        with (
            pytest.raises(SetupError, match=r"'v9' is no revision of the git repository in"),
            at_revision("v9", repository),
        ):
            pass

    def test_an_option_is_no_revision(self, repository):
        with pytest.raises(SetupError, match="'--all' is no revision"), at_revision("--all", repository):
            pass

    def test_a_folder_that_was_not_there(self, repository):
        with (
            pytest.raises(SetupError, match="at HEAD~1 there is no folder later in"),
            at_revision("HEAD~1", repository / "later"),
        ):
            pass

    def test_no_repository(self, tmp_path):
        with pytest.raises(SetupError, match=r"git in .*: .*not a git repository"), at_revision("HEAD", tmp_path):
            pass

    def test_a_module_of_today_is_not_taken_for_one_of_then(self, repository):
        with (
            at_revision("HEAD", repository / "shop") as modules,
            pytest.raises(SetupError, match="at that revision there is no module 'json'"),
        ):
            load_bot_at("json:loads", modules)

    def test_without_git(self, repository, monkeypatch):
        monkeypatch.setattr("chatsim.bots.revisions.which", lambda name: None)

        with pytest.raises(SetupError, match="git is not installed"), at_revision("HEAD", repository):
            pass

    def test_git_that_does_not_answer(self, repository, monkeypatch, tmp_path):
        program = tmp_path / "git"
        program.write_text("#!/bin/sh\nexec sleep 60\n")
        program.chmod(0o755)
        monkeypatch.setattr("chatsim.bots.revisions.which", lambda name: str(program))
        monkeypatch.setattr("chatsim.bots.revisions._TIME_LIMIT", 0.1)

        with pytest.raises(SetupError, match=r"did not answer within 0.1 s"), at_revision("HEAD", repository):
            pass


class TestSplit:
    @pytest.mark.parametrize(
        ("target", "parts"),
        [
            ("bot:bot", ("", "bot:bot")),
            ("HEAD~2:bot:bot", ("HEAD~2", "bot:bot")),
            ("feature/x:shop/bot:bot", ("feature/x", "shop/bot:bot")),
            ("bot", ("", "bot")),
        ],
    )
    def test_of(self, target, parts):
        assert split_revision(target) == parts
