"""The search as checks see it when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatsim.explore.checks.base import Step
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.explore.seen.book import NOT_BEGUN, Pair
from chatsim.explore.seen.fingerprint import unpack
from chatsim.explore.seen.nodes import ANSWERED, ENDED, FAILED, NOBODY
from chatsim.explore.sources.offers import RESET
from chatsim.trace import DEFAULT_CHAT, ChatState, Hop

if TYPE_CHECKING:
    from chatsim.explore.walk.search import Search


class Explored:
    """What *search* came to; see `chatsim.explore.checks.base.Whole`."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._nodes = search.nodes
        self._chats: dict[int, ChatState | None] = {}

    @property
    def closed(self) -> bool:
        """Whether every letter was tried in everything that was reached."""
        return self._search.closed

    @property
    def is_given(self) -> bool:
        """Whether the user said what to try."""
        return bool(self._search.fixed_numbers)

    @property
    def begins_in(self) -> str | None:
        """The name of the state in which conversations begin; None where the search began in the middle of one."""
        return self.state_of(0) if self._search.start is None else None

    @property
    def has_ended(self) -> bool:
        """Whether any chat came to its end."""
        return any(mark & ENDED for mark in set(self._nodes.marks))

    @property
    def covers(self) -> bool:
        """Whether everything that can be reached was, but for what counts as the same."""
        return self.closed or self._search.is_projected

    def all_nodes(self) -> range:
        """Return the numbers of all moments that were reached, the start first."""
        return range(len(self._nodes))

    def moment(self, node: int) -> Moment:
        """Return the moment *node*."""
        return self._search.moment(node)

    def all_steps(self) -> Iterator[Step]:
        """Yield everything that was played."""
        letters = self._search.letters
        marks = [(bool(mark & ANSWERED), bool(mark & FAILED), bool(mark & ENDED)) for mark in range(8)]
        for source, number, target, mark in self._nodes.steps():
            yield Step(source, letters[number], target, *marks[mark])

    def is_expanded(self, node: int) -> bool:
        """Say whether every letter was tried in *node*."""
        return bool(self._nodes.expanded[node])

    def way_to(self, node: int) -> list[Letter]:
        """Return the letters that lead from the start to *node*."""
        return self._search.way_to(node)

    def state_of(self, node: int) -> str:
        """Return the name of the state of *node*."""
        return self._search.book.state_names[self._nodes.state[node]]

    def depth_of(self, node: int) -> int:
        """Return how many turns lead to *node*."""
        return self._nodes.depth[node]

    def is_waiting(self, node: int) -> bool:
        """Say whether a conversation is going on in *node*."""
        return not self.chat_ended(node)

    def chat_ended(self, node: int) -> bool:
        """Say whether the chat has ended in *node*, or has not begun."""
        return self.state_of(node) in (NOT_BEGUN, RESET)

    def is_same(self, one: int, other: int) -> bool:
        """Say whether the bot remembers the same of the chat in two moments, whatever is on offer, and when."""
        if one == other:
            return True
        nodes = self._nodes
        if nodes.state[one] != nodes.state[other]:
            return False
        if nodes.packed[one] is not None and nodes.packed[one] == nodes.packed[other]:
            return True
        return self._chat(one) == self._chat(other)

    def _chat(self, node: int) -> ChatState | None:
        if node not in self._chats:
            packed = self._nodes.packed[node]
            snapshot = self.moment(node).snapshot if packed is None else unpack(packed)
            self._chats[node] = snapshot.chats.get(DEFAULT_CHAT)
        return self._chats[node]

    def way_back(self, node: int) -> Iterator[int]:
        """Yield *node*, and the moments on the way to it, the start last."""
        while node != NOBODY:
            yield node
            node = self._nodes.parent[node]

    def largest(self) -> list[int]:
        """Return for each state the moment in which the bot remembers most, and the one that is furthest away."""
        best: dict[int, tuple[int, int]] = {}
        furthest: dict[int, tuple[int, int]] = {}
        for node, packed in enumerate(self._nodes.packed):
            state = self._nodes.state[node]
            best[state] = max(best.get(state, (0, 0)), (0 if packed is None else len(packed), node))
            furthest[state] = max(furthest.get(state, (0, 0)), (self._nodes.depth[node], node))
        return list(dict.fromkeys(node for _, node in (*best.values(), *furthest.values())))

    def visited(self) -> set[str]:
        """Return the names of all states that turns went through."""
        return set(self._search.book.visited)

    def taken(self) -> set[Pair]:
        """Return source and target of all hops of the bot's own machine."""
        return set(self._search.book.hops)

    def all_hops(self) -> list[Hop]:
        """Return all hops, each with the guards that were asked on its way, those of plugins as well."""
        return list(self._search.book.all_hops)
