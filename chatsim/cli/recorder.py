"""Record a chat as a scenario: after every turn, so that nothing is lost, and at the end so that any seed passes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from chatsim.cli.capture import Capture
from chatsim.cli.chat_view import ChatView
from chatsim.cli.elsewhere import ANOTHER_TIME, HERE, SAME_TIME, Place, play
from chatsim.errors import ChatsimError, SetupError
from chatsim.report.failure import failure_report
from chatsim.scenario.allow import host_of
from chatsim.scenario.load import load_file
from chatsim.scenario.verdict import Verdict
from chatsim.scenario.words import BrokenText
from chatsim.scenario.write import write_scenario
from chatsim.session import Session
from chatsim.stage import Stage
from chatsim.trace import JsonObject, Trace
from chatsim.world.mocks import Mocks

_MORE_PLAYS = 10
"""How often a chat is played at most, beside once a turn in every place: a bot may never say the same thing twice."""


class Recorder:
    """Holds a chat as scenarios are played, in `session`, and writes it to *path*.

    Args:
        path: The scenario file.  It is there from the first turn on, and right after the last.
        reference: What names the bot, seen from the folder of *path*.
        credentials: What the bot is given as credentials.
        title: What the scenario is called.
        force: Whether a file that is there already may be overwritten.
        chat_folder: Where the bot would be looked for without a recording; only for messages.
        allow: Hosts that the bot reaches for real.

    Raises:
        SetupError: when the file is there already, cannot be written, or the bot cannot be found from its folder, and
            for what is no host.
    """

    def __init__(
        self,
        path: Path,
        reference: str,
        credentials: JsonObject,
        *,
        title: str,
        force: bool,
        chat_folder: Path,
        allow: Sequence[str] = (),
    ) -> None:
        self.path = path
        self.reference = reference
        self.credentials = credentials
        self.title = title
        self.trouble = ""
        self._only_here = False
        self._restarts: set[int] = set()
        self.allow = tuple(allow)
        mocks = Mocks(allow=map(_host, self.allow))
        stage = self._stage(chat_folder)
        self.session = Session(stage.bot, stage=stage, mocks=mocks)
        self._reserve(force=force)

    def _stage(self, chat_folder: Path) -> Stage:
        if not self.path.parent.is_dir():
            raise SetupError(f"--record {self.path}: there is no folder {self.path.parent}")
        try:
            return Stage.of(self.reference, self.path.parent, self.credentials)
        except SetupError:
            if chat_folder.resolve() == self.path.parent.resolve():
                raise
            bot = Stage.of(self.reference, chat_folder, self.credentials).bot
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

    def restarted(self, turns: int) -> None:
        """Remember that the bot's process died after so many turns."""
        self._restarts.add(turns)

    def note(self, trace: Trace) -> None:
        """Write what was said so far.  What stands in the way is kept in `trouble`, and the chat goes on."""
        self._restarts = {turns for turns in self._restarts if turns <= len(trace.turns)}
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
            allow=self.allow,
            others=others,
            restarts=self._restarts,
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
        """Write the scenario that passes and holds in most places; return what came of playing it."""
        for elsewhere in (ANOTHER_TIME, SAME_TIME, ()):
            self._only_here = not elsewhere
            verdict = self._refine(trace, (HERE, *elsewhere))
            if verdict.passed:
                return verdict
        self._write(trace, open_=False)
        literal = self._play(HERE)
        return literal if literal.passed else self._refine(trace, (HERE,))

    def _refine(self, trace: Trace, places: Sequence[Place]) -> Verdict:
        """Write and play the scenario until it passes in all *places*, or nothing more can be learned from playing.

        What the bot says differently in a turn is left open, or taken out and used again, and the next play comes
        a turn further.
        """
        others: list[Trace] = []
        before = ""
        most = len(places) * len(trace.turns) + _MORE_PLAYS
        while True:
            written = self._write(trace, others)
            verdicts = [self._play(place) for place in places]
            failed = [verdict for verdict in verdicts if not verdict.passed]
            if not failed or written == before or len(others) >= most:
                return failed[0] if failed else verdicts[0]
            others.extend(verdict.trace for verdict in failed)
            before = written

    def _play(self, place: Place) -> Verdict:
        return play(load_file(self.path), place)

    def _tell(self, verdict: Verdict | None, view: ChatView) -> bool:
        if verdict is None or self.trouble:
            view.note(f"{self.path} is not as it should be: {self.trouble}", "failure")
            return False
        turns = "1 turn" if len(verdict.trace.turns) == 1 else f"{len(verdict.trace.turns)} turns"
        if verdict.passed:
            view.note(f"✓ {self.path} is written ({turns}), and it passes", "held")
            if self._only_here:
                view.note("with another --seed the bot answers in another way, so that it may fail then", "dim")
            return True
        view.note(f"{self.path} is written, but it does not pass: the bot answers differently each time", "failure")
        view.show(failure_report(verdict, width=view.width))
        return False


def _host(text: str) -> str:
    try:
        return host_of(text)
    except BrokenText as error:
        raise SetupError(f"--allow {text}: {error.what}; {error.cure}") from None
