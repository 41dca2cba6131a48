"""The exception that a bot raised, ready to be raised again."""

import json
import sys

from chatsim.bot_exceptions import in_bots_frame, raised_in
from chatsim.errors import BotError
from chatsim.jsondata import json_copy
from chatsim.trace import Failure, Snapshot, Text, Turn


def turn_of(error):
    failure = None if error is None else Failure("bot-raised", "ValueError", "no")
    return Turn(event=Text("x"), snapshot=Snapshot(), error=failure, exception=error)


def caught(function):
    try:
        function()
    except Exception as error:  # noqa: BLE001 - whatever it raises is what the test is about
        return error


def names(error):
    """Return the functions in the traceback, and whether each is hidden."""
    found, entry = [], error.__traceback__
    while entry is not None:
        found.append((entry.tb_frame.f_code.co_name, bool(entry.tb_frame.f_locals.get("__tracebackhide__"))))
        entry = entry.tb_next
    return found


class TestRaisedIn:
    def test_nothing(self):
        assert raised_in(turn_of(None)) is None

    def test_the_live_exception(self):
        error = ValueError("no")
        assert raised_in(turn_of(error)) is error

    def test_only_data(self):
        turn = Turn(event=Text("x"), snapshot=Snapshot(), error=Failure("bot-raised", "ValueError", "no"))
        error = raised_in(turn)
        assert type(error) is BotError
        assert str(error) == "ValueError: no"


class TestInBotsFrame:
    def test_begins_in_the_bots_code(self):
        """The frames of chatsim before it are cut off."""

        def bot():
            json_copy({"x": object()})

        error = in_bots_frame(caught(bot))
        assert [name for name, _ in names(error)][:2] == ["caught", "bot"]

    def test_what_the_bot_called_is_hidden(self):
        def bot():
            json.loads("{")

        shown = names(in_bots_frame(caught(bot)))
        assert shown[:2] == [("caught", False), ("bot", False)]
        assert len(shown) > 2
        assert all(hidden for _, hidden in shown[2:])

    def test_a_callback_is_the_bots_own_frame(self):
        """What the bot does within a library's call is shown."""

        def callback(match):
            raise ValueError("no")

        def bot():
            import re

            re.sub("x", callback, "x")

        assert names(in_bots_frame(caught(bot)))[-1] == ("callback", False)

    def test_a_module_that_fails_while_a_bot_imports_it(self, tmp_path, monkeypatch):
        """The names of a module are real: nothing is written there."""
        package = tmp_path / "site-packages"
        package.mkdir()
        (package / "broken_library.py").write_text("import json\njson.loads('{')\n")
        monkeypatch.syspath_prepend(package)

        def bot():
            import broken_library  # noqa: F401

        error = in_bots_frame(caught(bot))
        entry, modules = error.__traceback__, []
        while entry is not None:
            if entry.tb_frame.f_code.co_name == "<module>":
                modules.append(entry.tb_frame)
            entry = entry.tb_next
        sys.modules.pop("broken_library", None)
        assert modules
        assert all("__tracebackhide__" not in frame.f_globals for frame in modules)

    def test_without_a_frame_of_the_bot(self):
        """What the runtime found in the bot was raised by nobody's code but ours."""
        error = caught(lambda: json_copy({"x": object()}))
        entry = error.__traceback__
        while entry.tb_frame.f_code.co_filename == __file__:
            entry = entry.tb_next
        assert in_bots_frame(error.with_traceback(entry)).__traceback__ is None
