"""What ``chatsim chat`` does: read lines, hand them to the bot, show and record what comes of it."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from chatsim.bots.base import Bot
from chatsim.bots.loading import load_bot
from chatsim.cli.capture import Capture
from chatsim.cli.chat_input import Input, chosen, understand
from chatsim.cli.chat_view import ChatView
from chatsim.cli.line_reader import LineReader
from chatsim.errors import ChatsimError, SetupError
from chatsim.jsondata import json_copy, to_json
from chatsim.session import Session
from chatsim.trace import JsonObject, Turn

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


def talk(wish: Wish) -> int:
    """Talk as *wish* says; return the exit code."""
    credentials = credentials_of(wish.credentials)
    folder, reference = _place(wish.bot)
    with Capture() as capture:
        view = ChatView(capture.screen)
        bot, recorder = _open(wish, reference, folder, credentials, capture)
        chat = Chat(bot, view, capture, recorder)
        view.welcome(reference)
        try:
            with _signals():
                chat.run(LineReader(view, chat.words))
        finally:
            passes = recorder is None or recorder.finish(chat.session.trace, view, capture)
    return 0 if passes else 1


def _open(
    wish: Wish, reference: str, folder: Path, credentials: JsonObject, capture: Capture
) -> tuple[Bot, Recorder | None]:
    """Return the bot, and who records the chat if anybody does."""
    with capture.capturing():
        if wish.record is None:
            return load_bot(reference, folder, credentials), None
        from chatsim.cli.recorder import Recorder  # noqa: PLC0415 - the scenario loader is heavy

        recorder = Recorder(wish.record, reference, credentials, title=wish.title, force=wish.force, chat_folder=folder)
        return recorder.bot, recorder


class Chat:
    """One chat at the terminal."""

    def __init__(self, bot: Bot, view: ChatView, capture: Capture, recorder: Recorder | None = None) -> None:
        self.session = Session(bot)
        self.view = view
        self.capture = capture
        self.recorder = recorder
        self.commands: dict[str, Callable[[str], None]] = {
            "tap": self.tap,
            "say": lambda text: self.speak(lambda: self.session.send(text)),
            "begin": lambda _: self.speak(self.session.send),
            "form": self.form,
            "file": self.file,
            "callback": self.callback,
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
            self.recorder.note(self.session.trace)

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


def _place(bot: str) -> tuple[Path, str]:
    """Return the folder and the reference in ``FOLDER/module:object``."""
    folder, _, reference = bot.rpartition("/")
    return Path(folder or ("/" if bot.startswith("/") else ".")), reference


def credentials_of(pairs: tuple[str, ...]) -> JsonObject:
    """Return the credentials that ``KEY=VALUE`` stand for; raise `SetupError` for what is no such pair."""
    credentials: JsonObject = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise SetupError(f"--credentials {pair}: write KEY=VALUE, for example --credentials API_KEY=test")
        credentials[key] = value
    return credentials


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
