"""Letters from the scenarios of a project: what somebody said in the same state; and the mocks that answer there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

from chatsim.errors import ChatsimError
from chatsim.explore.letters import Letter
from chatsim.explore.mining.objects import filled
from chatsim.explore.play.answers import answers_of, with_answers
from chatsim.explore.play.moment import Moment
from chatsim.explore.sources.offers import RESET
from chatsim.jsondata import to_json
from chatsim.scenario.calls import mocks_for
from chatsim.scenario.deadline import TimedOut, deadline
from chatsim.scenario.load import find_files, load_file
from chatsim.scenario.model import ScenarioCase
from chatsim.scenario.run import run_case
from chatsim.stage import Stage
from chatsim.trace import DEFAULT_CHAT, Callback, Snapshot, Tap, Trace
from chatsim.world.functions import FunctionMock
from chatsim.world.mocks import Mock

LONGEST = 10.0
"""How many seconds are taken to play the scenarios of a project."""
LONGEST_OF_ONE = 2.0
"""How many one of them may take."""

_MOST_CASES = 200
_MOST_LETTERS = 12


class Scenarios:
    """What was said in scenarios, by the state in which it was said."""

    def __init__(self, traces: Iterable[Trace]) -> None:
        self._letters: dict[str | None, dict[str, Letter]] = {}
        for trace in traces:
            before = trace.start
            for turn in trace.turns:
                if turn.event.chat == DEFAULT_CHAT and not turn.event.by and not isinstance(turn.event, Tap):
                    letter = Letter(turn.event, "scenario")
                    self._letters.setdefault(_state(before), {}).setdefault(letter.label, letter)
                before = turn.snapshot

    def letters(self, moment: Moment) -> Sequence[Letter]:
        """Return what was said in the moment's state; what was tapped there is on offer anyway."""
        state = moment.state if moment.state != RESET else None
        return [_of_now(letter, moment) for letter in list(self._letters.get(state, {}).values())[:_MOST_LETTERS]]


def _of_now(letter: Letter, moment: Moment) -> Letter:
    """Return *letter*, a callback with what the bot remembers now under the same keys."""
    if not isinstance(letter.event, Callback):
        return letter
    try:
        data = json.loads(letter.event.body)
    except ValueError:
        return letter
    if not isinstance(data, dict) or to_json(data) != letter.event.body:
        return letter
    return Letter(Callback(to_json(filled(data, moment))), letter.origin)


def _state(snapshot: Snapshot) -> str | None:
    chat = snapshot.chats.get(DEFAULT_CHAT)
    return None if chat is None or chat.state == RESET else chat.state


def cases_for(reference: str, folder: Path) -> list[ScenarioCase]:
    """Return the scenarios in *folder* and below that are about the bot *reference* there; broken files are left out."""
    cases: list[ScenarioCase] = []
    for path in find_files([folder])[0]:
        try:
            file = load_file(path)
        except ChatsimError:
            continue
        if file.bot == reference and file.folder.resolve() == folder.resolve():
            cases += file.cases
    return cases[:_MOST_CASES]


def mocks_of(cases: Iterable[ScenarioCase]) -> list[Mock | FunctionMock]:
    """Return the mocks of *cases*: of those that are written alike the first, with the answers of all of them."""
    found: dict[str, Mock | FunctionMock] = {}
    for case in cases:
        for mock in mocks_for(case.mocks, case.values).mocks:
            known = found.setdefault(mock.written, mock)
            if _asks_alike(known, mock):
                answers = answers_of(known)
                more = [answer for answer in answers_of(mock) if answer not in answers]
                found[mock.written] = with_answers(known, (*answers, *more))
    return list(found.values())


def _asks_alike(one: Mock | FunctionMock, other: Mock | FunctionMock) -> bool:
    """Say whether two mocks that are written alike are meant for the same calls: not where one says `when`."""
    if isinstance(one, FunctionMock) or isinstance(other, FunctionMock):
        return True
    asked = [
        ([name for name, _ in mock.pattern.query], mock.pattern.headers, mock.pattern.json) for mock in (one, other)
    ]
    return asked[0] == asked[1]


def traces_of(cases: Iterable[ScenarioCase], stage: Stage) -> list[Trace]:
    """Return what comes of playing *cases*, whether they pass or not, as far as there is time for them."""
    traces: list[Trace] = []
    over = monotonic() + LONGEST
    for case in cases:
        # What one of them does not come back from, the search will find.
        with suppress(ChatsimError, TimedOut), deadline(min(LONGEST_OF_ONE, over - monotonic())):
            traces.append(run_case(case, stage).trace)
        if monotonic() > over:
            break
    return traces
