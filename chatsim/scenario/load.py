"""Load scenario files: everything that is wrong with one comes at once, each thing with its place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from chatsim.bots.base import Bot, NamesStates, StartsAnywhere
from chatsim.bots.setup_errors import frame_lines, raised
from chatsim.errors import ChatsimError, Problem, ScenarioError, SetupError
from chatsim.scenario.calls import mocks_for
from chatsim.scenario.deadline import DEFAULT_TIMEOUT, TimedOut, deadline
from chatsim.scenario.durations import show_duration
from chatsim.scenario.environment import environment
from chatsim.scenario.expansion import MAX_CASES, Expansion
from chatsim.scenario.kept import Kept
from chatsim.scenario.looks import Answers
from chatsim.scenario.model import Position, ScenarioCase, ScenarioFile
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.run import start_of
from chatsim.stage import Stage

SUFFIX = ".chat.yaml"


class ReadyFile(msgspec.Struct, frozen=True):
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
    keeps: bool = False,
    just_now: Answers | None = None,
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
        keeps: Whether what is read is kept for the next time (`chatsim.scenario.kept`).
        just_now: Where there is or is no file, as far as that was asked for other files right before; what is asked is
            added.

    Raises `ScenarioError`, which holds everything that is wrong with the file, and with those that it shares with.
    """
    path = path if isinstance(path, Path) else Path(path)  # a copy would have to be made a text anew
    how = Expansion(all_phrasings, max_cases)
    name = str(path) if name is None else name
    kept = Kept(path, name, how) if keeps else None
    known = kept.read(just_now) if kept is not None else None
    if known is not None:
        return known
    from chatsim.scenario.read import read_file  # noqa: PLC0415 - takes longer to import than a hundred tests to run

    file, found = read_file(path, name, how, seeks_bot=seeks_bot)
    if kept is not None:
        kept.write(file, found)
    return file


def ready(file: ScenarioFile, *, timeout: float | None = DEFAULT_TIMEOUT) -> ReadyFile:
    """Return *file* with its bot, checked against each other.

    The bot's modules are loaded for this file alone, and may take *timeout* seconds for that; None is for ever.

    Raises `ScenarioError` when there is no such bot, when it cannot be loaded or started, or when a scenario starts
    where the bot cannot be.
    """
    try:
        with deadline(timeout), environment(file.env):
            stage = Stage.of(file.bot, file.folder, file.credentials, own_modules=True, starts=True)
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
