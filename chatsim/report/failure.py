"""The report on a scenario that failed: the chat up to there, what did not hold, and how to run it again."""

from __future__ import annotations

import os
import shlex

from chatsim.report.difference import comparison
from chatsim.report.document import Line, Span, labelled
from chatsim.report.places import used_from
from chatsim.report.transcript import transcript, turns_before
from chatsim.report.two_ways import two_ways
from chatsim.scenario.model import Mismatch, Verdict
from chatsim.trace import DEFAULT_CHAT, Failure, Frame, Trace, Turn
from chatsim.visible import visible

TURNS_SHOWN = 3
_STATES_SHOWN = 8
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
    last = seen[-1] if seen else None
    return [
        _title(verdict, mismatch),
        *used_from(mismatch, width),
        *(two_ways(verdict, width, turns_shown) if verdict.other else _chat(seen, width, turns_shown, hops=hops)),
        (Span(f"✗ {visible(mismatch.headline)}", "failure"),),
        *comparison(mismatch.lines, width),
        *(failure_frames(mismatch.failure) if mismatch.failure else ()),
        *(labelled("hint", mismatch.hint, width) if mismatch.hint else ()),
        *(labelled("state", state_path(last), width) if last else ()),
        *(labelled("guards", guards, width) if last and (guards := false_guards(last)) else ()),
        *([(Span("  again     ", "label"), Span(again, "again"))] if again else ()),
    ]


def rerun(program: str, file: str, case_id: str) -> str:
    """Return the command that runs one case again.

    >>> rerun("pytest", "pizza.chat.yaml", "order a pizza[small-paid]")
    'pytest "pizza.chat.yaml::order a pizza[small-paid]"'
    """
    test = f"{file}::{case_id}"
    quoted = shlex.quote(test) if _ACTED_ON & set(test) else f'"{test}"'
    return f"{program} {quoted}"


def state_path(turn: Turn) -> str:
    """Return the states that *turn* went through, the middle left out where there are many.

    >>> from chatsim.trace import Hop, Snapshot, Text
    >>> state_path(Turn(event=Text("x"), hops=(Hop("pay", "check"), Hop("check", "done")), snapshot=Snapshot()))
    'pay → check → done'
    """
    states = [hop.target for hop in turn.hops if hop.target is not None and not hop.machine]
    first = [turn.hops[0].source] if turn.hops else [turn.state]
    names = [visible(str(state)) for state in first + states]
    if len(names) > _STATES_SHOWN:
        half = _STATES_SHOWN // 2
        names = [*names[:half], f"… {len(names) - 2 * half} more …", *names[-half:]]
    return " → ".join(names)


def false_guards(turn: Turn) -> str:
    """Return the names of the guards that *turn* asked and that were false, or nothing."""
    names = dict.fromkeys(guard.name for hop in turn.hops for guard in hop.guards if not guard.value)
    return f"{', '.join(map(visible, names))} {'was' if len(names) == 1 else 'were'} false" if names else ""


def failure_frames(failure: Failure) -> list[Line]:
    """Lay out the bot's own frames, the innermost last, each with its line of code."""
    return [line for frame in failure.frames for line in _frame(frame)]


def _frame(frame: Frame) -> list[Line]:
    place = f"  {visible(_shorter(frame.file))}:{frame.line} in {visible(frame.function)}"
    code: list[Line] = [(Span(f"      {visible(frame.code)}", "code"),)] if frame.code else []
    return [(Span(place, "place"),), *code]


def _shorter(file: str) -> str:
    """Return *file* relative to the current folder where it lies below it."""
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative


def _title(verdict: Verdict, mismatch: Mismatch) -> Line:
    place = f"{mismatch.position.file}:{mismatch.position.line}"
    return (Span(visible(place), "place"), Span("  "), Span(visible(verdict.case.id), "name"))


def _turns_until(trace: Trace, mismatch: Mismatch) -> tuple[Turn, ...]:
    return trace.turns if mismatch.turn is None else trace.turns[: mismatch.turn + 1]


def _chat(turns: tuple[Turn, ...], width: int, shown: int, *, hops: bool) -> list[Line]:
    hidden = max(len(turns) - shown, 0)
    before = [turns_before(hidden)] if hidden else []
    return [*before, *transcript(turns[hidden:], width, chat=DEFAULT_CHAT, hops=hops)]
