"""Say what came of a test that is skipped, or expected to fail."""

from __future__ import annotations

from msgspec.structs import replace

from chatsim.scenario.model import ScenarioCase
from chatsim.scenario.verdict import Mismatch, Verdict
from chatsim.trace import Trace


def skipped(case: ScenarioCase) -> Verdict | None:
    """Return the verdict on a test that is not run, or None for one that is."""
    return None if case.marks.skip is None else Verdict(case, "skipped", None, Trace(), 0.0, case.values)


def judged(verdict: Verdict) -> Verdict:
    """Return *verdict* in the light of what was expected: a failure may be the expected one, a pass may not be.

    A failure that was expected keeps its mismatch.  One that passes fails where `strict` is true.
    """
    xfail = verdict.case.marks.xfail
    if xfail is None:
        return verdict
    if verdict.mismatch is not None:
        expected = xfail.raises is None or _raised(verdict.mismatch) == xfail.raises
        return replace(verdict, outcome="xfailed") if expected else verdict
    if not xfail.strict:
        return replace(verdict, outcome="xpassed")
    headline = f"xfail: it passed, and was expected to fail: {xfail.reason}"
    turn = len(verdict.trace.turns) - 1
    mismatch = Mismatch(
        "passed-unexpectedly",
        verdict.case.position,
        headline,
        turn=turn if turn >= 0 else None,
        hint="take `xfail` out, or its `strict`",
    )
    return replace(verdict, outcome="failed", mismatch=mismatch)


def _raised(mismatch: Mismatch) -> str | None:
    """Return the type of the bot's error, where that is why the test failed."""
    return None if mismatch.failure is None else mismatch.failure.type.rpartition(".")[2]
