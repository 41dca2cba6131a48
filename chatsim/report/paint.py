"""Show a document in a terminal: roles become colours, and what is piped stays plain."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.text import Text

from chatsim.report.document import STYLES, Line, Span

_NARROWEST = 40


def console_for(stream: TextIO) -> Console:
    """Return a console that writes to *stream*, without any escape sequence where those are not wanted.

    Not wanted means: *stream* is no terminal (unless ``FORCE_COLOR`` is set), the terminal is dumb, or ``NO_COLOR``
    is set.

    >>> import io
    >>> console_for(io.StringIO()).color_system is None
    True
    """
    plain = {"color_system": None} if os.environ.get("NO_COLOR") else {}
    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True, **plain)  # type: ignore[arg-type]


def width_of(console: Console) -> int:
    """Return how many columns a report may take: the terminal's, but neither too few to read nor too many."""
    return min(max(console.width, _NARROWEST), 120)


def paint(console: Console, lines: Iterable[Line]) -> None:
    r"""Write *lines*, each as it is laid out: nothing is wrapped or cut.

    >>> import io
    >>> stream = io.StringIO()
    >>> paint(console_for(stream), [(Span("✗ ", "failure"), Span("1 failed"))])
    >>> stream.getvalue()
    '✗ 1 failed\n'
    """
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
