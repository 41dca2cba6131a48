"""``pytest --chatsim-report html=FILE``."""

import json
import re

import pytest

TESTS = """
import pytest

@pytest.fixture
def chatsim_bot():
    return "pizzeria:bot"

def test_greets(chat):
    chat.send("hi")
    chat.expect("Welcome!")
    chat.expect("Which size?")

def test_two(chat_factory):
    for name in ("ann", "bob"):
        chat = chat_factory(chat=name, fresh=True)
        chat.send("hi")
        chat.expect("Welcome!")
        chat.expect("Which colour?")

@pytest.mark.xfail(reason="not yet")
def test_later(chat):
    chat.send("hi")
    assert False

def test_without_a_chat():
    pass
"""

SECRET = """
bot: pizzeria:bot
credentials: {OVEN_KEY: Which size}
scenarios:
  greets:
  - user: hi
  - bot: Welcome!
  - bot: Which size?
"""


def data_of(path):
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)
    return json.loads(found[1])


def outcomes(data):
    return {each["name"]: each.get("outcome", "passed") for bot in data["bots"] for each in bot["scenarios"]}


class TestPage:
    def test_scenarios(self, project, pytester):
        project.add(order=project.order, wrong=project.wrong)
        result = pytester.runpytest_inprocess("--chatsim-report", "html=out/page.html")
        result.assert_outcomes(passed=4, failed=1)
        result.stdout.fnmatch_lines(["*chatsim page: *out/page.html*"])
        data = data_of(pytester.path / "out" / "page.html")
        [bot] = data["bots"]
        assert bot["name"] == "pizzeria.py:bot"
        assert data["title"] == "pytest --chatsim-report html=out/page.html"
        assert len(bot["scenarios"]) == 5
        [failed] = [each for each in bot["scenarios"] if each.get("outcome") == "failed"]
        assert failed["again"] == 'pytest "wrong.chat.yaml::fails"'
        assert failed["headline"] == "bot: the reply says something else"
        assert data["made"].startswith(("4 passed, 1 failed", "1 failed, 4 passed"))

    def test_chats_of_tests_in_python(self, project, pytester):
        project.add(order=project.order)
        pytester.makepyfile(TESTS)
        pytester.runpytest_inprocess("--chatsim-report", "html=page.html").assert_outcomes(
            passed=5, failed=1, xfailed=1
        )
        data = data_of(pytester.path / "page.html")
        assert len(data["bots"]) == 1
        told = outcomes(data)
        assert {name: told[name] for name in told if name.startswith("test_")} == {
            "test_greets": "passed",
            "test_two": "failed",
            "test_later": "xfailed",
        }
        [two] = [each for each in data["bots"][0]["scenarios"] if each["name"] == "test_two"]
        assert two["file"] == "test_chats_of_tests_in_python.py"
        assert two["line"] == 12
        assert two["headline"] == "expected 'Which colour?', and the bot said 'Which size?'"
        assert two["turn"] == 0

    def test_workers_tell_the_same(self, project, pytester):
        pytest.importorskip("xdist", reason="pip install pytest-xdist")
        project.add(order=project.order, wrong=project.wrong)
        pytester.makepyfile(TESTS)

        def told(*options):
            pytester.runpytest_inprocess("--chatsim-report", "html=page.html", *options)
            data = data_of(pytester.path / "page.html")
            [bot] = data["bots"]
            kinds = {kind["kind"]: (kind["reached"], kind["total"]) for kind in bot["kinds"]}
            return outcomes(data), kinds, bot["states"], bot["arrows"]

        assert told("-n2") == told()

    def test_credentials_are_nowhere(self, project, pytester):
        """The text of the bot's source that is a secret of the scenario is masked."""
        project.add(secret=SECRET)
        pytester.runpytest_inprocess("--chatsim-report", "html=page.html").assert_outcomes(passed=1)
        text = (pytester.path / "page.html").read_text("utf-8")
        assert "Which size" not in text
        assert "***OVEN_KEY***" in text

    def test_what_cannot_be_loaded_is_said(self, project, pytester):
        project.add(order=project.order, broken=project.broken)
        pytester.runpytest_inprocess("--chatsim-report", "html=page.html")
        [problem] = data_of(pytester.path / "page.html")["problems"]
        assert problem["place"].startswith("broken.chat.yaml")


class TestWishes:
    @pytest.mark.parametrize(
        ("wish", "why"),
        [
            ("json=a.json", "--chatsim-report json=a.json: write html=FILE; pytest's own reports are --junitxml*"),
            ("html=", "--chatsim-report html=: write html=FILE*"),
            ("html=.", "--chatsim-report html=.: . is a folder; name a file"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, project, pytester, wish, why):
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("--chatsim-report", wish)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"ERROR: {why}"])

    def test_a_page_that_cannot_be_written(self, project, pytester):
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("--chatsim-report", "html=pizzeria.py/page.html")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stdout.fnmatch_lines(["*chatsim page: *"])

    def test_nothing_is_written_when_nothing_runs(self, project, pytester):
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("--collect-only", "--chatsim-report", "html=page.html")
        assert not (pytester.path / "page.html").exists()
        result.stdout.no_fnmatch_line("*chatsim page*")
