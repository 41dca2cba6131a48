"""Play letters in the bot's world: the clock stands still, chance is seeded, mocks answer what the bot calls."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Protocol

from chatsim.bots.base import HasTimers
from chatsim.explore.letters import Letter
from chatsim.explore.play.answers import Choice, Tape, answering
from chatsim.explore.play.moment import Moment, Played
from chatsim.explore.play.patience import Patience
from chatsim.stage import Stage
from chatsim.trace import DEFAULT_CHAT, Event, Option, Snapshot, Trace, Turn, Wait
from chatsim.world.clock import DEFAULT_START
from chatsim.world.functions import FunctionMock
from chatsim.world.mocks import Mock, Mocks
from chatsim.world.patches import Patches
from chatsim.world.tellers import real_seconds
from chatsim.world.world import World


class OutOfTime(Exception):
    """No more is to be played."""


class Delivery(Protocol):
    """How an event arrives, where that is not once and at once: the `delivery` of a letter."""

    def play(self, player: Player, moment: Moment, event: Event) -> Played:
        """Return the turns that come of *event* in *moment*: one at least."""
        ...


class Player:
    """Plays letters from moments; what a letter comes to depends on the moment and the letter alone.

    Args:
        stage: The bot, and its world.
        mocks: What answers; each turn finds them unused, so that they answer it with their first answer.
        seed: With the number of the turn, decides over chance.
    """

    def __init__(self, stage: Stage, mocks: Iterable[Mock | FunctionMock] = (), *, seed: int = 0) -> None:
        self.stage = stage
        self.seed = seed
        self.mocks = tuple(mocks)
        self.patience = Patience()
        self.until: float | None = None
        """When to play no more, as `real_seconds` counts; None is never."""
        self._entered: World | None = None
        self._tape: Tape | None = None

    @contextmanager
    def inside(self) -> Iterator[World]:
        """Have the world around the bot during this block; everything is played within one.

        A turn that does not come back is interrupted there.
        """
        watch = self.patience.watch(lambda: self._entered) if self._entered is None else nullcontext()
        with watch, self.stage.inside(Mocks(self.mocks), self.seed) as world:
            before, self._entered = self._entered, world
            patches = Patches()
            # Clients that are made anew for each call read all certificates each time; nothing is encrypted here.
            patches.set(ssl, "create_default_context", functools.lru_cache(maxsize=8)(ssl.create_default_context))
            try:
                yield world
            finally:
                patches.undo()
                self._entered = before

    @property
    def world(self) -> World:
        """The world that was entered."""
        assert self._entered is not None, "letters are played inside the player's world"  # noqa: S101
        return self._entered

    def start(self) -> Snapshot:
        """Return what the bot remembers before anything reached it."""
        return self.world.start(self.stage.bot)

    def play(self, moment: Moment, letter: Letter) -> Played:
        """Return the turns that come of *letter* in *moment*."""
        if letter.delivery is None:
            return (self.turn(moment.snapshot, letter.event, moment.depth, letter.answers),)
        delivery: Delivery = letter.delivery
        return delivery.play(self, moment, letter.event)

    def turn(self, snapshot: Snapshot, event: Event, index: int, answers: Choice | None = None) -> Turn:
        """Return what comes of *event*, delivered once, as turn number *index* of its conversation.

        Mocks answer with their first answer, but for the one that *answers* names.  What does not come back is a failed
        turn, whose error is of the type ``DidNotReturn``.  Raises `OutOfTime` where no more is to be played.
        """
        if self.until is not None and real_seconds() > self.until:
            raise OutOfTime
        world, bot = self.world, self.stage.bot
        mocks = self.mocks if answers is None else answering(self.mocks, answers)
        world.mocks = Mocks(mocks) if mocks else _nothing_answers(world)
        act = (lambda: self._pass(snapshot, event)) if isinstance(event, Wait) else (lambda: bot.step(snapshot, event))
        turn = self.patience.turn((snapshot, event, answers), lambda: world.turn(snapshot, index, act))
        if self._tape is not None:
            self._tape.add(world.mocks)
        return turn

    @contextmanager
    def taping(self) -> Iterator[Tape]:
        """Note which answers are given during this block."""
        before, self._tape = self._tape, Tape()
        try:
            yield self._tape
        finally:
            self._tape = before

    def _pass(self, snapshot: Snapshot, event: Wait) -> Turn:
        """Let time pass: a bot with timers does what these are for, any other notices nothing."""
        bot = self.stage.bot
        if isinstance(bot, HasTimers):
            return bot.wait(snapshot, event)
        self.world.clock.move_to((snapshot.clock or DEFAULT_START) + event.seconds)
        return Turn(event=event, snapshot=snapshot)

    def along(self, letters: Sequence[Letter]) -> Iterator[tuple[Moment, Played]]:
        """Play *letters* from the start, and yield for each where it was played and what came of it."""
        moment = Moment(self.start())
        for letter in letters:
            turns = self.play(moment, letter)
            yield moment, turns
            moment = after(moment, letter, turns)

    def trace(self, letters: Sequence[Letter], name: str = "") -> Trace:
        """Return what comes of *letters*, from the start."""
        start = self.start()
        turns = [turn for _, played in self.along(letters) for turn in played]
        return Trace(tuple(turns), start, name)


def after(moment: Moment, letter: Letter, turns: Played) -> Moment:
    """Return where *turns*, which *letter* came to in *moment*, have led."""
    offered = moment.offered
    for turn in turns:
        offered = open_options(offered, turn)
    earlier = moment.earlier if offered == moment.offered else (*moment.offered, *moment.earlier)
    return Moment(
        turns[-1].snapshot,
        offered,
        tuple(dict.fromkeys(option for option in earlier if option not in offered)),
        moment.depth + len(turns),
        moment.spent + letter.cost,
        waited=isinstance(letter.event, Wait),
    )


def open_options(before: tuple[Option, ...], turn: Turn) -> tuple[Option, ...]:
    """Return what may be tapped after *turn*: what it offered, and after mere time what was open *before*."""
    offered = tuple([option for reply in turn.replies if reply.chat == DEFAULT_CHAT for option in reply.options])
    return (*before, *offered) if isinstance(turn.event, Wait) else offered


def _nothing_answers(world: World) -> Mocks:
    """Return mocks that answer nothing: those that the world has, while no call was made."""
    mocks = world.mocks
    return Mocks() if mocks.calls or mocks.uncovered else mocks
