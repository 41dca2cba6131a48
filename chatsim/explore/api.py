"""Explore a bot: `chatsim.explore.explore` in tests, and what ``chatsim explore`` does."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from chatsim.bots.base import Bot
from chatsim.bots.recognise import Origin, recognise
from chatsim.errors import SetupError
from chatsim.explore.alphabet import Alphabet, Fixed
from chatsim.explore.checks.all import all_checks
from chatsim.explore.checks.base import Check
from chatsim.explore.given.marked import Marked
from chatsim.explore.given.properties import Properties, Property
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.explore.play.player import Player
from chatsim.explore.results.result import Exploration
from chatsim.explore.results.summed import Ruling, summed
from chatsim.explore.seen.book import Book
from chatsim.explore.seen.projection import Buckets, Own, Projection
from chatsim.explore.sources.code import CodeLetters
from chatsim.explore.sources.deadlines import Deadlines
from chatsim.explore.sources.offers import MOST_STALE, Boundaries, Offers, Timers, WrongKinds
from chatsim.explore.sources.scenarios import Scenarios, cases_for, mocks_of, traces_of
from chatsim.explore.walk.limits import Limits
from chatsim.explore.walk.search import Search
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.stage import Stage, in_a_world
from chatsim.trace import Event, JsonObject, Snapshot, Trace
from chatsim.world.functions import FunctionMock
from chatsim.world.mocks import Mock


def explore(
    bot: Any,
    *,
    alphabet: Alphabet | Iterable[Letter | Event | Marked] | None = None,
    inputs: Iterable[Letter | Marked] = (),
    checks: Sequence[Check] | None = None,
    projection: Callable[[Snapshot], Any] | Literal["buckets", "exact"] = "buckets",
    properties: Iterable[Property] = (),
    faults: bool = True,
    severity: Ruling | None = None,
    strict: bool = False,
    max_states: int | None = None,
    max_depth: int | None = None,
    max_time: float | None = None,
    until_covered: bool = False,
    mocks: Iterable[Mock | FunctionMock] = (),
    scenarios: bool = True,
    folder: Path | None = None,
    credentials: JsonObject | None = None,
    seed: int = 0,
    progress: Callable[[Search], None] = lambda _: None,
) -> Exploration:
    """Search what *bot* can reach, and return what is wrong with it.

    Args:
        bot: ``module:object``, or an object of any kind that chatsim recognises.
        alphabet: What to try, and nothing else; by default what the bot offers, what the scenarios of its folder say,
            what its code compares its input with, and what people send by accident.
        inputs: What to try beside that: letters everywhere, or functions marked with `alphabet`.
        checks: What to look for; by default everything.
        projection: Which snapshots count as the same: ``buckets`` of alike values, none (``exact``), or what a
            function returns for them.
        properties: What must hold besides (`property_always` and its kin).
        faults: Whether events are delivered twice, at once, late, and at a process that dies, as well.
        severity: Says for kinds of findings that they are an ``error``, a ``warning``, or ``off``.
        strict: Whether a declared state or transition that a complete search did not reach is an error.
        max_states: How many snapshots to reach at most.
        max_depth: How many turns a conversation has at most.
        max_time: How many seconds to take at most.
        until_covered: Whether to stop when every declared state and transition was reached.
        mocks: What answers the bot's calls, before the mocks of scenarios.
        scenarios: Whether the scenarios in the folder of a bot that is given by its name are letters and mocks.
        folder: Where the module is looked for first; by default the working folder.
        credentials: What the bot's framework takes as credentials.
        seed: With the number of the turn, decides over chance.
        progress: Called now and then, with the search.

    Raises `SetupError` where there is no such bot.
    """
    stage = stage_of(bot, folder, credentials)
    cases = cases_for(bot, folder or Path.cwd()) if isinstance(bot, str) and scenarios else []
    player = Player(stage, (*mocks, *mocks_of(cases)), seed=seed)
    traces = traces_of(cases, stage)
    code = CodeLetters(stage.bot, player.play)
    letters = default_alphabet(stage.bot, code, traces, inputs) if alphabet is None else alphabet_of(alphabet)
    if checks is None:
        checks = all_checks(
            frozenset(code.all_hints().keys) | frozenset(code.all_hints().texts),
            faults=faults,
            restart=stage.restart if stage.can_restart else None,
        )
    asked = tuple(properties)
    search = Search(
        player,
        letters,
        (*checks, Properties(asked)) if asked else checks,
        projection_of(projection, code),
        limits=Limits(max_states, max_depth, max_time, covered_by(stage.bot) if until_covered else None),
        progress=progress,
    )
    with player.inside():
        search.run()
        return summed(search, bot if isinstance(bot, str) else type(bot).__name__, severity, strict=strict)


def default_alphabet(
    bot: Bot, code: CodeLetters, traces: Iterable[Trace] = (), inputs: Iterable[Letter | Marked] = ()
) -> Alphabet:
    """Return everything that there is to try with *bot* without being told, and *inputs*; or these alone."""
    inputs = tuple(inputs)
    marked = [given for given in inputs if isinstance(given, Marked)]
    letters = [given for given in inputs if isinstance(given, Letter)]
    replacing = [given for given in marked if given.replaces]
    if replacing:
        return Alphabet(Fixed(letters), *replacing)
    deadlines = Deadlines(code.all_hints().durations)
    sources = (
        Fixed(letters),
        Offers(bot),
        Scenarios(traces),
        code,
        Boundaries(bot),
        WrongKinds(bot),
        Timers(),
        deadlines,
    )
    # What a user's function looks at is not known, so that it has to be asked in every moment.
    return Alphabet(*sources, *marked, counts=None if marked else lambda moment: _what_counts(moment, code, deadlines))


def covered_by(bot: Bot) -> Callable[[Book], bool] | None:
    """Return what says whether everything that *bot* declares was reached; None if it declares nothing."""
    graph = declared_graph(bot)
    if graph is None:
        return None
    states = {state.name for state in graph.states if not state.machine and not state.initial}
    hops = {
        (way.source, way.target) for way in graph.transitions if not way.machine and way.target and not way.internal
    }
    return lambda book: states <= book.visited.keys() and hops <= book.hops.keys()


def _what_counts(moment: Moment, code: CodeLetters, deadlines: Deadlines) -> Hashable:
    """Return what the default sources look at."""
    due = min((timer.at - moment.snapshot.clock for timer in moment.snapshot.timers), default=None)
    # What a webhook has to name is among what the bot remembers.
    remembered = msgspec.json.encode(moment.chat) if moment.chat is not None and code.fills_in(moment) else b""
    return (
        *(moment.state, moment.waits, moment.offered, moment.earlier[:MOST_STALE]),
        *(due, deadlines.ahead(moment), code.hours(moment), code.said.get(moment.state), remembered),
    )


def projection_of(given: Callable[[Snapshot], Any] | str, code: CodeLetters) -> Projection | None:
    """Return the projection that *given* stands for."""
    if callable(given):
        return Own(given)
    if given == "exact":
        return None
    if given != "buckets":
        raise SetupError(f"projection {given!r}: write 'buckets', 'exact', or a function of a snapshot")
    hints = code.all_hints()
    return Buckets([*hints.numbers, *hints.lengths], hints.texts, hints.hours)


def stage_of(bot: Any, folder: Path | None = None, credentials: JsonObject | None = None) -> Stage:
    """Return the stage of *bot*: of what it names, or of the object itself; raise `SetupError` where there is none."""
    if isinstance(bot, Stage):
        return bot
    if isinstance(bot, str):
        return Stage.of(bot, folder or Path.cwd(), credentials, own_modules=True)
    return Stage(in_a_world(lambda: recognise(bot, Origin(credentials=dict(credentials or {})))))


def alphabet_of(given: Alphabet | Iterable[Letter | Event | Marked]) -> Alphabet:
    """Return what was given as an alphabet."""
    if isinstance(given, Alphabet):
        return given
    given = list(given)
    marked = [each for each in given if isinstance(each, Marked)]
    others = [each for each in given if not isinstance(each, Marked)]
    return Alphabet(Fixed([each if isinstance(each, Letter) else Letter(each) for each in others]), *marked)
