"""Walk over everything that a bot can reach, letter by letter."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from chatsim.bots.base import Bot
from chatsim.explore.alphabet import Alphabet, identity
from chatsim.explore.checks.base import Check, Found, Seen, Step
from chatsim.explore.fingerprint import pack, unpack
from chatsim.explore.letters import Letter
from chatsim.explore.moment import Moment, Played
from chatsim.explore.nodes import ANSWERED, ENDED, FAILED, NOBODY, Nodes
from chatsim.explore.player import Player, after
from chatsim.explore.result import Stopped
from chatsim.trace import Option


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a search stops that does not close: so many moments, turns in a row, seconds; None is no limit."""

    states: int | None = None
    depth: int | None = None
    seconds: float | None = None


class Search:
    """One search.  `run` walks, and can be interrupted; what is known so far stays in `nodes` and `found`."""

    def __init__(
        self,
        player: Player,
        alphabet: Alphabet,
        checks: Sequence[Check] = (),
        limits: Limits = Limits(),
        progress: Callable[[Search], None] = lambda _: None,
    ) -> None:
        self.player = player
        self.alphabet = alphabet
        self.checks = checks
        self.limits = limits
        self.progress = progress
        self.nodes = Nodes()
        self.found: dict[tuple[str, str], Found] = {}
        self.letters: list[Letter] = []
        self.steps = 0
        self.seconds = 0.0
        self.stopped: Stopped = "closed"
        self._numbers: dict[bytes, int] = {}
        self._frames: list[tuple[tuple[Option, ...], int]] = [((), 0)]
        self._frame_numbers = {self._frames[0]: 0}
        self._frontier: deque[int] = deque()

    @property
    def bot(self) -> Bot:
        """The bot that is explored."""
        return self.player.stage.bot

    @property
    def frontier(self) -> int:
        """How many moments wait to be expanded."""
        return len(self._frontier)

    # ------------------------------------------------------------ walking

    def run(self) -> None:
        """Walk until everything is closed or a limit is reached; within the player's world."""
        began = perf_counter()
        try:
            self._walk(began)
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        self.seconds = perf_counter() - began

    def _walk(self, began: float) -> None:
        for check in self.checks:
            check.begin(self.bot)
        start, _ = self.nodes.meet(pack(self.player.start()), 0, NOBODY, 0)
        self._frontier.append(start)
        limits, nodes = self.limits, self.nodes
        while self._frontier:
            if limits.states is not None and len(nodes) >= limits.states:
                self.stopped = "max-states"
                return
            if limits.seconds is not None and perf_counter() - began > limits.seconds:
                self.stopped = "max-time"
                return
            node = self._frontier.popleft()
            if limits.depth is not None and nodes.depth[node] >= limits.depth:
                self.stopped = "max-depth"
                continue
            self._expand(node)
            self.seconds = perf_counter() - began
            self.progress(self)

    def _expand(self, node: int) -> None:
        moment = self.moment(node)
        for letter in self.alphabet.letters(moment):
            self._step(moment, letter)
        self.nodes.expand(node)

    def _step(self, moment: Moment, letter: Letter) -> None:
        turns = self.player.play(moment, letter)
        self.steps += len(turns)
        there = after(moment, letter, turns)
        number = self._number(letter)
        frame = self._frame(there.offered, there.spent)
        target, is_new = self.nodes.meet(pack(there.snapshot), frame, moment.node, number, len(turns))
        if is_new:
            self._frontier.append(target)
        self.nodes.note(moment.node, number, target, _mark(turns))
        seen = Seen(moment, letter, turns, self._named(there, target), self.player.play)
        for check in self.checks:
            for found in check.look(seen):
                self.found.setdefault((found.kind, found.key), found)

    # ------------------------------------------------------------ what was met

    def moment(self, node: int) -> Moment:
        """Return the moment *node*; it is played anew where it is not kept."""
        packed = self.nodes.packed[node]
        offered, spent = self._frames[self.nodes.frame[node]]
        if packed is None:
            *_, (moment, turns) = self.player.along(self.way_to(node))
            snapshot = after(moment, self.letters[self.nodes.via[node]], turns).snapshot
        else:
            snapshot = unpack(packed)
        return Moment(snapshot, offered, self._earlier(node), self.nodes.depth[node], spent, node)

    def way_to(self, node: int) -> list[Letter]:
        """Return the letters that lead from the start to *node*."""
        return [self.letters[number] for number in self.nodes.way_to(node)]

    def _earlier(self, node: int) -> tuple[Option, ...]:
        """Return what was offered on the way to *node* and is open no more, newest first."""
        if len(self._frames) == 1:
            return ()
        open_now = self._frames[self.nodes.frame[node]][0]
        earlier: dict[Option, None] = {}
        while self.nodes.parent[node] != NOBODY:
            node = self.nodes.parent[node]
            earlier.update(dict.fromkeys(self._frames[self.nodes.frame[node]][0]))
        return tuple(option for option in earlier if option not in open_now)

    def _named(self, moment: Moment, node: int) -> Moment:
        return Moment(moment.snapshot, moment.offered, moment.earlier, moment.depth, moment.spent, node)

    def _number(self, letter: Letter) -> int:
        key = identity(letter)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.letters)
            self.letters.append(letter)
        return number

    def _frame(self, offered: tuple[Option, ...], spent: int) -> int:
        frame = (offered, spent)
        number = self._frame_numbers.get(frame)
        if number is None:
            number = self._frame_numbers[frame] = len(self._frames)
            self._frames.append(frame)
        return number

    # ------------------------------------------------------------ the whole, for checks

    @property
    def closed(self) -> bool:
        """Whether every letter was tried in everything that was reached."""
        return all(self.nodes.expanded)

    def all_nodes(self) -> range:
        """Return the numbers of all moments that were reached, the start first."""
        return range(len(self.nodes))

    def is_expanded(self, node: int) -> bool:
        """Say whether every letter was tried in *node*."""
        return bool(self.nodes.expanded[node])

    def all_steps(self) -> Iterator[Step]:
        """Yield everything that was played."""
        for source, number, target, mark in self.nodes.steps():
            letter = self.letters[number]
            yield Step(source, letter, target, bool(mark & ANSWERED), bool(mark & FAILED), bool(mark & ENDED))


def _mark(turns: Played) -> int:
    mark = 0
    for turn in turns:
        mark |= ANSWERED * any(effect.__class__.__name__ in ("Reply", "Call") for effect in turn.effects)
        mark |= FAILED * (turn.error is not None) | ENDED * (turn.ended is not None)
    return mark
