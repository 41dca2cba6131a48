"""A graph survives its round trip through each format that can be read, whatever its labels say."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.errors import SetupError
from chatsim.graph.formats.dot import read_dot, write_dot
from chatsim.graph.formats.scxml import read_scxml, write_scxml
from chatsim.graph.model import Graph, SourceLine, State, Transition
from chatsim.jsondata import from_json, to_json

HOSTILE = st.sampled_from(
    [
        "",
        '"',
        "\\",
        '\\"',
        "a -> b",
        "]; evil [label=x",
        "</state><script>alert(1)</script>",
        "&lt;",
        "]]>",
        "-->",
        "%%{init: {}}%%",
        "end",
        "@enduml",
        "a\nb",
        "\r\n",
        "\t",
        "\\n",
        "{}|<>",
        "#quot;",
        "\u202eevil",
        "\x00",
        "\x1b[31m",
        "🤖",
        "a" * 300,
    ]
)
NAMES = HOSTILE | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LINES = st.none() | st.builds(SourceLine, NAMES, st.integers(1, 10**6))


@st.composite
def graphs(draw):
    """Draw a graph with states and transitions of any kind, each once."""
    machines = [*draw(st.lists(NAMES, max_size=2, unique=True)), ""]
    states = draw(
        st.lists(
            st.builds(
                State,
                name=NAMES,
                initial=st.booleans(),
                waits=st.sampled_from([None, "input", "callback", "end"]),
                may=st.lists(st.sampled_from(["input", "callback", "end", "on"]), max_size=2).map(tuple),
                line=LINES,
                machine=st.sampled_from(machines),
                runs=NAMES,
                declared=st.booleans(),
                observed=st.booleans(),
                explored=st.booleans(),
            ),
            max_size=5,
            unique_by=lambda state: state.id,
        )
    )
    ends = st.sampled_from(states) if states else st.nothing()
    transitions = draw(
        st.lists(
            st.builds(
                lambda source, target, **fields: Transition(
                    source.name, target and target.name, machine=source.machine, **fields
                ),
                source=ends,
                target=st.none() | ends,
                event=st.sampled_from(["input", "callback", "time", "none", "unknown"]),
                guards=st.lists(NAMES, max_size=2).map(tuple),
                trigger=NAMES,
                when=st.lists(NAMES, max_size=2).map(tuple),
                internal=st.booleans(),
                line=LINES,
                declared=st.booleans(),
                observed=st.booleans(),
                explored=st.booleans(),
            ),
            max_size=6,
            unique_by=lambda transition: transition.id,
        )
        if states
        else st.just([])
    )
    exclusive = draw(st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=2).map(tuple))
    return Graph(draw(NAMES), tuple(states), tuple(transitions), draw(st.booleans()), exclusive)


class TestJson:
    @settings(max_examples=60)
    @given(graphs())
    def test_round_trip(self, graph):
        assert graph == from_json(to_json(graph), Graph)


class TestDot:
    @settings(max_examples=60)
    @given(graphs())
    def test_round_trip(self, graph):
        assert graph == read_dot(write_dot(graph))

    @pytest.mark.parametrize("text", ["", "digraph {a -> b}", "graph", 'digraph chatsim { a [chatsim="[1]"]; }', "<x>"])
    def test_what_others_wrote(self, text):
        with pytest.raises(SetupError, match="no DOT that chatsim wrote"):
            read_dot(text)

    def test_what_was_changed_by_hand(self):
        text = write_dot(Graph("b:B", (State("a"),))).replace("name", "nome")

        with pytest.raises(SetupError, match="no graph that chatsim wrote"):
            read_dot(text)


class TestScxml:
    @settings(max_examples=60)
    @given(graphs())
    def test_round_trip(self, graph):
        assert graph == read_scxml(write_scxml(graph))

    @settings(max_examples=60)
    @given(graphs())
    def test_ids_are_unique_and_targets_are_there(self, graph):
        """What other tools insist on."""
        elements = list(ET.fromstring(write_scxml(graph)).iter())
        ids = [element.get("id") for element in elements if element.get("id") is not None]
        targets = {element.get("target") for element in elements} - {None}

        assert len(ids) == len(set(ids))
        assert targets <= set(ids)

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "no XML"),
            ("<scxml/>", "no SCXML that chatsim wrote"),
            ('<!DOCTYPE x [<!ENTITY a "b">]><scxml/>', "declares entities"),
        ],
    )
    def test_what_others_wrote(self, text, why):
        with pytest.raises(SetupError, match=why):
            read_scxml(text)
