"""What ``chatsim scenario`` does: read traces, write each chat as a scenario, and play it until it passes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from chatsim.cli.bot_names import credentials_of
from chatsim.cli.capture import Capture
from chatsim.errors import ChatsimError, Problem, SetupError, did_you_mean
from chatsim.recording.journal import read_journal, traces_of
from chatsim.recording.masking import MASK
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready
from chatsim.scenario.update.files import draft_beside, put_in_place
from chatsim.scenario.verdict import Verdict
from chatsim.scenario.write import Recording, write_scenario
from chatsim.trace import DEFAULT_CHAT, Effect, JsonObject, Reply, Snapshot, Trace, Turn

S = TypeVar("S", bound=msgspec.Struct)
_MORE_PLAYS = 10
_unnamed = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]|::+")
_HEAD = "scenarios:\n"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    trace: Path
    output: Path | None = None
    chats: tuple[str, ...] = ()
    bot: str = ""
    credentials: tuple[str, ...] = ()
    force: bool = False


def write_recorded(wish: Wish) -> int:
    """Write the chats that *wish* names; return the exit code.  Raises `SetupError`."""
    chats, problems = _chats(wish)
    for problem in problems:
        _tell(f"{problem.file}:{problem.line}: {problem.what}; {problem.cure}")
    writing = _Writing(wish, _bot_of(wish, chats))
    with Capture() as capture:
        for chat, trace in chats:
            with capture.capturing():
                writing.add(chat, trace)
            capture.take()
    for note in writing.notes:
        _tell(note)
    if not writing.scenarios:
        raise SetupError(f"{wish.trace}: no chat could be written")
    writing.save()
    return 1 if writing.notes or problems else 0


def _tell(note: str) -> None:
    print(f"✗ {note}", file=sys.stderr)


def _chats(wish: Wish) -> tuple[list[tuple[str, Trace]], list[Problem]]:
    """Return the traces to write, each with the name of its scenario, and what is wrong with the file."""
    try:
        turns, problems = read_journal(wish.trace)
    except OSError as error:
        raise SetupError(f"{wish.trace} cannot be read: {error.strerror or error}") from None
    traces = traces_of(turns)
    for chat in wish.chats:
        if chat not in traces:
            raise SetupError(f"{wish.trace}: there is no chat {chat!r}. {did_you_mean(chat, traces)}".rstrip())
    chosen = {chat: runs for chat, runs in traces.items() if not wish.chats or chat in wish.chats}
    if not chosen:
        told = "".join(f"\n{problem.file}:{problem.line}: {problem.what}" for problem in problems[:1])
        raise SetupError(f"{wish.trace}: no chat is recorded in it{told}")
    return list(_named(chosen)), problems


def _named(chats: dict[str, list[Trace]]) -> Iterator[tuple[str, Trace]]:
    taken: set[str] = set()
    for chat, runs in chats.items():
        for run in runs:
            words = _unnamed.sub(" ", chat).strip()
            first = words if words.startswith("chat") else f"chat {words}".strip()
            name, number = first, 1
            while name in taken:
                number += 1
                name = f"{first} ({number})"
            taken.add(name)
            yield name, _of_one_user(run, chat)


def _of_one_user(trace: Trace, chat: str) -> Trace:
    """Return *trace* with *chat* as that of the one who writes a scenario, unless several people write there."""
    if any(turn.event.by for turn in trace.turns):
        return trace

    def moved(part: S) -> S:
        return msgspec.structs.replace(part, chat=DEFAULT_CHAT) if getattr(part, "chat", None) == chat else part

    def snapshot(one: Snapshot) -> Snapshot:
        return msgspec.structs.replace(
            one, chats={DEFAULT_CHAT if key == chat else key: state for key, state in one.chats.items()}
        )

    turns = [
        msgspec.structs.replace(
            turn,
            event=moved(turn.event),
            effects=tuple(moved(effect) for effect in turn.effects),
            snapshot=snapshot(turn.snapshot),
        )
        for turn in trace.turns
    ]
    return Trace(tuple(turns), snapshot(trace.start), trace.bot)


def _bot_of(wish: Wish, chats: Sequence[tuple[str, Trace]]) -> str:
    if wish.bot:
        return wish.bot
    bots = list(dict.fromkeys(trace.bot for _, trace in chats if trace.bot))
    if not bots:
        raise SetupError(f"{wish.trace}: which bot was recorded is not known; say it: --bot module:object")
    if len(bots) > 1:
        raise SetupError(
            f"{wish.trace}: several bots were recorded ({', '.join(bots)}); choose with --chat, or say --bot"
        )
    return bots[0]


@dataclass(slots=True)
class _Writing:
    """Gathers the scenarios of one file."""

    wish: Wish
    bot: str
    scenarios: list[str] = field(default_factory=list)
    head: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """The file to write, or the one that would be written beside what is looked for."""
        return self.wish.output or Path.cwd() / "recorded.chat.yaml"

    def __post_init__(self) -> None:
        output = self.wish.output
        if output is not None and output.exists() and not self.wish.force:
            raise SetupError(f"{output}: the file is there already; --force overwrites it")
        if not self.path.parent.is_dir():
            raise SetupError(f"{self.path}: there is no folder {self.path.parent}")

    def add(self, name: str, trace: Trace) -> None:
        """Write the scenario *name* for *trace*; what stands in the way is noted."""
        try:
            recording, verdict = self._best(name, trace)
        except ChatsimError as error:
            self.notes.append(f"{name}: {error}")
            return
        head, _, body = recording.text.partition(_HEAD)
        self.head = head
        self.scenarios.append(body)
        self.files.update(recording.files)
        if verdict.mismatch is not None:
            self.notes.append(f"{name}: it does not pass: {verdict.mismatch.headline}")

    def _best(self, name: str, trace: Trace) -> tuple[Recording, Verdict]:
        """Write and play the scenario until it passes, or nothing more can be learned from playing it."""
        others = [_unmasked(trace)] if MASK in str(trace) else []
        before = ""
        most = len(others) + 2 * len(trace.turns) + _MORE_PLAYS
        while True:
            recording = self._write(name, trace, others)
            verdict = self._play(recording)
            if verdict.mismatch is None or recording.text == before or len(others) >= most:
                return recording, verdict
            others.append(verdict.trace)
            before = recording.text

    def _write(self, name: str, trace: Trace, others: Sequence[Trace]) -> Recording:
        credentials: JsonObject = credentials_of(self.wish.credentials)
        return write_scenario(
            trace, bot=self.bot, title=name, credentials=credentials, others=others, existing=self._existing
        )

    def _existing(self, name: str) -> bytes | None:
        try:
            return self.files[name] if name in self.files else (self.path.parent / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError:  # a folder, or a file that may not be read: in any case not free
            return b"\0taken"

    def _play(self, recording: Recording) -> Verdict:
        self._put_files(recording)
        with draft_beside(self.path, recording.text.encode()) as draft:
            file = load_file(draft, str(self.path))
            return Branches(ready(file).bot).run(file.cases[0])

    def _put_files(self, recording: Recording) -> None:
        for name, data in recording.files.items():
            file = self.path.parent / name
            if not file.exists():
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(data)

    def save(self) -> None:
        """Write the file, or to the screen."""
        text = "".join([self.head, _HEAD, *self.scenarios])
        if self.wish.output is None:
            sys.stdout.write(text)
            return
        try:
            with draft_beside(self.path, text.encode()) as draft:
                if not self.path.exists():
                    draft.replace(self.path)
                else:
                    put_in_place(draft, self.path)
        except OSError as error:
            raise SetupError(f"{self.path} cannot be written: {error.strerror or error}") from None


def _unmasked(trace: Trace) -> Trace:
    """Return *trace* with something else in the place of what is masked: so it is left open what that was."""
    return Trace(tuple(_turn_unmasked(turn) for turn in trace.turns), trace.start, trace.bot)


def _turn_unmasked(turn: Turn) -> Turn:
    return msgspec.structs.replace(turn, effects=tuple(_effect_unmasked(effect) for effect in turn.effects))


def _effect_unmasked(effect: Effect) -> Effect:
    if not isinstance(effect, Reply):
        return effect
    parts = {name: getattr(effect, name) for name in ("text", "header", "footer", "media")}
    changed = {name: part.replace(MASK, "hidden") for name, part in parts.items() if part and MASK in part}
    options = tuple(
        msgspec.structs.replace(option, title=option.title.replace(MASK, "hidden")) for option in effect.options
    )
    return msgspec.structs.replace(effect, options=options, **changed)
