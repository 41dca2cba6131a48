"""Write the page: one file that needs nothing else, and in which nothing that a bot says can do anything.

The data goes in as JSON in a block that no browser runs, with everything escaped that could end the block.  The scripts
put texts in as text alone.  The policy in the file lets only the scripts and styles run whose hashes it names.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html import escape
from importlib.resources import files

import msgspec

from chatsim.page.data import Page
from chatsim.visible import visible

STYLES = ("theme.css", "frame.css", "graph.css", "chat.css", "detail.css", "print.css")
SCRIPTS = (
    "dom.js",
    "model.js",
    "state.js",
    "theme.js",
    "camera.js",
    "shapes.js",
    "drawing.js",
    "graph.js",
    "chat.js",
    "player.js",
    "coverage.js",
    "lists.js",
    "places.js",
    "conversations.js",
    "detail.js",
    "search.js",
    "main.js",
)
"""The assets, in the order in which they stand in the file."""

_BREAKS_OUT = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}
"""What could end a block of script, or begin something else.  All that is not ASCII is escaped as well."""

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|class|function\*?) (\w+))", re.MULTILINE)


def page_html(page: Page) -> str:
    """Return *page* as the text of an HTML file."""
    style, script = _style(), _script()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(script)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    parts = {
        "policy": policy,
        "title": escape(visible(page.title)),
        "style": style,
        "data": page_json(page),
        "script": script,
    }
    # One pass: what stands in a part is never taken for a place.
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], asset("page.html"))


def page_json(page: Page) -> str:
    r"""Return the data of *page* as JSON that can stand in a block of script.

    >>> print(page_json(Page("</script>")))
    {"title":"\u003c/script\u003e"}
    """
    data = json.dumps(msgspec.to_builtins(page), ensure_ascii=True, separators=(",", ":"))
    return data.translate(_BREAKS_OUT)


@cache
def asset(name: str) -> str:
    """Return the text of a file in ``assets/``."""
    return (files("chatsim.page") / "assets" / name).read_text("utf-8")


@cache
def _style() -> str:
    return "\n".join(map(asset, STYLES))


@cache
def _script() -> str:
    """Return all modules as one: they stand in the order in which they need each other, each in a scope of its own."""
    return "\n".join(map(_module, SCRIPTS))


def _module(name: str) -> str:
    text = asset(name)
    exports = ", ".join(found[1] for found in _EXPORT.finditer(text))
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = $\2;", text))
    return f"const ${name.removesuffix('.js')} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
