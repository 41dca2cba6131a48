"""Read from what a bot says what it would like to hear: words in quotes, examples, codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatsim.explore.play.moment import Played

_OPEN, _CLOSE = "\"'`\u201c\u00ab\u2018", "\"'`\u201d\u00bb\u2019"
_quoted = re.compile(rf"[{_OPEN}]([^{_OPEN}{_CLOSE}\n]{{1,40}})[{_CLOSE}]")
_example = re.compile(
    r"(?:for example|such as|e\.g\.|like|for instance)[:,]?\s+([^,;\n]{1,40}?)(?:[.?!]?\s*$|[.?!]\s|,|;|\n)",
    re.IGNORECASE,
)
_code = re.compile(r"\b(?=\w*\d)[A-Z0-9][A-Z0-9-]{2,19}\b")
_PATTERNS = (_quoted, _example, _code)
_number = re.compile(r"(?<![\w.:,/-])\d{1,6}(?![\w:/-]|[.,]\d)")


def suggested(turns: Played) -> Iterator[str]:
    """Yield what *turns* suggest, the most obvious first.

    >>> from chatsim.trace import Reply, Snapshot, Text, Turn
    >>> reply = Reply("Write 'cancel' to leave. Which day? For example 2025-06-30.")
    >>> list(suggested((Turn(event=Text("hi"), effects=(reply,), snapshot=Snapshot()),)))
    ['cancel', '2025-06-30']
    """
    known: set[str] = set()
    for turn in turns:
        said = [reply.text for reply in turn.replies]
        for found in (match for text in said for pattern in _PATTERNS for match in pattern.finditer(text)):
            words = found.group(found.lastindex or 0).strip()
            if words and words not in known and words != getattr(turn.event, "text", None):
                known.add(words)
                yield words


def numbers_said(turns: Played) -> Iterator[int]:
    """Yield the whole numbers in what *turns* say: a sum to be paid, how many there may be.

    >>> from chatsim.trace import Reply, Snapshot, Text, Turn
    >>> reply = Reply("Order A7: 18 EUR for 2 seats at 20:30.")
    >>> list(numbers_said((Turn(event=Text("hi"), effects=(reply,), snapshot=Snapshot()),)))
    [18, 2]
    """
    for turn in turns:
        for reply in turn.replies:
            yield from map(int, _number.findall(reply.text))
