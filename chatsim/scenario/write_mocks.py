"""Write mocks into a scenario file, each as one that may stay unused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chatsim.scenario.durations import show_duration
from chatsim.scenario.write_yaml import yaml_data, yaml_text
from chatsim.world.functions import FunctionMock, Result
from chatsim.world.mocks import Mock
from chatsim.world.outgoing import MISSING, Answer


def mock_lines(mocks: Iterable[Mock | FunctionMock]) -> Iterator[str]:
    r"""Yield the lines of ``mock:`` for *mocks*; nothing where there are none.

    >>> print("\n".join(mock_lines([Mock.of("GET https://shop.example/stock", Answer(json={"left": 3}))])))
    mock:
      GET https://shop.example/stock:
      - {json: {left: 3}, optional: true}
    """
    mocks = list(mocks)
    if mocks:
        yield "mock:"
    for mock in mocks:
        yield f"  {yaml_text(mock.written)}:"
        contents = map(_result, mock.results) if isinstance(mock, FunctionMock) else map(_answer, mock.answers)
        yield from (f"  - {yaml_data({**content, 'optional': True})}" for content in contents)


def _answer(answer: Answer) -> dict[str, Any]:
    content: dict[str, Any] = {} if answer.status == 200 else {"status": answer.status}  # noqa: PLR2004 - the usual one
    if answer.json is not MISSING:
        content["json"] = answer.json
    if answer.text is not None:
        content["text"] = answer.text
    if answer.body is not None:
        content["text"] = answer.body.decode("utf-8", "replace")
    if answer.headers:
        content["headers"] = dict(answer.headers)
    if answer.timeout:
        content["timeout"] = True
    if answer.error is not None:
        content["error"] = answer.error
    return content | _after(answer.delay)


def _result(result: Result) -> dict[str, Any]:
    content = {"raises": result.raises} if result.raises is not None else {"returns": result.returns}
    return content | _after(result.delay)


def _after(delay: float) -> dict[str, Any]:
    return {"delay": show_duration(delay)} if delay else {}
