"""Make cases of a file as it is written: names are checked, steps resolved, and every test gets its id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chatsim.bots.loading import placed
from chatsim.errors import Problem, ScenarioError
from chatsim.scenario.expansion import Expansion
from chatsim.scenario.fragments import MOST_STEPS, Fragments, call_of, every_step
from chatsim.scenario.grow import Grower
from chatsim.scenario.marks import MARKS
from chatsim.scenario.model import NO_MARKS, Given, Marks, Position, ScenarioCase, ScenarioFile, Xfail
from chatsim.scenario.names import check_names
from chatsim.scenario.nearest import did_you_mean, which_file
from chatsim.scenario.nodes import Source
from chatsim.scenario.people import Addresses
from chatsim.scenario.readers import BROKEN, Placed
from chatsim.scenario.resolve_world import check_mocks, check_world, mock_specs
from chatsim.scenario.tree import Leaf, Ways, count, longest, multiplied
from chatsim.scenario.words import DataTemplate, Template, Value, Values
from chatsim.scenario.written import ScenarioDocument, WrittenGiven, WrittenScenario
from chatsim.scenario.written_acts import FileContent
from chatsim.scenario.written_delivery import WrittenWith, check_delivery
from chatsim.scenario.written_steps import (
    ACTIONS,
    WRITTEN_ACTIONS,
    UnknownStep,
    WrittenAct,
    WrittenAnyOrder,
    WrittenFile,
    WrittenFork,
    WrittenStep,
    WrittenTap,
)

_MOST_FORKS = 100
_NO_VARS = DataTemplate({}, {})


def expand(document: ScenarioDocument, source: Source, how: Expansion) -> ScenarioFile:
    """Return the file that *document* is; raise `ScenarioError` where that or *source* holds problems."""
    written = document.fragments or {}
    fragments = Fragments(written, source)
    fragments.check([scenario.steps for scenario in document.scenarios.values()])
    for fragment in written.values():
        _check_taps(fragment.steps, source)
    cases = [
        case
        for name, written in document.scenarios.items()
        for case in _Scenario(name, written, fragments, source, how).cases()
    ]
    _check_ids(document, cases, source)
    if source.problems:
        raise ScenarioError(dict.fromkeys(source.problems))
    bot, folder = placed(document.bot.value, source.of(document.bot.node).folder)
    return ScenarioFile(
        path=source.path,
        bot=bot,
        bot_position=source.position(document.bot.node),
        credentials=document.credentials.value if document.credentials else {},
        cases=tuple(cases),
        folder=folder,
        env=document.env.value if document.env else {},
    )


class _Scenario:
    """One scenario on its way to become tests."""

    def __init__(
        self, name: str, written: WrittenScenario, fragments: Fragments, source: Source, how: Expansion
    ) -> None:
        self.name = name
        self.written = written
        self.fragments = fragments
        self.source = source
        self.how = how
        self.rows = _rows(written)
        self.users: dict[str, str] = written.users.value if written.users and written.users.value is not BROKEN else {}

    def cases(self) -> Iterator[ScenarioCase]:
        """Yield the tests that the scenario becomes; where it is wrong, that is noted, and there are none."""
        self._check()
        if self.source.problems:
            return
        items = Grower(self.fragments, self.source).items(self.written.steps)
        if self.how.all_phrasings:
            items = multiplied(items)
        if not self._is_bounded(longest(items), count(items) * max(len(self.rows), 1)):
            return
        given = _given(self.written.given, self.source) if self.written.given is not None else None
        marks = _marks(self.written)
        env = self.written.env.value if self.written.env else {}
        mocks = mock_specs(self.written.mock or {}, self.source)
        allow = self.written.allow.value if self.written.allow else ()
        addresses = Addresses(self.users)
        for row, leaf in self._ways(Ways(items)):
            case, placed = row
            parts = [*([case] if case is not None else ()), *leaf.branch]
            yield ScenarioCase(
                id=f"{self.name}[{'-'.join(parts)}]" if parts else self.name,
                name=self.name,
                position=leaf.position or self.source.position(placed.node),
                steps=addresses.put(leaf.steps),
                case=case,
                values=placed.value,
                given=given,
                branch=leaf.branch,
                forks=leaf.forks,
                env=env,
                marks=marks,
                mocks=mocks,
                allow=allow,
            )

    def _ways(self, ways: Ways) -> Iterator[tuple[tuple[str | None, Placed[dict[str, Value]]], Leaf]]:
        rows: list[tuple[str | None, Placed[dict[str, Value]]]] = list(self.rows.items())
        leaves: list[Leaf] = []
        for row in rows or [(None, Placed({}, self.written.node))]:
            if not leaves or ways.rotates:
                leaves = list(ways.leaves())
            for leaf in leaves:
                yield row, leaf

    def _is_bounded(self, forks: int, cases: int) -> bool:
        most = self.how.max_cases
        if forks > _MOST_FORKS:
            self._problem(f"has {forks} forks in a row, more than {_MOST_FORKS}", "make several scenarios of it")
        elif cases > most:
            cure = "make several scenarios of it, or allow more with chatsim_max_cases (chatsim run --max-cases)"
            self._problem(f"becomes {cases:,} tests, more than {most:,}", cure)
        return forks <= _MOST_FORKS and cases <= most

    def _problem(self, what: str, cure: str) -> None:
        self.source.problem(self.written.node, f"the scenario {self.name!r} {what}", cure)

    # ------------------------------------------------------------ checks

    def _check(self) -> None:
        steps, source = self.written.steps, self.source
        check_mocks(self.written.mock or {}, [row.value for row in self.rows.values()], source)
        if self.written.cases is None or self.written.cases.value is not BROKEN:
            columns = {column for row in self.rows.values() for column in row.value}
            check_names(self.written, columns, self.fragments, source)
        for node in _wrong_starts(steps, self.fragments):
            what = "a scenario begins with something that reaches the bot"
            source.problem(node, what, f"begin with one of {', '.join(ACTIONS)}; `user: null` starts a chat")
        _check_taps(steps, source)
        size = self.fragments.size(steps)
        if size > MOST_STEPS:
            self._problem(f"has {size:,} steps with its fragments, more than {MOST_STEPS:,}", "use fewer fragments")
        else:
            self._check_files(steps, [row.value for row in self.rows.values()] or [{}])

    def _check_files(self, steps: Sequence[Any], rows: Sequence[Values]) -> None:
        for step in every_step(steps):
            call, fragment = call_of(step), self.fragments.used_by(step)
            if call is not None and fragment is not None:
                self._check_files(fragment.steps, [{**row, **call.known(row)} for row in rows])
            elif isinstance(step, WrittenFile):
                _check_file(step.file, rows, self.source)
            elif isinstance(step, WrittenStep):
                check_world(step, rows, self.source)
                self._check_person(step)
            if (together := _together(step)) is not None:
                self._check_person(together)
                if together.file is not None:
                    _check_file(together.file, rows, self.source)

    def _check_person(self, step: WrittenStep | WrittenWith) -> None:
        """Whoever is named in a step must be one of this scenario."""
        members = step.any_order if isinstance(step, WrittenAnyOrder) else ()
        for each in (step, *members):
            if each.person in self.source.people and each.person not in self.users:
                what = f"{each.person!r} is nobody in the scenario {self.name!r}"
                self.source.problem(each.node, what, did_you_mean(each.person, sorted(self.users), "people"))


def _wrong_starts(steps: Sequence[Any], fragments: Fragments) -> Iterator[Any]:
    """Yield the nodes at which a scenario begins with something that does not reach the bot."""
    first: Any = steps[0] if steps else None
    fragment = fragments.used_by(first)
    if isinstance(first, WrittenFork):
        for branch in first.fork.values():
            yield from _wrong_starts(branch.steps, fragments)
    elif fragment is not None:
        if any(True for _ in _wrong_starts(fragment.steps, fragments)):
            yield first.node
    elif first is not None and call_of(first) is None and not isinstance(first, (*WRITTEN_ACTIONS, UnknownStep)):
        yield first.node


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


def _marks(written: WrittenScenario) -> Marks:
    found = {key: placed.value for key in MARKS if isinstance(placed := getattr(written, key), Placed)}
    xfail = written.xfail
    if xfail is not None:
        strict, raises = xfail.strict, xfail.raises
        found["xfail"] = Xfail(xfail.reason.value, strict.value if strict else None, raises.value if raises else None)
    return Marks(**{**MARKS, **found}) if found else NO_MARKS


def _check_ids(document: ScenarioDocument, cases: Sequence[ScenarioCase], source: Source) -> None:
    """Note tests of one id.  Where something is wrong, so that not all is expanded, rows alone are looked at."""
    found = ((case.id, case.position) for case in cases)
    first: dict[str, Position] = {}
    for test, position in list(_ids_of_rows(document, source)) if source.problems else found:
        if test in first:
            what = f"two tests have the id {test!r}; the first is in line {first[test].line}"
            source.problems.append(Problem(*position, what, "rename one of them"))
        first.setdefault(test, position)


def _ids_of_rows(document: ScenarioDocument, source: Source) -> Iterator[tuple[str, Position]]:
    for name, written in document.scenarios.items():
        rows = _rows(written)
        for case, row in rows.items():
            yield f"{name}[{case}]", source.position(row.node)
        if not rows:
            yield name, source.position(written.node)


def _check_taps(steps: Sequence[Any], source: Source) -> None:
    for step in every_step(steps):
        if isinstance(step, WrittenAct) and step.deliver is not None:
            check_delivery(step.deliver, source)
        if isinstance(step, WrittenTap) and not (step.tap.title or step.tap.option or step.tap.id):
            source.problem(step.tap.node, "`tap` names no option", "write {id: …} or {option: …, stale: true}")


def _together(step: Any) -> WrittenWith | None:
    """Return what is done at the same time as *step*, if anything is."""
    return step.deliver.with_ if isinstance(step, WrittenAct) and step.deliver is not None else None


def _check_file(file: FileContent, rows: Sequence[Values], source: Source) -> None:
    path = file.path
    if path is None:
        if file.bytes is None:
            source.problem(file.node, "`bytes` is missing", "write {bytes: …, name: coupon.png}, or a path")
    elif path.value is not BROKEN:
        folder = source.of(path.node).folder
        for missing in dict.fromkeys(_missing_files(path.value, rows, folder, source)):
            source.problem(path.node, f"there is no file {missing!r}", which_file(missing, folder))


def _missing_files(path: Template, rows: Sequence[Values], folder: Path, source: Source) -> Iterator[str]:
    for row in rows:
        if all(name in row for name in path.names):
            written = path.render(row)
            if not source.looks.is_file(folder / written):
                yield written
