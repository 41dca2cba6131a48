"""What a scenario says about the world outside: how calls are answered, and which calls were made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import msgspec

from chatsim.jsondata import to_json
from chatsim.scenario.data_match import MISSING as NOT_THERE
from chatsim.scenario.data_match import DataPattern, show_data
from chatsim.scenario.durations import read_duration
from chatsim.scenario.match import compile_text
from chatsim.scenario.model import Position, Step
from chatsim.scenario.text_pattern import TextPattern
from chatsim.scenario.verdict import Line
from chatsim.scenario.words import DataTemplate, Template, Value, Values
from chatsim.trace import Call
from chatsim.world.functions import METHOD, FunctionMock, Result
from chatsim.world.mocks import Mock, Mocks
from chatsim.world.outgoing import MISSING, Answer, Request, Trouble
from chatsim.world.patterns import CallPattern

FUNCTION = f"{METHOD} "
"""With what the name of a mocked or called Python function begins."""


# ---------------------------------------------------------------- what answers


class Asked(msgspec.Struct, frozen=True):
    """What is asked of an HTTP request beside method and URL."""

    json: DataPattern | None = None
    headers: tuple[tuple[str, TextPattern], ...] = ()
    query: tuple[tuple[str, TextPattern], ...] = ()

    @property
    def patterns(self) -> Iterator[DataPattern | TextPattern]:
        """Everything in it that is matched."""
        if self.json is not None:
            yield self.json
        for _, pattern in (*self.headers, *self.query):
            yield pattern


ANYTHING = Asked()
Pattern: TypeAlias = DataPattern | TextPattern


class WrittenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a mock, as it is written; names in it stand for the cells of a case."""

    position: Position
    optional: bool = False
    status: int = 200
    json: DataTemplate | None = None
    text: Template | None = None
    body: bytes | None = None
    headers: tuple[tuple[str, Template], ...] = ()
    delay: Template | None = None
    timeout: bool = False
    error: Trouble | None = None
    returns: DataTemplate | None = None
    raises: Template | None = None

    @property
    def templates(self) -> Iterator[DataTemplate | Template]:
        """Everything in it that values go into."""
        for part in (self.json, self.text, self.delay, self.returns, self.raises):
            if part is not None:
                yield part
        for _, template in self.headers:
            yield template

    def answer(self, values: Values) -> Answer:
        """Return what comes back for an HTTP request."""
        return Answer(
            status=self.status,
            json=MISSING if self.json is None else self.json.render(values),
            text=None if self.text is None else self.text.render(values),
            body=self.body,
            headers={name: template.render(values) for name, template in self.headers},
            delay=self._seconds(values),
            timeout=self.timeout,
            error=self.error,
        )

    def result(self, values: Values) -> Result:
        """Return what a call of a function comes to."""
        return Result(
            returns=None if self.returns is None else self.returns.render(values),
            raises=None if self.raises is None else self.raises.render(values),
            delay=self._seconds(values),
        )

    def _seconds(self, values: Values) -> float:
        return 0.0 if self.delay is None else read_duration(self.delay.render(values))


class MockSpec(msgspec.Struct, frozen=True):
    """A mock, as it is written: ``METHOD URL`` or ``call package.module:function``, and its answers in order."""

    written: str
    answers: tuple[WrittenAnswer, ...]
    asked: Asked = ANYTHING

    @property
    def is_function(self) -> bool:
        """Whether it stands in for a Python function."""
        return self.written.startswith(FUNCTION)

    def mock(self, values: Values) -> Mock | FunctionMock:
        """Return the mock for a case with these *values*."""
        optional = all(answer.optional for answer in self.answers)
        if self.is_function:
            results = tuple(answer.result(values) for answer in self.answers)
            return FunctionMock(self.written.removeprefix(FUNCTION).strip(), results, optional)
        pattern = call_pattern(self.written, self.asked, values, {})
        return Mock(self.written, pattern, tuple(answer.answer(values) for answer in self.answers), optional)

    def unused(self, uses: int) -> WrittenAnswer | None:
        """Return the first answer that ought to have been given and was not, after so many *uses*."""
        if all(answer.optional for answer in self.answers[uses:]):
            return None
        return self.answers[uses]


def mocks_for(specs: Sequence[MockSpec], values: Values, allow: Iterable[str] = ()) -> Mocks:
    """Return the mocks of a case with these *values*, in the order of *specs*, beside the hosts that it may reach."""
    return Mocks([spec.mock(values) for spec in specs], allow)


def unused_in(specs: Sequence[MockSpec], mocks: Mocks) -> tuple[MockSpec, WrittenAnswer] | None:
    """Return the first answer that ought to have been given and was not, with its mock."""
    for spec, mock in zip(specs, mocks.mocks, strict=True):
        answer = spec.unused(mocks.uses(mock))
        if answer is not None:
            return spec, answer
    return None


def call_pattern(written: str, asked: Asked, values: Values, taken: dict[str, Value]) -> CallPattern:
    """Return what says whether a request is the one that is meant; what is taken out of it goes to *taken*."""

    def holds(pattern: TextPattern | DataPattern) -> Callable[[Any], bool]:
        def held(actual: Any) -> bool:
            if isinstance(pattern, TextPattern) and not isinstance(actual, str):
                return False
            found = pattern.match(actual, {**values, **taken})
            taken.update(found or {})
            return found is not None

        return held

    pattern = CallPattern.of(
        written,
        json=None if asked.json is None else holds(asked.json),
        text=lambda text: holds(compile_text(text)),
    )
    headers = tuple((name.lower(), holds(text)) for name, text in asked.headers)
    query = tuple((name, holds(text)) for name, text in asked.query)
    return msgspec.structs.replace(pattern, headers=headers, query=(*pattern.query, *query))


# ---------------------------------------------------------------- what was called


class Made(msgspec.Struct, frozen=True):
    """A call that was made; `request` is there when it went out over HTTP."""

    call: Call
    request: Request | None = None

    @property
    def shown(self) -> str:
        """The call on one line."""
        return " ".join(filter(None, (f"{self.call.method} {self.call.url}", self._with())))

    def _with(self) -> str:
        payload = self.call.payload or {}
        if self.request is None:
            return ", ".join(
                [
                    *(show_data(arg) for arg in payload.get("args", ())),
                    *(f"{name}={show_data(value)}" for name, value in payload.get("kwargs", {}).items()),
                ]
            )
        for name in ("json", "form"):
            if name in payload:
                return show_data(payload[name])
        return str(payload.get("text", "")) or (to_json(payload["bytes"]) if "bytes" in payload else "")


def calls_made(mocks: Mocks) -> list[Made]:
    """Return the calls that were made, in order, each with its request."""
    requests = iter(mocks.requests)
    return [Made(call, None if call.method in (METHOD, "CONNECT") else next(requests, None)) for call in mocks.calls]


class ExpectedCall(msgspec.Struct, frozen=True):
    """A call that must have been made: ``METHOD URL`` or ``call package.module:function``, and with what."""

    position: Position
    written: str
    asked: Asked = ANYTHING
    text: TextPattern | None = None
    form: DataPattern | None = None
    args: DataPattern | None = None
    kwargs: DataPattern | None = None

    @property
    def patterns(self) -> Iterator[DataPattern | TextPattern]:
        """Everything in it that is matched, the URL included."""
        if not self.written.startswith(FUNCTION):
            yield compile_text(self.written)
        yield from self.asked.patterns
        for pattern in (self.text, self.form, self.args, self.kwargs):
            if pattern is not None:
                yield pattern

    def match(self, made: Made, values: Values) -> dict[str, Value] | None:
        """Return what was taken out of the call, or None where it is another; raise `PatternFailed`."""
        taken: dict[str, Value] = {}
        if not self._is_for(made, values, taken):
            return None
        payload = made.call.payload or {}
        for name, pattern in self._parts():
            actual = payload.get(name, NOT_THERE)
            if isinstance(pattern, TextPattern) and not isinstance(actual, str):
                return None
            found = pattern.match(actual, {**values, **taken})
            if found is None:
                return None
            taken |= found
        return taken

    def _is_for(self, made: Made, values: Values, taken: dict[str, Value]) -> bool:
        if made.request is None:
            return self.written == f"{made.call.method} {made.call.url}"
        if self.written.startswith(FUNCTION):
            return False
        asked = msgspec.structs.replace(self.asked, json=None)
        return call_pattern(self.written, asked, values, taken).covers(made.request)

    def _parts(self) -> list[tuple[str, Pattern]]:
        parts: list[tuple[str, Pattern | None]] = [
            ("json", self.asked.json),
            ("text", self.text),
            ("form", self.form),
            ("args", self.args),
            ("kwargs", self.kwargs),
        ]
        return [(name, pattern) for name, pattern in parts if pattern is not None]

    def differing(self, made: Made, values: Values) -> tuple[Line, ...]:
        """Return lines that say how *made* differs."""
        payload = made.call.payload or {}
        if not self._is_for(made, values, {}):
            return (Line("expected", self.shown(values)), Line("came", made.shown))
        lines = [Line("held", self.written)]
        for name, pattern in self._parts():
            actual = payload.get(name, NOT_THERE)
            if isinstance(pattern, TextPattern):
                came = actual if isinstance(actual, str) else show_data(actual)
                lines += [Line("expected", pattern.show(values), name), Line("came", came, name)]
                continue
            for place in pattern.compare(actual, values):
                label = f"{name}.{place.path}" if place.path else name
                if place.held:
                    lines.append(Line("held", place.expected, label))
                else:
                    lines += [Line("expected", place.expected, label), Line("came", place.actual, label)]
        return tuple(lines)

    def shown(self, values: Values) -> str:
        """Return the call on one line, as it is expected."""
        source = next(
            (show_data(pattern.source) for _, pattern in self._parts() if isinstance(pattern, DataPattern)), ""
        )
        written = self.written if self.written.startswith(FUNCTION) else compile_text(self.written).show(values)
        return f"{written} {source}".rstrip()


class CallsStep(Step, frozen=True, kw_only=True):
    """The calls that were made since the last such step, all of them, in order."""

    kind = "calls"
    calls: tuple[ExpectedCall, ...]


def other_calls(
    expected: Sequence[ExpectedCall], made: Sequence[Made], index: int, values: Values
) -> tuple[str, tuple[Line, ...]]:
    """Return a headline, and lines, for calls of which the one at *index* is the first that is not as expected."""
    held = tuple(Line("held", call.shown) for call in made[:index])
    if index >= len(expected):
        more = len(made) - index
        many = f"{more} more calls than expected" if more > 1 else "a call more than expected"
        return f"calls: {many}", held + tuple(Line("came", call.shown) for call in made[index:])
    if index >= len(made):
        missing = tuple(Line("expected", call.shown(values)) for call in expected[index:])
        count = f"{len(missing)} of {len(expected)} {'call is' if len(expected) == 1 else 'calls are'} missing"
        return f"calls: {count}", held + missing
    return f"calls: call {index + 1} is another than expected", held + expected[index].differing(made[index], values)
