"""Record a chat as a scenario: after every turn, so that nothing is lost, and at the end so that it passes tomorrow."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from chatsim.bots.base import Bot
from chatsim.bots.loading import load_bot
from chatsim.cli.capture import Capture
from chatsim.cli.chat_view import ChatView
from chatsim.cli.tomorrow import another_day
from chatsim.errors import ChatsimError, SetupError
from chatsim.report.failure import failure_report
from chatsim.scenario.load import load_file
from chatsim.scenario.model import Verdict
from chatsim.scenario.run import run_case
from chatsim.scenario.write import write_scenario
from chatsim.trace import JsonObject, Trace

Day: TypeAlias = Callable[[], AbstractContextManager[None]]
"""Something within which it is a certain day."""

_MORE_PLAYS = 10
"""How often a chat is played at most, beside twice a turn: a bot may say another thing each time without end."""


class Recorder:
    """Writes a chat to *path*.

    Args:
        path: The scenario file.  It is there from the first turn on, and right after the last.
        reference: What names the bot, seen from the folder of *path*.
        credentials: What the bot is given as credentials.
        title: What the scenario is called.
        force: Whether a file that is there already may be overwritten.
        chat_folder: Where the bot would be looked for without a recording; only for messages.

    Raises:
        SetupError: when the file is there already, cannot be written, or the bot cannot be found from its folder.
    """

    def __init__(
        self, path: Path, reference: str, credentials: JsonObject, *, title: str, force: bool, chat_folder: Path
    ) -> None:
        self.path = path
        self.reference = reference
        self.credentials = credentials
        self.title = title
        self.trouble = ""
        self._only_today = False
        self.bot = self._load_bot(chat_folder)
        self._reserve(force=force)

    def _load_bot(self, chat_folder: Path) -> Bot:
        if not self.path.parent.is_dir():
            raise SetupError(f"--record {self.path}: there is no folder {self.path.parent}")
        try:
            return load_bot(self.reference, self.path.parent, self.credentials)
        except SetupError:
            if chat_folder.resolve() == self.path.parent.resolve():
                raise
            bot = load_bot(self.reference, chat_folder, self.credentials)
            raise SetupError(
                f"--record {self.path}: the scenario would not find {type(bot).__name__} {self.reference!r}, which is "
                f"looked for in the scenario's folder and on sys.path. Record to {chat_folder / self.path.name}"
            ) from None

    def _reserve(self, *, force: bool) -> None:
        """Make the file now: that it is there already, or cannot be written, is better known before the chat."""
        if self.path.is_dir():
            raise SetupError(f"--record {self.path}: that is a folder; name a file")
        try:
            self._empty = not (force and self.path.exists())
            if self._empty:
                self.path.open("x", encoding="utf-8").close()
            elif not os.access(self.path, os.W_OK):
                raise PermissionError(13, "Permission denied")
        except FileExistsError:
            raise SetupError(f"--record {self.path}: the file is there already; --force overwrites it") from None
        except OSError as error:
            raise SetupError(f"--record {self.path}: {error.strerror or error}") from None

    # ------------------------------------------------------------ while the chat goes on

    def note(self, trace: Trace) -> None:
        """Write what was said so far.  What stands in the way is kept in `trouble`, and the chat goes on."""
        try:
            self._write(trace)
            self.trouble = ""
        except ChatsimError as error:
            self.trouble = str(error)

    def _write(self, trace: Trace, others: Sequence[Trace] = (), *, open_: bool = True) -> str:
        recording = write_scenario(
            trace,
            bot=self.reference,
            title=self.title,
            credentials=self.credentials,
            others=others,
            open_=open_,
            existing=self._existing,
        )
        try:
            for name, data in recording.files.items():
                file = self.path.parent / name
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(data)
            draft = self.path.with_name(f".{self.path.name}.part")
            draft.write_text(recording.text, "utf-8", newline="\n")
            draft.replace(self.path)
        except OSError as error:
            raise SetupError(f"{self.path} cannot be written: {error.strerror or error}") from None
        self._empty = False
        return recording.text

    def _existing(self, name: str) -> bytes | None:
        try:
            return (self.path.parent / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError:  # a folder, or a file that may not be read: in any case not free
            return b"\0taken"

    # ------------------------------------------------------------ at the end

    def finish(self, trace: Trace, view: ChatView, capture: Capture) -> bool:
        """Write the scenario, play it, and say whether it passes."""
        if not trace.turns:
            if self._empty:
                self.path.unlink(missing_ok=True)
            view.note("nothing was said, so nothing is recorded")
            return True
        try:
            with capture.capturing():
                verdict = self._best(trace)
        except ChatsimError as error:
            self.trouble = str(error)
            verdict = None
        finally:
            capture.take()
        return self._tell(verdict, view)

    def _best(self, trace: Trace) -> Verdict:
        """Write the scenario that passes and holds longest; return what came of playing it."""
        for days in ((_today, another_day), (_today,)):
            verdict = self._refine(trace, days)
            if verdict.passed:
                self._only_today = another_day not in days
                return verdict
        self._only_today = True
        self._write(trace, open_=False)
        literal = self._play(_today)
        return literal if literal.passed else self._refine(trace, (_today,))

    def _refine(self, trace: Trace, days: Sequence[Day]) -> Verdict:
        """Write and play the scenario until it passes on all *days*, or nothing more can be learned from playing.

        What the bot says differently in a turn is left open, or taken out and used again, and the next play comes
        a turn further.
        """
        others: list[Trace] = []
        before = ""
        most = 2 * len(trace.turns) + _MORE_PLAYS
        while True:
            written = self._write(trace, others)
            verdicts = [self._play(day) for day in days]
            failed = next((verdict for verdict in verdicts if not verdict.passed), None)
            if failed is None or written == before or len(others) == most:
                return failed or verdicts[0]
            others.append(failed.trace)
            before = written

    def _play(self, day: Day) -> Verdict:
        file = load_file(self.path)
        with day():
            return run_case(file.cases[0], load_bot(file.bot, file.folder, file.credentials, anew=True))

    def _tell(self, verdict: Verdict | None, view: ChatView) -> bool:
        if verdict is None or self.trouble:
            view.note(f"{self.path} is not as it should be: {self.trouble}", "failure")
            return False
        turns = "1 turn" if len(verdict.trace.turns) == 1 else f"{len(verdict.trace.turns)} turns"
        if verdict.passed:
            view.note(f"✓ {self.path} is written ({turns}), and it passes", "held")
            if self._only_today:
                view.note("on another day the bot answers in another way, so that it may fail then", "dim")
            return True
        view.note(f"{self.path} is written, but it does not pass: the bot answers differently each time", "failure")
        view.show(failure_report(verdict, width=view.width))
        return False


@contextmanager
def _today() -> Iterator[None]:
    yield
