"""Which HTTP calls a mock is meant for: method, URL, headers and JSON body."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote, unquote_plus

import msgspec

from chatsim.errors import SetupError
from chatsim.world.outgoing import MISSING, Request

Holds: TypeAlias = Callable[[Any], bool]
"""Says whether a value is what was meant."""

CompileText: TypeAlias = Callable[[str], Holds]
"""Makes a `Holds` of a text as it is written."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def gaps(written: str) -> Holds:
    """Return what says whether a text is *written*, where ``...`` is anything and ``/…/`` a regular expression.

    >>> gaps("size=...")("size=Small"), gaps("size")("sizes")
    (True, False)
    """
    if len(written) > 1 and written.startswith("/") and written.endswith("/"):
        expression = re.compile(written[1:-1], re.DOTALL)
        return lambda value: isinstance(value, str) and expression.search(value) is not None
    pattern = re.compile(".*?".join(map(re.escape, written.split("..."))), re.DOTALL)
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


class CallPattern(msgspec.Struct, frozen=True):
    """A method and a URL, and what is asked of query, headers and JSON body.

    A query parameter that is not named is not asked for, and the order of the parameters is of no interest.

    >>> pattern = CallPattern.of("GET https://stock.example/items?size=...&page=2")
    >>> pattern.covers(Request("GET", "https://stock.example/items?page=2&size=S&sort=asc"))
    True
    """

    method: str
    url: Holds
    query: tuple[tuple[str, Holds], ...] = ()
    headers: tuple[tuple[str, Holds], ...] = ()
    json: Holds | None = None
    whole_url: bool = False
    exact: bool = False

    @classmethod
    def of(
        cls,
        written: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Holds | None = None,
        text: CompileText = gaps,
    ) -> CallPattern:
        """Read ``METHOD URL``.

        Args:
            written: As in a scenario.  The URL may be ``/…/``, a regular expression for all of it.
            headers: Texts for headers that the call must have.
            json: What must hold of the JSON body.
            text: How texts are matched.
        """
        method, _, url = written.strip().partition(" ")
        url = url.strip()
        if not method.isupper() or not url:
            raise SetupError(
                f"{written!r} is no call: write a method and a URL, as in 'GET https://stock.example/items'"
            )
        asked = tuple((name.lower(), text(value)) for name, value in (headers or {}).items())
        if url.startswith("/"):
            return cls(method, text(url), (), asked, json, whole_url=True)
        base, _, query = url.partition("?")
        parameters = tuple(_parameter(part, text) for part in query.split("&") if part)
        return cls(method, text(_with_path(unquote(base))), parameters, asked, json, exact="..." not in base)

    @property
    def weight(self) -> tuple[bool, int]:
        """How much it asks: of two mocks for one call, the one that asks for more is meant."""
        return self.exact, len(self.query) + len(self.headers) + (self.json is not None)

    def covers(self, request: Request) -> bool:
        """Say whether *request* is one that is meant."""
        return not self.differences(request)

    def differences(self, request: Request) -> list[str]:
        """Return in what *request* differs, in words: ``method``, ``url``, ``query size``, ``header x-id``, ``json``."""
        found = [] if self.method == request.method else ["method"]
        if not self.url(request.url if self.whole_url else unquote(_with_path(request.base))):
            found.append("url")
        given = request.query
        found += [
            f"query {name}"
            for name, holds in self.query
            if not any(name == key and holds(value) for key, value in given)
        ]
        found += [f"header {name}" for name, holds in self.headers if not holds(request.headers.get(name, MISSING))]
        if self.json is not None and not self.json(request.json):
            found.append("json")
        return found


def _parameter(written: str, text: CompileText) -> tuple[str, Holds]:
    name, _, value = written.partition("=")
    return unquote_plus(name), text(unquote_plus(value))


def _with_path(base: str) -> str:
    """Return the URL with the path that it has on the line, where it names only a host."""
    _, mark, rest = base.partition("://")
    return f"{base}/" if mark and "/" not in rest and not rest.endswith("...") else base
