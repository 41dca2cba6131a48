"""Make mocks, and the calls that are expected, of what is written; note what cannot be right about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from chatsim.scenario.calls import ANYTHING, FUNCTION, Asked, ExpectedCall, MockSpec, WrittenAnswer
from chatsim.scenario.durations import read_duration
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.nodes import Source
from chatsim.scenario.readers import BROKEN, Placed
from chatsim.scenario.words import BrokenText, Template, Values
from chatsim.scenario.written_steps import WrittenBot, WrittenCalls, WrittenStep, WrittenWait
from chatsim.scenario.written_world import (
    WrittenAnswerFields,
    WrittenAsked,
    WrittenCall,
    WrittenCallFields,
    WrittenMock,
    captures_in,
    names_in,
)

T = TypeVar("T")

_BODIES = ("json_", "text", "body")
_FUNCTION_ONLY = ("returns", "raises")
_HTTP_ONLY = ("when", "status", *_BODIES, "headers", "timeout", "error")
_REQUEST_ONLY = ("json_", "text", "form", "headers", "query")
_CALL_ONLY = ("args", "kwargs")


# ---------------------------------------------------------------- checks


def check_mocks(mocks: Mapping[str, WrittenMock], rows: Sequence[Values], source: Source) -> None:
    """Note what cannot be right about *mocks* in a scenario whose cases have the cells *rows*."""
    columns = set(rows[0]) if rows else set()
    for name, mock in mocks.items():
        for column in names_in(name):
            if column not in columns:
                _undefined(column, mock.node, columns, source)
        for capture in captures_in(name):
            what = f"${{{capture}:…}} takes a value out, and nothing can be taken out of a mock"
            source.problem(mock.node, what, "write ... here, and take it out in a `calls` step")
        for answer in mock.answers:
            _check_answer(name, answer, columns, source)
            _check_delay(answer, rows, source)


def _check_answer(name: str, answer: WrittenAnswerFields, columns: set[str], source: Source) -> None:
    is_function = name.startswith(FUNCTION)
    for field in _HTTP_ONLY if is_function else _FUNCTION_ONLY:
        if getattr(answer, field) is not None:
            kind = "function" if is_function else "request"
            cure = "write returns: or raises:" if is_function else "write json:, text: or status:"
            source.problem(answer.node, f"`{field.rstrip('_')}` answers no {kind}", cure)
    bodies = [field.rstrip("_") for field in _BODIES if getattr(answer, field) is not None]
    if len(bodies) > 1:
        source.problem(answer.node, f"an answer has one body, and here are {' and '.join(bodies)}", "give one of them")
    if answer.returns is not None and answer.raises is not None:
        source.problem(answer.node, "a call either returns or raises", "give one of them")
    if _value(answer.timeout) and answer.error is not None:
        source.problem(answer.node, "a call either times out or fails", "give `timeout` or `error`")
    _check_values(answer, columns, source)


def _check_values(answer: WrittenAnswerFields, columns: set[str], source: Source) -> None:
    for part in _placed_in(answer):
        for column in _names(part.value):
            if column not in columns:
                _undefined(column, part.node, columns, source)
    for part in _placed_in(answer.when) if answer.when is not None else ():
        for capture in _captures(part.value):
            what = f"${{{capture}:…}} takes a value out, and nothing can be taken out of a mock"
            source.problem(part.node, what, "write ... here, and take it out in a `calls` step")


def _undefined(name: str, node: Any, columns: set[str], source: Source) -> None:
    what = f"undefined ${{{name}}}: mocks are there before the chat begins, and know only the columns of `cases`"
    source.problem(node, what, did_you_mean(name, sorted(columns), "columns") if columns else "")


def _check_delay(answer: WrittenAnswerFields, rows: Sequence[Values], source: Source) -> None:
    if answer.delay is not None:
        check_time(answer.delay, rows, source)


def check_time(time: Placed[Template], rows: Sequence[Values], source: Source) -> None:
    """Note the cells that do not make a duration of *time*."""
    if time.value is BROKEN or not time.value.names:
        return
    for row in rows:
        if all(name in row for name in time.value.names):
            try:
                read_duration(time.value.render(row))
            except BrokenText as error:
                source.problem(time.node, error.what, error.cure)


def check_world(step: WrittenStep, rows: Sequence[Values], source: Source) -> None:
    """Note what cannot be right about the durations and calls of *step*."""
    if isinstance(step, WrittenWait):
        check_time(step.wait, rows, source)
    elif isinstance(step, WrittenCalls):
        check_calls(step.calls, source)
    elif isinstance(step, WrittenBot) and step.within is not None:
        check_time(step.within, rows, source)


def check_calls(calls: Iterable[WrittenCall], source: Source) -> None:
    """Note what cannot be right about the *calls* that are expected."""
    for call in calls:
        is_function = call.name.value.startswith(FUNCTION)
        for field in (_REQUEST_ONLY if is_function else _CALL_ONLY) if call.content is not None else ():
            if getattr(call.content, field) is not None:
                kind = "a function" if is_function else "a request"
                cure = "write args: or kwargs:" if is_function else "write json:, text:, form:, query: or headers:"
                source.problem(call.node, f"{kind} is not called with `{field.rstrip('_')}`", cure)


# ---------------------------------------------------------------- making


def mock_specs(mocks: Mapping[str, WrittenMock], source: Source) -> tuple[MockSpec, ...]:
    """Return *mocks* as they are run: answers to the same requests are one mock, in the order in which they stand."""
    return tuple(spec for name, mock in mocks.items() for spec in _specs(name, mock, source))


def _specs(name: str, mock: WrittenMock, source: Source) -> Iterator[MockSpec]:
    asked = [(_asked(answer.when), answer) for answer in mock.answers]
    conditions: list[Asked] = []
    for condition, _ in asked:
        if condition not in conditions:
            conditions.append(condition)
    for condition in conditions:
        answers = tuple(_answer(answer, source) for found, answer in asked if found == condition)
        yield MockSpec(name, answers, condition)


def _answer(answer: WrittenAnswerFields, source: Source) -> WrittenAnswer:
    body = _value(answer.body)
    return WrittenAnswer(
        position=source.position(answer.node),
        optional=_value(answer.optional) is True,
        status=_value(answer.status) or 200,
        json=_value(answer.json_),
        text=body if isinstance(body, Template) else _value(answer.text),
        body=body if isinstance(body, bytes) else None,
        headers=_value(answer.headers) or (),
        delay=_value(answer.delay),
        timeout=_value(answer.timeout) is True,
        error=_value(answer.error),  # type: ignore[arg-type]  # read as one of these
        returns=_value(answer.returns),
        raises=_value(answer.raises),
    )


def expected_calls(calls: Iterable[WrittenCall], source: Source) -> tuple[ExpectedCall, ...]:
    """Return *calls* as they are held against those that were made."""
    return tuple(_expected(call, source) for call in calls)


def _expected(call: WrittenCall, source: Source) -> ExpectedCall:
    content = call.content or WrittenCallFields.model_construct()
    return ExpectedCall(
        source.position(call.node),
        call.name.value,
        _asked(content),
        _value(content.text),
        _value(content.form),
        _value(content.args),
        _value(content.kwargs),
    )


def _asked(written: WrittenAsked | WrittenCallFields | None) -> Asked:
    if written is None:
        return ANYTHING
    return Asked(_value(written.json_), _value(written.headers) or (), _value(written.query) or ())


def _value(placed: Placed[T] | None) -> T | None:
    return None if placed is None else placed.value


def _placed_in(written: Any) -> Iterator[Placed[Any]]:
    """Yield every value in *written*, and in what stands in it."""
    for value in written.__dict__.values():
        if isinstance(value, Placed):
            yield value
        elif isinstance(value, WrittenAsked):
            yield from _placed_in(value)


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(name for item in value for name in _names(item))
    found: tuple[str, ...] = getattr(value, "names", ())
    return found


def _captures(value: Any) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(name for item in value for name in _captures(item))
    found: tuple[str, ...] = getattr(value, "captures", ())
    return found
