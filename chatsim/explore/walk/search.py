"""Walk over everything that a bot can reach: for what is new first, and then breadth-first until it is closed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence

from chatsim.bots.base import Bot
from chatsim.delivery.play import CannotArrive
from chatsim.errors import SetupError
from chatsim.explore.alphabet import Alphabet, identity
from chatsim.explore.checks.base import Check, Found, Seen
from chatsim.explore.letters import Letter
from chatsim.explore.play.answers import other_answers
from chatsim.explore.play.moment import Moment
from chatsim.explore.play.player import OutOfTime, Player, after
from chatsim.explore.results.result import Stopped
from chatsim.explore.seen.book import Book, state_name
from chatsim.explore.seen.classes import Classes
from chatsim.explore.seen.fingerprint import pack, unpack
from chatsim.explore.seen.nodes import FAILED, NOBODY, Nodes, mark_of
from chatsim.explore.seen.projection import Projection
from chatsim.explore.walk.combinations import combine_choices
from chatsim.explore.walk.earlier import earlier_options
from chatsim.explore.walk.limits import NO_LIMITS, Limits, Over
from chatsim.explore.walk.novelty import look_for_news
from chatsim.explore.walk.quick import Quick
from chatsim.trace import Hop, Option, Wait
from chatsim.world.tellers import real_seconds

EXACT_STEPS = 10_000
"""How many turns may be spent on closing what the projection left out, after everything else."""

SAMPLED = 64
"""Of so many turns that are nothing new, one is played twice, and shown to the checks if that differs."""

THOROUGH = 2_000
"""So many new turns are shown to every check; of later ones, every check that plays more sees one in `RARELY`."""

RARELY = 64
_ALWAYS = ("is_cheap", "sees_all")
"""A check that says so of itself is shown every new turn however many there are, or every turn."""

_FULL = 8
"""In so many moments of a state every letter is tried at once; in later ones only those that came to different things."""


class Search:
    """One search.  `run` walks, and can be interrupted: what is known so far stays.

    Args:
        player: Plays letters in the bot's world.
        alphabet: What to try.
        checks: What to look for.
        projection: What counts as the same; None tells everything apart.
        limits: Where to stop.
        progress: Called now and then, with the search.
        start: Where to begin, in the middle of a conversation; by default where all conversations begin.
    """

    def __init__(
        self,
        player: Player,
        alphabet: Alphabet,
        checks: Sequence[Check] = (),
        projection: Projection | None = None,
        *,
        limits: Limits = NO_LIMITS,
        progress: Callable[[Search], None] = lambda _: None,
        start: Moment | None = None,
    ) -> None:
        self.player = player
        self.start = start
        self.alphabet = alphabet
        self.checks = checks
        self.limits = limits
        self.progress = progress
        self.nodes = Nodes()
        self.book = Book()
        self.classes = None if projection is None else Classes(projection, self.nodes, self._frame_class)
        self.found: dict[tuple[str, str], Found] = {}
        self.letters: list[Letter] = []
        self.turns_of: list[int] = []
        self.steps = 0
        self.seconds = 0.0
        self.stopped: Stopped = "closed"
        self.is_projected = False
        """Whether everything is closed but for what the projection left out."""
        self.unplayable = 0
        self.queue: deque[int] = deque()
        self.is_quick = False
        self._began = 0.0
        self._numbers: dict[bytes, int] = {}
        self._numbers_of: dict[tuple[Letter, ...], tuple[int, ...]] = {}
        self._fixed = alphabet.fixed
        self._frames: list[tuple[tuple[Option, ...], int]] = [((), 0)]
        self._frame_numbers = {self._frames[0]: 0}
        self._fixed_numbers = tuple(self._number(letter) for letter in self._fixed or ())
        self.partial: dict[int, dict[int, int]] = {}
        self._expansions: Counter[int] = Counter()
        self._thin: list[int] = []
        self._always = tuple(check for check in checks if any(getattr(check, name, False) for name in _ALWAYS))
        self._shown = 0
        self._sees_all = any(getattr(check, "sees_all", False) for check in checks)
        self._quick: Quick | None = None

    @property
    def bot(self) -> Bot:
        """The bot that is explored."""
        return self.player.stage.bot

    @property
    def frontier(self) -> int:
        """How many moments wait to be expanded."""
        return len(self.queue)

    # ------------------------------------------------------------ walking

    def run(self) -> None:
        """Walk until everything is closed or a limit is reached; within the player's world."""
        self._began = real_seconds()
        if self.limits.seconds is not None:
            self.player.until = self._began + self.limits.seconds
        try:
            for check in self.checks:
                check.begin(self.bot)
            first = self.start or Moment(self.player.start())
            self._quick = None if self._sees_all else Quick.of(self, first.snapshot)
            self.is_quick = self._quick is not None
            frame = self.frame(first.offered, first.spent)
            self.nodes.add(pack(first.snapshot), frame, self.book.state(state_name(first.snapshot)))
            self.nodes.depth[0] = first.depth
            look_for_news(self, self.partial)
            if self.classes is not None and self._fixed is None:
                combine_choices(self, self.partial)
            self._close()
        except Over as over:
            self.stopped = over.stopped
        except OutOfTime:
            self.stopped = "max-time"
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        finally:
            self.player.until = None
        self.seconds = real_seconds() - self._began

    def _close(self) -> None:
        """Expand everything, breadth-first; what the projection leaves out comes last, as far as that is affordable."""
        self.nodes.queued[0] = 1
        self.queue.append(0)
        if self.classes is None:
            while self.queue:
                node = self.queue.popleft() if self._quick is None else self._quick.walk(self.queue)
                if node is not None:
                    self._expand(node)
            return
        self._close_classes(self.classes)
        if self.classes.waiting or self._thin:
            self.is_projected = True
            self._close_exactly(deque([*self._thin, *self.classes.waiting]))

    def _close_classes(self, classes: Classes) -> None:
        """Expand so many moments of each class, until nothing more is worth it."""
        worthwhile = True
        while worthwhile:
            while self.queue:
                node = self.queue.popleft()
                if classes.admits(node):
                    self._expand_thinly(node)
            worthwhile = False
            for node in list(classes.reconsider()):
                worthwhile = True
                self._expand_thinly(node)

    def _close_exactly(self, waiting: deque[int]) -> None:
        """Expand what waits as well, for so many turns."""
        until = self.steps + EXACT_STEPS
        while (waiting or self.queue) and self.steps < until:
            self._expand(self.queue.popleft() if self.queue else waiting.popleft())

    def until(self, seconds: float) -> float:
        """Return when limits are to be checked again, *seconds* from now at the latest."""
        if self.limits.is_covered is not None and not self.book.kinds:
            return 0.0
        now = real_seconds()
        return now + seconds if self.limits.seconds is None else min(now + seconds, self._began + self.limits.seconds)

    def is_too_deep(self, node: int) -> bool:
        """Say whether *node* lies as deep as the search may go."""
        return self.limits.depth is not None and self.nodes.depth[node] >= self.limits.depth

    def check_limits(self) -> None:
        """Raise `Over` where a limit is reached."""
        limits = self.limits
        self.seconds = real_seconds() - self._began
        self.progress(self)
        if limits.states is not None and len(self.nodes) >= limits.states:
            raise Over("max-states")
        if limits.seconds is not None and self.seconds > limits.seconds:
            raise Over("max-time")
        if limits.is_covered is not None:
            self.note_hops()
            if limits.is_covered(self.book):
                raise Over("coverage")

    def _expand(self, node: int) -> None:
        """Try every letter in *node* that was not tried there, and line up where they lead."""
        self.check_limits()
        if self.is_too_deep(node):
            self.stopped = "max-depth"
            return
        self._try(node, None, self.partial.pop(node, {}))
        self.nodes.expand(node)

    def _expand_thinly(self, node: int) -> None:
        """Try in *node*, if its state is known well, but one of the letters that came to the same before.

        The others wait until everything else is done.
        """
        state = self.nodes.state[node]
        self._expansions[state] += 1
        if self._expansions[state] <= _FULL or self.is_too_deep(node):
            self._expand(node)
            return
        self.check_limits()
        name, merged = self.book.state_names[state], self.book.merged
        moment = self.moment(node)
        numbers = tuple(number for number in self.numbers(moment) if merged.get((name, number), number) == number)
        done = self.partial.setdefault(node, {})
        self._try(node, numbers, done)
        self._thin.append(node)

    def _try(self, node: int, numbers: tuple[int, ...] | None, done: dict[int, int]) -> None:
        """Try *numbers* in *node* (None is all), but for those that are *done*, and add to them."""
        if self._quick is not None and self.classes is not None and self._quick.expand(node, numbers, done):
            return
        moment = self.moment(node)
        for number in self.numbers(moment) if numbers is None else numbers:
            target = done.get(number)
            if target is None:
                target = self.step(moment, number)
            if target is not None:
                done[number] = target
                self.lead(node, number, target)

    # ------------------------------------------------------------ one step

    def step(self, moment: Moment, number: int) -> int | None:
        """Play letter *number* in *moment*, note what came of it, and return where it led; None if nobody can say."""
        letter = self.letters[number]
        try:
            turns = self.player.play(moment, letter)
        except CannotArrive:  # this fault has nothing to strike here, so that nothing is left out
            return None
        except SetupError:
            self.unplayable += 1
            return None
        others = other_answers(letter, self.player.world.mocks)
        self.steps += len(turns)
        self.turns_of[number] = len(turns)
        there = after(moment, letter, turns)
        frame, packed = self.frame(there.offered, there.spent), pack(there.snapshot)
        found = self.nodes.find(packed, frame)
        target = self.nodes.add(packed, frame, self.book.state(state_name(there.snapshot))) if found is None else found
        self.nodes.lead(moment.node, number, target, len(turns))
        if turns[-1].ended is not None and turns[-1].ended.state is not None:
            self.book.ends[len(self.nodes.sources)] = turns[-1].ended.state
        self.nodes.note(moment.node, number, target, mark_of(turns))
        if self.classes is not None:
            self.classes.led(moment.node, number, target)
        is_new = self.book.is_new(moment, number, turns)
        if is_new:
            self.alphabet.hear(there.state, turns)
            self.book.note(moment, letter, number, target, turns)
        else:
            self.book.follow(turns)
        if is_new or self._sees_all or (self.steps % SAMPLED == 0 and self.player.play(moment, letter) != turns):
            self._show(Seen(moment, letter, turns, self._named(there, target), self.player.play))
        for other in others:
            self._step_otherwise(moment, self._number(other))
        return target

    def show(self, moment: Moment, number: int) -> None:
        """Play letter *number* in *moment* for the checks alone: there is doubt about it."""
        letter = self.letters[number]
        turns = self.player.play(moment, letter)
        there = after(moment, letter, turns)
        target = self.nodes.find(pack(there.snapshot), self.frame(there.offered, there.spent))
        self._show(Seen(moment, letter, turns, self._named(there, target or 0), self.player.play))

    def _step_otherwise(self, moment: Moment, number: int) -> None:
        """Play letter *number* in *moment* as well, in which the world outside answers otherwise."""
        target = self.step(moment, number)
        self.is_quick = False
        if target is not None:
            self.lead(moment.node, number, target)

    def _show(self, seen: Seen) -> None:
        self._shown += 1
        is_thorough = self._shown <= THOROUGH or self._shown % RARELY == 0
        for check in self.checks if is_thorough else self._always:
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
        waited = self.nodes.parent[node] != NOBODY and type(self.letters[self.nodes.via[node]].event) is Wait
        return Moment(
            snapshot,
            offered,
            earlier_options(self.nodes, self._frames, node),
            self.nodes.depth[node],
            spent,
            node,
            waited,
        )

    def numbers(self, moment: Moment) -> tuple[int, ...]:
        """Return the numbers of the letters to try in *moment*."""
        if self._fixed is not None:
            return self._fixed_numbers
        letters = self.alphabet.letters(moment)
        try:
            known = self._numbers_of.get(letters)
        except TypeError:  # a form cannot be hashed
            return tuple(self._number(letter) for letter in letters)
        if known is None:
            known = self._numbers_of[letters] = tuple(self._number(letter) for letter in letters)
        return known

    def way_to(self, node: int) -> list[Letter]:
        """Return the letters that lead from the start to *node*."""
        return [self.letters[number] for number in self.nodes.way_to(node)]

    def _named(self, moment: Moment, node: int) -> Moment:
        return Moment(moment.snapshot, moment.offered, moment.earlier, moment.depth, moment.spent, node)

    def _number(self, letter: Letter) -> int:
        # A letter is told apart by where it comes from as well: that says what may be expected of it.
        key = identity(letter) + letter.origin.encode()
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.letters)
            self.letters.append(letter)
            self.turns_of.append(1)
        return number

    def frame(self, offered: tuple[Option, ...], spent: int) -> int:
        """Return the number for what is open to a tap and what of the budget for faults is spent."""
        frame: tuple[tuple[Option, ...], int] = (offered, spent)
        number = self._frame_numbers.get(frame)
        if number is None:
            number = self._frame_numbers[frame] = len(self._frames)
            self._frames.append(frame)
        return number

    def _frame_class(self, frame: int) -> tuple[int, int]:
        """Return what counts of a frame: how many options are open, and what is spent."""
        offered, spent = self._frames[frame]
        return len(offered), spent

    @property
    def fixed_numbers(self) -> tuple[int, ...]:
        """The numbers of the letters, where these are the same in every moment."""
        return self._fixed_numbers

    def lead(self, node: int, number: int, target: int) -> None:
        """Note that letter *number* leads from *node* to *target*, and line that up."""
        self.nodes.lead(node, number, target, self.turns_of[number])
        if not self.nodes.queued[target]:
            self.nodes.queued[target] = 1
            self.queue.append(target)

    def note_hops(self) -> None:
        """Note the hops between states of one kind: that is not done as they are made."""
        book, state = self.book, self.nodes.state
        if book.kinds:
            for source, _, target, mark in self.nodes.steps():
                hop = book.state_names[state[source]], book.state_names[state[target]]
                if hop[0] in book.kinds and hop not in book.hops and not mark & FAILED:
                    book.note_hop(Hop(*hop))

    def spent(self, node: int) -> int:
        """Return how much of the budget for faults the way to *node* took."""
        return self._frames[self.nodes.frame[node]][1]

    @property
    def closed(self) -> bool:
        """Whether every letter was tried in everything that was reached."""
        return all(self.nodes.expanded) and not self.unplayable
