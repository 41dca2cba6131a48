"""What ``chatsim chat`` does: read lines, hand them to the bot, show and record what comes of it."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from chatsim.bots.base import Bot
from chatsim.bots.loading import load_bot
from chatsim.cli.bot_names import credentials_of, place_of
from chatsim.cli.capture import Capture
from chatsim.cli.chat_input import Input, chosen, understand
from chatsim.cli.chat_view import ChatView
from chatsim.cli.line_reader import LineReader
from chatsim.cli.targets import ENDING
from chatsim.errors import ChatsimError, SetupError
from chatsim.jsondata import json_copy, to_json
from chatsim.scenario.durations import read_duration
from chatsim.scenario.words import BrokenText, is_name
from chatsim.session import Session
from chatsim.trace import DEFAULT_CHAT, JsonObject, Turn
from chatsim.world.mocks import CallNotMocked

if TYPE_CHECKING:
    from chatsim.cli.recorder import Recorder


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    bot: str
    record: Path | None = None
    force: bool = False
    title: str = "a recorded chat"
    credentials: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


def talk(wish: Wish) -> int:
    """Talk as *wish* says; return the exit code."""
    credentials = credentials_of(wish.credentials)
    folder, reference = place_of(wish.bot)
    with Capture() as capture:
        view = ChatView(capture.screen)

        def load(*, anew: bool = False) -> Bot:
            return load_bot(reference, folder, credentials, anew=anew)

        with capture.capturing():
            recorder = _recorder(wish, reference, folder, credentials)
            session = Session(load()) if recorder is None else recorder.session
        chat = Chat(session, view, capture, lambda: load(anew=True), recorder)
        view.welcome(reference)
        if wish.record is not None and not wish.record.name.endswith(ENDING):
            view.note(f"{wish.record} is not named *{ENDING}: a run of its folder leaves it out")
        if recorder is not None:
            view.note(f"the clock stands at {moment(session.snapshot.clock)}; /wait moves it")
        try:
            with _signals():
                chat.run(LineReader(view, chat.words))
        finally:
            passes = recorder is None or recorder.finish(chat.session.trace, view, capture)
    return 0 if passes else 1


def _recorder(wish: Wish, reference: str, folder: Path, credentials: JsonObject) -> Recorder | None:
    """Return who records the chat, if anybody does."""
    if wish.record is None:
        return None
    from chatsim.cli.recorder import Recorder  # noqa: PLC0415 - the scenario loader is heavy

    return Recorder(
        wish.record,
        reference,
        credentials,
        title=wish.title,
        force=wish.force,
        chat_folder=folder,
        allow=wish.allow,
    )


def moment(clock: float) -> str:
    """Return the time *clock*, in seconds since the epoch, as people write it.

    >>> moment(1767603600.0)
    'Mon 5 Jan 2026, 09:00:00 UTC'
    """
    at = datetime.fromtimestamp(clock, UTC)
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M:%S} UTC"


class Chat:
    """One chat at the terminal; *anew* loads the bot as a new process would."""

    def __init__(
        self,
        session: Session,
        view: ChatView,
        capture: Capture,
        anew: Callable[[], Bot],
        recorder: Recorder | None = None,
    ) -> None:
        self.session = session
        self.view = view
        self.capture = capture
        self.anew = anew
        self.recorder = recorder
        self.commands: dict[str, Callable[[str], None]] = {
            "tap": self.tap,
            "say": lambda text: self.speak(lambda: self.session.send(text)),
            "begin": lambda _: self.speak(self.session.send),
            "form": self.form,
            "file": self.file,
            "callback": self.callback,
            "wait": self.wait,
            "as": self.become,
            "restart": lambda _: self.restart(),
            "state": lambda _: self.view.state(self._chat_state()),
            "vars": lambda _: self.view.vars(self.session.vars),
            "undo": lambda _: self.undo(),
            "help": lambda _: self.view.help(),
        }

    def run(self, lines: LineReader) -> None:
        """Answer *lines* until there are no more, or one says to quit."""
        for line in lines:
            meant = understand(line, self.session.offered)
            if meant.command == "quit":
                return
            self.answer(meant)

    def answer(self, meant: Input) -> None:
        """Do what a person meant.  What is wrong with it is said, and the chat goes on."""
        if meant.command == "nothing":
            return
        try:
            self.commands[meant.command](meant.argument)
        except ChatsimError as error:
            self.view.note(str(error), "failure")

    def words(self) -> list[str]:
        """Return what may be typed now, for the Tab key."""
        return [*(f"/{command}" for command in (*self.commands, "quit")), *(o.title for o in self.session.offered)]

    # ------------------------------------------------------------ what reaches the bot

    def speak(self, say: Callable[[], Turn]) -> None:
        """Let the bot take a turn, and show it.  Ctrl-C ends a turn that takes too long."""
        try:
            with self.capture.capturing():
                turn = say()
        except KeyboardInterrupt:
            self.capture.take()
            self.view.note("interrupted: this turn did not happen", "failure")
            return
        self.view.turn(turn, self.capture.take())
        if self.recorder is not None:
            self._leave_out_calls(turn)
            self.recorder.note(self.session.trace)

    def _leave_out_calls(self, turn: Turn) -> None:
        """Take back a turn in which the bot called a server: without a mock, no scenario passes that has it."""
        if turn.error is not None and turn.error.kind == CallNotMocked.kind:
            self.session.turns.pop()
            self.view.note("this turn is not recorded: write it by hand, with a mock for the call")

    def tap(self, choice: str) -> None:
        """Choose an option."""
        option = chosen(choice, self.session.offered)
        if option is None:
            self.session.find_option(choice)  # says what there is
            return
        if choice != option.title:
            self.view.note(f"[{option.title}]", "user")
        self.speak(lambda: self.session.tap(option.title, id=option.id))

    def form(self, text: str) -> None:
        """Hand in a form."""
        data = _mapping(text)
        self.speak(lambda: self.session.form(data))

    def file(self, text: str) -> None:
        """Send a file."""
        path = Path(text).expanduser()
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SetupError(f"/file {text}: {error.strerror or error}") from None
        self.speak(lambda: self.session.file(data, name=path.name))

    def callback(self, text: str) -> None:
        """Let a webhook call; JSON as it would be written by most services, without blanks."""
        try:
            body = to_json(json_copy(_mapping(text)))
        except ChatsimError:
            body = text
        self.speak(lambda: self.session.callback(body))

    def become(self, text: str) -> None:
        """Go on as somebody else: in a chat of their own, which is called after them, or in one with others."""
        name, _, chat = text.partition(" in ")
        name, chat = name.strip(), chat.strip()
        if not is_name(name) or (chat and DEFAULT_CHAT in (name, chat)):
            raise SetupError("/as: write /as ann, /as ann in table, or /as user, who is in no chat with others")
        self.session.chat = chat or name
        self.session.by = name if chat and chat != name else ""
        self.view.state(self._chat_state())
        self.view.offered(self.session.offered)

    # ------------------------------------------------------------ what the world does

    def wait(self, text: str) -> None:
        """Let time pass, where the clock stands still."""
        if self.session.stage is None:
            raise SetupError(
                "/wait: here time passes by itself. With --record FILE the clock stands, and /wait moves it"
            )
        try:
            seconds = read_duration(text)
        except BrokenText as error:
            raise SetupError(f"/wait: {error.what}; {error.cure}") from None
        self.speak(lambda: self.session.wait(seconds))
        self.view.note(f"it is {moment(self.session.snapshot.clock)}")

    def restart(self) -> None:
        """Let the bot's process die and come back; the chat goes on from what the bot had saved."""
        before = self.session
        with self.capture.capturing():
            if before.stage is not None:
                before.restart()
            else:
                self.session = Session(self.anew(), before.chat, before.start)
                self.session.snapshot, self.session.turns, self.session.by = before.snapshot, before.turns, before.by
        if self.recorder is not None:
            self.recorder.restarted(len(before.turns))
        self.view.state(self._chat_state())

    # ------------------------------------------------------------ what only we do

    def undo(self) -> None:
        """Take the last turn back."""
        session = self.session
        if not session.turns:
            raise SetupError("there is nothing to take back")
        session.turns.pop()
        session.snapshot = session.turns[-1].snapshot if session.turns else session.start
        self.view.state(self._chat_state())
        if self.recorder is not None:
            self.recorder.note(session.trace)

    def _chat_state(self) -> Any:
        last = self.session.last
        return last.chat_state if last is not None else self.session.snapshot.chat(self.session.chat)


def _mapping(text: str) -> JsonObject:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SetupError(f'that is not JSON: {error}. Write, for example, {{"size": "Small"}}') from None
    if not isinstance(data, dict):
        raise SetupError('that is no mapping. Write, for example, {"size": "Small"}')
    return data


@contextmanager
def _signals() -> Iterator[None]:
    """Turn being told to go away into an ordinary end, so that what was recorded is written."""
    names = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(name, _leave) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler is called so
    raise SystemExit(128 + number)
