"""The report on a scenario that failed: the chat up to there, what did not hold, and how to run it again."""

from __future__ import annotations

import shlex

from chatsim.failures import is_bots_own, shown_file
from chatsim.report.difference import comparison
from chatsim.report.document import Line, Span, labelled, wrap
from chatsim.report.places import used_from
from chatsim.report.reasons import reasons
from chatsim.report.transcript import transcript, turns_before
from chatsim.report.two_ways import two_ways
from chatsim.scenario.verdict import Mismatch, Verdict
from chatsim.trace import DEFAULT_CHAT, Failure, Frame, Trace, Turn
from chatsim.visible import visible

TURNS_SHOWN = 3
ROWS_SHOWN = 12
"""How many rows one message takes in the chat of a report."""
_ACTED_ON = set('$`"\\!')
"""What a shell acts on between double quotes."""


def failure_report(
    verdict: Verdict, *, width: int = 80, again: str = "", turns_shown: int = TURNS_SHOWN, hops: bool = False
) -> list[Line]:
    """Lay out why *verdict* failed.

    Args:
        verdict: A verdict with a mismatch; for one that passed the report is empty.
        width: How many columns there are.
        again: The command that runs this one test again; left out when empty.
        turns_shown: How many turns before the failure are shown, that one included.
        hops: Whether every transition in them is shown as well.
    """
    mismatch = verdict.mismatch
    if mismatch is None:
        return []
    seen = _turns_until(verdict.trace, mismatch)
    return [
        _title(verdict, mismatch),
        *used_from(mismatch, width),
        *(two_ways(verdict, width, turns_shown) if verdict.other else _chat(seen, width, turns_shown, hops=hops)),
        *_headline(mismatch.headline, width),
        *comparison(mismatch.lines, width),
        *(failure_frames(mismatch.failure) if mismatch.failure else ()),
        *(labelled("hint", mismatch.hint, width) if mismatch.hint else ()),
        *reasons(mismatch, verdict.trace, seen, width),
        *([(Span("  again     ", "label"), Span(again, "again"))] if again else ()),
    ]


def rerun(program: str, file: str, case_id: str) -> str:
    """Return the command that runs one case again.

    >>> rerun("pytest", "pizza.chat.yaml", "order a pizza[small-paid]")
    'pytest "pizza.chat.yaml::order a pizza[small-paid]"'
    """
    return f"{program} {quoted(f'{file}::{case_id}')}"


def quoted(word: str) -> str:
    """Return *word* as one word of a command, in quotes."""
    return shlex.quote(word) if _ACTED_ON & set(word) else f'"{word}"'


def failure_frames(failure: Failure) -> list[Line]:
    """Lay out the bot's own frames, the innermost last, each with its line of code; libraries' only if it has none."""
    own = [frame for frame in failure.frames if is_bots_own(frame.file)] or failure.frames
    return [line for frame in own for line in _frame(frame)]


def _frame(frame: Frame) -> list[Line]:
    place = f"  {visible(shown_file(frame.file))}:{frame.line} in {visible(frame.function)}"
    code: list[Line] = [(Span(f"      {visible(frame.code)}", "code"),)] if frame.code else []
    return [(Span(place, "place"),), *code]


def _headline(headline: str, width: int) -> list[Line]:
    parts = [part for line in visible(headline).split("\n") for part in wrap(line, width - 2)]
    return [(Span(f"{'  ' if index else '✗ '}{part}", "failure"),) for index, part in enumerate(parts)]


def _title(verdict: Verdict, mismatch: Mismatch) -> Line:
    place = f"{mismatch.position.file}:{mismatch.position.line}"
    return (Span(visible(place), "place"), Span("  "), Span(visible(verdict.case.id), "name"))


def _turns_until(trace: Trace, mismatch: Mismatch) -> tuple[Turn, ...]:
    return trace.turns if mismatch.turn is None else trace.turns[: mismatch.turn + 1]


def _chat(turns: tuple[Turn, ...], width: int, shown: int, *, hops: bool) -> list[Line]:
    hidden = max(len(turns) - shown, 0)
    before = [turns_before(hidden)] if hidden else []
    return [*before, *transcript(turns[hidden:], width, chat=DEFAULT_CHAT, hops=hops, most=ROWS_SHOWN)]
