"""Show that a mutant is a bug: a conversation, held with it and with the correct bot, that does not go the same way.

Where a kind of bug shows only in some circumstance (a tap on each button, another chat before, a turn that runs twice),
the conversations are held in that circumstance.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

from benchmarks.botmutants.catalogue import Subject
from benchmarks.botmutants.conversations import CONVERSATIONS, Talk
from benchmarks.botmutants.mutants import Mutant
from benchmarks.botmutants.play import play, say, session_with, staged
from chatsim.errors import SetupError
from chatsim.stage import Stage
from chatsim.state_managers.base import GuardedStateManager
from chatsim.trace import Call, Option, Tap, Turn

DEEP = 15
NONSENSE = "zxq"
SEEDS = 4

Shown: TypeAlias = tuple[Any, ...]
Finding: TypeAlias = str | None


def shown(turn: Turn) -> Shown:
    """Return what of a turn a person, or the next turn, can tell."""
    replies = [(reply.text, [option.title for option in reply.options]) for reply in turn.replies]
    calls = [(effect.method, effect.url) for effect in turn.effects if isinstance(effect, Call)]
    error = (turn.error.kind, turn.error.message) if turn.error is not None else None
    return replies, calls, turn.state, turn.chat_state.context, turn.waits, error


def why_a_bug(mutant: Mutant) -> str | None:
    """Return in what *mutant* goes wrong, or None where no conversation shows that it does."""
    subject = mutant.of
    with mutant.folder() as folder, staged(subject) as correct:
        try:
            with staged(subject, folder) as wrong:
                return _PROBES.get(mutant.kind, _differs)(mutant, correct, wrong)
        except SetupError as error:
            return f"it is refused: {error}"


def _talks(mutant: Mutant) -> list[Talk]:
    return CONVERSATIONS[mutant.of.name]


def _both(subject: Subject, talk: Talk, correct: Stage, wrong: Stage) -> Iterator[tuple[int, Turn, Turn | None]]:
    """Yield each turn of *talk* with the correct bot, and with the other one for as long as it takes the same way."""
    right = play(session_with(subject, correct), talk)
    left = play(session_with(subject, wrong), talk)
    for index, turn in enumerate(right):
        yield index, turn, left[index] if index < len(left) else None


def _differs(mutant: Mutant, correct: Stage, wrong: Stage) -> Finding:
    """Hold the conversations as they are."""
    for number, talk in enumerate(_talks(mutant)):
        for index, right, left in _both(mutant.of, talk, correct, wrong):
            if left is None or shown(right) != shown(left):
                return f"conversation {number}, line {index + 1}: {_difference(right, left)}"
    return None


def _difference(right: Turn, left: Turn | None) -> str:
    if left is None:
        return "it cannot go on"
    if left.error is not None:
        return f"{left.error.kind}: {left.error.message}"
    names = ("replies", "calls", "state", "context", "waits", "error")
    pairs = zip(names, shown(right), shown(left), strict=True)
    return "; ".join(f"{name}: {one!r:.200} became {other!r:.200}" for name, one, other in pairs if one != other)


def _raises(*kinds: str) -> Callable[[Mutant, Stage, Stage], Finding]:
    """Return a probe for bugs that have to come to an error of one of these *kinds* or types."""

    def probe(mutant: Mutant, correct: Stage, wrong: Stage) -> Finding:
        for number, talk in enumerate(_talks(mutant)):
            for index, _, left in _both(mutant.of, talk, correct, wrong):
                error = left.error if left is not None else None
                if error is not None and (error.kind in kinds or error.type in kinds):
                    return f"conversation {number}, line {index + 1}: {error.kind}: {error.message}"
        return None

    return probe


def _unanswered(mutant: Mutant, correct: Stage, wrong: Stage) -> Finding:
    """Ask for an error, or no answer, where the correct bot gives one."""
    for number, talk in enumerate(_talks(mutant)):
        for index, right, left in _both(mutant.of, talk, correct, wrong):
            if left is not None and right.replies and (left.error is not None or not left.replies):
                return f"conversation {number}, line {index + 1}: {_difference(right, left)}"
    return None


def _deep(mutant: Mutant, correct: Stage, wrong: Stage) -> Finding:
    """Ask for a crash that some conversations run into, none of them before the 15th turn, and others do not."""
    found, crashes, longest = None, DEEP, 0
    for number, talk in enumerate(_talks(mutant)):
        for index, right, left in _both(mutant.of, talk, correct, wrong):
            if left is not None and shown(right) == shown(left):
                continue
            if index + 1 < DEEP or left is None or left.error is None:
                return None
            found = found or f"conversation {number}, line {index + 1}: {left.error.type}: {left.error.message}"
            crashes = max(crashes, index + 1)
            break
        else:
            longest = max(longest, len(talk))
    return found if longest >= crashes else None


def _by_taps(*, stale: bool) -> Callable[[Mutant, Stage, Stage], Finding]:
    """Return a probe that, after every turn, taps each button: those just offered, or the *stale* ones."""

    def probe(mutant: Mutant, correct: Stage, wrong: Stage) -> Finding:
        for number, talk in enumerate(_talks(mutant)):
            mine, theirs = session_with(mutant.of, correct), session_with(mutant.of, wrong)
            before: dict[str, Option] = {}
            for index, said in enumerate(talk):
                if not (play(mine, [said]) and play(theirs, [said])):
                    break
                offered = {option.title: option for option in theirs.offered}
                options = (
                    {title: option for title, option in before.items() if title not in offered} if stale else offered
                )
                for option in options.values():
                    tapped = Tap(option.id, option.title)
                    right, left = mine.fork().event(tapped), theirs.fork().event(tapped)
                    nonsense = theirs.fork().send(NONSENSE)
                    refused = left.error is not None or shown(left) == shown(nonsense)
                    if shown(right) != shown(left) if stale else (refused and option not in mine.offered):
                        return (
                            f"conversation {number}, line {index + 1}, tap {option.title!r}: {_difference(right, left)}"
                        )
                before |= offered
        return None

    return probe


def _other_chat_first(mutant: Mutant, correct: Stage, wrong: Stage) -> Finding:  # noqa: ARG001
    """Hold each conversation after another chat held one, and alone."""
    with mutant.folder() as folder:
        for number, talk in enumerate(_talks(mutant)):
            with staged(mutant.of, folder) as fresh:
                alone = play(session_with(mutant.of, fresh, chat="bea"), talk)
            for other in _talks(mutant):
                with staged(mutant.of, folder) as used:
                    play(session_with(mutant.of, used, chat="abe"), other)
                    after = play(session_with(mutant.of, used, chat="bea"), talk)
                if list(map(shown, alone)) != list(map(shown, after)):
                    return f"conversation {number} goes another way after another chat"
    return None


def _by_chance(mutant: Mutant, correct: Stage, wrong: Stage) -> Finding:  # noqa: ARG001
    """Hold each conversation with other seeds."""
    for number, talk in enumerate(_talks(mutant)):
        first = [shown(turn) for turn in play(session_with(mutant.of, wrong), talk)]
        for seed in range(1, SEEDS + 1):
            again = [shown(turn) for turn in play(session_with(mutant.of, wrong, seed=seed), talk)]
            if again != first:
                return f"conversation {number} goes another way with seed {seed}"
    return None


def _runs_twice(mutant: Mutant, correct: Stage, wrong: Stage) -> Finding:
    """Run each turn twice, as after a crash before the save: what is asked for outside may not be another thing."""
    return _by_chance(mutant, correct, wrong) or _differs(mutant, correct, wrong)


def _unguarded(_: Mutant, correct: Stage, wrong: Stage) -> Finding:
    """See that nothing keeps two workers that share the store apart: the second overwrites what the first has saved."""
    stores = [stage.bot.orchestrator.state_manager for stage in (correct, wrong)]  # type: ignore[attr-defined]
    guarded, unguarded = (isinstance(store, GuardedStateManager) for store in stores)
    return "the store lets two workers load the same chat" if guarded and not unguarded else None


def _is_reached(mutant: Mutant, correct: Stage, wrong: Stage) -> Finding:  # noqa: ARG001
    """See that the line runs: what it keeps is changed by every store that is not memory."""
    wanted, seen = (mutant.place.file, mutant.place.line), set()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            seen.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
        return trace

    session = None
    for number, talk in enumerate(_talks(mutant)):
        session = session_with(mutant.of, wrong)
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            for said in talk:
                if say(session, said).error is not None:
                    break
        except (LookupError, TypeError):
            pass
        finally:
            sys.settrace(before)  # coverage.py's, in a run that is measured
        if wanted in seen:
            return f"conversation {number} keeps it"
    return None


_PROBES: dict[str, Callable[[Mutant, Stage, Stage], Finding]] = {
    "unhandled text": _unanswered,
    "missing key": _raises("KeyError", "AttributeError"),
    "forward loop": _raises("hop-loop", "RecursionError"),
    "non-JSON value": _raises("context-not-json", "TypeError"),
    "lossy round trip": _is_reached,
    "deep crash": _deep,
    "button without handler": _by_taps(stale=False),
    "stale button accepted": _by_taps(stale=True),
    "shared mutable default": _other_chat_first,
    "hidden randomness": _by_chance,
    "crash between send and save applies twice": _runs_twice,
    "lost update": _unguarded,
}
