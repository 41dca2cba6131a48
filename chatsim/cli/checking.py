"""Check a bot by the graph that it declares, and say what was found."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from chatsim.bots.loading import load_bot
from chatsim.cli.bot_names import place_of
from chatsim.errors import SetupError
from chatsim.fsm.faults import FaultyMachine
from chatsim.graph.analysis import Fact, facts
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.report.document import Line
from chatsim.report.paint import console_for, line_of, paint
from chatsim.stage import in_a_world
from chatsim.trace import JsonObject
from chatsim.visible import visible

Weight: TypeAlias = Literal["error", "warning", "note"]

_ERRORS = frozenset({"faulty-machine", "missing-handler", "unknown-state", "dead-end", "no-way-on", "no-end"})
_NOTES = frozenset({"open-end"})
_SIGNS: dict[Weight, tuple[str, str]] = {
    "error": ("✗", "failure"),
    "warning": ("!", "expected-word"),
    "note": ("·", "dim"),
}
_ORDER: tuple[Weight, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a check found: how bad it is, its kind, where (a state, and a line if one is known), in words."""

    weight: Weight
    kind: str
    message: str
    state: str = ""
    place: str = ""

    @classmethod
    def of(cls, fact: Fact, folder: Path) -> Remark:
        """Return *fact* as a remark, with its place as seen from *folder*."""
        weight: Weight = (
            "note" if fact.kind in _NOTES else "error" if fact.kind in _ERRORS and fact.certain else "warning"
        )
        place = f"{_near(Path(fact.line.file), folder)}:{fact.line.line}" if fact.line is not None else ""
        return cls(weight, fact.kind, fact.message, fact.state, place)

    def for_json(self) -> dict[str, Any]:
        """Return the remark as the JSON file has it."""
        return {
            "kind": self.kind,
            "severity": self.weight,
            "state": self.state or None,
            "message": self.message,
            "place": self.place or None,
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the bot `reference` comes to; a bot that its framework refuses has no states."""

    reference: str
    states: int
    transitions: int
    remarks: tuple[Remark, ...]

    @property
    def errors(self) -> int:
        """How much is wrong."""
        return sum(remark.weight == "error" for remark in self.remarks)

    @property
    def warnings(self) -> int:
        """How much may be wrong."""
        return sum(remark.weight == "warning" for remark in self.remarks)

    def for_json(self) -> dict[str, Any]:
        """Return it as the JSON file has it."""
        return {
            "bot": self.reference,
            "states": self.states,
            "transitions": self.transitions,
            "findings": [remark.for_json() for remark in self.remarks],
        }


def check_bot(reference: str, folder: Path, credentials: JsonObject | None = None) -> Checked:
    """Return what can be said of the bot that *reference* names, looked for in *folder* first, without a turn of it.

    A path may stand before the module: ``FOLDER/module:object``.  Places are told as seen from *folder*.

    Raises `SetupError` where it cannot be loaded, and where nothing is known of how its framework declares states.
    """
    place, name = place_of(reference)
    try:
        bot = in_a_world(lambda: load_bot(name, folder / place, credentials))
    except SetupError as error:
        # A machine with faults cannot be made, and these are what was asked for.
        if not isinstance(error.__cause__, FaultyMachine):
            raise
        return Checked(
            reference, 0, 0, tuple(Remark("error", "faulty-machine", each) for each in error.__cause__.faults)
        )
    graph = declared_graph(bot)
    if graph is None:
        raise SetupError(
            f"bot {reference!r}: a {type(bot).__name__} declares no states that can be read. "
            "Give it a method declared_graph() that returns a chatsim.graph.model.Graph, or explore it"
        )
    remarks = sorted((Remark.of(fact, folder) for fact in facts(graph)), key=lambda remark: _ORDER.index(remark.weight))
    return Checked(reference, len(graph.states), len(graph.transitions), tuple(remarks))


def _near(path: Path, folder: Path) -> Path:
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def write_checked(checked: Checked, json_file: Path | None) -> None:
    """Write *checked* for people to standard output, and as JSON to *json_file*, which ``-`` makes the only output.

    Raises `OSError` where the file cannot be written.
    """
    text = json.dumps(checked.for_json(), indent=2, ensure_ascii=False) + "\n"
    if str(json_file) == "-":
        sys.stdout.write(text)
        return
    if json_file is not None:
        json_file.write_text(text, "utf-8")
    paint(console_for(sys.stdout), checked_lines(checked))


def checked_lines(checked: Checked) -> Iterator[Line]:
    """Yield *checked* as lines: a line for each remark under its place, and how many there are at the end."""
    for remark in checked.remarks:
        sign, style = _SIGNS[remark.weight]
        yield line_of((f"{sign} ", style), (remark.place or visible(checked.reference), "place"), f"  {remark.kind}")
        for row in visible(remark.message).split("\n"):
            yield line_of(f"  {row}")
    counts = Counter(remark.weight for remark in checked.remarks)
    found = ", ".join(_counted(counts[weight], weight) for weight in _ORDER if counts[weight]) or "nothing wrong"
    size = (
        f"{_counted(checked.states, 'state')}, {_counted(checked.transitions, 'transition')}: "
        if checked.states
        else ""
    )
    yield line_of((size, "dim"), (found, "failure" if counts["error"] else "held" if not counts["warning"] else ""))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
