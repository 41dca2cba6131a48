"""What we write as Mermaid, the real Mermaid draws: all of it, and nothing more."""

import re
from pathlib import Path

import msgspec
import pytest

from chatsim.bots.loading import load_bot
from chatsim.graph.collapse import collapsed
from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.formats.mermaid import MOST_ARROWS, mermaid_of, write_mermaid
from chatsim.graph.model import Graph, State, Transition
from chatsim.graph.view import view

SCENARIOS = Path(__file__).parents[3] / "scenarios"
BOTS = [("car_wash", "bot:CarWash"), ("clinic", "bot:Clinic"), ("pizza", "bot:orch"), ("greeter_json", "bot:orch")]
HOSTILE = [
    '"]; evil --> evil; x["',
    "</text><script>alert(1)</script><img src=x onerror=alert(1)>",
    "%%{init: {'securityLevel': 'loose'}}%%",
    "`**bold**` #quot; &lt; #35;",
    "end",
    "a\nb --> c",
    'click s0 href "javascript:alert(1)"',
    ":::is_end",
    "<br/>two lines",
    "\x1b[31m\x00",
    "🤖 naïve “ok”",
    "fa:fa-ban icon",
    "1. first",
    "- item",
]


def drawn(svg):
    """Return how many boxes and arrows are in *svg*, and its texts."""
    nodes = len(re.findall(r'<g class="node ', svg))
    edges = len(re.findall(r'<path[^>]* class="[^"]*flowchart-link', svg))
    labels = re.findall(r'<span[^>]* class="(?:node|edge)Label[^"]*">(.*?)</span>', svg)
    words = [re.sub(r"<[^>]+>", "", text) for text in labels]
    return nodes, edges, words


def of(graph):
    made = view(graph)
    return len(made.nodes), len(made.edges)


@pytest.mark.parametrize(("folder", "reference"), BOTS)
def test_the_example_bots(mermaid, folder, reference):
    graph = msgspec.structs.replace(declared_graph(load_bot(reference, SCENARIOS / folder)), bot=reference)

    rendered = mermaid(write_mermaid(graph))

    assert "error" not in rendered
    assert drawn(rendered["svg"])[:2] == of(graph)


def test_every_shape_and_mark(mermaid):
    shapes = [
        State("zero", initial=True, may=("on",)),
        State("ask", waits="input"),
        State("wait", waits="callback"),
        State("run", runs="pay"),
        State("done", waits="end"),
        State("what"),
        State("zero", initial=True, machine="pay"),
    ]
    names = [state.name for state in shapes[:6]]
    ways = [
        Transition(names[n], names[n + 1], event)
        for n, event in enumerate(["input", "callback", "time", "none", "unknown"])
    ]
    graph = Graph("b:B", tuple(shapes), (*ways, Transition("ask", None), Transition("ask", "nowhere")))
    marks = dict(
        zip([state.id for state in shapes], ["hit", "missed", "undeclared", "added", "gone", "changed"], strict=False)
    )

    rendered = mermaid(write_mermaid(graph, {**marks, ways[0].id: "gone", ways[1].id: "added"}))

    assert "error" not in rendered
    assert drawn(rendered["svg"])[:2] == of(graph)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words(mermaid, text):
    states = State("first", initial=True, waits="input"), State(text, waits="input"), State("pay", machine=text)
    graph = Graph(
        text, states, (Transition("first", text, "input", guards=(text,)), Transition(text, "first", when=(text,)))
    )

    rendered = mermaid(write_mermaid(graph))

    assert "error" not in rendered
    nodes, edges, _ = drawn(rendered["svg"])
    assert (nodes, edges) == of(graph)
    # Mermaid cleans what it draws as well; nothing of it should have been needed.
    assert not re.search(r"<script|<img|<a |<[^>]*(onerror|href)", rendered["svg"])


@pytest.mark.parametrize("text", ["plain", 'a <b> & "c"', "#quot;", "`x`", "a|b", "x; y", "{x}"])
def test_the_words_are_what_the_bot_says(mermaid, text):
    from html import unescape

    rendered = mermaid(write_mermaid(Graph("", (State(text, waits="input"),))))

    _, _, words = drawn(rendered["svg"])
    assert [unescape(word).strip() for word in words] == [text]


def test_more_arrows_than_it_draws(mermaid):
    states = tuple(State(f"s{n}") for n in range(24))
    drawn = view(Graph("", states, tuple(Transition(a.name, b.name) for a in states for b in states)))

    assert len(drawn.edges) > MOST_ARROWS
    assert "error" in mermaid(mermaid_of(drawn))
    assert "error" not in mermaid(mermaid_of(collapsed(drawn, 250, MOST_ARROWS - 1)))
