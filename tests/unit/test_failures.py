"""Exceptions of a bot as data."""

import json
import os
import sys
from pathlib import Path

import pytest

from chatsim import failures
from chatsim.errors import NoWayOn
from chatsim.failures import bot_frames, failure_from, is_bots_own
from chatsim.jsondata import json_copy


def caught(function, *args):
    with pytest.raises(Exception) as info:  # noqa: PT011 - whatever it is, it is what the test looks at
        function(*args)
    return info.value


def bot_code(text):
    return json.loads(text)


class TestFailureFrom:
    def test_error_of_the_bot(self):
        failure = failure_from(caught(bot_code, "{"))
        assert (failure.kind, failure.type) == ("bot-raised", "JSONDecodeError")
        assert failure.message.startswith("Expecting property name")

    def test_error_that_the_runtime_found_has_its_kind(self):
        assert failure_from(NoWayOn("state 'a' has no way on")).kind == "no-way-on"

    def test_error_whose_own_text_is_broken(self):
        class Broken(Exception):
            def __str__(self):
                raise KeyError

        assert failure_from(Broken()).message == "<no message: its __str__ raised KeyError>"


class TestBotFrames:
    def test_start_at_the_bot_and_go_on_into_libraries(self):
        frames = bot_frames(caught(bot_code, "{").__traceback__)
        assert [frame.function for frame in frames][:3] == ["caught", "bot_code", "loads"]
        assert frames[1].code == "return json.loads(text)"
        assert frames[1].file == __file__

    def test_leave_out_chatsim(self):
        frames = bot_frames(caught(lambda: json_copy({"x": b""})).__traceback__)
        assert [frame.function.split(".")[-1] for frame in frames] == ["caught", "<lambda>"]

    def test_leave_out_the_framework_before_the_bot(self):
        """A bot inside a framework starts at its own first frame: here json calls the bot's hook."""

        def hook(value):
            raise KeyError(value["size"])

        error = caught(lambda: json.loads('{"size": 1}', object_hook=hook))
        inside_json = error.__traceback__.tb_next.tb_next
        assert inside_json.tb_frame.f_code.co_name == "loads"
        assert [frame.function.split(".")[-1] for frame in bot_frames(inside_json)] == ["hook"]

    def test_a_folder_whose_name_begins_like_chatsims_is_the_bots(self):
        neighbour = str(Path(failures.__file__).parent) + "_shop"
        assert is_bots_own(f"{neighbour}{os.sep}bot.py")
        assert not is_bots_own(failures.__file__)

    def test_no_traceback(self):
        assert bot_frames(None) == ()

    def test_standard_library_alone_is_no_bot(self):
        error = caught(json.loads, "{")
        inner = error.__traceback__.tb_next
        assert inner.tb_frame.f_code.co_filename.startswith(sys.base_prefix)
        assert bot_frames(inner) == ()
