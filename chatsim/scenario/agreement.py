"""Hold two runs of one test against each other: a bot that is deterministic does the same twice."""

from __future__ import annotations

from msgspec.structs import replace

from chatsim.scenario.data_match import show_data
from chatsim.scenario.model import Position, Step
from chatsim.scenario.verdict import Line, Mismatch, Verdict
from chatsim.trace import Turn


def disagreement(first: Verdict, other: Verdict, number: int) -> Verdict | None:
    """Return the failure of a bot that went another way in its run *number* than in the first, or None where it agrees.

    The verdict holds the first trace and, as `other`, the second.
    """
    turns, others = first.trace.turns, other.trace.turns
    at = next((index for index, pair in enumerate(zip(turns, others, strict=False)) if pair[0] != pair[1]), None)
    if at is None and len(turns) == len(others) and _why(first) == _why(other):
        return None
    if at is None:
        at = min(len(turns), len(others)) - 1
    step = _step_of(first, at)
    mismatch = Mismatch(
        "not-deterministic",
        step.position if step is not None else first.case.position,
        f"repeat: the bot is not deterministic: run {number} of {first.case.marks.repeat} went another way",
        _lines(first, other, at),
        turn=at if at >= 0 else None,
        hint="what a bot keeps outside its state, the order of a set, threads and the network differ from run to run",
        step=step,
    )
    return replace(first, outcome="failed", mismatch=mismatch, other=other.trace)


def _why(verdict: Verdict) -> tuple[str, Position] | None:
    return None if verdict.mismatch is None else (verdict.mismatch.headline, verdict.mismatch.position)


def _step_of(verdict: Verdict, turn: int) -> Step | None:
    """Return the step that brought the turn number *turn*, as far as every step that acts brings one."""
    acting = [step for step in verdict.case.steps if step.acts]
    return acting[turn] if 0 <= turn < len(acting) else None


def _lines(first: Verdict, other: Verdict, at: int) -> tuple[Line, ...]:
    turns = [(verdict.trace.turns[at] if 0 <= at < len(verdict.trace.turns) else None) for verdict in (first, other)]
    one, two = turns
    if one is None or two is None:
        return ()
    labels = (("bot", _said), ("state", _state), ("vars", _vars), ("waits", _waits), ("raised", _raised))
    for label, look in labels:
        if look(one) != look(two):
            return (Line("expected", look(one), label), Line("came", look(two), label))
    return ()


def _said(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies) or "(nothing)"


def _state(turn: Turn) -> str:
    return turn.state or "(none)"


def _vars(turn: Turn) -> str:
    return show_data(turn.chat_state.context)


def _waits(turn: Turn) -> str:
    return turn.waits


def _raised(turn: Turn) -> str:
    return "nothing" if turn.error is None else f"{turn.error.type}: {turn.error.message}"
