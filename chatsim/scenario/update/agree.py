"""Bring the proposals of all tests that use the same lines together: a line is rewritten only if all agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatsim.errors import Problem
from chatsim.scenario.model import Position
from chatsim.scenario.update.changes import Change, Changes, Slot, described
from chatsim.scenario.update.propose import CannotPropose, How, propose
from chatsim.scenario.update.windows import Window, windows_of
from chatsim.scenario.verdict import Verdict
from chatsim.trace import Trace


def agreed(verdicts: Sequence[Verdict], failed: Sequence[Verdict], runs: dict[str, list[Trace]]) -> Changes | Problem:
    """Return the changes that mend the first turn that does not hold in each of the *failed* tests.

    *verdicts* are those of all tests of the file.  *runs* keeps earlier runs of each, and gets these.  Where tests
    that share a line do not agree about it, what is returned is the problem.
    """
    windows = [window for verdict in verdicts for window in windows_of(verdict)]
    mend = [window for window in windows if window.fails and window.verdict in failed]
    others = {verdict.case.id: list(runs.get(verdict.case.id, ())) for verdict in verdicts}
    for verdict in failed:
        runs.setdefault(verdict.case.id, []).append(verdict.trace)
    try:
        return _Agreement(windows, others).changes(mend)
    except CannotPropose as error:
        return Problem(*error.position, error.what)
    except _Disagree as error:
        return error.problem


class _Disagree(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


class _Agreement:
    """Holds the proposals of turns against each other; *others* are earlier runs by test."""

    def __init__(self, windows: Sequence[Window], others: Mapping[str, Sequence[Trace]]) -> None:
        self.others = others
        self.users: dict[Position, list[Window]] = {}
        for window in windows:
            for step in window.lines():
                users = self.users.setdefault(step.position, [])
                if window not in users:
                    users.append(window)
        self.plain: dict[int, Changes] = {}

    def changes(self, mend: Sequence[Window]) -> Changes:
        """Return the changes for the windows in *mend*."""
        found: Changes = {}
        for window in mend:
            for position in dict.fromkeys(position for position, _ in self._plain(window)):
                if not any(place == position for place, _ in found):
                    found |= self._of_step(position)
        return found

    def _plain(self, window: Window) -> Changes:
        if id(window) not in self.plain:
            how = How(others=self.others[window.verdict.case.id])
            self.plain[id(window)] = propose(window, how) if window.fails else {}
        return self.plain[id(window)]

    def _of_step(self, position: Position) -> Changes:
        """Return the changes of the step at *position* on which all turns agree in which it was held."""
        users = self.users[position]
        proposals = [_at(position, self._plain(window)) for window in users]
        if all(proposal == proposals[0] for proposal in proposals):
            return _keyed(position, proposals[0])
        forced = frozenset((position, slot) for proposal in proposals for slot in proposal)
        bold = [
            _at(position, propose(window, How(True, forced, self.others[window.verdict.case.id])))  # noqa: FBT003 - boldly
            for window in users
        ]
        if all(proposal == bold[0] for proposal in bold):
            return _keyed(position, bold[0])
        raise _Disagree(_problem(position, users, proposals))


def _at(position: Position, changes: Changes) -> dict[Slot, Change]:
    return {slot: change for (place, slot), change in changes.items() if place == position}


def _keyed(position: Position, changes: Mapping[Slot, Change]) -> Changes:
    return {(position, slot): change for slot, change in changes.items()}


def _problem(position: Position, users: Sequence[Window], proposals: Sequence[Mapping[Slot, Change]]) -> Problem:
    """Say which tests want what in the place of the step."""
    wishes: dict[str, list[str]] = {}
    for window, proposal in zip(users, proposals, strict=True):
        words = ", ".join(f"{'.'.join(slot)}: {described(change)}" for slot, change in sorted(proposal.items()))
        wishes.setdefault(words or "as it is", []).append(window.verdict.case.id)
    told = "\n".join(f"{', '.join(dict.fromkeys(tests))}: {words}" for words, tests in wishes.items())
    what = "the tests that share this line do not agree about it"
    return Problem(*position, what, f"{told}\ngive each a line of its own, or make what differs a column of `cases`")
