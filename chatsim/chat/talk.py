"""What every chat for tests in Python can do, whether its turns are waited for with ``await`` or not."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Generic, NoReturn, Self, TypeVar

from chatsim.bot_exceptions import raised_in
from chatsim.chat.conversation import Conversation
from chatsim.chat.expectations import (
    WIDTH,
    Asked,
    Captures,
    Difference,
    ExpectationFailed,
    Words,
    check_names,
    expected_reply,
    held_state,
    other_reply,
    paired,
    short,
)
from chatsim.chat.mocking import hosts_of, mock_of
from chatsim.errors import SetupError
from chatsim.jsondata import json_copy
from chatsim.nearest import nearest_of
from chatsim.report.document import plain
from chatsim.report.transcript import transcript
from chatsim.scenario.durations import read_duration
from chatsim.scenario.model import BotStep, Position
from chatsim.scenario.replies import hold_reply
from chatsim.scenario.text_pattern import PatternFailed
from chatsim.scenario.verdict import Line, Mismatch
from chatsim.session import Session
from chatsim.trace import DEFAULT_CHAT, Call, ChatState, JsonObject, Option, Reply, Tap, Trace, Turn, Waits

Spoken = TypeVar("Spoken")
"""What speaking returns: a `Turn`, or something to wait for that gives one."""

_OURS = str(Path(__file__).parents[1]) + os.sep


class Talk(ABC, Generic[Spoken]):
    """One person's chat with a bot, all but how a turn is made: `chatsim.chat.Chat`, `chatsim.chat.AsyncChat`.

    Args:
        bot: ``module:object`` (looked for in the working folder first), a bot of any kind that chatsim knows, a
            function or class that makes one, or the `Conversation` to join.
        chat: The id of the chat.
        by: Who speaks, where several people are in one chat.
        state: Where to begin, if not at the beginning.  Nothing is entered: no reply comes of it.
        vars: The chat's variables (an orchestrator's context) at the beginning; they need *state*.
        strict: Whether replies that nobody expected are failures.
        world: Whether the bot's clock stands still, chance is seeded, and calls are answered by mocks alone.
        seed: What decides over chance.

    Raises `SetupError` when there is no such bot, or when it cannot begin in *state*.
    """

    def __init__(
        self,
        bot: Any,
        chat: str = DEFAULT_CHAT,
        *,
        by: str = "",
        state: str | None = None,
        vars: Mapping[str, Any] | None = None,  # noqa: A002 - the scenario language's own word
        strict: bool = True,
        world: bool = True,
        seed: int = 0,
    ) -> None:
        known = isinstance(bot, Conversation)
        conversation = bot if known else Conversation(bot, strict=strict, world=world, seed=seed)
        if state is None and vars is not None:
            raise SetupError("vars without a state: name the state to begin in as well")
        if state is not None:
            conversation.begin(chat, state, dict(vars or {}))
        conversation.join(chat, self, by)
        self.id = chat
        self.by = by
        self.conversation = conversation
        self._said: list[Reply] = []
        self._taken = 0
        self._asked = False

    def another(
        self,
        chat: str,
        *,
        by: str = "",
        state: str | None = None,
        vars: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Self:
        """Return the chat of another person with the same bot, and the same memory: the cook who gets the orders.

        Two people in one chat have its id, and names of their own: ``chat.another("table", by="bob")``.
        """
        return type(self)(self.conversation, chat, by=by, state=state, vars=vars)

    # ------------------------------------------------------------ speak

    def send(self, text: str | None = None) -> Spoken:
        """Write *text*, or start the chat without input when there is none."""
        __tracebackhide__ = True
        return self._speak(lambda session: session.send(text))

    def tap(self, choice: str | None = None, *, id: str | None = None) -> Spoken:  # noqa: A002 - the option's own word
        """Choose the option titled *choice*, or the one with this *id*, of those that `offered` holds."""
        __tracebackhide__ = True
        names = [option.title if id is None else option.id for option in self.offered]
        wanted = choice if id is None else id
        if wanted not in names:
            self._not_offered(wanted or "", names)
        option = self.offered[names.index(wanted)]
        return self._speak(lambda session: session.event(Tap(option.id, option.title, self.id)))

    def form(self, data: JsonObject) -> Spoken:
        """Hand in a filled form; *data* is what its fields hold, as JSON."""
        __tracebackhide__ = True
        return self._speak(lambda session: session.form(data))

    def file(self, source: str | Path | bytes, *, name: str | None = None, type: str | None = None) -> Spoken:  # noqa: A002
        """Send a file: bytes, or the path of one.  The media type is guessed from the name where it is not given."""
        __tracebackhide__ = True
        return self._speak(lambda session: session.file(source, name=name, type=type))

    def callback(self, body: str | JsonObject) -> Spoken:
        """Let a webhook call: text goes in as it is, a mapping as JSON."""
        __tracebackhide__ = True
        return self._speak(lambda session: session.callback(body))

    def wait(self, time: str | float) -> Spoken:
        """Let time pass on the bot's clock: ``31m``, ``1h30m``, or a number of seconds.  Nothing sleeps.

        What the bot's timers bring meanwhile is heard as replies are.
        """
        __tracebackhide__ = True
        seconds = read_duration(time) if isinstance(time, str) else float(time)
        return self._speak(lambda session: session.wait(seconds))

    # ------------------------------------------------------------ the world

    def restart(self) -> None:
        """Let the bot's process die and come back: only what is in the snapshot is left.

        Raises `SetupError` for a bot that was not named as ``module:object``.
        """
        __tracebackhide__ = True
        self.settle()
        self.conversation.session.restart()

    def mock(
        self,
        call: str,
        *answers: Mapping[str, Any],
        when: Mapping[str, Any] | None = None,
        optional: bool = False,
        **answer: Any,
    ) -> None:
        """Answer what the bot calls outside, in the words of scenarios; it must be called, unless it is *optional*.

        ``chat.mock("POST https://pay.example/orders", json={"link": "pay.me/7"})`` has one answer;
        ``chat.mock("GET https://stock.example/...", {"status": 503}, {"json": {"left": 3}, "delay": "2s"})`` a
        sequence, of which the last one stays; ``chat.mock("call shop.stock:left", returns=3)`` is for a function.
        *when* says what the request must hold (``json``, ``headers``, ``query``).

        Raises `SetupError` for what is no mock.
        """
        __tracebackhide__ = True
        given = [*answers, *([answer] if answer else [])]
        self.conversation.mock(mock_of(call, given, when=when, optional=optional))

    def allow(self, *hosts: str) -> None:
        """Let the bot reach *hosts* for real from now on: ``localhost:8080``, ``db.test``, ``[::1]:6379``, a socket's path.

        Raises `SetupError` for what is no host.
        """
        __tracebackhide__ = True
        self.conversation.allow(hosts_of(hosts))

    @property
    def calls(self) -> tuple[Call, ...]:
        """What the bot called outside so far, in order."""
        return tuple(self.conversation.session.mocks.calls)

    # ------------------------------------------------------------ expect

    def expect(
        self,
        text: Words,
        *,
        options: Sequence[Words] | None = None,
        header: Words | None = None,
        footer: Words | None = None,
        media: Words | None = None,
        type: Words | None = None,  # noqa: A002 - the reply's own word
        dest: Words | None = None,
        state: Words | None = None,
        vars: Mapping[str, Any] | None = None,  # noqa: A002
        waits: Waits | None = None,
    ) -> dict[str, Any]:
        """Take the bot's next reply, and hold it against what is named; what is not named is not asked.

        *text* and its siblings are in the language of scenarios: plain text is equal, ``...`` is anything,
        ``/…/`` a regular expression, ``${order:int}`` takes a value out, which ``${order}`` puts into what is
        expected later.  `literal` and `one_of` make other patterns.  *state*, *vars* and *waits* are what is true
        after the turn.

        Returns what was taken out, by name.  Raises `ExpectationFailed`.
        """
        __tracebackhide__ = True
        parts = {"header": header, "footer": footer, "media": media, "type": type, "dest": dest}
        step = expected_reply(self.id, text, options, **parts)
        reply = self._left[0] if self._left else None

        def judge() -> Captures | Difference:
            taken = None if reply is None else hold_reply(step, reply, self.conversation.values)
            if taken is None:
                return other_reply(step, reply, self.conversation.values)
            known = {**self.conversation.values, **taken}
            more = held_state(self._now, Asked(state, vars, waits), known)
            return more if isinstance(more, Difference) else {**taken, **more}

        return self._expect([step], judge)

    def expect_any_order(self, *texts: Words) -> dict[str, Any]:
        """Take the bot's next replies, as many as *texts*, in whatever order; return what was taken out, by name."""
        __tracebackhide__ = True
        steps = [expected_reply(self.id, text) for text in texts]
        replies = self._left[: len(steps)]
        return self._expect(steps, lambda: paired(steps, replies, self.conversation.values))

    def expect_nothing_more(self) -> None:
        """Hold that no reply is left; none at all need have come."""
        __tracebackhide__ = True
        self._hold_silence("no further reply was expected", self._left)

    def expect_silence(self) -> None:
        """Hold that the bot has not replied at all since this chat last spoke."""
        __tracebackhide__ = True
        self._hold_silence("the bot should have been silent", self._said)

    # ------------------------------------------------------------ look

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What the bot said to this chat since it last spoke, expected or not."""
        return tuple(self._said)

    @property
    def texts(self) -> list[str]:
        """The texts of `replies`."""
        return [reply.text for reply in self._said]

    @property
    def offered(self) -> tuple[Option, ...]:
        """The options that the bot has offered to this chat since that spoke last."""
        return tuple(option for reply in self.conversation.session.said_to(self.id) for option in reply.options)

    @property
    def last(self) -> Turn | None:
        """The last turn of this chat, or None before the first."""
        return self.conversation.session.last_of(self.id)

    @property
    def state(self) -> str | None:
        """Where this chat is; after an END, the state that ended."""
        return self._now.state

    @property
    def vars(self) -> JsonObject:
        """A copy of the chat's variables (an orchestrator's context); after an END, as they were when it ended."""
        found: JsonObject = json_copy(self._now.context)
        return found

    @property
    def waits(self) -> Waits:
        """What the bot waits for in this chat."""
        return self._now.waits

    @property
    def ended(self) -> bool:
        """Whether the bot ended in the last turn of this chat."""
        return self.last is not None and self.last.waits == "end"

    @property
    def trace(self) -> Trace:
        """Everything that happened so far, in all chats with this bot."""
        return self.conversation.trace

    def __str__(self) -> str:
        """Return the chat as a transcript."""
        return plain(transcript(self.trace.turns, WIDTH, chat=self.id))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id!r} in state {self.state!r} after {len(self.trace.turns)} turns>"

    # ------------------------------------------------------------ inside

    @property
    def _left(self) -> list[Reply]:
        return self._said[self._taken :]

    @property
    def _now(self) -> ChatState:
        return self.conversation.session.now(self.id)

    def hear(self, reply: Reply) -> None:
        """Take note of what the bot said to this chat."""
        self._said.append(reply)

    def settle(self) -> None:
        """Hold the replies to what was expected of them, if any was."""
        __tracebackhide__ = True
        if self._asked and self.conversation.strict and self._left:
            headline = f"the bot said more than was expected: {short(self._left[0].text)}"
            self._fail(
                Difference(
                    "extra-reply", headline, _came(self._left), "expect it too, or make the chat with strict=False"
                )
            )

    @abstractmethod
    def _speak(self, act: Callable[[Session], Turn]) -> Spoken:
        """Let the bot hear what *act* says to it; everything before and after is `_begin` and `_end`."""

    def _begin(self) -> None:
        """Hold what was said so far to what was expected, and listen anew."""
        __tracebackhide__ = True
        self.settle()
        self._said, self._taken, self._asked = [], 0, False

    @staticmethod
    def _end(turn: Turn) -> Turn:
        """Return *turn*, or raise what the bot raised in it."""
        __tracebackhide__ = True
        error = raised_in(turn)
        if error is not None:
            raise error
        return turn

    def _expect(self, steps: list[BotStep], judge: Callable[[], Captures | Difference]) -> dict[str, Any]:
        """Take as many replies as there are *steps*, if *judge* says so; return what was taken out of them."""
        __tracebackhide__ = True
        check_names(steps, self.conversation.values)
        self._asked = True
        try:
            judged = judge()
        except PatternFailed as failed:
            judged = Difference(failed.kind, str(failed))
        if isinstance(judged, Difference):
            self._fail(judged)
        self._taken += len(steps)
        self.conversation.values |= judged
        return {name: value.data for name, value in judged.items()}

    def _hold_silence(self, headline: str, replies: list[Reply]) -> None:
        __tracebackhide__ = True
        if replies:
            self._fail(Difference("silence-broken", f"{headline}: {short(replies[0].text)}", _came(replies)))

    def _not_offered(self, wanted: str, known: list[str]) -> NoReturn:
        __tracebackhide__ = True
        near = nearest_of(wanted, known)
        lines = (Line("expected", wanted, "options"), Line("came", ", ".join(known) or "(none)", "options"))
        hint = f"did you mean {near!r}?" if near else ""
        self._fail(Difference("not-offered", f"the bot did not offer {wanted!r}", lines, hint))

    def _fail(self, difference: Difference) -> NoReturn:
        __tracebackhide__ = True
        turns = self.trace.turns
        position = _position(sys._getframe())  # noqa: SLF001 - as warnings and unittest find the line of a caller
        mismatch = Mismatch(
            difference.kind,
            position,
            difference.headline,
            difference.lines,
            turn=len(turns) - 1 if turns else None,
            hint=difference.hint,
        )
        self.conversation.failed_itself = True
        raise ExpectationFailed(mismatch, self.trace, self.id)


def _came(replies: list[Reply]) -> tuple[Line, ...]:
    return tuple(Line("came", reply.text) for reply in replies)


def _position(frame: FrameType) -> Position:
    """Return the line of the test: the innermost that is not chatsim's."""
    while frame.f_code.co_filename.startswith(_OURS) and frame.f_back is not None:
        frame = frame.f_back
    return Position(frame.f_code.co_filename, frame.f_lineno, 1)
