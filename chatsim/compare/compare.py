"""Walk two versions of a bot in lockstep over the same events."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from chatsim.compare.aspects import aspects_of, error_of, group_of
from chatsim.compare.result import Comparison, Difference
from chatsim.compare.twins import Twins, share_world
from chatsim.compare.walks import Case, ReplayWalk, SearchWalk, Walk
from chatsim.explore.alphabet import Alphabet
from chatsim.explore.api import alphabet_of, default_alphabet, projection_of, stage_of
from chatsim.explore.letters import Letter
from chatsim.explore.play.player import Player
from chatsim.explore.sources.code import CodeLetters
from chatsim.explore.walk.limits import Limits
from chatsim.explore.walk.search import Search
from chatsim.stage import Stage
from chatsim.trace import Event, JsonObject, Trace, Turn
from chatsim.world.functions import FunctionMock
from chatsim.world.mocks import Mock


def compare(
    old: Any,
    new: Any,
    *,
    names: tuple[str, str] | None = None,
    restore: bool = False,
    traces: Iterable[Trace] | None = None,
    alphabet: Alphabet | Iterable[Letter | Event] | None = None,
    mocks: Sequence[Mock | FunctionMock] = (),
    max_states: int | None = None,
    max_depth: int | None = None,
    max_time: float | None = None,
    folder: Path | None = None,
    credentials: JsonObject | None = None,
    seed: int = 0,
    progress: Callable[[Search], None] = lambda _: None,
) -> Comparison:
    """Return in what *new* differs from *old*, with the shortest conversations that show it.

    Args:
        old: ``module:object``, a stage, or an object of any kind that chatsim recognises.
        new: The other version.
        names: What the versions are called in the result; by default what names them, or their kind.
        restore: Feed what *old* remembers to *new*, and show only where *new* fails or falls silent and *old* does
            not: will the conversations of the last release survive this one?
        traces: Recorded conversations: their events are played instead of those of a search.
        alphabet: What to try; by default what either version offers and compares its input with.
        mocks: What answers when they call outside.
        max_states: How many snapshots to reach at most.
        max_depth: How many turns a conversation has at most.
        max_time: How many seconds to take at most.
        folder: Where modules are looked for first; by default the working folder.
        credentials: What the bots' framework takes as credentials.
        seed: With the number of the turn, decides over chance.
        progress: Called now and then, with the search.

    Raises `SetupError` where there is no such bot.
    """
    stages = [stage_of(bot, folder, credentials) for bot in (old, new)]
    share_world(*stages)
    player = Player(stages[0], mocks, seed=seed)
    twins = Twins(player, stages[1])
    limits = Limits(max_states, max_depth, max_time)
    walk = (
        ReplayWalk(traces, twins)
        if traces is not None
        else SearchWalk(_search(twins, alphabet, limits, progress), twins)
    )
    began = perf_counter()
    with player.inside():
        walk.run()
        differences = [_shown(cases, player) for cases in _groups(walk, restore=restore)]
    return Comparison(
        old=names[0] if names else _name(old, stages[0]),
        new=names[1] if names else _name(new, stages[1]),
        outcome=walk.outcome,
        stopped=walk.stopped,
        snapshots=walk.snapshots,
        steps=walk.steps,
        seconds=perf_counter() - began,
        differences=tuple(differences),
        restored=restore,
    )


def _search(
    twins: Twins,
    alphabet: Alphabet | Iterable[Letter | Event] | None,
    limits: Limits,
    progress: Callable[[Search], None],
) -> Search:
    """Return the search over the old version, whose letters come from both."""
    player, new = twins.player, twins.new.bot
    code = CodeLetters(player.stage.bot, player.play)
    if alphabet is None:
        known = default_alphabet(player.stage.bot, code)
        letters = Alphabet(*known.sources, CodeLetters(new, twins.play))
    else:
        letters = alphabet_of(alphabet)
    return Search(player, letters, (twins,), projection_of("buckets", code), limits=limits, progress=progress)


def _name(bot: Any, stage: Stage) -> str:
    return bot if isinstance(bot, str) else type(stage.bot).__name__


def _groups(walk: Walk, *, restore: bool) -> list[list[Case]]:
    """Return the cases that show the same change together, the shortest first."""
    groups: dict[Hashable, list[Case]] = {}
    for case in walk.cases(restore=restore):
        if not restore:
            groups.setdefault(group_of(case.old, case.new), []).append(case)
        elif _is_lost(case.old, case.new):
            # What a chat would have done does not tell its losses apart: where it was, and what it met, do.
            groups.setdefault((case.state, error_of(case.new)), []).append(case)
    return list(groups.values())


def _is_lost(old: Turn, new: Turn) -> bool:
    """Say whether *new* fails, or says nothing to whoever waits for an answer, where *old* does not."""
    if new.error is not None:
        return old.error is None
    return bool(old.replies) and not new.replies and new.waits == "input"


def _shown(cases: list[Case], player: Player) -> Difference:
    """Return the change that *cases* show, with the first of them, played again from the start by *player*."""
    with player.taping() as tape:
        old, new = cases[0].traces()
    return Difference(
        aspects=aspects_of(old.turns[-1], new.turns[-1]),
        state=cases[0].state,
        event=cases[0].event,
        old=old,
        new=new,
        states=tuple(dict.fromkeys(case.state for case in cases)),
        times=len(cases),
        mocks=tape.mocks_for(old.turns, player.mocks),
    )
