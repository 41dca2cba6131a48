"""Add to a graph what a search of the bot reaches."""

from __future__ import annotations

from chatsim.cli.graph_sources import Source
from chatsim.errors import SetupError
from chatsim.explore.api import explore
from chatsim.explore.results.result import Exploration
from chatsim.graph.model import Graph
from chatsim.graph.observed import observed_graph


def searched(source: Source, time_limit: float) -> Exploration:
    """Return what a search of *source*'s bot finds; raise `SetupError` for a graph from a file, or of a git revision."""
    if not source.reference or source.modules is not None:
        raise SetupError(f"{source.name}: only a bot of today is searched; name it as [FOLDER/]MODULE:OBJECT")
    return explore(source.reference, folder=source.folder, credentials=source.credentials, max_time=time_limit)


def explored_graph(found: Exploration, declared: Graph) -> Graph:
    """Return *declared* with what the search *found* marked as explored."""
    traces = [trace for edge in found.transitions if (trace := found.trace_through(edge)) is not None]
    return observed_graph(traces, declared, explored=True)


def in_words(found: Exploration) -> str:
    """Return how far the search *found* came."""
    return f"searched: {found.snapshots} snapshots, {found.outcome} ({found.stopped})"
