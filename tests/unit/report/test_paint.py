"""Colours at a terminal, plain text anywhere else."""

import io

import pytest

from chatsim.report.document import Span
from chatsim.report.paint import console_for, line_of, paint, width_of

LINES = [(Span("✗ ", "failure"), Span("[bold]x[/bold] :smile: 12", "")), ()]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def painted(stream):
    paint(console_for(stream), LINES)
    return stream.getvalue()


class TestPaint:
    def test_a_terminal_has_colours(self):
        assert painted(Terminal()) == "\x1b[1;31m✗ \x1b[0m[bold]x[/bold] :smile: 12\n\n"

    def test_a_pipe_is_plain(self):
        assert painted(io.StringIO()) == "✗ [bold]x[/bold] :smile: 12\n\n"

    def test_no_color(self, monkeypatch):
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b" not in painted(Terminal())

    def test_a_dumb_terminal(self, monkeypatch):
        monkeypatch.setenv("TERM", "dumb")
        assert "\x1b" not in painted(Terminal())

    def test_force_color(self, monkeypatch):
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[1;31m" in painted(io.StringIO())

    def test_nothing_is_wrapped(self, monkeypatch):
        monkeypatch.setenv("COLUMNS", "20")
        stream = io.StringIO()
        paint(console_for(stream), [line_of("x " * 60)])
        assert stream.getvalue() == ("x " * 60).rstrip() + "\n"

    def test_an_unknown_role_has_no_style(self):
        stream = Terminal()
        paint(console_for(stream), [line_of(("a", "no-such-role"))])
        assert stream.getvalue() == "a\n"


class TestWidth:
    @pytest.mark.parametrize(("columns", "width"), [(10, 40), (80, 80), (300, 120)])
    def test_between_too_few_and_too_many(self, monkeypatch, columns, width):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert width_of(console_for(Terminal())) == width
