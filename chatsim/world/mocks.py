"""What the world outside answers while a bot is stepped, and what the bot asked it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from threading import Lock
from typing import Any

import msgspec

from chatsim.errors import BotError, SetupError
from chatsim.trace import Call
from chatsim.world.effects import note
from chatsim.world.functions import FunctionMock, Result, call_of
from chatsim.world.hosts import allow_line, local_place
from chatsim.world.outgoing import Answer, Request
from chatsim.world.patterns import CallPattern

_PLAIN = re.compile(r"[A-Z]+ [\w./:?&=%+~@,;!*()'-]+")


class CallNotMocked(BotError):
    """The bot called something outside that no mock covers.

    `line` is what makes a mock of it, for a scenario; `place` what lets the call through, where that may be meant.
    """

    kind = "call-not-mocked"

    def __init__(self, what: str, line: str, near: str = "", place: str = "") -> None:
        let = f"\nor let it through: {allow_line(place)}" if place else ""
        super().__init__(f"the bot called {what}, and no mock covers it{near}. Paste below `mock:`\n  {line}{let}")
        self.what = what
        self.line = line
        self.near = near
        self.place = place


class Mock(msgspec.Struct, frozen=True):
    """Answers for the calls that `pattern` covers, one after the other; the last one stays.

    `written` is how reports name it, and `optional` lets it be unused.
    """

    written: str
    pattern: CallPattern
    answers: tuple[Answer, ...] = (Answer(),)
    optional: bool = False

    def __post_init__(self) -> None:
        """Refuse a mock that answers nothing."""
        if not self.answers:
            raise SetupError(f"mock {self.written!r} has no answer")

    @classmethod
    def of(cls, written: str, *answers: Answer, optional: bool = False, **asked: Any) -> Mock:
        """Return the mock of ``METHOD URL`` with *answers*; *asked* is for `CallPattern.of`."""
        return cls(written, CallPattern.of(written, **asked), answers or (Answer(),), optional)


class Mocks:
    """The mocks of one scenario, and the calls that were made.

    Of several mocks that cover a call, the one that asks for more is meant, and of those the one that stands first.
    What goes to a host in `allow` (``host``, ``host:port``) is none of theirs: that is called for real.  `calls` are in order, with the request and what came of it; `uncovered` are those that no mock covered.

    >>> mocks = Mocks([Mock.of("POST https://pay.example/orders", Answer(json={"link": "pay.me/7"}))])
    >>> mocks.answer(Request("POST", "https://pay.example/orders", body=b'{"size": "S"}')).json
    {'link': 'pay.me/7'}
    >>> mocks.calls
    [Call(method='POST', url='https://pay.example/orders', payload={'json': {'size': 'S'}, 'status': 200})]
    """

    def __init__(self, mocks: Iterable[Mock | FunctionMock] = (), allow: Iterable[str] = ()) -> None:
        self.allow = frozenset(allow)
        self.mocks: tuple[Mock | FunctionMock, ...] = ()
        self.calls: list[Call] = []
        self.requests: list[Request] = []
        self.uncovered: list[CallNotMocked] = []
        self._by_weight: list[Mock] = []
        self._used: dict[str | int, int] = {}
        self._behind: list[tuple[str | int | None, bool]] = []
        """For each of the calls: what answered it, and whether it was a request."""
        self._lock = Lock()
        self.add(*mocks)

    def add(self, *mocks: Mock | FunctionMock) -> None:
        """Let *mocks* answer as well, from now on."""
        self.mocks += mocks
        http = [mock for mock in self.mocks if isinstance(mock, Mock)]
        self._by_weight = sorted(http, key=lambda mock: mock.pattern.weight, reverse=True)
        self._used.update(dict.fromkeys(map(_key, mocks), 0))

    @property
    def functions(self) -> tuple[FunctionMock, ...]:
        """The mocks of Python functions."""
        return tuple(mock for mock in self.mocks if isinstance(mock, FunctionMock))

    def answer(self, request: Request) -> Answer:
        """Return what comes back for *request*, and note the call; raise `CallNotMocked` where nothing does."""
        mock = next((mock for mock in self._by_weight if mock.pattern.covers(request)), None)
        if mock is None:
            called = f"{request.method} {request.url}"
            missing = CallNotMocked(called, yaml_line(request), self._near(request), local_place(request.url))
            self.uncovered.append(missing)
            self.made(Call(request.method, request.url, {**request.payload(), "error": "not mocked"}), request)
            raise missing
        answer = mock.answers[min(self._use(mock), len(mock.answers) - 1)]
        self.made(Call(request.method, request.url, {**request.payload(), **_outcome(answer)}), request, mock)
        return answer

    def result(self, mock: FunctionMock, args: tuple[Any, ...], options: dict[str, Any]) -> Result:
        """Return what a call of *mock* with *args* and *options* comes to, and note the call."""
        result = mock.results[min(self._use(mock), len(mock.results) - 1)]
        self.made(call_of(mock, args, options, result), mock=mock)
        return result

    def _use(self, mock: Mock | FunctionMock) -> int:
        """Count a use of *mock*, and return how many there were before."""
        with self._lock:
            count = self._used[_key(mock)]
            self._used[_key(mock)] = count + 1
        return count

    def made(self, call: Call, request: Request | None = None, mock: Mock | FunctionMock | None = None) -> None:
        """Note that *call* was made, which *mock* answered."""
        self.calls.append(call)
        self._behind.append((None if mock is None else _key(mock), request is not None))
        if request is not None:
            self.requests.append(request)
        note(call)

    def take_back(self, count: int) -> None:
        """Let the last *count* calls not have been made: who would have made them died before."""
        for _ in range(count):
            self.calls.pop()
            key, was_request = self._behind.pop()
            if was_request:
                self.requests.pop()
            if key is not None:
                self._used[key] -= 1

    def uses(self, mock: Mock | FunctionMock) -> int:
        """Return how often *mock*, which is one of these, was called."""
        return self._used[_key(mock)]

    def unused(self) -> list[Mock | FunctionMock]:
        """Return the mocks that were never called and ought to have been, in the order in which they stand."""
        return [mock for mock in self.mocks if not mock.optional and not self._used[_key(mock)]]

    def fork(self) -> Mocks:
        """Return mocks of their own that go on from here, for a branch that is judged alone."""
        twin = Mocks(self.mocks, self.allow)
        twin.calls, twin.requests, twin.uncovered = [*self.calls], [*self.requests], [*self.uncovered]
        twin._used.update(self._used)
        twin._behind = [*self._behind]
        return twin

    def _near(self, request: Request) -> str:
        """Say which mock comes nearest, and in what the call differs from it."""
        from difflib import SequenceMatcher  # noqa: PLC0415 - only for a call that nothing answers

        called = f"{request.method} {request.url}"
        ranked = sorted(
            ((mock.pattern.differences(request), mock.written) for mock in self._by_weight),
            key=lambda found: (len(found[0]), -SequenceMatcher(None, found[1], called).ratio()),
        )
        near = [(differs, written) for differs, written in ranked if "url" not in differs or len(differs) == 1]
        if not near:
            return ""
        differs, written = near[0]
        return f"; the nearest, {written!r}, differs in {' and '.join(differs)}"


def _key(mock: Mock | FunctionMock) -> str | int:
    """Return what the uses of *mock* are counted under; what stands in for a function knows it by its name."""
    return mock.target if isinstance(mock, FunctionMock) else id(mock)


def yaml_line(request: Request) -> str:
    """Return the line of a scenario that mocks *request*.

    >>> yaml_line(Request("GET", "https://stock.example/items?size=S"))
    'GET https://stock.example/items?size=S: {json: {}}'
    """
    key = f"{request.method} {request.url}".replace("$", "$$")
    return f"{key if _PLAIN.fullmatch(key) else _quoted(key)}: {{json: {{}}}}"


def _quoted(text: str) -> str:
    """Return *text* in double quotes, with YAML's escapes, which beyond 16 bits are not those of JSON."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    signs = [sign if sign.isprintable() else f"\\U{ord(sign):08X}" for sign in plain]
    return f'"{"".join(signs)}"'


def _outcome(answer: Answer) -> dict[str, Any]:
    if answer.timeout:
        return {"error": "timeout"}
    return {"status": answer.status} if answer.error is None else {"error": answer.error}
