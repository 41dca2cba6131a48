"""``--chatsim-cov``: what tests reach of their bots, over workers, over crashes, and over chats in Python."""

import json

import pytest

from chatsim.coverage.data import BotId
from chatsim.coverage.files import DATA_FILE, read_coverage

BOT = BotId("bot", "pizzeria.py")
CHATS = """
import pytest

pytestmark = pytest.mark.chatsim("pizzeria:bot")


def test_greets(chat):
    chat.send("hi")
    chat.expect("Welcome!")
    chat.expect("Which size?")


def test_of_two(chat_factory):
    from pizzeria import bot
    ann = chat_factory(bot, chat="ann")
    ann.send("hi")
    ann.tap("Small")


@pytest.fixture
def left(chat):
    yield
    chat.send("hi")
    chat.tap("Large")


def test_teardown(left):
    pass


def test_without_a_chat():
    pass
"""


@pytest.fixture(autouse=True)
def run(project, pytester):
    project.run = pytester.runpytest


def conversations(folder):
    bot = read_coverage(folder / DATA_FILE).bots[BOT]
    return {name for by in bot.seen.values() for name in by}


@pytest.fixture
def chats(project):
    project.path.joinpath("test_chats.py").write_text(CHATS)
    project.path.joinpath("conftest.py").write_text("import sys\nsys.path.insert(0, '.')\n")
    return project


def test_scenarios(project):
    project.add(order=project.order)
    result = project.run("--chatsim-cov")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [
            "*chatsim coverage*",
            "pizzeria:bot  pizzeria.py, 3 conversations",
            "  states           3 of 3      100%*",
            "  transitions      2 of 4       50%*",
            "  options          2 of 2      100%*",
            "  not reached",
            "  pizzeria.py:*  transition size → size",
            "  pizzeria.py:*  transition done → done",
        ]
    )
    assert conversations(project.path) == {
        "order.chat.yaml::greets",
        "order.chat.yaml::orders[small]",
        "order.chat.yaml::orders[large]",
    }


def test_off(project):
    """Nothing is shown or written, and nothing of it is loaded."""
    project.add(order=project.order)
    result = project.run()
    result.stdout.no_fnmatch_line("*coverage*")
    assert not (project.path / DATA_FILE).exists()


def test_failures_count(project):
    """What was said before a test failed was said."""
    project.add(wrong=project.wrong)
    project.run("--chatsim-cov").assert_outcomes(passed=1, failed=1)
    assert conversations(project.path) == {"wrong.chat.yaml::holds", "wrong.chat.yaml::fails"}


def test_chats_in_python(chats):
    """However the bot is named, and with what fixtures say at the end, it is one bot."""
    chats.run("--chatsim-cov").assert_outcomes(passed=4)
    assert conversations(chats.path) == {
        f"test_chats.py::{name}" for name in ("test_greets", "test_of_two", "test_teardown")
    }
    assert list(read_coverage(chats.path / DATA_FILE).bots) == [BOT]


class TestWorkers:
    def test_the_same_as_in_one_process(self, project, chats):
        project.add(order=project.order)
        project.run("--chatsim-cov")
        alone = read_coverage(project.path / DATA_FILE)
        project.run("--chatsim-cov", "-n2").assert_outcomes(passed=7)
        together = read_coverage(project.path / DATA_FILE)
        assert together.bots[BOT].seen == alone.bots[BOT].seen
        assert [path.name for path in project.path.glob(f"{DATA_FILE}*")] == [DATA_FILE]

    def test_one_that_crashed(self, project):
        """All that was over when it died counts."""
        project.path.joinpath("test_crash.py").write_text(
            "import os\n\nimport pytest\n\npytestmark = pytest.mark.chatsim('pizzeria:bot')\n\n\n"
            "def test_first(chat):\n    chat.send('hi')\n    chat.expect(...)\n    chat.expect(...)\n\n\n"
            "def test_second(chat):\n    chat.send('hi')\n    os._exit(1)\n\n\n"
            "def test_third(chat):\n    chat.send('hi')\n    chat.tap('Small')\n"
        )
        result = project.run("--chatsim-cov", "-n1")
        result.stdout.fnmatch_lines(["*worker 'gw0' crashed*"])
        result.stdout.fnmatch_lines(["pizzeria:bot  pizzeria.py, 2 conversations"])
        assert conversations(project.path) == {"test_crash.py::test_first", "test_crash.py::test_third"}


class TestLimits:
    @pytest.mark.parametrize(("percent", "code"), [(50, 0), (51, 1)])
    def test_exit_code(self, project, percent, code):
        project.add(order=project.order)
        result = project.run(f"--chatsim-cov-fail-under=transitions:{percent}")
        assert result.ret == code
        result.stdout.fnmatch_lines(["* passed*"])

    def test_nothing_measured(self, project):
        project.path.joinpath("test_x.py").write_text("def test_x():\n    pass\n")
        result = project.run("--chatsim-cov-fail-under=states:1")
        assert result.ret == 1
        result.stdout.fnmatch_lines(["coverage: no conversation with a bot was measured"])

    def test_only_collected(self, project):
        project.add(order=project.order)
        assert project.run("--chatsim-cov-fail-under=states:100", "--collect-only").ret == 0


class TestOptions:
    def test_one_bot(self, project):
        project.add(order=project.order)
        project.run("--chatsim-cov=pizzeria:bot").stdout.fnmatch_lines(["pizzeria:bot  *"])

    def test_a_bot_that_is_not_there(self, project):
        project.add(order=project.order)
        result = project.run("--chatsim-cov=pizeria:bot")
        assert result.ret == 1
        result.stdout.fnmatch_lines(["✗ bot 'pizeria:bot': there is no module 'pizeria'*"])

    def test_a_path_in_the_place_of_a_bot(self, project):
        project.add(order=project.order)
        result = project.run("--chatsim-cov", "order.chat.yaml")
        result.stderr.fnmatch_lines(["*order.chat.yaml is no bot. Write --chatsim-cov=module:object, or, *"])

    @pytest.mark.parametrize("option", ["--chatsim-cov-fail-under=90", "--chatsim-cov-report=pdf"])
    def test_refused(self, project, option):
        result = project.run(option)
        assert result.ret == pytest.ExitCode.USAGE_ERROR

    def test_settings_that_cannot_be_meant(self, project):
        project.path.joinpath("pyproject.toml").write_text("[tool.chatsim.coverage]\nexlude = []\n")
        result = project.run("--chatsim-cov")
        result.stderr.fnmatch_lines(["*Did you mean 'exclude'*"])

    def test_reports(self, project):
        project.add(order=project.order)
        project.run("--chatsim-cov-report=json:out.json", "--chatsim-cov-report=html")
        report = json.loads((project.path / "out.json").read_text())
        assert report["summary"]["states"] == {"covered": 3, "total": 3, "percent": 100}
        assert "pizzeria" in (project.path / "chatsim-coverage.html").read_text()

    def test_appended(self, project):
        project.add(order=project.order)
        project.run("--chatsim-cov", "-k", "small")
        project.run("--chatsim-cov-append", "-k", "large")
        assert len(conversations(project.path)) == 2

    def test_suggested(self, project):
        project.add(order=project.order)
        result = project.run("--chatsim-cov", "--chatsim-cov-suggest")
        result.stdout.fnmatch_lines(["pizzeria:bot  * what was not reached", "bot: pizzeria:bot", "scenarios:"])
