"""A browser, and the page of real runs of the example bots in it."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatsim.cli.app import app

EXAMPLES = Path(__file__).parents[2] / "scenarios"
CHROMIUM = os.environ.get("CHATSIM_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser():
    """A browser for one module: while it is open a loop runs in the main thread, which other tests must not find."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: install it (apt-get install chromium), or name it in CHATSIM_CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install playwright")
    with playwright.sync_playwright() as player:
        started = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


class Opened:
    """A page in the browser, with all that its console said and all that it asked of a network."""

    def __init__(self, browser, path, *, dark=False, width=1280, fragment="", **options):
        size = {"width": width, "height": 800}
        self.page = browser.new_page(viewport=size, color_scheme="dark" if dark else "light", **options)
        self.page.set_default_timeout(20_000)
        self.said, self.asked = [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.address = path.as_uri()
        self.page.goto(self.address + fragment)


@pytest.fixture
def open_page(browser):
    """Opens a file; at the end, its console is empty, and it asked for nothing but itself."""
    opened = []

    def open_(path, **options):
        opened.append(Opened(browser, path, **options))
        return opened[-1].page

    yield open_
    for each in opened:
        each.page.close()
        assert each.said == []
        assert {url.partition("#")[0] for url in each.asked if not url.startswith("data:")} == {each.address}


@pytest.fixture(scope="package")
def examples(tmp_path_factory):
    """The page of all example bots, one of whose scenarios expects what its bot does not say."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(EXAMPLES, folder / "scenarios", ignore=shutil.ignore_patterns("__pycache__"))
    visits = folder / "scenarios" / "clinic" / "visits.chat.yaml"
    text = visits.read_text("utf-8")
    expected = "Booked: Dr Okafor, Mon 11:30. Bring your card"
    assert text.count(expected) == 1
    visits.write_text(text.replace(expected, "Booked: Dr Okafor, Mon 11:00. Bring your card", 1), "utf-8")
    with contextlib.chdir(folder):
        result = CliRunner().invoke(app, ["run", "scenarios", "--report", "html=page.html"])
    assert result.exit_code == 1, result.output
    return folder / "page.html"


@pytest.fixture(scope="package")
def explored(tmp_path_factory):
    """The page of a search through the clinic, which has been given a misspelt key."""
    folder = tmp_path_factory.mktemp("explored") / "clinic"
    shutil.copytree(EXAMPLES / "clinic", folder, ignore=shutil.ignore_patterns("__pycache__"))
    bot = (folder / "bot.py").read_text("utf-8")
    right = 'return self.variables["identity"]["name"]'
    assert bot.count(right) == 1
    (folder / "bot.py").write_text(bot.replace(right, 'return self.variables["identity"]["nome"]'), "utf-8")
    with contextlib.chdir(folder):
        result = CliRunner().invoke(app, ["graph", "bot:Clinic", "--explored", "-o", "page.html"])
    assert result.exit_code == 0, result.output
    return folder / "page.html"
