"""Update scenario files: run, rewrite what fails, and run again until it holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from chatsim.errors import Problem, ScenarioError
from chatsim.scenario.branches import Branches
from chatsim.scenario.load import load_file, ready
from chatsim.scenario.model import Position, ScenarioFile
from chatsim.scenario.outcome import judged, skipped
from chatsim.scenario.update.agree import agreed
from chatsim.scenario.update.apply import apply
from chatsim.scenario.update.changes import Changes, count
from chatsim.scenario.update.editor import CannotEdit
from chatsim.scenario.update.files import draft_beside, encoded, put_in_place, read
from chatsim.scenario.verdict import Verdict
from chatsim.trace import Trace

Load: TypeAlias = Callable[[Path, str], ScenarioFile]
Play: TypeAlias = Callable[[ScenarioFile], Sequence[Verdict]]

UPDATABLE = frozenset(
    {
        "wrong-text",
        "wrong-part",
        "wrong-option",
        "capture-mismatch",
        "extra-reply",
        "missing-reply",
        "wrong-order",
        "wrong-state",
        "wrong-variable",
        "wrong-waits",
        "silence-broken",
        "regex-too-slow",
        "broken-pattern",
    }
)
"""The kinds of mismatch that are about what a file expects; the others are about what a person or the world does."""
_MORE_ROUNDS = 10
"""How often a file is played at most, beside twice a turn: a bot may say another thing each time without end."""


@dataclass(frozen=True, slots=True)
class FileUpdate:
    """What came of updating one file.

    `expectations` is how many were rewritten, 0 where the file is as it was; then `reasons` say why, unless nothing
    was to be done.
    """

    name: str
    before: str = ""
    after: str = ""
    expectations: int = 0
    reasons: tuple[Problem, ...] = ()

    @property
    def updated(self) -> bool:
        """Whether the file was rewritten."""
        return self.before != self.after


def play_all(file: ScenarioFile) -> list[Verdict]:
    """Run every test of *file*; raise `ScenarioError` where its bot cannot be loaded."""
    branches = Branches(ready(file).bot)
    return [skipped(case) or judged(branches.run(case)) for case in file.cases]


def update_file(
    path: Path,
    name: str | None = None,
    *,
    chosen: Collection[str] | None = None,
    load: Load = load_file,
    play: Play = play_all,
) -> FileUpdate:
    """Rewrite the expectations in the file at *path* that fail with what the bot says.

    The file is replaced only if afterwards every chosen test passes, and none fails that passed before; else it is
    left as it is, and the reasons are in the result.  What is not about these expectations stays byte for byte.

    Args:
        path: The scenario file.
        name: What it is called in messages; by default *path*.
        chosen: The ids of the tests whose expectations may be rewritten; by default all that fail.
        load: Loads a file, as `chatsim.scenario.load.load_file`.
        play: Runs the tests of a file.
    """
    shown = str(path) if name is None else name
    try:
        return _Update(path, shown, chosen, load, play).result()
    except _Stopped as stopped:
        return FileUpdate(shown, reasons=tuple(stopped.problems))
    except ScenarioError as error:
        return FileUpdate(shown, reasons=error.problems)
    except OSError as error:
        return FileUpdate(shown, reasons=(Problem(shown, 0, 0, f"cannot be updated: {error.strerror or error}"),))


class _Stopped(Exception):
    """The file cannot be updated."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = list(problems)


@dataclass(slots=True)
class _Update:
    """The update of one file."""

    path: Path
    name: str
    chosen: Collection[str] | None
    load: Load
    play: Play
    runs: dict[str, list[Trace]] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()

    def result(self) -> FileUpdate:
        """Play and rewrite until every chosen test passes."""
        original, before = read(self.path)
        verdicts = self.play(self.load(self.path, self.name))
        self.passed = frozenset(verdict.case.id for verdict in verdicts if not verdict.failed)
        if self.chosen is None:
            self.chosen = frozenset(verdict.case.id for verdict in verdicts if verdict.failed)
        text, seen, done = before, {before}, 0
        most = 2 * max((len(verdict.case.steps) for verdict in verdicts), default=0) + _MORE_ROUNDS
        failed: list[Verdict] = []
        for _ in range(most):
            failed = self._judge(verdicts, changed=text != before)
            if not failed:
                break
            changes = agreed(verdicts, failed, self.runs)
            if isinstance(changes, Problem):
                raise _Stopped([changes])
            text, done = self._rewritten(text, changes), done + count(changes)
            if text in seen:
                raise _Stopped([self._unstable(failed[0])])
            seen.add(text)
            verdicts = self._play_draft(encoded(text, original))
        else:
            raise _Stopped([self._unstable(failed[0])])
        if text != before:
            self._replace(original, encoded(text, original))
        return FileUpdate(self.name, before, text, done)

    def _judge(self, verdicts: Sequence[Verdict], *, changed: bool) -> list[Verdict]:
        """Return the chosen tests that fail; stop where one of them, or one that passed, fails for other reasons."""
        assert self.chosen is not None  # noqa: S101 - set before
        failed = [verdict for verdict in verdicts if verdict.failed and verdict.case.id in self.chosen]
        stops = [self._problem(verdict, _why_not(verdict)) for verdict in failed if _why_not(verdict)]
        if changed:
            harmed = [verdict for verdict in verdicts if verdict.failed and verdict.case.id in self.passed]
            what = "would not pass any more, though it does now"
            stops += [self._problem(verdict, what) for verdict in harmed if verdict not in failed]
        if stops:
            raise _Stopped(dict.fromkeys(stops))
        return failed

    def _problem(self, verdict: Verdict, what: str) -> Problem:
        place = verdict.mismatch.position if verdict.mismatch is not None else verdict.case.position
        return Problem(*place, f"{verdict.case.id}: {what}")

    def _unstable(self, verdict: Verdict) -> Problem:
        return self._problem(verdict, "the bot says something else each time, so that nothing can be written down")

    def _rewritten(self, text: str, changes: Changes) -> str:
        elsewhere = next((position for position, _ in changes if position.file != self.name), None)
        if elsewhere is not None:
            what = "this line belongs to another file, which others may include; update it by hand"
            raise _Stopped([Problem(*elsewhere, what)])
        first: Position = next(iter(changes))[0]
        try:
            return apply(changes, text)
        except CannotEdit as error:
            raise _Stopped([Problem(*first, f"cannot be rewritten: {error}")]) from None

    def _play_draft(self, data: bytes) -> Sequence[Verdict]:
        with draft_beside(self.path, data) as draft:
            try:
                return self.play(self.load(draft, self.name))
            except ScenarioError as error:
                what = "what the bot says now would break the file: "
                raise _Stopped(
                    [Problem(p.file, p.line, p.column, what + p.what, p.cure) for p in error.problems]
                ) from None

    def _replace(self, original: bytes, data: bytes) -> None:
        if self.path.read_bytes() != original:
            raise _Stopped([Problem(self.name, 0, 0, "was changed by someone else meanwhile; nothing was written")])
        with draft_beside(self.path, data) as draft:
            put_in_place(draft, self.path)


def _why_not(verdict: Verdict) -> str:
    """Return why a test that fails cannot be updated, or nothing."""
    mismatch = verdict.mismatch
    assert mismatch is not None  # noqa: S101 - it fails
    if mismatch.failure is not None and mismatch.kind not in {"wrong-error", "not-raised"}:
        return f"{mismatch.headline}; an error is no expectation to be written down"
    if mismatch.kind not in UPDATABLE:
        return f"{mismatch.headline}; that is not about what a reply says"
    return ""
