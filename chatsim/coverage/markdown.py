"""Coverage in Markdown, for the page that GitHub Actions shows of a job, and for comments on pull requests."""

from __future__ import annotations

from collections.abc import Iterable

from chatsim.coverage.items import KINDS, Item, Kind
from chatsim.coverage.report import BotReport, Limit, Report, share
from chatsim.coverage.table import item_words, place_of
from chatsim.report.step_summary import escaped

MOST_NAMED = 100
"""How many things that are missing are named of one bot."""


def markdown_coverage(report: Report, limits: Iterable[Limit] = ()) -> str:
    """Return a table with a row for each bot, what falls short of *limits*, and what is missing, folded away."""
    kinds: list[Kind] = [kind for kind in KINDS if report.totals[kind][1]]
    rows = [f"| bot | {' | '.join(kinds)} |", f"| :-- | {' | '.join('--:' for _ in kinds)} |"]
    for bot in report.bots:
        figures = [_figure(len(bot.of(kind).covered), bot.of(kind).total) for kind in kinds]
        rows.append(f"| {_code(bot.reference)} | {' | '.join(figures)} |")
    if len(report.bots) > 1:
        rows.append(f"| **all** | {' | '.join(_figure(*report.totals[kind]) for kind in kinds)} |")
    if not report.bots:
        rows = ["No conversation with a bot was measured."]
    missed = [f"✗ {escaped(words)}" for limit in limits if (words := limit.missed(report))]
    folded = [_details(bot) for bot in report.bots if _left(bot) or _excluded(bot)]
    parts = ["### chatsim coverage", "\n".join(rows), *missed, *folded]
    return "\n\n".join(parts) + "\n"


def _figure(covered: int, total: int) -> str:
    return f"{share(covered, total)}% ({covered}/{total})" if total else ""


def _details(bot: BotReport) -> str:
    left = _left(bot)
    pairs, excluded = len(bot.of("pairs").missing), _excluded(bot)
    rows = [f"- {_row(item)}" for item in left[:MOST_NAMED]]
    if len(left) > MOST_NAMED:
        rows.append(f"- … and {len(left) - MOST_NAMED} more")
    rows += [f"- {pairs} pairs of transitions"] if pairs else []
    rows += [f"- {excluded} excluded"] if excluded else []
    summary = f"<details><summary>{escaped(bot.reference)}: not reached</summary>"
    return "\n".join([summary, "", *rows, "", "</details>"])


def _excluded(bot: BotReport) -> int:
    return sum(len(kind.excluded) for kind in bot.kinds)


def _row(item: Item) -> str:
    place = place_of(item.line)
    return f"{escaped(item_words(item))} {_code(place)}" if place else escaped(item_words(item))


def _left(bot: BotReport) -> list[Item]:
    return [item for kind in bot.kinds for item in kind.missing if item.kind != "pairs"]


def _code(text: str) -> str:
    """Return *text* as code; a backtick in it would end that."""
    return f"`{text}`" if "`" not in text and "|" not in text else escaped(text)
