"""Write text and data as YAML, as short as can be: quotes only where YAML would read something else."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

# What YAML prints as it is, and a person can see: no control characters, no separators of lines, no marks that
# turn the direction of writing round.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufe00-\ufe0f\ufeff"
    "\ufff0-\uffff\U000e0000-\U000e0fff]"
)
_JOINERS = re.compile("[\u200d\ufe0f]")
_PLAIN_START = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<~]")
_CUT = re.compile(r":(\s|$)|#|\s$")
_FLOW_CUT = re.compile(r"[,\[\]{}:]")
_KEY = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_BARE_WORDS = frozenset({"null", "end", "silent", "restart"})
_DATA_WORDS = re.compile(r"null|true|false|~|yes|no|on|off|y|n|[-+.]?\d.*|[-+]?\.(inf|nan)", re.IGNORECASE)


def yaml_text(text: str, *, flow: bool = False) -> str:
    r"""Return *text* as a YAML scalar on one line; *flow* is for inside ``[…]`` and ``{…}``.

    >>> print(yaml_text("Welcome!"), yaml_text("Total: 5"), yaml_text("a, b"), yaml_text("a, b", flow=True))
    Welcome! "Total: 5" a, b "a, b"
    """
    if _is_plain(text) and not (flow and _FLOW_CUT.search(text)):
        return text
    return _quoted(text)


def yaml_like(text: str, style: str, *, flow: bool = False) -> str:
    r"""Return *text* as a YAML scalar on one line, quoted as a scalar of *style* is where that can hold it.

    >>> print(yaml_like("it's", '"'), yaml_like("it's", "'"), yaml_like("it's", ""), yaml_like("a\n", "'"))
    "it's" 'it''s' it's "a\n"
    """
    if style == '"':
        return _double_quoted(text)
    if style == "'" and not _hidden(text):
        return "'{}'".format(text.replace("'", "''"))
    return yaml_text(text, flow=flow)


def yaml_block(text: str, indent: str) -> str | None:
    r"""Return *text* of several lines as a literal block, or None where a block could not hold it.

    >>> print(yaml_block("Menu:\n- tea", "  "))
    |-
      Menu:
      - tea
    """
    lines = text.split("\n")
    fits = len(lines) > 1 and all(
        not _hidden(line) and line == line.rstrip() and not line.startswith((" ", "\t")) for line in lines
    )
    if not fits or not lines[0] or not lines[-1]:
        return None
    return "\n".join(["|-", *(f"{indent}{line}" if line else "" for line in lines)])


def yaml_data(data: Any) -> str:
    """Return JSON data as YAML on one line.

    >>> yaml_data({"order": 41, "note": "paid", "code": "007", "tags": [True, None]})
    '{order: 41, note: paid, code: "007", tags: [true, null]}'
    """
    if isinstance(data, Mapping):
        return f"{{{', '.join(f'{yaml_key(key)}: {yaml_data(value)}' for key, value in data.items())}}}"
    if isinstance(data, str):
        return _quoted(data) if _DATA_WORDS.fullmatch(data) else yaml_text(data, flow=True)
    if isinstance(data, Sequence):
        return f"[{', '.join(map(yaml_data, data))}]"
    if isinstance(data, float) and not math.isfinite(data):
        raise ValueError(f"JSON has no {data}")
    return json.dumps(data)


def yaml_key(key: str) -> str:
    """Return *key* as the key of a mapping.

    >>> yaml_key("a name"), yaml_key("size")
    ('"a name"', 'size')
    """
    return key if _KEY.fullmatch(key) and key not in _BARE_WORDS else _quoted(key)


def yaml_title(title: str) -> str:
    """Return *title* as the key of a mapping in a block, where words may have blanks between them."""
    return title if _is_plain(title) and not re.search(r"[?:]|^<<$", title) and len(title) < 100 else _quoted(title)  # noqa: PLR2004


def _is_plain(text: str) -> bool:
    return (
        _PLAIN_START.match(text) is not None
        and _CUT.search(text) is None
        and not _hidden(text)
        and text not in _BARE_WORDS
    )


def _hidden(text: str) -> bool:
    """Say whether *text* holds what must be written as an escape; emoji joined from several stay as they are."""
    return _HIDDEN.search(_JOINERS.sub("", text)) is not None


def _quoted(text: str) -> str:
    if ('"' in text or "\\" in text) and "'" not in text and not _hidden(text):
        return f"'{text}'"
    return _double_quoted(text)


def _double_quoted(text: str) -> str:
    return '"' + re.sub(rf'["\\]|{_HIDDEN.pattern}', _escaped, text) + '"'


def _escaped(match: re.Match[str]) -> str:
    char = match.group()
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    code = ord(char)
    if char in short or _JOINERS.match(char):
        return short.get(char, char)
    if code > 0xFFFF:  # noqa: PLR2004 - beyond four hexadecimal digits
        return f"\\U{code:08x}"
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - or two
