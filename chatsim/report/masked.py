"""Take secrets out of all that a report shows."""

from __future__ import annotations

from msgspec.structs import replace

from chatsim.masking import Masking
from chatsim.scenario.verdict import Verdict


def masked(verdict: Verdict, masking: Masking) -> Verdict:
    """Return *verdict* without secrets in what was said, what was expected, and what the bot raised.

    What it is called and where it is written stay, so that it can be run again.
    """
    if not masking:
        return verdict
    mismatch = verdict.mismatch
    if mismatch is not None:
        mismatch = replace(
            mismatch,
            headline=masking.text(mismatch.headline),
            lines=masking.data(mismatch.lines),
            hint=masking.text(mismatch.hint),
            failure=masking.data(mismatch.failure),
        )
    return replace(
        verdict,
        mismatch=mismatch,
        trace=masking.data(verdict.trace),
        values=masking.data(dict(verdict.values)),
        other=masking.data(verdict.other),
    )
