"""Load scenario files: everything that is wrong with one comes at once, each thing with its place."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from chatsim.bots.base import Bot, NamesStates, StartsAnywhere
from chatsim.bots.loading import why_not_found
from chatsim.bots.setup_errors import frame_lines, raised
from chatsim.errors import ChatsimError, Problem, ScenarioError, SetupError
from chatsim.scenario.calls import mocks_for
from chatsim.scenario.deadline import DEFAULT_TIMEOUT, TimedOut, deadline
from chatsim.scenario.durations import show_duration
from chatsim.scenario.environment import environment
from chatsim.scenario.expand import MAX_CASES, Expansion, expand
from chatsim.scenario.model import Position, ScenarioCase, ScenarioFile
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.nodes import NoYaml, Source
from chatsim.scenario.readers import ABSENT
from chatsim.scenario.run import start_of
from chatsim.scenario.sharing import with_shared
from chatsim.scenario.written import ScenarioDocument
from chatsim.stage import Stage
from chatsim.world.mocks import Mocks

SUFFIX = ".chat.yaml"


@dataclass(frozen=True, slots=True)
class ReadyFile:
    """A file whose bot was loaded too: its cases can run."""

    file: ScenarioFile
    stage: Stage

    @property
    def bot(self) -> Bot:
        """The bot as it was loaded last."""
        return self.stage.bot


def load_file(
    path: Path | str,
    name: str | None = None,
    *,
    all_phrasings: bool = False,
    max_cases: int = MAX_CASES,
    seeks_bot: bool = False,
) -> ScenarioFile:
    """Return the scenarios in the file at *path*, without loading its bot.

    Args:
        path: A scenario file.
        name: How positions name the file; by default as *path*.
        all_phrasings: Whether every phrasing of a person (``user: {one_of: […]}``) becomes a test, rather than
            rotating over those that there are.
        max_cases: How many tests may come of one scenario.
        seeks_bot: Whether, where something else is wrong, it is said as well that there is no such module as `bot`
            names.

    Raises `ScenarioError`, which holds everything that is wrong with the file, and with those that it shares with.
    """
    source = Source(str(path) if name is None else name, Path(path))
    with _collector_paused():
        try:
            root = source.read()
        except NoYaml as error:
            raise ScenarioError({*error.problems, *_known_before(error.problems[-1].line, source)}) from None
        if root is None:
            raise source.stop(1, 1, "holds no scenario", "write bot: and scenarios:")
        document = ScenarioDocument.model_validate(with_shared(root, source), context=source)
        try:
            return expand(document, source, Expansion(all_phrasings, max_cases))
        except ScenarioError as error:
            bot = list(_bot_problems(document, source)) if seeks_bot else []
            if not bot:
                raise
            raise ScenarioError([*error.problems, *bot]) from None


def _bot_problems(document: ScenarioDocument, source: Source) -> Iterator[Problem]:
    bot = document.bot
    if isinstance(bot.value, str) and bot.node is not ABSENT:
        why = why_not_found(bot.value, source.of(bot.node).folder)
        if why:
            yield Problem(*source.position(bot.node), *_first_line(why))


def _known_before(line: int, source: Source) -> Iterator[Problem]:
    """Yield what is wrong before *line*, from which on the file is no YAML, whatever was meant to follow.

    What is missing may stand further down, and so may what a name stands for: neither is looked at.
    """
    part, root = source.before(line)
    if root is None:
        return
    with suppress(ScenarioError):  # of a file that this one shares with: its problems are noted
        ScenarioDocument.model_validate(with_shared(root, part), context=part)
    people_follow = _users_key.search(source.text, len(part.text)) is not None
    may_follow = _MAY_FOLLOW + (("unknown step",) if people_follow else ())
    for problem in part.problems:
        if (problem.file != source.name or problem.line < line) and not any(
            word in problem.what for word in may_follow
        ):
            yield problem


_MAY_FOLLOW = ("is missing", "this is nothing", "is empty", "lacks the column")
_users_key = re.compile(r"^\s*users\s*:", re.MULTILINE)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking over the growing tree again and again: that is half the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def ready(file: ScenarioFile, *, timeout: float | None = DEFAULT_TIMEOUT) -> ReadyFile:
    """Return *file* with its bot, checked against each other.

    The bot's modules are loaded for this file alone, and may take *timeout* seconds for that; None is for ever.

    Raises `ScenarioError` when there is no such bot, when it cannot be loaded or started, or when a scenario starts
    where the bot cannot be.
    """
    try:
        with deadline(timeout), environment(file.env):
            stage = Stage.of(file.bot, file.folder, file.credentials, own_modules=True)
            with stage.inside(Mocks()) as world:
                world.start(stage.bot)
            problems = [problem for case in file.cases for problem in _given_problems(case, stage.bot)]
            problems += [problem for case in file.cases for problem in _mock_problems(case, stage)]
    except TimedOut as error:
        what = f"bot {file.bot!r}: loading it takes longer than {show_duration(timeout or 0)}; it was here"
        raise ScenarioError([_problem(file.bot_position, what, "\n".join(frame_lines(error)))]) from error
    except ChatsimError as error:
        raise ScenarioError([_problem(file.bot_position, *_first_line(str(error)))]) from error
    except BaseException as error:
        message = str(raised(f"bot {file.bot!r}: starting it", error))
        raise ScenarioError([_problem(file.bot_position, *_first_line(message))]) from error
    if problems:
        stage.close()
        raise ScenarioError(dict.fromkeys(problems))
    return ReadyFile(file, stage)


def _given_problems(case: ScenarioCase, bot: Bot) -> Iterable[Problem]:
    given = case.given
    if given is None:
        return
    state = given.state.render(case.values)
    if isinstance(bot, NamesStates) and state not in bot.state_names():
        yield _problem(
            given.state_position, f"the bot has no state {state!r}", did_you_mean(state, bot.state_names(), "states")
        )
    elif not isinstance(bot, StartsAnywhere):
        yield _problem(given.position, "this kind of bot cannot start in the middle", "start at its beginning")
    else:
        try:
            start_of(case, bot)
        except ChatsimError as error:
            yield _problem(given.position, *_first_line(str(error)))


def _mock_problems(case: ScenarioCase, stage: Stage) -> Iterable[Problem]:
    """Say which mocks stand in for functions that are not there."""
    for spec in case.mocks:
        if spec.is_function:
            try:
                with stage.inside(mocks_for([spec], case.values)):
                    pass
            except SetupError as error:
                yield _problem(spec.answers[0].position, *_first_line(str(error)))


def _first_line(message: str) -> tuple[str, str]:
    what, _, rest = message.partition("\n")
    return what, rest


def _problem(position: Position, what: str, cure: str = "") -> Problem:
    return Problem(*position, what, cure)


def find_files(paths: Iterable[Path | str]) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """Return the scenario files that *paths* name, folders searched, in order and each once; and what was not there."""
    files: dict[Path, None] = {}
    problems = []
    for path in map(Path, paths):
        found = _files_in(path) if path.is_dir() else [path] if path.exists() else []
        if not found:
            what = f"holds no file *{SUFFIX}" if path.is_dir() else "there is no such file or folder"
            problems.append(Problem(str(path), 1, 1, what))
        files.update(dict.fromkeys(found))
    return tuple(files), tuple(problems)


def _files_in(folder: Path) -> list[Path]:
    """Return the scenario files in *folder*, sorted; hidden folders (``.venv``, ``.git``) are left out."""
    files = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(root, name) for name in names if name.endswith(SUFFIX)]
    return sorted(files)


def collect(paths: Iterable[Path | str]) -> tuple[tuple[ReadyFile, ...], tuple[Problem, ...]]:
    """Load the scenario files that *paths* name, with their bots.

    Returns the files that can run, and everything that is wrong with the others.
    """
    found, missing = find_files(paths)
    files, problems = [], list(missing)
    for path in found:
        try:
            files.append(ready(load_file(path)))
        except ScenarioError as error:
            problems.extend(error.problems)
    return tuple(files), tuple(problems)
