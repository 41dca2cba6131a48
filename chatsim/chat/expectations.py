"""Hold what a bot said against what was expected of it, and say how the two differ: for tests written in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from chatsim.errors import SetupError, did_you_mean
from chatsim.jsondata import json_copy
from chatsim.report.difference import comparison
from chatsim.report.document import labelled, plain
from chatsim.report.failure import TURNS_SHOWN
from chatsim.report.reasons import false_guards, state_path
from chatsim.report.transcript import transcript, turns_before
from chatsim.scenario.data_match import DataPattern
from chatsim.scenario.match import LiteralText, OneOf, compile_text
from chatsim.scenario.model import BotStep, Position
from chatsim.scenario.pairing import pair_all, pair_most
from chatsim.scenario.replies import differing_parts, expected_lines, hold_reply, names_of
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.verdict import Line, Mismatch
from chatsim.scenario.words import Value, Values
from chatsim.trace import ChatState, Reply, Trace, Waits

Words: TypeAlias = str | TextPattern
"""Words that a bot may say: in the language of scenarios, or what `literal` and `one_of` return."""

Captures: TypeAlias = dict[str, Value]
WIDTH = 80
_SHORT = 60
NOWHERE = Position("", 0, 0)


class ExpectationFailed(AssertionError):
    """The bot did not do what was expected of it; the text is the chat up to there, and how the two differ.

    `mismatch` says it as data, `trace` is all that happened.
    """

    __module__ = "chatsim.chat"  # tracebacks show it, and from there it is imported

    def __init__(self, mismatch: Mismatch, trace: Trace, chat: str) -> None:
        super().__init__(failure_text(mismatch, trace, chat))
        self.mismatch = mismatch
        self.trace = trace


@dataclass(frozen=True, slots=True)
class Difference:
    """How what came differs from what was expected: the kind of mismatch, a headline, the comparison, and a cure."""

    kind: str
    headline: str
    lines: tuple[Line, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a chat after a turn; None is not asked."""

    state: Words | None = None
    vars: Mapping[str, Any] | None = None
    waits: Waits | None = None


def literal(text: str) -> TextPattern:
    """Return a pattern for *text* to the letter, dots, slashes, dollars and all.

    >>> literal("Total: ...").match("Total: $5", {}) is None
    True
    """
    return LiteralText(text)


def one_of(*texts: Words) -> TextPattern:
    """Return a pattern for texts of which any is right.

    >>> one_of("Hi!", "Hello ...").match("Hello Ann", {})
    {}
    """
    return OneOf(tuple(pattern_of(text) for text in texts))


def pattern_of(words: Words) -> TextPattern:
    """Return *words* as a pattern; raise `chatsim.scenario.words.BrokenText` for what is none."""
    return words if isinstance(words, TextPattern) else compile_text(words)


def expected_reply(chat: str, text: Words, options: Sequence[Words] | None = None, **parts: Words | None) -> BotStep:
    """Return what is expected of a reply to *chat* as a step of a scenario; parts that are None are not asked."""
    return BotStep(
        position=NOWHERE,
        chat=chat,
        text=pattern_of(text),
        options=None if options is None else tuple(pattern_of(option) for option in options),
        **{name: None if words is None else pattern_of(words) for name, words in parts.items()},  # type: ignore[arg-type]
    )


def other_reply(step: BotStep, reply: Reply | None, values: Values) -> Difference:
    """Say how *reply*, or its absence, differs from what *step* expects."""
    wanted = short(step.text.show(values))
    if reply is None:
        lines = expected_lines(step.text, values)
        return Difference("missing-reply", f"expected {wanted}, and the bot said nothing more", lines)
    kind, headline, lines = differing_parts(step, reply, values)
    if kind == "wrong-text":
        headline = f"expected {wanted}, and the bot said {short(reply.text)}"
    return Difference(kind, headline, lines)


def paired(steps: Sequence[BotStep], replies: Sequence[Reply], values: Values) -> Captures | Difference:
    """Pair *replies* with *steps*, in whatever order; return what was taken out, or how they differ."""
    held = [[hold_reply(step, reply, values) for step in steps] for reply in replies]
    fits = [[taken is not None for taken in row] for row in held]
    pairs = pair_all(fits) if len(replies) == len(steps) else None
    if pairs is not None:
        found: Captures = {}
        for member, reply in pairs.items():
            found |= held[reply][member] or {}
        return found
    some = pair_most(fits)
    lines: list[Line] = []
    for index, step in enumerate(steps):
        came = index in some
        lines += (Line("held", step.text.show(values)),) if came else expected_lines(step.text, values)
    lines += [Line("came", reply.text) for at, reply in enumerate(replies) if at not in some.values()]
    missing = len(steps) - len(some)
    return Difference("missing-reply", f"in any order: {missing} of {len(steps)} replies missing", tuple(lines))


def held_state(now: ChatState, asked: Asked, values: Values) -> Captures | Difference:
    """Hold a chat as it is *now* against what is *asked* of it; return what was taken out, or how they differ."""
    lines: list[Line] = []
    taken: Captures = {}
    if asked.state is not None:
        pattern = pattern_of(asked.state)
        found = None if now.state is None else pattern.match(now.state, values)
        taken |= found or {}
        lines += _compared(found is not None, "state", pattern.show(values), now.state or "(none)")
    if asked.vars is not None:
        data = DataPattern.of(json_copy(dict(asked.vars)))
        taken |= data.match(now.context, values) or {}
        for place in data.compare(now.context, values):
            lines += _compared(place.held, f"vars.{place.path}".rstrip("."), place.expected, place.actual)
    if asked.waits is not None:
        lines += _compared(asked.waits == now.waits, "waits", asked.waits, now.waits)
    wrong = next((line for line in lines if line.mark == "expected"), None)
    if wrong is None:
        return taken
    kind = {"state": "wrong-state", "waits": "wrong-waits"}.get(wrong.label, "wrong-variable")
    return Difference(kind, f"{wrong.label} is not {short(wrong.text)}", tuple(lines))


def _compared(held: bool, label: str, expected: str, came: str) -> tuple[Line, ...]:  # noqa: FBT001
    if held:
        return (Line("held", expected, label),)
    return (Line("expected", expected, label), Line("came", came, label))


def check_names(steps: Iterable[BotStep], values: Values) -> None:
    """Raise `SetupError` for a ``${name}`` that nothing has been taken out for."""
    for step in steps:
        for name in sorted(names_of(step) - values.keys()):
            raise SetupError(f"${{{name}}} has no value: nothing took it out before. {did_you_mean(name, values)}")


def short(text: str) -> str:
    """Return *text* quoted, its middle left out where it is long."""
    quoted = repr(text)
    return quoted if len(quoted) <= _SHORT else f"{quoted[: _SHORT - 12]} … {quoted[-9:]}"


def failure_text(mismatch: Mismatch, trace: Trace, chat: str, width: int = WIDTH) -> str:
    """Return the headline, the chat up to there, what was expected against what came, and the state path."""
    turns = trace.turns
    hidden = max(len(turns) - TURNS_SHOWN, 0)
    before = [turns_before(hidden)] if hidden else []
    last = turns[-1] if turns else None
    guards = false_guards(last) if last else ""
    parts = [
        plain([*before, *transcript(turns[hidden:], width, chat=chat)]),
        plain(comparison(mismatch.lines, width)),
        plain(
            [
                *(labelled("hint", mismatch.hint, width) if mismatch.hint else ()),
                *(labelled("state", state_path(last), width) if last else ()),
                *(labelled("guards", guards, width) if guards else ()),
            ]
        ),
    ]
    return "\n".join([mismatch.headline, *filter(None, parts)])
