"""Read lines from a person at a keyboard, or from a pipe."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

from chatsim.cli.chat_view import ChatView

try:
    import readline
except ImportError:  # Windows: the console edits lines itself
    readline = None  # type: ignore[assignment]

PROMPT = "  you       "


class LineReader:
    """Yields lines until the end of the file, or Ctrl-C.

    At a terminal, lines can be edited, those before come back with the arrow keys, and Tab completes what
    *words* returns.  Lines from a pipe are shown as if they had been typed.
    """

    def __init__(self, view: ChatView, words: Callable[[], list[str]]) -> None:
        self.view = view
        self.words = words
        self.typed = sys.stdin.isatty() and sys.stdout.isatty()
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        if self.typed and readline is not None:
            readline.set_completer_delims("")
            readline.set_completer(self._complete)
            libedit = "libedit" in (getattr(readline, "__doc__", None) or "")
            readline.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")

    def __iter__(self) -> Iterator[str]:
        while True:
            try:
                line = self._line()
            except KeyboardInterrupt:
                line = None
            if line is None:
                self.view.show([()] if self.typed else [])
                return
            yield line

    def _line(self) -> str | None:
        if self.typed:
            try:
                return input(self._prompt())
            except EOFError:
                return None
        line = sys.stdin.readline()
        if not line:
            return None
        line = line.removesuffix("\n").removesuffix("\r")
        self.view.echo(line)
        return line

    def _prompt(self) -> str:
        if not self.view.colours:
            return PROMPT
        # readline must know which characters take no room on the screen.
        begin, end = ("\x01", "\x02") if readline is not None else ("", "")
        return f"{begin}\x1b[1;36m{end}{PROMPT}{begin}\x1b[0m{end}"

    def _complete(self, text: str, number: int) -> Any:
        found = [word for word in self.words() if word.lower().startswith(text.lower())]
        return found[number] if number < len(found) else None
