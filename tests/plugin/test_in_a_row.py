"""Between scenarios in a row the patches of their worlds stay; nobody who runs between or after them notices."""

import pytest

BOT = """
import time
from chatsim.trace import Reply, Snapshot, Turn

class Bot:
    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        time.sleep(60)
        return Turn(event=event, effects=(Reply(time.strftime("%H:%M")),), snapshot=snapshot)

bot = Bot()
"""
SCENARIO = """\
bot: bot:bot
scenarios:
  one:
  - user: hi
  - bot: "09:01"
  two:
  - user: hi
  - bot: "09:01"
  three:
  - user: hi
  - bot: "{third}"
"""
AFTER = """
import os, random, time

def test_as_ever():
    assert time.sleep.__module__ == "time"
    assert os.urandom.__module__ == "posix"
    assert random.random() == {drawn!r}
"""
CONFTEST = """
import random, time
import pytest

kept = []

@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    random.seed(5)

def pytest_runtest_logfinish():
    kept.append(time.sleep.__module__ != "time")

@pytest.hookimpl(trylast=True)
def pytest_sessionfinish():
    print("\\nkept", kept, "at the end", time.sleep.__module__ != "time")
"""


@pytest.fixture
def project(pytester):
    def project(third="09:01", conftest=CONFTEST, scenario=SCENARIO):
        (pytester.path / "bot.py").write_text(BOT)
        (pytester.path / "a.chat.yaml").write_text(scenario.format(third=third))
        pytester.makeconftest(conftest)
        return pytester

    return project


def shown(result):
    return [line for line in result.outlines if line.startswith("kept")]


def test_nobody_else_notices(project):
    """They stay from the first to the last scenario, and a test in Python after them finds everything as it is."""
    import random

    drawn = random.Random(5).random()
    pytester = project()
    pytester.makepyfile(test_z=AFTER.format(drawn=drawn))
    result = pytester.runpytest_subprocess("-p", "no:asyncio", "-s", "a.chat.yaml", "test_z.py")
    result.assert_outcomes(passed=4)
    assert shown(result) == ["kept [True, True, True, False] at the end False"]


def test_stopped_between(project):
    """A run that stops between two scenarios leaves nothing behind."""
    scenario = SCENARIO.replace("09:01", "{third}", 1)
    result = project("10:00", scenario=scenario).runpytest_subprocess("-p", "no:asyncio", "-s", "-x")
    result.assert_outcomes(failed=1)
    assert shown(result) == ["kept [True] at the end False"]


def test_fixtures(project):
    """Where fixtures are set up for every test, they find everything as it is."""
    fixture = """
@pytest.fixture(autouse=True)
def untouched():
    assert time.sleep.__module__ == "time"
    yield
    assert time.sleep.__module__ == "time"
"""
    result = project(conftest=CONFTEST + fixture).runpytest_subprocess("-p", "no:asyncio", "-s")
    result.assert_outcomes(passed=3)
    assert shown(result) == ["kept [False, False, False] at the end False"]


def test_hooks_that_patch(project):
    """What a hook of somebody else patches before a scenario is patched for its world, too."""
    hook = """
def pytest_runtest_setup(item):
    item.config.slept = []
    time.sleep = item.config.slept.append

def pytest_runtest_teardown(item):
    assert item.config.slept == []
"""
    result = project(conftest=CONFTEST + hook).runpytest_subprocess("-p", "no:asyncio")
    result.assert_outcomes(passed=3)
