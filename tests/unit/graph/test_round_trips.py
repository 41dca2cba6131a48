"""A graph survives its round trip through each format that can be read, whatever its labels say."""

from hypothesis import given
from hypothesis import strategies as st

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
    return Graph(draw(NAMES), tuple(states), tuple(transitions))


class TestJson:
    @given(graphs())
    def test_round_trip(self, graph):
        assert graph == from_json(to_json(graph), Graph)
