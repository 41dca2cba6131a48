"""Where ``chatsim graph`` has a graph from: a bot, a file, or a bot at a git revision."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from chatsim.bots.loading import load_object
from chatsim.bots.modules import FolderModules
from chatsim.bots.recognise import Origin, recognise
from chatsim.bots.revisions import at_revision, load_object_at, split_revision
from chatsim.cli.bot_names import place_of
from chatsim.errors import SetupError
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.formats.files import SUFFIXES, read_graph
from chatsim.graph.model import Graph, SourceLine, State, Transition
from chatsim.trace import JsonObject

PartT = TypeVar("PartT", State, Transition)


@dataclass(frozen=True, slots=True)
class Source:
    """Something that has a graph: its name for people, and where it is.

    `reference` is ``module:object`` in `folder`, and empty for a file.  `modules` are those of a git revision.
    """

    name: str
    reference: str = ""
    folder: Path = Path()
    file: Path | None = None
    modules: FolderModules | None = None
    credentials: JsonObject | None = None

    def declared(self) -> Graph | None:
        """Return the graph, by its name; None for a bot that does not say which states it has.

        Raises `SetupError` where there is no such bot or file.
        """
        if self.file is not None:
            found = read_graph(self.file)
            return found if found.bot else msgspec.structs.replace(found, bot=self.name)
        if self.modules is None:
            module, value = load_object(self.reference, self.folder)
        else:
            module, value = None, load_object_at(self.reference, self.modules)
        graph = declared_graph(value)
        if graph is None:
            graph = declared_graph(recognise(value, Origin(self.reference, module, dict(self.credentials or {}))))
        return None if graph is None else self._named(graph)

    def _named(self, graph: Graph) -> Graph:
        graph = msgspec.structs.replace(graph, bot=self.name)
        if self.modules is None:
            return graph
        # What lies in a temporary folder now is named as it was in the repository.
        place = f"{self.modules.folder}/"
        return msgspec.structs.replace(
            graph,
            states=tuple(_moved(state, place) for state in graph.states),
            transitions=tuple(_moved(way, place) for way in graph.transitions),
        )


def _moved(part: PartT, place: str) -> PartT:
    if part.line is None:
        return part
    return msgspec.structs.replace(part, line=SourceLine(part.line.file.removeprefix(place), part.line.line))


def source_of(target: str, credentials: JsonObject, stack: ExitStack) -> Source:
    """Return what *target* names; what it needs until then is given back when *stack* is left.

    Raises `SetupError` for what is neither a file nor a bot.
    """
    path = Path(target)
    if path.suffix.lower() in SUFFIXES and ":" not in path.name:
        if not path.is_file():
            raise SetupError(f"{target}: there is no such file")
        return Source(target, file=path)
    revision, rest = split_revision(target)
    folder, reference = place_of(rest)
    modules = stack.enter_context(at_revision(revision, folder)) if revision else None
    return Source(target, reference, folder, modules=modules, credentials=credentials)
