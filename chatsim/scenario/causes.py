"""Say in words why something failed, and how to mend it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence
from typing import Any

from chatsim.errors import SetupError
from chatsim.failures import failure_from
from chatsim.scenario.data_match import Compared
from chatsim.scenario.nearest import did_you_mean
from chatsim.trace import Failure, JsonObject
from chatsim.world.hosts import allow_line
from chatsim.world.mocks import CallNotMocked

_NOT_THERE = "(not there)"
_SENTENCE_END = re.compile(r"\. (?=[A-Z])|\n")
_PLACES = re.compile(r"[^.\[\]]+")
_KINDS = {str: "text", int: "number", float: "number", bool: "boolean", type(None): "null"}


def raised(failure: Failure) -> tuple[str, str]:
    """Return a headline for an error of the bot, and the cure where the error names one.

    >>> raised(Failure("bot-raised", "KeyError", "'XL'"))
    ("the bot raised KeyError: 'XL'", '')
    >>> raised(Failure("no-way-on", "NoWayOn", "no way on: state pay, guards is_paid=False. Add a transition"))
    ('no way on: state pay, guards is_paid=False', 'Add a transition')
    """
    if failure.kind == "bot-raised":
        return f"the bot raised {failure.type}: {failure.message}".removesuffix(": "), ""
    # What chatsim itself found in the bot says what is wrong in its first sentence, and in the rest how to mend it.
    what, *cure = _SENTENCE_END.split(failure.message, maxsplit=1)
    return what or f"the bot raised {failure.type}", "".join(cure)


def not_restarted(error: SetupError, word: str = "restart") -> tuple[str, str, Failure | None]:
    """Return a headline, which begins with *word*, and a hint for a bot that could not be loaded anew, and what it raised."""
    what, _, rest = str(error).partition("\n")
    failure = failure_from(error.__cause__) if error.__cause__ is not None else None
    if failure is None or not failure.frames:
        return f"{word}: {what}", textwrap.dedent(rest), None
    return f"{word}: {what} {failure.type}: {failure.message}".removesuffix(": "), "", failure


def not_mocked(missing: CallNotMocked) -> tuple[str, str]:
    """Return a headline for a call that no mock covers, and a hint how to write the mock, or let the call through."""
    let = f"or let it through: {allow_line(missing.place)}" if missing.place else ""
    rows = [missing.near.removeprefix("; "), "paste below `mock:`", missing.line, let]
    return f"call: no mock covers {missing.what}", "\n".join(filter(None, rows))


def other_values(compared: Sequence[Compared], actual: JsonObject) -> tuple[str, str]:
    """Return a headline for variables of which some are different, and a hint where it is easy to see why."""
    wrong = [place for place in compared if not place.held]
    if len(wrong) == 1 and wrong[0].path:
        headline = f"vars: {wrong[0].path} is {_short(wrong[0].actual)}, not {_short(wrong[0].expected)}"
        if wrong[0].actual == _NOT_THERE:
            headline = f"vars: {wrong[0].path} is not there"
    else:
        headline = f"vars: {len(wrong)} of {len(compared)} places differ"
    return headline, next((hint for place in wrong if (hint := _hint(place, actual))), "")


def _hint(place: Compared, actual: JsonObject) -> str:
    if place.actual == _NOT_THERE:
        return _nearest(place.path, actual)
    expected, came = _read(place.expected), _read(place.actual)
    kinds = _KINDS.get(type(expected)), _KINDS.get(type(came))
    if None in kinds or kinds[0] == kinds[1] or str(expected).casefold() != str(came).casefold():
        return ""
    if isinstance(expected, str):
        return f"{place.path} is a {kinds[1]}, not a text: write it without quotes"
    return f"{place.path} is a {kinds[1]}, not a {kinds[0]}: write it in quotes"


def _nearest(path: str, actual: Any) -> str:
    """Name the key that is nearest to the one which is missing at *path*."""
    above = actual
    for part in _PLACES.findall(path):
        if isinstance(above, list) and part.isdigit() and int(part) < len(above):
            above = above[int(part)]
        elif isinstance(above, dict) and part in above:
            above = above[part]
        else:
            names = list(above) if isinstance(above, dict) else []
            return did_you_mean(part, names, "variables") if names else ""
    return ""


def _read(shown: str) -> Any:
    try:
        return json.loads(shown)
    except ValueError:
        return ...


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
