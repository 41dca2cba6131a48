"""Graphs as SCXML, the state charts of the W3C: for other tools to open, and with all of the graph in it, to be read."""

from __future__ import annotations

import keyword
import re
from collections.abc import Hashable, Iterator
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from chatsim.errors import SetupError
from chatsim.graph.formats.data import packed, packed_graph, unpacked
from chatsim.graph.model import (
    NOT,
    Graph,
    StateId,
    Transition,
    initial_states,
    machines,
    states_by_id,
    transitions_from,
)

SCXML = "http://www.w3.org/2005/07/scxml"
CHATSIM = "urn:chatsim:graph"
"""The namespace of what is not SCXML's own: ``data``, the packed part of the graph."""

_DATA = f"{{{CHATSIM}}}data"
_ID = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_ENTITY = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def write_scxml(graph: Graph) -> str:
    """Return *graph* as SCXML, which `read_scxml` reads again.

    A plugin is a state with states in it.  Guards whose names are Python's are conditions; a name that cannot be an
    id is numbered.  A target that is no state of the graph becomes one without transitions, as SCXML wants it there.
    """
    ET.register_namespace("", SCXML)
    ET.register_namespace("chatsim", CHATSIM)
    names = _names(graph)
    chart = _element("scxml", version="1.0", datamodel="ecmascript", name=_word(graph.bot) or "bot")
    chart.set(_DATA, packed_graph(graph))
    begins = [names[state.id] for state in initial_states(graph)]
    if begins:
        chart.set("initial", begins[0])
    places = {machine: _place(chart, machine, graph, names) for machine in machines(graph) or [""]}
    _add_states(graph, names, places, chart)
    ET.indent(chart)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(chart, encoding="unicode") + "\n"


def read_scxml(text: str) -> Graph:
    """Return the graph that `write_scxml` wrote; raise `SetupError` for any other text."""
    if _ENTITY.search(text):
        raise SetupError("the file declares entities; a graph that chatsim wrote has none")
    try:
        chart = ET.fromstring(text)  # noqa: S314 - without entities there is nothing that could grow
    except ET.ParseError as error:
        raise SetupError(f"the file is no XML: {error}") from None
    if _DATA not in chart.attrib:
        raise SetupError("the file is no SCXML that chatsim wrote: it holds no graph of a bot")
    found: dict[str, list[str]] = {"state": [], "transition": []}
    for element in chart.iter():
        if _DATA in element.attrib and element is not chart:
            kind = "transition" if element.tag.endswith("}transition") else "state"
            found[kind].append(element.attrib[_DATA])
    return unpacked(found["state"], found["transition"], chart.attrib[_DATA])


def _element(tag: str, **attributes: str) -> Element:
    return Element(f"{{{SCXML}}}{tag}", attributes)


def _sub(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{SCXML}}}{tag}", attributes)


def _names(graph: Graph) -> dict[StateId, str]:
    """Return the ids of all states, those that are only named as a target included: each of its own, and valid."""
    targets = [
        (way.machine, name) for way in graph.transitions for name in (way.source, way.target) if name is not None
    ]
    names: dict[StateId, str] = {}
    taken: set[str] = set()
    for machine, name in dict.fromkeys([*(state.id for state in graph.states), *targets]):
        wanted = f"{machine}.{name}" if machine else name
        found = wanted if _ID.fullmatch(wanted) and wanted not in taken else f"state-{len(names)}"
        while found in taken:
            found += "-"
        names[machine, name] = found
        taken.add(found)
    return names


def _place(chart: Element, machine: str, graph: Graph, names: dict[StateId, str]) -> Element:
    """Return the element that holds the states of *machine*."""
    if not machine:
        return chart
    number = machines(graph).index(machine)
    place = _sub(chart, "state", id=f"plugin-{number}")
    begins = initial_states(graph, machine)
    if begins:
        place.set("initial", names[begins[0].id])
    return place


def _add_states(graph: Graph, names: dict[StateId, str], places: dict[str, Element], chart: Element) -> None:
    ways = transitions_from(graph)
    numbers: dict[Hashable, int] = {way.id: number for number, way in enumerate(graph.transitions)}
    known = states_by_id(graph)
    for number, state in enumerate(graph.states):
        is_end = state.waits == "end" and not ways.get(state.id)
        element = _sub(places[state.machine], "final" if is_end else "state", id=names[state.id])
        element.set(_DATA, packed(number, state))
        _add_transitions(element, ways.get(state.id, []), names, numbers)
    for missing, name in names.items():
        if missing not in known:
            element = _sub(places.get(missing[0], chart), "state", id=name)
            _add_transitions(element, ways.get(missing, []), names, numbers)


def _add_transitions(
    element: Element, ways: list[Transition], names: dict[StateId, str], numbers: dict[Hashable, int]
) -> None:
    for way in ways:
        transition = _sub(element, "transition", **dict(_attributes(way, names)))
        transition.set(_DATA, packed(numbers[way.id], way))


def _attributes(way: Transition, names: dict[StateId, str]) -> Iterator[tuple[str, str]]:
    event = _word(way.trigger) or ("" if way.event == "none" else way.event)
    if event:
        yield "event", event
    condition = _condition(way)
    if condition:
        yield "cond", condition
    if way.target is not None:
        yield "target", names[way.machine, way.target]
    if way.internal:
        yield "type", "internal"


def _condition(way: Transition) -> str:
    """Return the guards of *way* as an expression, if every one of them is a name."""
    bare = [guard.removeprefix(NOT) for guard in way.guards]
    if not all(_is_name(guard) for guard in bare):
        return ""
    # `== false` and not `!`, which some readers do not take for ECMAScript.
    words = [name if guard == name else f"{name} == false" for guard, name in zip(way.guards, bare, strict=True)]
    return " && ".join(words)


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier() and not keyword.iskeyword(text)


def _word(text: str) -> str:
    """Return *text* if it can be a name or an event, else nothing."""
    return text if _ID.fullmatch(text) else ""
