"""What a bot sends out over HTTP, and what comes back: data, whatever library the bot uses for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import msgspec

from chatsim.errors import SetupError, did_you_mean

Trouble: TypeAlias = Literal["connection", "reset"]
TROUBLES: tuple[Trouble, ...] = ("connection", "reset")
"""The ways in which a call fails below HTTP: nobody listens there; the line breaks before the answer."""

IDEMPOTENCY_KEY = "idempotency_key"
_KEY_HEADERS = ("idempotency-key", "x-idempotency-key", "x-request-id")
_WITHOUT_BODY = (204, 304)
"""The statuses that have no body: no content, not modified."""


class _Missing:
    """What is not there, where None would be something."""

    def __repr__(self) -> str:
        """Return what reports show."""
        return "MISSING"


MISSING: Any = _Missing()


class Request(msgspec.Struct, frozen=True):
    """One HTTP request of the bot.  `headers` have their names in lower case, `body` is as it would go out.

    >>> Request.of("post", "https://pay.example/orders?b=2&a=1", {"X-Id": "7"}, b'{"size": "S"}').json
    {'size': 'S'}
    """

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes = b""

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Request:
        """Return a request with the method in capitals and header names in lower case."""
        return cls(method.upper(), url, {name.lower(): value for name, value in headers.items()}, body)

    @property
    def base(self) -> str:
        """The URL without query and fragment."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The parameters in the URL, decoded, in order."""
        return tuple(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The body as JSON, or `MISSING` where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return MISSING

    def payload(self) -> dict[str, Any]:
        """Return the body as data, for a `chatsim.trace.Call`: ``json``, ``form``, ``text`` or ``bytes``.

        The key by which whoever is called knows the same call again, where there is one, is `IDEMPOTENCY_KEY`.
        """
        key = next((self.headers[name] for name in _KEY_HEADERS if name in self.headers), None)
        return self._content() if key is None else {**self._content(), IDEMPOTENCY_KEY: key}

    def _content(self) -> dict[str, Any]:
        if not self.body:
            return {}
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {"form": dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))}
        if (data := self.json) is not MISSING:
            return {"json": data}
        try:
            return {"text": self.body.decode()}
        except UnicodeDecodeError:
            return {"bytes": self.body}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What comes back for a call: a response after `delay` seconds, or nothing of the sort.

    At most one of `json`, `text` and `body` is given.  `timeout` never answers, `error` fails in the way that it
    names (`TROUBLES`); both raise what the client library raises for the real thing.

    >>> Answer(json={"left": 3}).content
    b'{"left": 3}'
    """

    status: int = 200
    json: Any = MISSING
    text: str | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = {}
    delay: float = 0.0
    timeout: bool = False
    error: Trouble | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot come back."""
        given = [self.json is not MISSING, self.text is not None, self.body is not None]
        if sum(given) > 1:
            raise SetupError("an answer has one body: give json, text or body, not two of them")
        if self.error is not None and self.error not in TROUBLES:
            raise SetupError(f"unknown error {self.error!r}. {did_you_mean(self.error, TROUBLES)}")
        if not 200 <= self.status <= 599:  # noqa: PLR2004 - what a client takes for the end of a call
            raise SetupError(f"status {self.status!r} is no final status of HTTP; those go from 200 to 599")
        if self.delay < 0:
            raise SetupError(f"a delay of {self.delay:g} s: nothing comes before it was asked for")

    @property
    def reason(self) -> str:
        """The words for the status."""
        from http import HTTPStatus  # noqa: PLC0415 - only for bots that call something

        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        if self.json is not MISSING:
            return json.dumps(self.json, ensure_ascii=False).encode()
        return self.text.encode() if self.text is not None else (self.body or b"")

    def header_list(self) -> list[tuple[str, str]]:
        """Return the headers, with the content type and length that they do not name themselves."""
        named = {name.lower() for name in self.headers}
        found = list(self.headers.items())
        kind = "application/json" if self.json is not MISSING else "text/plain; charset=utf-8" if self.text else None
        if kind is not None and "content-type" not in named:
            found.append(("Content-Type", kind))
        if "content-length" not in named:
            found.append(("Content-Length", str(len(self.content))))
        return found

    def sent(self, method: str) -> bytes:
        """Return what of the body is sent: nothing for HEAD, and for a status that has none."""
        return b"" if method == "HEAD" or self.status in _WITHOUT_BODY else self.content

    def wire(self, method: str = "GET") -> bytes:
        r"""Return the response to a request of *method* as it would come over the line.

        >>> Answer(status=503).wire()
        b'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'
        """
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {value}" for name, value in self.header_list())]
        return "\r\n".join([*lines, "", ""]).encode() + self.sent(method)
