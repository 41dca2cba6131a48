"""The same bot is known again, by whatever name it is called."""

import sys
import types

import pytest

from chatsim.chat.conversation import stage_of
from chatsim.coverage.data import BotId
from chatsim.coverage.identify import identify
from chatsim.coverage.loading import home_of, stage_for
from chatsim.coverage.measure import is_named
from chatsim.stage import Stage

MENU = """
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())


@bot.register_step("start")
def start(chat_id, user_input, context, sender):
    return "start", context


def make():
    return bot


class Bots:
    menu = bot
"""


@pytest.fixture
def package(project):
    (project / "menus").mkdir()
    (project / "menus" / "__init__.py").write_text("from menus.menu import bot\n")
    (project / "menus" / "menu.py").write_text(MENU)
    (project / "names.py").write_text("from shop import Shop\n")
    return project


@pytest.mark.parametrize(
    ("reference", "folder", "bot"),
    [
        ("shop:Shop", "", BotId("Shop", "shop.py")),
        ("names:Shop", "", BotId("Shop", "shop.py")),
        ("menus.menu:bot", "", BotId("bot", "menus/menu.py")),
        ("menu:bot", "menus", BotId("bot", "menus/menu.py")),
        ("menus.menu:Bots.menu", "", BotId("Bots.menu", "menus/menu.py")),
        ("menus.menu:make", "", BotId("make", "menus/menu.py")),
        ("menus:bot", "", BotId("bot", "menus/__init__.py")),
    ],
)
def test_by_name(package, reference, folder, bot):
    """A class or function is where it is made; any other object is where it is named."""
    stage = Stage.of(reference, package / folder, own_modules=True)
    assert identify(stage, package) == (bot, reference)
    stage.close()


def test_outside_of_the_project(package):
    stage = Stage.of("menu:bot", package / "menus", own_modules=True)
    (package / "other").mkdir()
    assert identify(stage, package / "other")[0] == BotId("bot", str(package / "menus/menu.py"))


@pytest.fixture
def imported(package, monkeypatch):
    """The modules, as a test module imports them."""
    monkeypatch.syspath_prepend(str(package))
    before = set(sys.modules)
    import menus.menu
    import shop

    yield types.SimpleNamespace(menu=menus.menu, shop=shop)
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_by_object(package, imported):
    """Handed over in a test, it is the same as named in a scenario."""
    assert identify(stage_of(imported.shop.Shop), package) == (BotId("Shop", "shop.py"), "shop:Shop")
    assert identify(stage_of(imported.menu.make), package) == (BotId("make", "menus/menu.py"), "menus.menu:make")
    assert identify(stage_of(imported.menu.bot), package)[0] == BotId("bot", "menus/menu.py")


def test_an_object_that_nothing_names(package):
    class Silent:
        def start(self):
            raise NotImplementedError

        def step(self, snapshot, event):
            raise NotImplementedError

    bot, reference = identify(stage_of(Silent()), package)
    assert bot.name == "test_an_object_that_nothing_names.<locals>.Silent"
    assert bot.file.endswith("test_identify.py")
    assert reference.endswith(":test_an_object_that_nothing_names.<locals>.Silent")


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("menu:bot", True),
        ("menus.menu:bot", True),
        ("menus/menu.py:bot", True),
        ("menus/menu.py", True),
        ("u:bot", False),
        ("menu:Bot", False),
        ("menus/menu.py:make", False),
        ("other.menu:bot", False),
    ],
)
def test_is_named(name, named):
    assert is_named(name, BotId("bot", "menus/menu.py"), "menu:bot") is named


@pytest.mark.parametrize(
    ("bot", "reference", "home"),
    [
        (BotId("bot", "menus/menu.py"), "menus.menu:bot", ""),
        (BotId("bot", "menus/menu.py"), "menu:bot", "menus"),
        (BotId("bot", "menus/__init__.py"), "menus:bot", ""),
        (BotId("Shop", "shop.py"), "names:Shop", ""),
        (BotId("bot"), "menu:bot", ""),
    ],
)
def test_where_it_is_loaded_from(package, bot, reference, home):
    assert home_of(bot, reference, package) == package / home


def test_loaded_again(package):
    stage = stage_for(BotId("bot", "menus/menu.py"), "menu:bot", package)
    assert stage.bot.state_names() == ("start",)
