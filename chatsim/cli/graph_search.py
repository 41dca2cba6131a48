"""Add to a graph what a search of the bot reaches."""

from __future__ import annotations

from chatsim.cli.graph_sources import Source
from chatsim.errors import SetupError
from chatsim.explore.api import explore
from chatsim.graph.model import Graph
from chatsim.graph.observed import observed_graph


def explored_graph(source: Source, declared: Graph, time_limit: float) -> tuple[Graph, str]:
    """Return *declared* with what a search of *source*'s bot reached marked as explored, and how far it came, in words.

    Raises `SetupError` for a graph from a file, or from a git revision.
    """
    if not source.reference or source.modules is not None:
        raise SetupError(f"{source.name}: only a bot of today is searched; name it as [FOLDER/]MODULE:OBJECT")
    found = explore(source.reference, folder=source.folder, credentials=source.credentials, max_time=time_limit)
    traces = [trace for edge in found.transitions if (trace := found.trace_through(edge)) is not None]
    graph = observed_graph(traces, declared, explored=True)
    unexpanded = f", {found.unexpanded} of them not tried to the end" if found.unexpanded else ""
    return graph, f"searched: {found.snapshots} snapshots, {found.outcome} ({found.stopped}){unexpanded}"
