"""Make mocks of what a test in Python says, in the words of scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chatsim.errors import SetupError, did_you_mean
from chatsim.jsondata import json_copy
from chatsim.scenario.allow import host_of
from chatsim.scenario.calls import FUNCTION, Asked, call_pattern
from chatsim.scenario.data_match import DataPattern
from chatsim.scenario.durations import read_duration
from chatsim.scenario.match import compile_text
from chatsim.scenario.words import BrokenText
from chatsim.world.functions import FunctionMock, Result
from chatsim.world.mocks import Mock
from chatsim.world.outgoing import Answer

_ANSWER = ("status", "json", "text", "body", "headers", "delay", "timeout", "error")
_RESULT = ("returns", "raises", "delay")
_WHEN = ("json", "headers", "query")


def mock_of(
    call: str, answers: Sequence[Mapping[str, Any]], *, when: Mapping[str, Any] | None = None, optional: bool = False
) -> Mock | FunctionMock:
    """Return the mock of *call* (``METHOD URL``, ``call package.module:function``) with *answers*, by default one.

    *when* says what a request must hold: ``json``, ``headers``, ``query``.  Raises `SetupError` for what is no mock.

    >>> mock_of("GET https://stock.example/items?size=...", [{"status": 503}, {"json": {"left": 3}}]).answers[1].json
    {'left': 3}
    """
    if call.startswith(FUNCTION):
        if when:
            raise SetupError(f"{call}: `when` is for requests, and this is a function")
        results = tuple(Result(**_known(answer, _RESULT, call)) for answer in answers)
        return FunctionMock(call.removeprefix(FUNCTION).strip(), results or (Result(),), optional)
    said = tuple(Answer(**_known(answer, _ANSWER, call)) for answer in answers)
    pattern = call_pattern(call, _asked(_known(when or {}, _WHEN, call)), {}, {})
    return Mock(call, pattern, said or (Answer(),), optional)


def hosts_of(hosts: Sequence[str]) -> tuple[str, ...]:
    """Return *hosts* as the world knows them; raise `SetupError` for what is none.

    >>> hosts_of(["localhost:8080", "[::1]:6379"])
    ('localhost:8080', '::1:6379')
    """
    try:
        return tuple(host_of(host) for host in hosts)
    except BrokenText as error:
        raise SetupError(f"allow: {error.what}; {error.cure}") from None


def _known(given: Mapping[str, Any], names: tuple[str, ...], call: str) -> dict[str, Any]:
    for name in given:
        if name not in names:
            hint = did_you_mean(name, names)
            raise SetupError(f"{call}: there is no {name!r} here, only {', '.join(names)}. {hint}".rstrip())
    said = dict(given)
    if isinstance(said.get("delay"), str):
        said["delay"] = read_duration(said["delay"])
    return said


def _asked(when: Mapping[str, Any]) -> Asked:
    return Asked(
        DataPattern.of(json_copy(when["json"])) if "json" in when else None,
        tuple((name, compile_text(text)) for name, text in when.get("headers", {}).items()),
        tuple((name, compile_text(text)) for name, text in when.get("query", {}).items()),
    )
