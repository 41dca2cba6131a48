"""Make cases of a file as it is written: names are checked, steps resolved, and every test gets its id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from chatsim.errors import ScenarioError
from chatsim.scenario.model import Given, ScenarioCase, ScenarioFile
from chatsim.scenario.names import check_names
from chatsim.scenario.nodes import Source
from chatsim.scenario.readers import BROKEN, Placed
from chatsim.scenario.resolve import resolve_step
from chatsim.scenario.words import DataTemplate, Template, Value, Values
from chatsim.scenario.written import ScenarioDocument, WrittenGiven, WrittenScenario
from chatsim.scenario.written_steps import (
    ACTIONS,
    WRITTEN_ACTIONS,
    UnknownStep,
    WrittenAnyStep,
    WrittenFile,
    WrittenTap,
)

_NO_VARS = DataTemplate({}, {})


def expand(document: ScenarioDocument, source: Source) -> ScenarioFile:
    """Return the file that *document* is; raise `ScenarioError` where that or *source* holds problems."""
    cases = [case for name, written in document.scenarios.items() for case in _cases(name, written, source)]
    _check_ids(document, source)
    if source.problems:
        raise ScenarioError(dict.fromkeys(source.problems))
    return ScenarioFile(
        path=source.path,
        bot=document.bot.value,
        bot_position=source.position(document.bot.node),
        credentials=document.credentials.value if document.credentials else {},
        cases=tuple(cases),
        folder=source.folder,
    )


def _cases(name: str, written: WrittenScenario, source: Source) -> Iterator[ScenarioCase]:
    rows = _rows(written)
    if written.cases is None or written.cases.value is not BROKEN:
        check_names(written, {column for row in rows.values() for column in row.value}, source)
    _check_start(written, source)
    _check_taps(written.steps, source)
    _check_files(written.steps, [row.value for row in rows.values()] or [{}], source)
    if source.problems:
        return
    steps = tuple(resolve_step(step, source) for step in written.steps)
    given = _given(written.given, source) if written.given is not None else None
    if not rows:
        yield ScenarioCase(name, name, source.position(written.node), steps, given=given)
    for case, row in rows.items():
        yield ScenarioCase(f"{name}[{case}]", name, source.position(row.node), steps, case, row.value, given)


def _rows(written: WrittenScenario) -> dict[str, Placed[dict[str, Value]]]:
    cases = written.cases
    return {} if cases is None or cases.value is BROKEN else cases.value


def _given(written: WrittenGiven, source: Source) -> Given:
    return Given(
        position=source.position(written.node),
        state=written.state.value,
        state_position=source.position(written.state.node),
        vars=written.vars.value if written.vars else _NO_VARS,
    )


def _check_ids(document: ScenarioDocument, source: Source) -> None:
    first: dict[str, int] = {}
    for name, written in document.scenarios.items():
        for case, node in [(f"{name}[{case}]", row.node) for case, row in _rows(written).items()] or [
            (name, written.node)
        ]:
            if case in first:
                what = f"two tests have the id {case!r}; the first is in line {first[case]}"
                source.problem(node, what, "rename one of them")
            first.setdefault(case, source.position(node).line)


def _check_start(written: WrittenScenario, source: Source) -> None:
    """A scenario begins with something that reaches the bot."""
    if written.steps and not isinstance(written.steps[0], (*WRITTEN_ACTIONS, UnknownStep)):
        what = "a scenario begins with something that reaches the bot"
        source.problem(
            written.steps[0].node, what, f"begin with one of {', '.join(ACTIONS)}; `user: null` starts a chat"
        )


def _check_taps(steps: Sequence[WrittenAnyStep], source: Source) -> None:
    for step in steps:
        if isinstance(step, WrittenTap) and not (step.tap.title or step.tap.option or step.tap.id):
            source.problem(step.tap.node, "`tap` names no option", "write {id: …} or {option: …, stale: true}")


def _check_files(steps: Sequence[WrittenAnyStep], rows: Sequence[Values], source: Source) -> None:
    for step in steps:
        if not isinstance(step, WrittenFile):
            continue
        if step.file.path is None:
            if step.file.bytes is None:
                source.problem(step.file.node, "`bytes` is missing", "write {bytes: …, name: coupon.png}, or a path")
            continue
        path = step.file.path
        if path.value is BROKEN:
            continue
        for missing in dict.fromkeys(_missing_files(path.value, rows, source)):
            source.problem(path.node, f"there is no file {missing!r}", f"paths start at {source.folder}")


def _missing_files(path: Template, rows: Sequence[Values], source: Source) -> Iterator[str]:
    for row in rows:
        if all(name in row for name in path.names):
            written = path.render(row)
            if not is_file(source.folder / written):
                yield written


def is_file(path: Path) -> bool:
    """Say whether there is a file at *path*; what cannot be a path is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
