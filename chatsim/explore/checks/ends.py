"""Find where a conversation cannot go on: states that nothing leads out of, and states that no end is reached from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chatsim.bots.base import Bot
from chatsim.explore.checks.base import Found, Seen, Step, Whole
from chatsim.explore.declaration import Declaration
from chatsim.explore.results.result import Severity
from chatsim.graph.analysis import endless
from chatsim.graph.model import Graph


class DeadEnds:
    """Finds moments in which nothing that comes changes anything.

    Where the bot does not answer any more either, that is an error.  Where it answers, and the bot has been elsewhere
    before, it is worth a warning, unless its declared graph shows a way out that the search did not find.
    """

    kinds: Mapping[str, Severity] = {"dead-end": "error"}

    def __init__(self, declaration: Declaration | None = None) -> None:
        self._declaration = declaration or Declaration()

    def begin(self, bot: Bot) -> None:
        """The bot's declared graph is what is asked."""
        self._declaration.turn_to(bot)

    @property
    def _graph(self) -> Graph | None:
        return self._declaration.graph

    def look(self, seen: Seen) -> Iterator[Found]:  # noqa: ARG002 - dead ends are seen at the end
        """Nothing can be said of a single turn."""
        yield from ()

    def close(self, whole: Whole) -> Iterator[Found]:
        """Look for moments that every letter leaves as they are."""
        stuck, silent = _stuck(whole)
        reported: set[str] = set()
        first = whole.begins_in
        for node in sorted(stuck, key=whole.depth_of):
            state = whole.state_of(node)
            if state in reported or (state == first and node not in silent):
                continue
            reported.add(state)
            if node in silent:
                yield self._dead(whole, node, state)
            elif not self._leads_out(state) and not self._is_where_all_began(whole, state):
                message = "whatever comes, the bot answers, and nothing changes any more"
                yield Found("dead-end", state, message, node, key=state, severity="warning")

    def _dead(self, whole: Whole, node: int, state: str) -> Found:
        """Report a silent moment: for certain where nothing else is declared, or where the user said what to try."""
        message = "whatever comes, the bot neither answers nor changes"
        if whole.is_given or (self._graph is not None and not self._leads_out(state)):
            return Found("dead-end", state, message, node, key=state)
        hint = f"{message}, of all that was tried; inputs that the bot would take may be missing (--inputs)"
        return Found("dead-end", state, hint, node, key=state, severity="warning", inconclusive=True)

    def _leads_out(self, state: str) -> bool:
        """Say whether the declared graph has a way out of *state*, or does not know all ways."""
        ways = [] if self._graph is None else [way for way in self._graph.transitions if way.source == state]
        return any(way.target is None or way.target != state for way in ways)

    @staticmethod
    def _is_where_all_began(whole: Whole, state: str) -> bool:
        """Say whether the whole bot is one state."""
        others = {whole.state_of(node) for node in whole.all_nodes()} - {whole.state_of(0)}
        return whole.begins_in is not None and (len(others) <= 1 or not state)


def _stuck(whole: Whole) -> tuple[set[int], set[int]]:
    """Return the moments that every letter leaves as they are, and those of them where it is not answered either."""
    stuck = {node for node in whole.all_nodes() if whole.is_expanded(node) and whole.is_waiting(node)}
    silent = set(stuck)
    tried: set[int] = set()
    for step in whole.all_steps():
        if step.source not in stuck and not step.ended:
            continue
        tried.add(step.source)
        if step.ended or step.failed or not whole.is_same(step.source, step.target):
            stuck.discard(step.source)
        if step.ended:  # where a chat has ended, silence is right
            stuck.discard(step.target)
        if step.answered:
            silent.discard(step.source)
    stuck &= tried
    return stuck, silent & stuck


class NoEnds:
    """Finds moments from which no end can be reached, in bots that come to an end or declare one."""

    kinds: Mapping[str, Severity] = {"no-end": "error"}

    def __init__(self, declaration: Declaration | None = None) -> None:
        self._declaration = declaration or Declaration()

    def begin(self, bot: Bot) -> None:
        """The bot's declared graph is what is asked."""
        self._declaration.turn_to(bot)

    @property
    def _graph(self) -> Graph | None:
        return self._declaration.graph

    def look(self, seen: Seen) -> Iterator[Found]:  # noqa: ARG002 - ends are looked for at the end
        """Nothing can be said of a single turn."""
        yield from ()

    def close(self, whole: Whole) -> Iterator[Found]:
        """Go backwards from every end."""
        if not whole.has_ended and not self._declares_end():
            return
        steps = list(whole.all_steps())
        open_ = {node for node in whole.all_nodes() if not whole.is_expanded(node)}
        may_end = _before({step.source for step in steps if step.ended} | open_, steps)
        trapped = [node for node in whole.all_nodes() if node not in may_end and whole.is_waiting(node)]
        certain = self._endless()
        doubtful = _before({step.source for step in steps if step.failed}, steps)
        reported: set[str] = set()
        for node in sorted(trapped, key=whole.depth_of):
            state = whole.state_of(node)
            # Where a turn failed on the way, that is reported, and what lies behind it is not known.
            if state in reported or whole.chat_ended(node) or node in doubtful:
                continue
            reported.add(state)
            is_certain = whole.is_given if certain is None else state in certain
            message = "from here, no end of the conversation can be reached"
            if is_certain:
                yield Found("no-end", state, message, node, key=state)
            else:
                hint = f"{message} with what was tried; inputs that the bot would take may be missing (--inputs)"
                yield Found("no-end", state, hint, node, key=state, severity="warning", inconclusive=True)

    def _declares_end(self) -> bool:
        return self._graph is not None and any(state.waits == "end" for state in self._graph.states)

    def _endless(self) -> set[str] | None:
        """Return the states that no declared way leads to an end from; None where the declared graph does not say."""
        if self._graph is None or any(way.target is None for way in self._graph.transitions):
            return None
        return {state.name for state in endless(self._graph)}


def _before(goals: set[int], steps: list[Step]) -> set[int]:
    """Return the moments from which one of *goals* can be reached, and *goals*."""
    entering: dict[int, list[int]] = {}
    for step in steps:
        entering.setdefault(step.target, []).append(step.source)
    found, waiting = set(goals), list(goals)
    while waiting:
        for source in entering.get(waiting.pop(), ()):
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found
