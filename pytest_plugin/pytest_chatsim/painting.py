"""Paint a document of `chatsim.report` with pytest's own terminal writer."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

import pytest
from _pytest._io import TerminalWriter  # the type that pytest hands to ``toterminal``; it has no public name

from chatsim.report.document import STYLES, Line
from pytest_chatsim.settings import WIDTH

_NARROWEST, _WIDEST = 40, 120
_WORDS = {"dim": "light", "underline": ""}
"""What rich calls otherwise than pytest, or pytest has not."""

_MARKUP = {
    role: {_WORDS.get(word, word): True for word in style.split() if _WORDS.get(word, word)}
    for role, style in STYLES.items()
}


def paint(tw: TerminalWriter, lines: Iterable[Line]) -> None:
    """Write *lines*, with colours where *tw* has any."""
    for line in lines:
        for span in line:
            tw.write(span.text, **_MARKUP.get(span.style, {}))
        tw.line()


def report_width(config: pytest.Config) -> int:
    """Return how many columns a report may take: the terminal's, but neither too few to read nor too many."""
    worker: dict[str, int] = getattr(config, "workerinput", {})
    if WIDTH in worker:
        return worker[WIDTH]
    columns = shutil.get_terminal_size().columns
    if config.pluginmanager.hasplugin("terminalreporter"):
        columns = config.get_terminal_writer().fullwidth
    return min(max(columns, _NARROWEST), _WIDEST)
