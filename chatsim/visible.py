"""Make text safe to show: what a terminal would obey or hide is written out."""

from __future__ import annotations

import re

# Control characters but for line end and tab, what changes the direction of text, line and paragraph separators,
# lone surrogates, and tags, which no font shows.  Joiners stay: emoji are made with them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Return *text* with everything that a terminal would obey or hide written as an escape.

    Line ends and tabs stay, and so does all that a person can read.

    >>> print(visible("\x1b[2Jsure\u202e"))
    \x1b[2Jsure\u202e
    """
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")
