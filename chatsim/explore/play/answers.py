"""What the world outside answers in a search: in each turn the first answers of the mocks, and as branches all others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import msgspec

from chatsim.explore.letters import Letter
from chatsim.trace import Call, Turn
from chatsim.world.functions import FunctionMock
from chatsim.world.mocks import Mock, Mocks

AnyMock: TypeAlias = Mock | FunctionMock
Choice: TypeAlias = tuple[str, int]
"""The mock, by how it is written, and which of its answers comes, from 0; None would be the first of every mock."""

MOST = 6
"""So many answers of a mock are tried."""


def answers_of(mock: AnyMock) -> tuple[Any, ...]:
    """Return the answers, or results, of *mock* in their order."""
    return mock.results if isinstance(mock, FunctionMock) else mock.answers


def with_answers(mock: AnyMock, answers: Sequence[Any]) -> AnyMock:
    """Return *mock* with *answers* in place of its own."""
    if isinstance(mock, FunctionMock):
        return msgspec.structs.replace(mock, results=tuple(answers))
    return msgspec.structs.replace(mock, answers=tuple(answers))


def answering(mocks: Iterable[AnyMock], choice: Choice) -> tuple[AnyMock, ...]:
    """Return *mocks* that answer as *choice* says: from that answer on, and at the end as ever, with the first one.

    Who asks again until the answer is right gets it at last.

    >>> from chatsim.world.outgoing import Answer
    >>> stock = Mock.of("GET https://stock.example", Answer(), Answer(status=503))
    >>> [answer.status for answer in answering([stock], (stock.written, 1))[0].answers]
    [503, 200]
    """
    written, number = choice
    return tuple(
        with_answers(mock, (*answers_of(mock)[number:], answers_of(mock)[0])) if mock.written == written else mock
        for mock in mocks
    )


def other_answers(letter: Letter, mocks: Mocks) -> list[Letter]:
    """Return *letter*, which was just played, with what else *mocks* might have answered; nothing for one with a fault."""
    if not mocks.calls or letter.delivery is not None or letter.answers is not None:
        return []
    used = dict.fromkeys((mock.written, min(len(answers_of(mock)), MOST)) for _, mock, _ in mocks.answered())
    choices: list[Choice] = [(written, number) for written, count in used for number in range(1, count)]
    return [msgspec.structs.replace(letter, answers=choice) for choice in choices]


class Tape:
    """Notes which answer each call got, for whoever writes a conversation down."""

    def __init__(self) -> None:
        self._answers: dict[int, tuple[Call, AnyMock, Any]] = {}

    def add(self, mocks: Mocks) -> None:
        """Note what *mocks* answered."""
        for call, mock, answer in mocks.answered():
            self._answers[id(call)] = call, mock, answer  # the call is kept, so that no other has its number

    def mocks_for(self, turns: Iterable[Turn], mocks: Iterable[AnyMock]) -> tuple[AnyMock, ...]:
        """Return *mocks* with the answers that they gave in *turns*, in order; those that gave none with their first."""
        given: dict[str, list[Any]] = {}
        for turn in turns:
            for effect in turn.effects:
                if id(effect) in self._answers:
                    _, mock, answer = self._answers[id(effect)]
                    given.setdefault(mock.written, []).append(answer)
        return tuple(with_answers(mock, _short(given.get(mock.written) or answers_of(mock)[:1])) for mock in mocks)


def _short(answers: Sequence[Any]) -> Sequence[Any]:
    """Return *answers* without repetitions at the end: the last one stays."""
    end = len(answers)
    while end > 1 and answers[end - 1] == answers[end - 2]:
        end -= 1
    return answers[:end]
