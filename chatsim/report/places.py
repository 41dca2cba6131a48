"""Say from where a line was used that did not hold."""

from __future__ import annotations

from chatsim.report.document import Line, labelled
from chatsim.scenario.verdict import Mismatch


def used_from(mismatch: Mismatch, width: int) -> list[Line]:
    """Lay out from where the fragment was used that *mismatch* is in, the innermost first; nothing outside of one.

    >>> from chatsim.report.document import plain
    >>> from chatsim.scenario.model import Position, SilentStep, Use
    >>> step = SilentStep(
    ...     position=Position("login.yaml", 3, 5), used=(Use("login", Position("shop.chat.yaml", 12, 5)),)
    ... )
    >>> print(plain(used_from(Mismatch("silence-broken", step.position, "silent: a reply came", step=step), 80)))
      use       login, in shop.chat.yaml:12
    """
    used = () if mismatch.step is None else mismatch.step.used
    return [
        line
        for use in reversed(used)
        for line in labelled("use", f"{use.fragment}, in {use.position.file}:{use.position.line}", width)
    ]
