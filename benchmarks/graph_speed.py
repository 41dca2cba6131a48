"""How long the graph of a large bot takes: `python benchmarks/graph_speed.py [STATES TRANSITIONS]`.

By default 1,000 states and 5,000 transitions.  Reading the graph and writing it as text is timed by processor time, the
median of five; a picture by the clock, once, with what was drawn and by whom.  What was read is counted first.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from chatsim.bots.loading import load_bot
from chatsim.cli.graphing import Wish, write_graph
from chatsim.graph.collapse import collapsed
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.draw import draw
from chatsim.graph.formats.dot import read_dot, write_dot
from chatsim.graph.formats.mermaid import MOST_ARROWS, mermaid_of
from chatsim.graph.formats.plantuml import write_plantuml
from chatsim.graph.formats.scxml import read_scxml, write_scxml
from chatsim.graph.formats.svg import svg_of
from chatsim.graph.model import Graph
from chatsim.graph.view import view
from chatsim.jsondata import to_json

RUNS = 5
FSM = """\
from chatsim.fsm import AbstractFSM, Status

COUNT, WAYS = {states} - 1, {ways}
STEPS = (1, 2, 7, 31, 173)


class Bot(AbstractFSM):
    states = ["zero", *(f"s{{n}}" for n in range(COUNT))]
    transitions = [
        {{"trigger": "next", "source": "zero", "dest": "s0"}},
        *(
            {{"trigger": "next", "source": f"s{{n}}", "dest": f"s{{(n + STEPS[k % 5] * (1 + k // 5)) % COUNT}}", "conditions": f"g{{k}}"}}
            for n in range(COUNT) for k in range(WAYS)
        ),
    ]
    conditions = {{f"g{{k}}" for k in range(WAYS)}}


def enter(self):
    self.status = Status.WAIT_FOR_USER_INPUT


for n in range(COUNT):
    setattr(Bot, f"on_enter_s{{n}}", enter)
for k in range(WAYS):
    setattr(Bot, f"g{{k}}", lambda self: False)
"""
ORCHESTRATOR = """\
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager

bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="s0")
"""
STEP = """

@bot.register_step("s{n}")
def step_{n}(chat_id, text, context, sender):
{ways}    return "s{last}", context
"""


def main() -> None:
    """Print one row for each thing that is done with the graph."""
    states, transitions = map(int, sys.argv[1:] or ["1000", "5000"])
    ways = transitions // states
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "fsm.py").write_text(FSM.format(states=states, ways=ways))
        (folder / "steps.py").write_text(ORCHESTRATOR + "".join(step(n, states, ways) for n in range(states)))
        machine, orchestrator = load_bot("fsm:Bot", folder), load_bot("steps:bot", folder)
        row("read from an FSM class", lambda: declared_graph(machine))
        row("read from an orchestrator's source", lambda: declared_graph(orchestrator))
        graph = declared_graph(machine) or Graph()
        for found in (graph, declared_graph(orchestrator) or Graph()):
            assert len(found.states) == states
            assert transitions - ways <= len(found.transitions) <= transitions
        (folder / "bot.json").write_text(to_json(graph))
        rows(graph)
        row("chatsim graph bot.json -o bot.mmd", lambda: command(folder, "bot.mmd"))
        for limit in (250, 0):
            pictures(graph, limit)


def rows(graph: Graph) -> None:
    """Print one row for each text that *graph* is written as."""
    row("written as JSON", lambda: to_json(graph))
    row(
        "written as Mermaid (as many arrows as it draws)",
        lambda: mermaid_of(collapsed(view(graph), 250, MOST_ARROWS - 1)),
    )
    row("written as Mermaid (all)", lambda: mermaid_of(view(graph)))
    row("written as PlantUML (all)", lambda: write_plantuml(graph))
    row("written as DOT", lambda: write_dot(graph))
    row("written as SCXML", lambda: write_scxml(graph))
    row("laid out and drawn by chatsim (all)", lambda: svg_of(view(graph)), runs=1)
    assert read_dot(write_dot(graph)) == graph == read_scxml(write_scxml(graph))


def pictures(graph: Graph, limit: int) -> None:
    """Print what becomes of an SVG: how long it took by the clock, and what its notes say."""
    began = time.perf_counter()
    drawn = collapsed(view(graph), limit)
    picture = draw(drawn, "svg")
    seconds = time.perf_counter() - began
    print(
        f"an SVG of {len(drawn.nodes):,} boxes and {len(drawn.edges):,} arrows: {seconds:.2f} s by the clock, {len(picture.data):,} bytes"
    )
    for note in (*drawn.notes, *picture.notes):
        print(f"    {note}")


def command(folder: Path, name: str) -> None:
    """Do what ``chatsim graph`` does."""
    assert write_graph(Wish((str(folder / "bot.json"),), output=folder / name)) == 0


def row(what: str, act: Callable[[], object], runs: int = RUNS) -> None:
    """Print the median of the processor time that *act* takes."""
    seconds = []
    for _ in range(runs):
        began = time.process_time()
        act()
        seconds.append(time.process_time() - began)
    print(f"{what:<50} {statistics.median(seconds):6.3f} s")


def step(number: int, states: int, ways: int) -> str:
    """Return the source of a step with *ways* ways on."""
    places = [(number + distance) % states for distance in (1, 2, 7, 31, 173, 311)[:ways]]
    lines = "".join(f'    if text == "{place}":\n        return "s{place}", context\n' for place in places[:-1])
    return STEP.format(n=number, ways=lines, last=places[-1])


if __name__ == "__main__":
    main()
