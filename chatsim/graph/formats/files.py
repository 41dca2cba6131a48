"""Which text a graph is written as, and which of them can be read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from chatsim.errors import SetupError
from chatsim.graph.formats.dot import dot_of, read_dot
from chatsim.graph.formats.mermaid import mermaid_of
from chatsim.graph.formats.plantuml import plantuml_of
from chatsim.graph.formats.scxml import read_scxml, write_scxml
from chatsim.graph.model import Graph
from chatsim.graph.view import View
from chatsim.jsondata import from_json, to_json

DATA: Mapping[str, Callable[[View, Graph], str]] = {
    "json": lambda _, graph: f"{to_json(graph)}\n",
    "dot": dot_of,
    "scxml": lambda _, graph: write_scxml(graph),
}
"""The formats that hold all of a graph."""

DIAGRAMS: Mapping[str, Callable[[View], str]] = {"mermaid": mermaid_of, "plantuml": plantuml_of}
"""The formats that are only drawn."""

SUFFIXES: Mapping[str, str] = {
    ".json": "json",
    ".dot": "dot",
    ".gv": "dot",
    ".scxml": "scxml",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".puml": "plantuml",
    ".plantuml": "plantuml",
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".html": "html",
}
"""The formats by the ends of file names."""


def read_graph(path: Path) -> Graph:
    """Return the graph in the file at *path*: JSON, DOT or SCXML that chatsim wrote.

    Raises `SetupError` for a file that cannot be read, or is none of these.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SetupError(f"{path} is not UTF-8: {error}") from None
    read = _READERS.get(SUFFIXES.get(path.suffix.lower(), ""))
    if read is None:
        raise SetupError(f"{path}: a graph is read from a file that ends in .json, .dot or .scxml")
    try:
        return read(text)
    except SetupError as error:
        raise SetupError(f"{path}: {error}") from None


def _from_json(text: str) -> Graph:
    try:
        return from_json(text, Graph)
    except (ValueError, RecursionError) as error:
        raise SetupError(f"the file is no graph that chatsim wrote: {error}") from None


_READERS: Mapping[str, Callable[[str], Graph]] = {"json": _from_json, "dot": read_dot, "scxml": read_scxml}
