"""Modules of a folder under private names: what Python does for a module on sys.path, it does here too."""

import copy
import dataclasses
import gettext
import importlib
import inspect
import linecache
import pickle
import sys
import textwrap
import traceback

import pytest

from chatsim.bots.modules import modules_of


@pytest.fixture
def write(tmp_path):
    def write(name, source, folder=tmp_path):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
        return path

    return write


@pytest.fixture
def load(tmp_path):
    def load(name, folder=tmp_path):
        return modules_of(folder).import_module(name)

    return load


class TestTwoFolders:
    def test_each_has_its_own_modules(self, write, load, tmp_path):
        for town in ("rome", "paris"):
            write("bot.py", "import helpers\nNAME = helpers.NAME", tmp_path / town)
            write("helpers.py", f"NAME = {town!r}", tmp_path / town)
        assert load("bot", tmp_path / "rome").NAME == "rome"
        assert load("bot", tmp_path / "paris").NAME == "paris"
        assert load("bot", tmp_path / "rome").NAME == "rome"

    def test_folders_of_one_name(self, write, load, tmp_path):
        for town in ("rome", "paris"):
            write("bot.py", f"NAME = {town!r}", tmp_path / town / "same")
        assert load("bot", tmp_path / "rome/same").NAME == "rome"
        assert load("bot", tmp_path / "paris/same").NAME == "paris"

    def test_one_folder_loads_once(self, write, load):
        write("bot.py", "THINGS = []")
        assert load("bot").THINGS is load("bot").THINGS


class TestImports:
    """Every way to import a neighbour gives the one module that the folder has."""

    @pytest.mark.parametrize(
        "how",
        [
            "import shop.db\nfound = shop.db",
            "import shop.db as found",
            "from shop import db as found",
            "from shop.db import THIS as found\nfound = found()",
            "import importlib\nfound = importlib.import_module('shop.db')",
            "import importlib.util\nfound = importlib.import_module('shop.db')",
            "from importlib import import_module\nfound = import_module('.db', 'shop')",
            "found = __import__('shop.db').db",
            "found = __import__('shop.db', fromlist=['THIS'])",
            "def late():\n    import shop.db\n    return shop.db\nfound = late()",
            "from shop import *\nfound = db",
            "from . import shop\nfound = shop.db",
        ],
    )
    def test_neighbour(self, write, load, how):
        write("shop/__init__.py", "from . import db\n__all__ = ['db']")
        write("shop/db.py", "import sys\ndef THIS(): return sys.modules[__name__]")
        write("bot.py", how)
        assert load("bot").found is load("shop.db")

    def test_lazily_after_loading(self, write, load):
        write("helpers.py", "NAME = 'late'")
        write("bot.py", "def name():\n    import helpers\n    return helpers.NAME")
        assert load("bot").name() == "late"

    def test_circular(self, write, load):
        write("one.py", "import two\ndef name(): return 'one' + two.NAME")
        write("two.py", "import one\nNAME = 'two'\ndef name(): return one.name()")
        assert load("two").name() == "onetwo"

    def test_strangers(self, write, load):
        write("bot.py", "import json, os.path\nfrom collections import abc")
        bot = load("bot")
        assert (bot.json, bot.abc) == (importlib.import_module("json"), importlib.import_module("collections.abc"))
        write("lost.py", "import no_such_module_anywhere")
        with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
            load("lost")

    def test_namespace_package(self, write, load):
        """A folder without ``__init__.py`` is a package, unless its name is found elsewhere."""
        write("parts/one.py", "NAME = 'one'")
        write("json/data.txt", "")
        write("bot.py", "import parts.one, json")
        assert load("bot").parts.one.NAME == "one"
        assert load("bot").json is importlib.import_module("json")
        with pytest.raises(ModuleNotFoundError):
            load("parts.two")

    def test_a_name_of_the_standard_library(self, write, load):
        """A neighbour hides the standard library's module for the folder, and for nobody else."""
        write("queue.py", "MINE = True")
        write("bot.py", "import queue\nimport sys")
        write("sys.py", "")
        assert load("bot").queue.MINE
        assert load("bot").sys is sys
        assert not hasattr(importlib.import_module("queue"), "MINE")

    def test_a_library_that_imports_by_name(self, write, load):
        """While the folder is loaded, a library finds the neighbours, and the same ones."""
        write("handlers/__init__.py", "")
        write("handlers/chatty.py", "import logging\nclass Chatty(logging.Handler): pass")
        write(
            "bot.py",
            """
            import logging.config
            from handlers.chatty import Chatty
            logging.config.dictConfig({"version": 1, "disable_existing_loggers": False, "loggers": {"x": {}},
                "handlers": {"chatty": {"class": "handlers.chatty.Chatty"}}})
            import pkgutil
            found = pkgutil.resolve_name("handlers.chatty:Chatty")
            """,
        )
        bot = load("bot")
        assert bot.found is bot.Chatty
        assert bot.Chatty.__module__.startswith("_bots_")
        write("lost.py", "import pkgutil\npkgutil.resolve_name('handlers.nobody')")
        with pytest.raises(AttributeError, match="nobody"):
            load("lost")

    def test_a_module_that_is_loaded_elsewhere(self, write, load, monkeypatch):
        """A public module of the same name is hidden while the folder is loaded, and back afterwards."""
        public = type(sys)("handlers")
        monkeypatch.setitem(sys.modules, "handlers", public)
        write("handlers.py", "MINE = True")
        write("bot.py", "import pkgutil\nfound = pkgutil.resolve_name('handlers')")
        assert load("bot").found.MINE
        assert sys.modules["handlers"] is public

    def test_a_module_without_a_spec_elsewhere(self, write, load, monkeypatch):
        monkeypatch.setitem(sys.modules, "made_by_hand", type(sys)("made_by_hand"))
        write("made_by_hand/data.txt", "")
        write("bot.py", "import made_by_hand")
        assert load("bot").made_by_hand is sys.modules["made_by_hand"]

    def test_names(self, write, tmp_path):
        for name in ("bot.py", "shop/__init__.py", "data/x.txt", "__init__.py", "__main__.py", ".hidden.py", "n.txt"):
            write(name, "")
        assert modules_of(tmp_path).names() == ("bot", "shop")


class TestNothingIsLeftChanged:
    def test_it(self, write, load):
        write("bot.py", "import helpers\ndef late(): import later")
        write("helpers.py", "")
        write("later.py", "")
        load("bot").late()
        path, names = list(sys.path), {name for name in sys.modules if not name.startswith("_bots_")}
        load("bot").late()
        assert path == sys.path
        assert names == {name for name in sys.modules if not name.startswith("_bots_")}
        assert not {"bot", "helpers", "later"} & names

    def test_no_bytecode(self, write, load, tmp_path):
        write("bot.py", "")
        load("bot")
        assert [path.name for path in tmp_path.iterdir()] == ["bot.py"]

    def test_after_an_error(self, write, load):
        write("bot.py", "raise ValueError")
        finders = len(sys.meta_path)
        for _ in range(2):
            with pytest.raises(ValueError):  # noqa: PT011
                load("bot")
        assert len(sys.meta_path) <= finders + 1


class TestDrop:
    def test_modules_are_loaded_anew(self, write, load, tmp_path):
        """Even when the file changed within the same second and kept its size."""
        write("helpers.py", "X = 1")
        write("bot.py", "import helpers\nX = helpers.X")
        before = load("bot")
        write("helpers.py", "X = 2")
        assert load("bot") is before
        modules_of(tmp_path).drop()
        assert load("bot").X == 2
        assert before.X == 1


class TestWhatWorksInAModule:
    """A private module is a module like any other."""

    @pytest.fixture
    def bot(self, write, load):
        write(
            "bot.py",
            """
            from __future__ import annotations
            import dataclasses, enum, typing
            import helpers

            @dataclasses.dataclass
            class Order:
                size: typing.ClassVar[str] = "S"
                number: int = 1

            class Size(enum.Enum):
                SMALL = 1

            def fail():
                return helpers.fail()
            """,
        )
        write("helpers.py", "def fail():\n    raise ValueError('from here')")
        return load("bot")

    def test_dataclasses_pickle_and_copy(self, bot):
        assert [field.name for field in dataclasses.fields(bot.Order)] == ["number"]
        assert pickle.loads(pickle.dumps(bot.Order(2))) == bot.Order(2)
        assert copy.deepcopy(bot.Size.SMALL) is bot.Size.SMALL

    def test_inspect_finds_the_source(self, bot):
        assert "return helpers.fail()" in inspect.getsource(bot.fail)
        assert inspect.getmodule(bot.Order) is bot

    def test_tracebacks_show_the_files(self, bot, tmp_path):
        with pytest.raises(ValueError, match="from here") as caught:
            bot.fail()
        frames = traceback.extract_tb(caught.value.__traceback__)
        assert [frame.line for frame in frames[-2:]] == ["return helpers.fail()", "raise ValueError('from here')"]
        assert frames[-1].filename == str(tmp_path / "helpers.py")
        assert linecache.getline(frames[-1].filename, 2).strip() == "raise ValueError('from here')"

    def test_what_is_put_into_the_builtins(self, write, load, monkeypatch):
        """The builtins are Python's own: a translation that is installed there, and a patched `open`, are seen."""
        write("bot.py", "def shout(): return _('hello')\ndef read(): return open('x')")
        bot = load("bot")
        monkeypatch.setattr("builtins._", str.upper, raising=False)
        monkeypatch.setattr("builtins.open", lambda name: f"fake {name}")
        assert (bot.shout(), bot.read()) == ("HELLO", "fake x")
        assert gettext.gettext("x") == "x"

    def test_reload(self, bot):
        order = bot.Order
        assert importlib.reload(bot) is bot
        assert bot.Order is not order
