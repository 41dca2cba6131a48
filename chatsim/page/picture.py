"""Draw a graph for the page: states and arrows with their places, found by what they are in the graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, chop_cells

from chatsim.graph.layout.curves import path_data
from chatsim.graph.layout.layered import lay_out
from chatsim.graph.layout.model import Box, Drawing, Link
from chatsim.graph.model import NOWHERE, Graph, Hops, State, StateId, Transition
from chatsim.page.data import ArrowView, Frame, StateView, TransitionView
from chatsim.page.source import Sources
from chatsim.trace import Hop
from chatsim.visible import visible

CELL, PADDING = 7.8, 30.0
"""How wide a character of a state's name is, in a font in which all are alike, and what stands around the name."""

LABEL_CELL, LABEL_PADDING = 6.1, 10.0
"""The same for what is written on an arrow."""

LONGEST, LONGEST_LABEL = 28, 24
"""How many characters of each are drawn."""


class Picture:
    """A graph with a place for everything.

    Args:
        graph: What to draw.
        names: The name of each of its transitions.
        sources: Where their code is found.

    >>> from pathlib import Path
    >>> graph = Graph(states=(State("ask"), State("done", waits="end")), transitions=(Transition("ask", "done"),))
    >>> picture = Picture(graph, ["ask → done"], Sources(Path()))
    >>> picture.arrows[0].source, picture.arrows[0].target, picture.states[1].shape
    (0, 1, 'end')
    """

    def __init__(self, graph: Graph, names: Sequence[str], sources: Sources) -> None:
        self._hops = Hops(graph)
        self._sources = sources
        self._open: dict[StateId, int] = {}
        self.numbers = {state.id: number for number, state in enumerate(graph.states)}
        self._bundles = self._bundled(graph)
        self._arrow_of = {each: number for number, bundle in enumerate(self._bundles.values()) for each in bundle}
        self._open_arrows = {
            state: list(self._bundles).index((self.numbers[state], box)) for state, box in self._open.items()
        }
        self._names = dict(zip(graph.transitions, names, strict=True))
        boxes = [*map(_box, graph.states), *(Box(36, group=machine) for machine, _ in self._open)]
        labels = [_label(bundle) for bundle in self._bundles.values()]
        links = [
            Link(source, target, cell_len(label) * LABEL_CELL + LABEL_PADDING if label else 0.0)
            for (source, target), label in zip(self._bundles, labels, strict=True)
        ]
        drawing = lay_out(boxes, links)
        self.width, self.height = round(drawing.width, 1), round(drawing.height, 1)
        self.frames = tuple(Frame(visible(f.group), f.x, f.y, f.width, f.height) for f in drawing.frames)
        self.states = tuple(self._states(graph, boxes, drawing))
        self.arrows = tuple(self._arrows(labels, drawing))

    def _bundled(self, graph: Graph) -> dict[tuple[int, int], list[Transition]]:
        """Return the transitions of *graph* by the numbers of the states that they join."""
        bundles: dict[tuple[int, int], list[Transition]] = {}
        for each in graph.transitions:
            source = self.numbers.get((each.machine, each.source))
            target = source if each.internal else self._target(each, len(graph.states))
            if source is not None and target is not None:
                bundles.setdefault((source, target), []).append(each)
        return bundles

    def _target(self, each: Transition, states: int) -> int | None:
        if each.target is not None:
            return self.numbers.get((each.machine, each.target))
        return self._open.setdefault((each.machine, each.source), states + len(self._open))

    def _states(self, graph: Graph, boxes: Sequence[Box], drawing: Drawing) -> Iterable[StateView]:
        for state, box, middle in zip(graph.states, boxes, drawing.boxes, strict=False):
            name = visible(state.title)
            short = _short(visible(state.name or "(start)"), LONGEST)
            yield StateView(
                name,
                round(middle.x, 1),
                round(middle.y, 1),
                round(box.width, 1),
                state.waits or "pass",
                state.initial,
                tuple(state.may),
                visible(state.runs),
                self._sources.definition(state.line),
                not state.declared,
                "" if short == name else short,
            )
        for middle in drawing.boxes[len(graph.states) :]:
            yield StateView("not known", round(middle.x, 1), round(middle.y, 1), 36, "open", short="?")

    def _arrows(self, labels: Sequence[str], drawing: Drawing) -> Iterable[ArrowView]:
        for ((source, target), bundle), label, route in zip(self._bundles.items(), labels, drawing.routes, strict=True):
            at = None if route.label is None else (round(route.label.x, 1), round(route.label.y, 1))
            views = tuple(self._transition(each) for each in bundle)
            yield ArrowView(source, target, path_data(route), views, label, at)

    def _transition(self, each: Transition) -> TransitionView:
        return TransitionView(
            visible(self._names[each]),
            "" if each.event == "unknown" else each.event,
            tuple(map(visible, each.guards)),
            tuple(map(visible, each.when)),
            visible(each.trigger),
            self._sources.line(each.line),
            not each.declared,
        )

    # ------------------------------------------------------------ finding

    def arrow(self, transition: Transition) -> int | None:
        """Return the number of the arrow that *transition* is drawn with."""
        return self._arrow_of.get(transition)

    def arrow_of(self, hop: Hop) -> int | None:
        """Return the number of the arrow that *hop* goes along: of an open end where no other leads there."""
        taken = self._hops.taken(hop)
        if taken is not None:
            return self._arrow_of.get(taken)
        return self._open_arrows.get((hop.machine, hop.source or NOWHERE))

    def state(self, name: str | None, machine: str = "") -> int | None:
        """Return the number of a state."""
        return None if name is None else self.numbers.get((machine, name))


def _box(state: State) -> Box:
    name = _short(visible(state.name or "(start)"), LONGEST)
    return Box(cell_len(name) * CELL + PADDING, root=state.initial, group=state.machine)


def _label(bundle: Sequence[Transition]) -> str:
    """Return what is written on an arrow: what has to hold for one to go along it."""
    words = list(dict.fromkeys(filter(None, map(_condition, bundle))))
    return _short(visible(" / ".join(words)), LONGEST_LABEL) if words else ""


def _condition(each: Transition) -> str:
    return ", ".join(each.guards) or each.trigger or (each.when[0] if each.when else "")


def _short(text: str, cells: int) -> str:
    """Return *text* in so many cells.

    >>> _short("wants_to_know_more", 8)
    'wants_t…'
    """
    line = " ".join(text.split())
    return line if cell_len(line) <= cells else f"{chop_cells(line, cells - 1)[0]}…"
