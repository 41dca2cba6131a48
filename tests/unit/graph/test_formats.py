"""Pictures as text: what stands in a label can add nothing to any of them."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.errors import SetupError
from chatsim.graph.formats.dot import dot_of, write_dot
from chatsim.graph.formats.files import DATA, DIAGRAMS, SUFFIXES, read_graph
from chatsim.graph.formats.mermaid import mermaid_of, write_mermaid
from chatsim.graph.formats.plantuml import plantuml_of, write_plantuml
from chatsim.graph.formats.scxml import write_scxml
from chatsim.graph.formats.svg import svg_of
from chatsim.graph.model import Graph, State, Transition
from chatsim.graph.view import view

HOSTILE = [
    '"',
    "\\",
    '\\"];evil -> evil[label="',
    "]; evil",
    "</text><script>alert(1)</script>",
    "<b>",
    "&lt;",
    "&#34;",
    "-->",
    "%%{init: {'securityLevel': 'loose'}}%%",
    "`**bold**`",
    "end",
    "\nevil --> evil",
    "\r\n@enduml\n",
    'click s0 href "javascript:alert(1)"',
    "#quot;",
    "\\N\\G\\l",
    "{}|<>()[]",
    "<U+0022>",
    "\u2028evil",
    "\x1b[31m",
    "\ufffe\uffff",
    "\x00",
]


def shop(name="ask", guard="is_big", bot="shop:Bot", machine=""):
    """A graph with every shape, in which one text is *name*, *guard*, the bot's name, or a plugin's."""
    states = (
        State("zero", initial=True, may=("on",)),
        State(name, waits="input"),
        State("wait", waits="callback"),
        State("run", may=("on",), runs=machine),
        State("done", waits="end"),
        State("zero", initial=True, machine=machine or "pay", waits="input"),
    )
    transitions = (
        Transition("zero", name, "input"),
        Transition(name, "wait", "input", guards=(guard,)),
        Transition("wait", "done", "callback", when=(guard,)),
        Transition("wait", "gone", "time"),
        Transition(name, None, "none"),
        Transition("done", "done", trigger=guard),
    )
    return Graph(bot, tuple({state.id: state for state in states}.values()), transitions)


def skeleton(text, pattern):
    """Return *text* without what stands between quotes, or after them: what is left is what it is made of."""
    return [re.sub(pattern, "·", line) for line in text.splitlines()]


_LABELS = {
    "mermaid": r'"[^"\n]*"|%%.*$',
    "plantuml": r'"[^"\n]*"|(?<= : ).*$|^(title|caption) .*$',
    "dot": r'"(?:[^"\\]|\\.)*"|<TABLE.*</TABLE>',
}
_WRITERS = {
    "mermaid": write_mermaid,
    "plantuml": write_plantuml,
    "dot": lambda graph: dot_of(view(graph)),
}


class TestHostileLabels:
    @pytest.mark.parametrize("kind", _WRITERS)
    @pytest.mark.parametrize("text", HOSTILE)
    @pytest.mark.parametrize("place", ["name", "guard", "bot", "machine"])
    def test_nothing_is_added(self, kind, text, place):
        """With any text in a label, the picture has the same lines, but for what is written on them."""
        plain = skeleton(_WRITERS[kind](shop(**{place: "plain"})), _LABELS[kind])
        hostile = skeleton(_WRITERS[kind](shop(**{place: text})), _LABELS[kind])

        assert hostile == plain

    @pytest.mark.parametrize("text", HOSTILE)
    def test_an_svg_has_no_element_and_no_attribute_more(self, text):
        def parts(text):
            image = ET.fromstring(svg_of(view(shop(text, text, text, text))))
            return [(element.tag, *element.attrib) for element in image.iter()]

        assert parts(text) == parts("plain")

    @pytest.mark.parametrize("text", HOSTILE)
    def test_scxml_has_no_element_more(self, text):
        def tags(text):
            return [element.tag for element in ET.fromstring(write_scxml(shop(name=text, guard=text))).iter()]

        assert tags(text) == tags("plain")

    @settings(max_examples=100)
    @given(st.text())
    def test_mermaid_sees_only_words(self, text):
        quoted = re.findall(r'"([^"]*)"', write_mermaid(shop(name=text, guard=text)))

        assert all(re.fullmatch(r"(?:[\w .,:()'?!/|+=*“”…·-]|#\d+;|<br/>)*", label) for label in quoted)

    @settings(max_examples=100)
    @given(st.text())
    def test_the_words_are_still_there(self, text):
        """What a person may read, a person reads: entities stand for the signs that they replace."""
        drawn = view(shop(name=text))
        named = [node.title for node in drawn.nodes if node.id == "s1"]
        written = re.search(r's1\(\["(.*?)"\]\)', mermaid_of(drawn))[1]

        assert [re.sub(r"#(\d+);", lambda found: chr(int(found[1])), written)] == [named[0] or " "]


class TestMermaid:
    def test_shapes_tell_what_a_state_waits_for(self):
        text = write_mermaid(shop())

        for line in [
            's1(["ask"]):::is_input',
            's2{{"wait"}}:::is_callback',
            's3((("done"))):::is_end',
            's5["run"]:::is_on',
            'missing0>"gone"]:::is_missing',
            'open0(("?")):::is_open',
        ]:
            assert f"  {line}\n" in text or f"  {line.replace('s5', 's4')}\n" in text

    def test_marks(self):
        text = write_mermaid(shop(), {("", "ask"): "missed", shop().transitions[1].id: "gone"})

        assert 's1(["ask"]):::is_missed' in text
        assert 's1 -.->|"is_big"| s2' in text
        assert "classDef is_missed fill:#fdecec,stroke:#c53030" in text


class TestPlantuml:
    def test_lines_and_words_tell_what_a_state_waits_for(self):
        text = plantuml_of(view(shop(), {("", "done"): "missed"}))

        assert text.startswith("@startuml\nhide empty description\n")
        assert "\ntitle shop:Bot\ncaption 6 states, 6 transitions\n" in text
        assert text.endswith("@enduml\n")
        assert "[*] --> s0\n" in text
        assert "s1 : waits for a person\n" in text
        assert "##[dashed]b7791f\ns2 : waits for a webhook\n" in text
        assert "s3 : ends - missed\ns3 --> [*]\n" in text
        assert "s1 -[#2b6cb0]-> s2 : is_big\n" in text
        assert "s2 -[#b7791f,dashed]-> s3 : is_big\n" in text

    def test_plugins_are_states_with_states_in_them(self):
        text = write_plantuml(shop(machine="pay"))

        assert 'state "plugin pay" as p0 #ffffff ##[dashed]5f6c7b {\n' in text
        assert re.search(r"s\d -\[#6b46c1,dotted\]-> s\d", text)


class TestDot:
    def test_shapes(self):
        text = write_dot(shop())

        assert '"s2" [label="wait", shape="hexagon"' in text
        assert 'peripheries="2"' in text
        assert 'label=" is_big "' in text

    def test_tooltips_say_where_it_is_written(self):
        from chatsim.graph.model import SourceLine

        graph = Graph("", (State("a", line=SourceLine("bot.py", 7)),))

        assert 'tooltip="a\\nbot.py:7"' in write_dot(graph)

    def test_marks(self):
        text = write_dot(shop(), {("", "ask"): "missed", shop().transitions[1].id: "gone"})

        assert (
            '"s1" [label="ask", shape="box", style="rounded,filled,dashed", color="#c53030", fillcolor="#fdecec"'
            in text
        )
        assert (
            'color="#c53030", style="dashed", label=" is_big ", fontcolor="#c53030"' in text or 'style="dashed"' in text
        )

    def test_places(self):
        from chatsim.graph.layout.model import Point

        assert 'pos="3.0,-4.0!"' in dot_of(view(shop()), places={"s1": Point(3, 4)})

    def test_without_a_graph_it_is_only_a_picture(self):
        assert "chatsim=" not in dot_of(view(shop()))


class TestSvg:
    def test_all_is_drawn(self):
        image = ET.fromstring(svg_of(view(shop(machine="pay"), {("", "ask"): "missed", ("", "done"): "added"})))
        tags = [element.tag.rpartition("}")[2] for element in image.iter()]
        texts = [element.text for element in image.iter() if element.tag.endswith("}text")]

        assert tags.count("path") - tags.count("marker") == 9
        assert {"ask", "wait", "done", "gone", "?", "is_big", "plugin pay", "shop:Bot"} <= set(texts)
        assert image.get("width") is not None

    def test_collapsed_boxes_have_two_lines(self):
        from chatsim.graph.collapse import collapsed

        states = tuple(State(f"s{n}") for n in range(20))
        ways = tuple(Transition(f"s{n}", f"s{n + 1}") for n in range(19))

        text = svg_of(collapsed(view(Graph("", states, ways)), 5))

        assert "s1 … s18" in text
        assert "18 states" in text


class TestFiles:
    @pytest.mark.parametrize("suffix", [".json", ".dot", ".gv", ".scxml"])
    def test_what_was_written_is_read(self, suffix, tmp_path):
        path = tmp_path / f"bot{suffix}"
        path.write_text(DATA[SUFFIXES[suffix]](view(shop()), shop()), "utf-8")

        assert read_graph(path) == shop()

    @pytest.mark.parametrize(
        ("name", "data", "why"),
        [
            ("bot.json", b"{}x", "bot.json: the file is no graph that chatsim wrote"),
            ("bot.json", b'{"states": 3}', "no graph that chatsim wrote"),
            ("bot.json", b"[" * 100_000, "no graph that chatsim wrote"),
            ("bot.dot", b"digraph {}", "bot.dot: the file is no DOT"),
            ("bot.mmd", b"", "a graph is read from a file that ends in .json, .dot or .scxml"),
            ("bot.scxml", b"\xff", "is not UTF-8"),
        ],
    )
    def test_what_cannot_be_read(self, name, data, why, tmp_path):
        (tmp_path / name).write_bytes(data)

        with pytest.raises(SetupError, match=re.escape(why)):
            read_graph(tmp_path / name)

    def test_no_file(self, tmp_path):
        with pytest.raises(SetupError, match="cannot be read: No such file"):
            read_graph(tmp_path / "bot.json")

    def test_every_text_has_a_name_to_end_in(self):
        assert set(DATA) | set(DIAGRAMS) <= set(SUFFIXES.values())
