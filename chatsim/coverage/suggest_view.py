"""Suggestions as people read and paste them: scenarios, and below them what no conversation was found to."""

from __future__ import annotations

from pathlib import Path

from chatsim.coverage.data import Coverage
from chatsim.coverage.report import Report
from chatsim.coverage.suggest import SECONDS, Suggestions, suggest
from chatsim.coverage.table import item_words, place_of, placed
from chatsim.errors import SetupError
from chatsim.report.document import Line, Span
from chatsim.report.paint import line_of
from chatsim.scenario.durations import show_duration
from chatsim.visible import visible


def suggestion_lines(
    report: Report, coverage: Coverage, root: Path, width: int, *, pairs: bool = False, seconds: float | None = SECONDS
) -> list[Line]:
    """Search the bots of *report* for what was not reached, and lay out in *width* columns what is suggested.

    *pairs* says whether pairs of transitions are looked for, too; *seconds* is how long a bot is searched at most.
    """
    lines: list[Line] = []
    for bot in report.bots:
        try:
            found = suggest(bot, coverage.bots[bot.bot], root, pairs=pairs, seconds=seconds)
        except SetupError as error:
            lines += [(), line_of((f"✗ no suggestions for {visible(bot.reference)}: {visible(str(error))}", "failure"))]
            continue
        if found is not None:
            lines += [(), *_of_bot(found, width)]
    return lines


def _of_bot(suggestions: Suggestions, width: int) -> list[Line]:
    count = len(suggestions.found)
    reach = "reach" if count != 1 else "reaches"
    scenarios = f"{count} scenario{'' if count == 1 else 's'} {reach} what was not reached"
    lines = [
        line_of(
            (visible(suggestions.reference), "place"), (f"  {scenarios if count else 'no scenario to suggest'}", "dim")
        )
    ]
    lines += [(Span(visible(line), "code"),) for line in suggestions.text.splitlines()]
    tried = f"{suggestions.exploration.snapshots:,} moments in {_time(suggestions.exploration.seconds)}"
    for title, items in (
        (f"nothing that was tried reaches these, and the search is complete: {tried}", suggestions.impossible),
        (f"no conversation was found to these, in {tried}", suggestions.unknown),
    ):
        if items:
            rows = [(place_of(item.line), item_words(item)) for item in items]
            lines += [(), line_of((f"  {title}", "dim")), *placed(rows, width, "came")]
    return lines


def _time(seconds: float) -> str:
    return show_duration(max(round(seconds), 1))
