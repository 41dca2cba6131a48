"""Write a trace as a scenario: the chat as somebody would have written it down, and that passes."""

from __future__ import annotations

import base64
import json
import mimetypes
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from chatsim.delivery.faults import fault_words
from chatsim.delivery.turns import by_step, one_per_step
from chatsim.errors import SetupError
from chatsim.jsondata import to_json
from chatsim.scenario.durations import show_duration
from chatsim.scenario.people import USER
from chatsim.scenario.write_people import Cast
from chatsim.scenario.write_words import Wording, Written
from chatsim.scenario.write_yaml import yaml_block, yaml_data, yaml_text, yaml_title
from chatsim.trace import (
    DEFAULT_CHAT,
    Callback,
    Event,
    File,
    Form,
    JsonObject,
    Reply,
    Start,
    Tap,
    Text,
    Trace,
    Turn,
    Wait,
)
from chatsim.world.hosts import allow_line

TITLE = "a recorded chat"
_INDENT = "    "
_LONGEST_MESSAGE = 100
_safe_file_name = re.compile(r"[\w-][\w. ()+-]{0,98}[\w)]|\w", re.ASCII)
_unwritable = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Recording:
    """A scenario file: its text, and the files that belong beside it, by name."""

    text: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def write_scenario(
    trace: Trace,
    *,
    bot: str,
    title: str = TITLE,
    credentials: JsonObject | None = None,
    allow: Sequence[str] = (),
    others: Sequence[Trace] = (),
    restarts: Collection[int] = (),
    never: Mapping[int, str] | None = None,
    anything: bool = False,
    open_: bool = True,
    existing: Callable[[str], bytes | None] = lambda name: None,  # noqa: ARG005 - nothing is there
) -> Recording:
    """Return *trace* as a scenario file.

    Args:
        trace: The turns of one chat.
        bot: What names the bot, from the scenario's folder: ``module:object``.
        title: What the scenario is called.
        credentials: What the bot was given as credentials.
        allow: The hosts that the bot reached for real.
        others: Traces of the same events at other times: what the bot says differently there is left open.
        restarts: The turns, by index, before which the bot's process died and came back.
        never: For steps, by their index, what must not be made of how they arrive: a kind of finding.
        anything: Whether the bot may say whatever it likes; by default it has to say what it said.
        open_: Whether to leave open what looks as if it changed from day to day: dates, order numbers, ids.
        existing: Returns what a file in the scenario's folder holds, or None where there is none.  A file that was
            sent never takes the place of another one of its name.

    Raises:
        SetupError: for what a scenario has no words for: an option that was never offered, text with lone
            surrogates, people whom nothing tells apart.

    >>> from chatsim.trace import Snapshot
    >>> turn = Turn(event=Text("hi"), effects=(Reply("Order 41, due 2026-03-01"),), snapshot=Snapshot())
    >>> print(write_scenario(Trace((turn,)), bot="shop:Shop").text)
    bot: shop:Shop
    scenarios:
      a recorded chat:
      - user: hi
      - bot: Order ${order:int}, due ${date:date}
    <BLANKLINE>
    """
    writer = _Writer(trace, others, Wording(list(_texts(trace)), open_=open_), existing)
    writer.restarts = frozenset(restarts) - {0}  # what has not begun cannot come back
    writer.never, writer.anything = never or {}, anything
    lines = [f"bot: {yaml_text(bot)}"]
    if credentials:
        lines.append(f"credentials: {yaml_data(credentials)}")
    if allow:
        lines.append(allow_line(*allow))
    lines.extend(["scenarios:", f"  {yaml_title(title)}:", *writer.lines()])
    return Recording("\n".join(lines) + "\n", writer.new_files)


def _texts(trace: Trace) -> Iterator[str]:
    """Yield all that is said, in order, as the wording will come to it."""
    for turn in trace.turns:
        yield from _event_texts(turn.event)
        for reply in turn.replies:
            yield from filter(None, (reply.text, reply.header, reply.footer, reply.media))
            yield from (option.title for option in reply.options)


def _event_texts(event: Event) -> Iterator[str]:
    match event:
        case Text(text=text):
            yield text
        case Callback(body=body):
            yield body
        case Form(data=data):
            yield to_json(data)
        case Tap(title=title):
            yield title


class _Writer:
    """Writes one scenario, turn by turn."""

    def __init__(
        self, trace: Trace, others: Sequence[Trace], wording: Wording, existing: Callable[[str], bytes | None]
    ) -> None:
        self.groups = by_step(trace.turns)
        self.trace = Trace(one_per_step(trace.turns), trace.start, trace.bot)
        self.others = [Trace(one_per_step(other.turns), other.start, other.bot) for other in others]
        self.wording = wording
        self.existing = existing
        self.new_files: dict[str, bytes] = {}
        self.restarts: frozenset[int] = frozenset()
        self.never: Mapping[int, str] = {}
        self.anything = False
        self.cast = Cast(trace)
        self.states = {chat: state.state for chat, state in trace.start.chats.items()}

    def lines(self) -> Iterator[str]:
        """Yield the lines of the scenario below its name."""
        top = [*self._given(), *filter(None, [self.cast.line])]
        if top:
            yield from (f"{_INDENT}{line}" for line in (*top, "steps:"))
        # Under `steps:`, a list may not stand further left than its key.
        lead = _INDENT if top else "  "
        for index, turn in enumerate(self.trace.turns):
            # In this order: words find values in what was said before them.
            steps = [*self.events(index)]
            steps += [["- anything"]] if self.anything else self.replies(index, turn)
            if index in self.restarts:
                yield f"{lead}- restart"
            for step in steps:
                yield from (f"{lead}{line}" if line else "" for line in step)

    def _given(self) -> Iterator[str]:
        """Yield where the chat that speaks first starts, if that is in its middle."""
        first = self.trace.turns[0].event.chat if self.trace.turns else DEFAULT_CHAT
        given = self.trace.start.chats.get(first)
        if given is not None and given.state is not None:
            vars_ = f", vars: {yaml_data(self.wording.data(given.context))}" if given.context else ""
            yield f"given: {{state: {self._flow(self.wording.typed(given.state))}{vars_}}}"

    # ------------------------------------------------------------ what reaches the bot

    def events(self, index: int) -> Iterator[list[str]]:
        """Yield the steps for what reached the bot: one, or with one that it overtook two."""
        first, *more = self.groups[index]
        yield from (
            [*self.event(index, turn.event), *self._delivery(index, turn)]
            for turn in more
            if turn.delivery is not None and turn.delivery.part == 0
        )
        yield [*self.event(index, first.event), *self._delivery(index, first)]

    def _delivery(self, index: int, turn: Turn) -> Iterator[str]:
        """Yield the line that says how the event of *turn* arrived."""
        if turn.delivery is None:
            return
        fault, never = turn.delivery.fault, self.never.get(index)
        words = fault_words(fault)
        if fault.other is not None:
            words = f"with: {{{self._together(index, fault.other)}}}"
        elif fault.at is None and never is not None:
            words = f"how: {words}"
        elif fault.at is None:
            yield f"  deliver: {words}"
            return
        yield f"  deliver: {{{words}{f', never: {never}' if never is not None else ''}}}"

    def _together(self, index: int, event: Event) -> str:
        """Return *event* as it stands in braces."""
        match event:
            case Text(text=text):
                return f"user: {self._inline(Written(self.wording.typed(_writable(text, index))), flow=True)}"
            case Tap() | Form() | File() | Callback():
                return self._deed(index, event, flow=True)
            case _:
                (line,) = self.event(index, event)
                return line.removeprefix("- ")

    def event(self, index: int, event: Event) -> list[str]:
        """Return the step for *event*."""
        if isinstance(event, Wait):
            return [f"- wait: {show_duration(event.seconds)}"]
        person = self.cast.speaks(event)
        if isinstance(event, Text):
            return self._scalar(f"- {person}", Written(self.wording.typed(_writable(event.text, index))))
        if isinstance(event, Start):
            return [f"- {person}: null"]
        if person != USER:
            return [f"- {person}: {{{self._deed(index, event, flow=True)}}}"]
        body = event.body if isinstance(event, Callback) else ""
        if body and _json_of(body) is None:
            return self._scalar("- callback", Written(self.wording.typed(_writable(body, index))))
        return [f"- {self._deed(index, event)}"]

    def _deed(self, index: int, event: Tap | Form | File | Callback, *, flow: bool = False) -> str:
        """Return what a person does, other than to write; *flow* is for inside of braces."""
        match event:
            case Tap():
                return f"tap: {self._tap(index, event, flow=flow)}"
            case Form(data=data):
                return f"form: {yaml_data(self.wording.data(data))}"
            case File():
                return f"file: {self._file(index, event, flow=flow)}"
            case Callback(body=body):
                sent = _json_of(_writable(body, index))
                if sent is not None:
                    return f"callback: {yaml_data(self.wording.data(sent))}"
                return f"callback: {self._inline(Written(self.wording.typed(body)), flow=flow)}"

    def _tap(self, index: int, tap: Tap, *, flow: bool) -> str:
        last = self._open_to(index)
        title = self.wording.typed(_writable(tap.title, index))
        if (tap.id, tap.title) in last or not index:
            if [offered for _, offered in last].count(tap.title) > 1:
                return f"{{id: {self._flow(self.wording.typed(tap.id))}}}"
            return yaml_text(title, flow=flow)
        if any((tap.id, tap.title) in self._offered(earlier, tap.chat) for earlier in range(index)):
            return f"{{option: {self._flow(title)}, stale: true}}"
        raise SetupError(f"turn {index + 1} taps {tap.title!r}, which was never offered; there are no words for that")

    def _open_to(self, index: int) -> list[tuple[str, str]]:
        """Return what may be tapped in a turn: what was offered since the person spoke last."""
        chat = self.trace.turns[index].event.chat
        open_: list[tuple[str, str]] = []
        for earlier in reversed(range(index)):
            open_[:0] = self._offered(earlier, chat)
            event = self.trace.turns[earlier].event
            if event.chat == chat and not isinstance(event, Wait):
                break
        return open_

    def _offered(self, index: int, chat: str) -> list[tuple[str, str]]:
        replies = [reply for reply in self.trace.turns[index].replies if reply.chat == chat]
        return [(option.id, option.title) for reply in replies for option in reply.options]

    def _file(self, index: int, file: File, *, flow: bool) -> str:
        guessed = mimetypes.guess_type(file.name)[0]
        if _safe_file_name.fullmatch(file.name) and file.type == guessed:
            path = next(path for path in _paths(file.name) if self._beside(path) in (None, file.data))
            self.new_files[path] = file.data
            return yaml_text(path, flow=flow)
        parts = {"name": file.name} | ({"type": file.type} if file.type not in (None, guessed) else {})
        words = (f"{key}: {self._flow(self.wording.typed(_writable(part, index)))}" for key, part in parts.items())
        return f"{{bytes: !!binary {yaml_text(base64.b64encode(file.data).decode(), flow=True)}, {', '.join(words)}}}"

    def _beside(self, path: str) -> bytes | None:
        return self.new_files[path] if path in self.new_files else self.existing(path)

    # ------------------------------------------------------------ what came of it

    def replies(self, index: int, turn: Turn) -> list[list[str]]:
        """Return the steps for what the bot did in *turn*."""
        steps = [self._bot(reply, self._elsewhere(index, number)) for number, reply in enumerate(turn.replies)]
        if not turn.replies and turn.error is None and not isinstance(turn.event, Wait):
            steps.append(["- silent"])
        if turn.error is not None:
            return [*steps, self._raises(turn)]
        chat = turn.event.chat
        if turn.state is not None and turn.state != self.states.get(chat) and chat == self.cast.chat:
            self.states[chat] = turn.state
            state = self._inline(self.wording_of_name(turn.state))
            own = [step for step, reply in zip(steps, turn.replies, strict=False) if reply.chat == chat]
            if own:
                own[-1].append(f"  state: {state}")
            else:
                steps.append([f"- state: {state}"])
        if turn.ended is not None:
            steps.append(["- end"])
        return steps

    def _elsewhere(self, index: int, number: int) -> list[Reply]:
        """Return what the bot said in this place at other times."""
        turns = [other.turns[index] for other in self.others if index < len(other.turns)]
        return [turn.replies[number] for turn in turns if number < len(turn.replies)]

    def _bot(self, reply: Reply, elsewhere: list[Reply]) -> list[str]:
        step = self._scalar(
            f"- {self.cast.to(reply.chat)}", self.wording.heard(reply.text, [other.text for other in elsewhere])
        )
        if reply.options:
            titles = [
                self._inline(
                    self.wording.heard(
                        option.title,
                        [other.options[place].title for other in elsewhere if place < len(other.options)],
                    ),
                    flow=True,
                )
                for place, option in enumerate(reply.options)
            ]
            step.append(f"  options: [{', '.join(titles)}]")
        for name in ("header", "footer", "media"):
            part = getattr(reply, name)
            if part is not None:
                others = [getattr(other, name) or "" for other in elsewhere]
                step.append(f"  {name}: {self._inline(self.wording.heard(part, others))}")
        if reply.type != "text" and not reply.options:
            step.append(f"  type: {self._inline(self.wording_of_name(reply.type))}")
        if reply.dest != "out":
            step.append(f"  dest: {reply.dest}")
        return step

    def _raises(self, turn: Turn) -> list[str]:
        error = turn.error
        assert error is not None  # noqa: S101 - asked before
        message = re.sub(r"0x[0-9a-fA-F]{6,}", "...", error.message)
        told = error.kind == "bot-raised" and message and "\n" not in message and len(message) <= _LONGEST_MESSAGE
        words = f"{error.type}: {message}" if told and "$" not in message else error.type
        return [f"- raises: {yaml_text(words)}"]

    def wording_of_name(self, name: str) -> Written:
        """Return the words for a name of the bot's, which is no text that changes."""
        return Wording(open_=False).heard(name)

    # ------------------------------------------------------------ lines

    def _scalar(self, key: str, written: Written) -> list[str]:
        if not written.literal:
            block = yaml_block(written.source, _INDENT)
            if block is not None:
                return f"{key}: {block}".split("\n")
        return [f"{key}: {self._inline(written)}"]

    def _flow(self, source: str) -> str:
        return yaml_text(source, flow=True)

    def _inline(self, written: Written, *, flow: bool = False) -> str:
        if written.literal:
            return f"{{text: {self._flow(written.source)}}}"
        return yaml_text(written.source, flow=flow)


def _paths(name: str) -> Iterator[str]:
    """Yield where a file called *name* may lie: beside the scenario, or in a folder there."""
    yield name
    yield from (f"files{f'-{number}' if number > 1 else ''}/{name}" for number in count(1))


def _json_of(body: str) -> JsonObject | list[object] | None:
    """Return the mapping or list that *body* is as JSON, if a scenario would send the very same text."""
    try:
        data = json.loads(body)
        same = isinstance(data, dict | list) and to_json(data) == body
    except (ValueError, RecursionError, TypeError):
        return None
    return data if same else None


def _writable(text: str, index: int) -> str:
    if _unwritable.search(text):
        raise SetupError(
            f"turn {index + 1} holds a lone surrogate (half a character), which YAML cannot hold: {text!a}"
        )
    return text
