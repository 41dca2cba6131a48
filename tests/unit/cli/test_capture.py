"""What a bot prints is kept, whatever way it takes."""

# ruff: noqa: T201 - printing is what is tested

import io
import logging
import os
import subprocess
import sys

import pytest

from chatsim.cli.capture import Capture


@pytest.fixture
def capture():
    with Capture() as capture:
        yield capture


class TestCapture:
    def test_all_ways(self, capture):
        with capture.capturing():
            print("printed")
            print("error", file=sys.stderr)
            os.write(1, b"raw \xff\n")
            subprocess.run(["echo", "a child"], check=True)
        assert capture.take() == "printed\nerror\nraw \\xff\na child\n"
        assert capture.take() == ""

    def test_outside_nothing_is_kept(self, capture, capsys):
        with capture.capturing():
            pass
        print("seen")
        assert capture.take() == ""
        assert capsys.readouterr().out == "seen\n"

    def test_the_screen_is_out_of_reach(self, capsys):
        with Capture() as capture:
            with capture.capturing():
                print("hidden")
                capture.screen.write("shown\n")
            capture.screen.flush()
            assert capture.take() == "hidden\n"
        assert capsys.readouterr().out == "shown\n"

    def test_standard_input_is_empty(self, capture):
        with capture.capturing(), pytest.raises(EOFError):
            input()

    def test_a_bot_that_closes_the_stream(self, capture):
        with capture.capturing():
            print("one")
            sys.stdout.close()
        with capture.capturing():
            print("two")
        assert capture.take() == "one\ntwo\n"

    def test_a_handler_that_keeps_the_stream(self, capture):
        """What is logged in a later block to the stream of an earlier one is kept as well."""
        with capture.capturing():
            handler = logging.StreamHandler()
        with capture.capturing():
            handler.emit(logging.LogRecord("a", 20, "", 1, "logged", (), None))
        assert capture.take() == "logged\n"

    def test_the_streams_come_back_after_an_error(self, capture):
        before = sys.stdin, sys.stdout, sys.stderr
        with pytest.raises(ZeroDivisionError), capture.capturing():
            1 / 0  # noqa: B018
        assert before == (sys.stdin, sys.stdout, sys.stderr)

    def test_a_stream_without_a_descriptor(self, monkeypatch):
        """Where standard output is an object of somebody else, it is the screen."""
        stream = io.StringIO()
        monkeypatch.setattr(sys, "stdout", stream)
        with Capture() as capture:
            assert capture.screen is stream
        assert not stream.closed

    def test_a_process_without_output(self):
        """A process may be started with its descriptors closed."""
        code = (
            "import os; os.close(2)\n"
            "from chatsim.cli.capture import Capture\n"
            "with Capture() as capture:\n"
            "    with capture.capturing():\n"
            "        print('kept')\n"
            "    assert capture.take() == 'kept\\n'\n"
            "print('done')"
        )
        result = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)
        assert result.stdout == "done\n"
