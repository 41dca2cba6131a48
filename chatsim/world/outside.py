"""The door to the world outside, through which every call of the bot goes while it is stepped."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from chatsim.world.clock import Clock
from chatsim.world.hosts import is_allowed, is_partly_allowed
from chatsim.world.mocks import Mocks
from chatsim.world.outgoing import Answer, Request

if TYPE_CHECKING:
    from http.client import HTTPResponse

Course: TypeAlias = Literal["answer", "timeout", "connection", "reset"]


class Outside:
    """Answers the calls of the bot from *mocks*, while it `is_open`; hosts that they or *allow* name are called for real.

    *allow* holds ``host`` or ``host:port``.  Calls of threads that are not the bot's go their way.
    """

    def __init__(self, mocks: Mocks, clock: Clock, allow: Iterable[str] = ()) -> None:
        self.mocks = mocks
        self.clock = clock
        self.allow = frozenset(allow)
        self.names: dict[str, set[str]] = {}
        """Under which names the bot looked an address up."""
        self.is_open = False

    def watches(self) -> bool:
        """Say whether the running code is the bot's, being stepped."""
        return self.is_open and self.clock.threads.is_mine()

    def takes(self, host: str | None, port: int | None = None) -> bool:
        """Say whether a call to *host* is answered here."""
        return self.watches() and not self.allows(host, port)

    def allows(self, host: str | None, port: int | None = None) -> bool:
        """Say whether *host* may be called for real."""
        return is_allowed(self.allow | self.mocks.allow, host, port)

    def knows(self, host: str | None) -> bool:
        """Say whether the name *host* may be looked up, because some port of it may be called for real."""
        return is_partly_allowed(self.allow | self.mocks.allow, host)

    def answer(self, request: Request, timeout: float | None) -> tuple[Answer, Course]:
        """Return the answer to *request* and what becomes of it, at the time when it does.

        *timeout* is how many seconds the client waits for an answer, None for ever.
        """
        answer, course, seconds = self.plan(request, timeout)
        self.clock.advance(seconds)
        return answer, course

    def plan(self, request: Request, timeout: float | None) -> tuple[Answer, Course, float]:
        """Return the answer, what becomes of it, and after how many seconds."""
        answer = self.mocks.answer(request)
        if answer.error is not None:
            return answer, answer.error, answer.delay
        if timeout is not None and (answer.timeout or answer.delay > timeout):
            return answer, "timeout", timeout
        return answer, "timeout" if answer.timeout else "answer", answer.delay


class Innermost:
    """The `Outside` that was entered last of those that watch; where none does, every call goes its way."""

    def __init__(self) -> None:
        self._entered: list[Outside] = []

    def enter(self, outside: Outside) -> None:
        """Let calls go through *outside* first."""
        self._entered.append(outside)

    def leave(self, outside: Outside) -> None:
        """Let no call go through *outside* any more."""
        self._entered.remove(outside)

    def watching(self) -> Outside | None:
        """Return the one that the running code's calls go through, or None."""
        return next((outside for outside in reversed(self._entered) if outside.watches()), None)

    def takes(self, host: str | None, port: int | None = None) -> Outside | None:
        """Return the one that answers a call to *host*, or None where it is called for real."""
        outside = self.watching()
        return None if outside is None or outside.allows(host, port) else outside


class _Line:
    """The side of a connection from which the response is read."""

    def __init__(self, wire: bytes) -> None:
        self._wire = wire

    def makefile(self, *_: Any) -> BytesIO:
        """Return all that comes."""
        return BytesIO(self._wire)


def http_response(answer: Answer, method: str) -> HTTPResponse:
    """Return *answer* as the standard library's HTTP client reads it from a connection."""
    from http.client import HTTPResponse  # noqa: PLC0415 - only for bots that call something

    line: Any = _Line(answer.wire(method))
    response = HTTPResponse(line, method=method)
    response.begin()
    return response


def body_bytes(body: Any) -> bytes:
    """Return all of *body*, which is what HTTP clients take for one: text, bytes, a file, or an iterable of these."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return body_bytes(body.read())
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    return b"".join(map(body_bytes, body))
