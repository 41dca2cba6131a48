"""Coverage as JSON, for other programs."""

from __future__ import annotations

from typing import Any

import msgspec

from chatsim.coverage.items import Item
from chatsim.coverage.report import BotReport, KindReport, Report, share


def json_coverage(report: Report) -> str:
    """Return *report* as JSON.

    ``{"summary": {KIND: {"covered", "total", "percent"}}, "bots": [{"bot", "file", "conversations", "declares",
    "kinds": {KIND: {"covered", "total", "percent", "reached", "missing", "excluded"}}, "undeclared"}]}``; what is
    reached, missing, excluded and undeclared is a list of ``{"name", "file", "line"}``.
    """
    data = {
        "summary": {kind: _figures(*both) for kind, both in report.totals.items() if both[1]},
        "bots": [_bot(bot) for bot in report.bots],
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def _figures(covered: int, total: int) -> dict[str, int]:
    return {"covered": covered, "total": total, "percent": share(covered, total)}


def _bot(bot: BotReport) -> dict[str, Any]:
    return {
        "bot": bot.reference,
        "file": bot.bot.file,
        "conversations": bot.conversations,
        "declares": bot.declares,
        "kinds": {kind.kind: _kind(kind) for kind in bot.kinds},
        "undeclared": [{"kind": item.kind, **_item(item)} for item in bot.undeclared],
    }


def _kind(kind: KindReport) -> dict[str, Any]:
    return {
        **_figures(len(kind.covered), kind.total),
        "reached": [{**_item(item), "conversations": len(item.by)} for item in kind.covered],
        "missing": [_item(item) for item in kind.missing],
        "excluded": [{**_item(item), "why": why} for item, why in kind.excluded],
    }


def _item(item: Item) -> dict[str, Any]:
    file, line = (item.line.file, item.line.line) if item.line is not None else (None, None)
    return {"name": item.name, "file": file, "line": line}
