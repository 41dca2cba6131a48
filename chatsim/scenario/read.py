"""Read a scenario file: everything that is wrong with it comes at once, each thing with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from chatsim.bots.loading import placed, why_not_found
from chatsim.errors import Problem, ScenarioError
from chatsim.scenario.collector import collector_paused
from chatsim.scenario.expand import expand
from chatsim.scenario.expansion import Expansion
from chatsim.scenario.looks import Found
from chatsim.scenario.model import ScenarioFile
from chatsim.scenario.nodes import NoYaml, Source
from chatsim.scenario.readers import ABSENT
from chatsim.scenario.sharing import with_shared
from chatsim.scenario.written import ScenarioDocument


def read_file(path: Path, name: str, how: Expansion, *, seeks_bot: bool = False) -> tuple[ScenarioFile, Found]:
    """Return the scenarios in the file at *path*, and what was found in the file system on the way.

    Arguments and errors are those of `chatsim.scenario.load.load_file`.
    """
    source = Source(name, path)
    with collector_paused():
        try:
            root = source.read()
        except NoYaml as error:
            raise ScenarioError({*error.problems, *_known_before(error.problems[-1].line, source, how)}) from None
        if root is None:
            raise source.stop(1, 1, "holds no scenario", "write bot: and scenarios:")
        document = ScenarioDocument.model_validate(with_shared(root, source), context=source)
        try:
            return expand(document, source, how), source.looks.found
        except ScenarioError as error:
            bot = list(_bot_problems(document, source)) if seeks_bot else []
            if not bot:
                raise
            raise ScenarioError([*error.problems, *bot]) from None


def _bot_problems(document: ScenarioDocument, source: Source) -> Iterator[Problem]:
    bot = document.bot
    if isinstance(bot.value, str) and bot.node is not ABSENT:
        why = why_not_found(*placed(bot.value, source.of(bot.node).folder))
        if why:
            what, _, cure = why.partition("\n")
            yield Problem(*source.position(bot.node), what, cure)


def _known_before(line: int, source: Source, how: Expansion) -> Iterator[Problem]:
    """Yield what is wrong before *line*, from which on the file is no YAML, whatever was meant to follow.

    What is missing may stand further down, and so may what belongs to the scenario that is broken off, and fragments,
    which take captures: names are looked at only where none of that can be.
    """
    part, root = source.before(line)
    if root is None:
        return
    with suppress(ScenarioError):  # of a file that this one shares with: its problems are noted
        document = ScenarioDocument.model_validate(with_shared(root, part), context=part)
        if _shared_key.search(source.text, len(part.text)) is None:
            whole = dict(list(document.scenarios.items())[:-1])
            expand(document.model_copy(update={"scenarios": whole}), part, how)
    people_follow = _users_key.search(source.text, len(part.text)) is not None
    may_follow = _MAY_FOLLOW + (("unknown step",) if people_follow else ())
    for problem in part.problems:
        if (problem.file != source.name or problem.line < line) and not any(
            word in problem.what for word in may_follow
        ):
            yield problem


_MAY_FOLLOW = ("is missing", "this is nothing", "is empty", "lacks the column")
_shared_key = re.compile(r"^(?:fragments|include|users)\s*:", re.MULTILINE)
_users_key = re.compile(r"^\s*users\s*:", re.MULTILINE)
