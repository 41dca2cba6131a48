"""What the world outside answers while a bot is stepped, and what the bot asked it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from threading import Lock
from typing import Any, NamedTuple

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


class _Behind(NamedTuple):
    """What is behind a call: the mock that answered it, None where none did, with what, and whether it was a request."""

    mock: Mock | FunctionMock | None
    answer: Answer | Result | None
    was_request: bool


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
        self._behind: list[_Behind] = []
        self._lock = Lock()
        self.add(*mocks)

    def add(self, *mocks: Mock | FunctionMock) -> None:
        """Let *mocks* answer as well, from now on."""
        self.mocks += mocks
        http = [mock for mock in self.mocks if isinstance(mock, Mock)]
        self._by_weight = sorted(http, key=lambda mock: mock.pattern.weight, reverse=True)
        self._used.update(dict.fromkeys(map(_key, mocks), 0))

    def let(self, hosts: Iterable[str]) -> None:
        """Let *hosts* be called for real as well, from now on."""
        self.allow |= frozenset(hosts)

    @property
    def functions(self) -> tuple[FunctionMock, ...]:
        """The mocks of Python functions."""
        return tuple(mock for mock in self.mocks if isinstance(mock, FunctionMock))

    def answer(self, request: Request) -> Answer:
        """Return what comes back for *request*, and note the call; raise `CallNotMocked` where nothing does."""
        mock = next((mock for mock in self._by_weight if mock.pattern.covers(request)), None)
        if mock is None:
            name = f"{request.method} {request.url}"
            missing = CallNotMocked(name, yaml_line(request), self._near(request), local_place(request.url))
            self.uncovered.append(missing)
            self.made(Call(request.method, request.url, {**request.payload(), "error": "not mocked"}), request)
            raise missing
        answer = mock.answers[min(self._use(mock), len(mock.answers) - 1)]
        called = Call(request.method, request.url, {**request.payload(), **_outcome(answer)})
        self.made(called, request, mock, answer)
        return answer

    def result(self, mock: FunctionMock, args: tuple[Any, ...], options: dict[str, Any]) -> Result:
        """Return what a call of *mock* with *args* and *options* comes to, and note the call."""
        result = mock.results[min(self._use(mock), len(mock.results) - 1)]
        self.made(call_of(mock, args, options, result), mock=mock, answer=result)
        return result

    def _use(self, mock: Mock | FunctionMock) -> int:
        """Count a use of *mock*, and return how many there were before."""
        with self._lock:
            count = self._used[_key(mock)]
            self._used[_key(mock)] = count + 1
        return count

    def made(
        self,
        call: Call,
        request: Request | None = None,
        mock: Mock | FunctionMock | None = None,
        answer: Answer | Result | None = None,
    ) -> None:
        """Note that *call* was made, which *mock* answered with *answer*."""
        self.calls.append(call)
        self._behind.append(_Behind(mock, answer, request is not None))
        if request is not None:
            self.requests.append(request)
        note(call)

    def take_back(self, count: int) -> None:
        """Let the last *count* calls not have been made: who would have made them died before."""
        for _ in range(count):
            self.calls.pop()
            behind = self._behind.pop()
            if behind.was_request:
                self.requests.pop()
            if behind.mock is not None:
                self._used[_key(behind.mock)] -= 1

    def answered(self) -> list[tuple[Call, Mock | FunctionMock, Answer | Result]]:
        """Return the calls that mocks answered, in order, each with its mock and the answer."""
        pairs = zip(self.calls, self._behind, strict=True)
        return [
            (call, each.mock, each.answer) for call, each in pairs if each.mock is not None and each.answer is not None
        ]

    def before_the_last(self, calls: int) -> tuple[Mock | FunctionMock, ...]:
        """Return these mocks as they stood before the last *calls* calls: with the answers that were still to come."""
        late = [each.mock for each in self._behind[len(self._behind) - calls :]]
        return tuple(_without(mock, self.uses(mock) - sum(each is mock for each in late)) for mock in self.mocks)

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


def _without(mock: Mock | FunctionMock, count: int) -> Mock | FunctionMock:
    """Return *mock* without its first *count* answers; the last one stays."""
    if isinstance(mock, FunctionMock):
        return msgspec.structs.replace(mock, results=mock.results[min(count, len(mock.results) - 1) :])
    return msgspec.structs.replace(mock, answers=mock.answers[min(count, len(mock.answers) - 1) :])


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
