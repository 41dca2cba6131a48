"""Show a document in a terminal: roles become colours, and what is piped stays plain."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO, TypeAlias

import msgspec

from chatsim.report.document import STYLES, Line, Span, plain

if TYPE_CHECKING:
    from rich.console import Console

_NARROWEST = 40
_DEFAULT_WIDTH = 80
_TAB = 8
_RICH_DECIDES = ("FORCE_COLOR", "TTY_COMPATIBLE", "JUPYTER_COLUMNS")
"""Environment variables that may make a terminal of what is none."""


class PlainConsole(msgspec.Struct, frozen=True):
    """What `rich.console.Console` is for a file or a pipe, to which nothing but text is written.

    To import that one takes as long as to run three hundred tests.
    """

    file: TextIO
    width: int
    is_terminal: bool = False
    color_system: None = None

    def print(self) -> None:
        """Write an empty line."""
        self.write("")

    def write(self, text: str) -> None:
        """Write *text*, and end the line."""
        self.file.write(f"{text.expandtabs(_TAB)}\n")
        self.file.flush()


AnyConsole: TypeAlias = "Console | PlainConsole"


def console_for(stream: TextIO) -> AnyConsole:
    """Return a console that writes to *stream*, without any escape sequence where those are not wanted.

    Not wanted means: *stream* is no terminal (unless ``FORCE_COLOR`` is set), the terminal is dumb, or ``NO_COLOR``
    is set.

    >>> import io
    >>> console_for(io.StringIO()).color_system is None
    True
    """
    if not (stream.isatty() or any(name in os.environ for name in _RICH_DECIDES)):
        return PlainConsole(stream, _columns())
    from rich.console import Console  # noqa: PLC0415 - only for those who look on

    plain = {"color_system": None} if os.environ.get("NO_COLOR") else {}
    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True, **plain)  # type: ignore[arg-type]


def _columns() -> int:
    """Return how wide a terminal is that what is piped may be looked at in, as rich finds it out."""
    said = os.environ.get("COLUMNS", "")
    if said.isdigit():
        return int(said)
    for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        try:
            columns = os.get_terminal_size(stream.fileno()).columns if stream is not None else 0
        except (AttributeError, ValueError, OSError):
            continue
        if columns:
            return columns
    return _DEFAULT_WIDTH


def width_of(console: AnyConsole) -> int:
    """Return how many columns a report may take: the terminal's, but neither too few to read nor too many."""
    return min(max(console.width, _NARROWEST), 120)


def paint(console: AnyConsole, lines: Iterable[Line]) -> None:
    r"""Write *lines*, each as it is laid out: nothing is wrapped or cut.

    >>> import io
    >>> stream = io.StringIO()
    >>> paint(console_for(stream), [(Span("✗ ", "failure"), Span("1 failed"))])
    >>> stream.getvalue()
    '✗ 1 failed\n'
    """
    if isinstance(console, PlainConsole):
        for line in lines:
            console.write(plain([line]))
        return
    from rich.text import Text  # noqa: PLC0415 - the console has imported it already

    for line in lines:
        text = Text.assemble(*((span.text, STYLES.get(span.style, "")) for span in line))
        text.rstrip()
        console.print(text)


def line_of(*parts: str | tuple[str, str]) -> Line:
    """Return one line from texts, and pairs of text and style.

    >>> line_of("a ", ("b", "dim"))
    (Span(text='a ', style=''), Span(text='b', style='dim'))
    """
    return tuple(Span(part) if isinstance(part, str) else Span(*part) for part in parts)
