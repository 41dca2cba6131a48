"""From ``module:object`` to a bot, and what is said when there is none."""

import sys
import textwrap

import pytest

from chatsim.bots.loading import load_bot, load_object
from chatsim.bots.modules import own_modules
from chatsim.errors import SetupError
from chatsim.session import Session

ECHO = """
    from chatsim.trace import Reply, Snapshot, Turn

    class Echo:
        def start(self):
            return Snapshot()
        def step(self, snapshot, event):
            return Turn(event=event, effects=(Reply(f"{WORD} {event.text}"),), snapshot=snapshot)

    WORD = "echo"
    echo = Echo()
"""


@pytest.fixture
def write(tmp_path):
    def write(name, source):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
        return path

    return write


@pytest.fixture
def refusal(tmp_path):
    def refusal(reference, **options):
        with pytest.raises(SetupError) as caught:
            load_bot(reference, tmp_path, **options)
        return str(caught.value)

    return refusal


def says(bot, text="hi"):
    return Session(bot).send(text).replies[0].text


class TestLoadBot:
    @pytest.mark.parametrize("reference", ["bot:echo", "bot:Echo", " bot:echo "])
    def test_from_the_folder(self, write, tmp_path, reference):
        write("bot.py", ECHO)
        assert says(load_bot(reference, tmp_path)) == "echo hi"

    def test_dots_in_both_parts(self, write, tmp_path):
        write("shop/__init__.py", "")
        write("shop/bots.py", ECHO + "\n    class Menu:\n        bot = echo\n")
        assert says(load_bot("shop.bots:Menu.bot", tmp_path)) == "echo hi"

    def test_from_sys_path(self, write, tmp_path, monkeypatch):
        write("elsewhere/public_bot.py", ECHO)
        monkeypatch.syspath_prepend(tmp_path / "elsewhere")
        assert says(load_bot("public_bot:echo", tmp_path)) == "echo hi"
        assert "public_bot" in sys.modules
        monkeypatch.delitem(sys.modules, "public_bot")

    def test_the_folder_comes_first(self, write, tmp_path, monkeypatch):
        write("elsewhere/bot.py", ECHO.replace('"echo"', '"wrong"'))
        write("bot.py", ECHO)
        monkeypatch.syspath_prepend(tmp_path / "elsewhere")
        assert says(load_bot("bot:echo", tmp_path)) == "echo hi"

    def test_anew_from_the_folder(self, write, tmp_path):
        write("bot.py", ECHO)
        bot = load_bot("bot:echo", tmp_path)
        assert load_bot("bot:echo", tmp_path) is bot
        assert load_bot("bot:echo", tmp_path, anew=True) is not bot

    def test_modules_of_ones_own(self, write, tmp_path):
        """What was loaded from the same folder before is neither shared nor disturbed."""
        write("bot.py", ECHO)
        modules = own_modules(tmp_path)
        shared, own = load_bot("bot:echo", tmp_path), load_bot("bot:echo", modules)
        assert own is not shared
        assert load_bot("bot:echo", modules) is own
        assert load_bot("bot:echo", modules, anew=True) is not own
        assert load_bot("bot:echo", tmp_path) is shared
        modules.release()
        assert not [name for name in sys.modules if name.startswith(f"{modules.root}.")]

    def test_anew_from_sys_path(self, write, tmp_path, monkeypatch):
        write("elsewhere/public_bots/__init__.py", "")
        write("elsewhere/public_bots/one.py", ECHO)
        monkeypatch.syspath_prepend(tmp_path / "elsewhere")
        bot = load_bot("public_bots.one:echo", tmp_path)
        assert load_bot("public_bots.one:echo", tmp_path) is bot
        assert load_bot("public_bots.one:echo", tmp_path, anew=True) is not bot
        for name in ("public_bots", "public_bots.one"):
            monkeypatch.delitem(sys.modules, name)

    def test_anew_spares_chatsim_and_the_standard_library(self, write, tmp_path):
        write("chatsim.py", "")
        for reference in ("chatsim.errors:SetupError", "json.decoder:JSONDecoder"):
            module = sys.modules[reference.partition(":")[0]]
            assert load_object(reference, tmp_path, anew=True)[0] is module


class TestRefusals:
    @pytest.mark.parametrize(
        ("reference", "cure"),
        [
            ("bot", "write module:object, for example bot:Bot"),
            ("shop.bot", "for example shop.bot:Bot"),
            ("bot:", "for example pizzeria:PizzaBot"),
            (":echo", "for example pizzeria:PizzaBot"),
            ("a b:c", "for example pizzeria:PizzaBot"),
            ("", "for example pizzeria:PizzaBot"),
            ("bot.py:echo", "without its ending, as in an import: bot:echo"),
            ("./bot.py:echo", "with dots, as in an import: bot:echo"),
            ("./bot:echo", "with dots, as in an import: bot:echo"),
            ("shop/bot.py:echo", "with dots, as in an import: shop.bot:echo"),
            ("shop\\bot:echo", "with dots, as in an import: shop.bot:echo"),
            ("../bot.py:echo", "Write bot:echo, or ../bot:echo for one in the folder above"),
            ("/srv/bot.py:echo", "Write bot:echo, or ../bot:echo for one in the folder above"),
        ],
    )
    def test_not_a_reference(self, refusal, reference, cure):
        assert cure in refusal(reference)

    def test_no_folder(self, tmp_path):
        with pytest.raises(SetupError, match="there is no folder"):
            load_bot("bot:echo", tmp_path / "nowhere")

    def test_no_module(self, write, refusal, tmp_path):
        write("pizzeria.py", ECHO)
        text = refusal("pizeria:echo")
        assert f"no module 'pizeria', neither in {tmp_path} nor on sys.path. Did you mean 'pizzeria'?" in text

    def test_no_module_but_one_on_sys_path(self, refusal):
        assert "Did you mean 'jsonschema'?" in refusal("jsonschemas:x") or "json" in refusal("jsson:x")
        assert "Did you mean" not in refusal("xqzwvy_nothing_like_it:x")

    @pytest.mark.parametrize("reference", ["shop.none:x", "shop.bots.none:x", "json.none:x", "shop.no.none:x"])
    def test_no_submodule(self, write, refusal, reference):
        write("shop/__init__.py", "")
        write("shop/bots.py", "")
        top, _, rest = reference.partition(":")[0].partition(".")
        assert f"package {top!r} has no module {rest!r}" in refusal(reference)

    def test_no_object(self, write, refusal, tmp_path):
        write("bot.py", ECHO)
        text = refusal("bot:ecco")
        assert text == f"bot 'bot:ecco': module 'bot' ({tmp_path / 'bot.py'}) has no 'ecco'. Did you mean 'echo'?"

    def test_no_such_object_and_none_that_is_like_it(self, write, refusal):
        """What the module makes itself is named: classes, functions, objects of libraries, and no words or numbers."""
        write("bot.py", ECHO + "    import os, json\n    from pathlib import Path\n    def make():\n        pass\n")
        assert refusal("bot:zzz").endswith(" has no 'zzz'. It has Echo, echo, make.")
        write("many.py", "".join(f"def f{n}(): pass\n" for n in range(9)))
        assert refusal("many:zzz").endswith(" has no 'zzz'.")

    @pytest.mark.parametrize(("reference", "example"), [("pizza.Bot", "pizza:Bot"), ("a.b", "a.b:Bot"), ("a", "a:Bot")])
    def test_without_a_colon(self, refusal, reference, example):
        assert refusal(reference) == f"bot {reference!r}: write module:object, for example {example}"

    def test_no_attribute(self, write, refusal):
        write("bot.py", ECHO)
        assert refusal("bot:echo.strat") == "bot 'bot:echo.strat': 'echo' has no 'strat'. Did you mean 'start'?"

    def test_a_namespace_package_has_no_file(self, write, refusal):
        write("parts/one.py", "")
        assert "(without a file) has no 'x'" in refusal("parts:x")

    @pytest.mark.parametrize("error", ["ValueError('no')", "SystemExit('no')", "GeneratorExit('no')"])
    def test_raised_while_it_was_imported(self, write, refusal, tmp_path, error):
        """The bot's own lines, outermost first, and none of ours or of the import system."""
        write("bot.py", "import helpers")
        write("helpers.py", f"\nraise {error}")
        assert refusal("bot:echo").splitlines() == [
            "bot 'bot:echo': importing module 'bot' raised",
            f"  {tmp_path / 'bot.py'}:1 in <module>: import helpers",
            f"  {tmp_path / 'helpers.py'}:2 in <module>: raise {error}",
            f"{error.partition('(')[0]}: no",
        ]

    def test_a_missing_library(self, write, refusal):
        """What the bot imports and cannot find is the bot's error, not a bot that is not found."""
        write("bot.py", "import no_such_library")
        text = refusal("bot:echo")
        assert text.endswith("ModuleNotFoundError: No module named 'no_such_library'")

    def test_a_syntax_error(self, write, refusal, tmp_path):
        write("bot.py", "x = 1\ndef (:")
        assert refusal("bot:echo").splitlines()[1:] == [
            f"  {tmp_path / 'bot.py'}:2: def (:",
            "SyntaxError: invalid syntax",
        ]

    def test_an_error_without_words(self, write, refusal):
        write("bot.py", "raise AssertionError")
        assert refusal("bot:echo").splitlines()[-1] == "AssertionError"

    def test_a_module_that_raises_on_sys_path(self, write, refusal, tmp_path, monkeypatch):
        write("elsewhere/public_wrong.py", "1 / 0")
        monkeypatch.syspath_prepend(tmp_path / "elsewhere")
        assert refusal("public_wrong:x").endswith("ZeroDivisionError: division by zero")
