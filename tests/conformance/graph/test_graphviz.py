"""What we write as DOT, the real Graphviz draws, and its port: all of it, and nothing more, whatever the labels say."""

import shutil
import subprocess
import sysconfig
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatsim.graph.draw import PURE
from chatsim.graph.formats.dot import dot_of, write_dot
from chatsim.graph.model import Graph, SourceLine, State, Transition
from chatsim.graph.view import view

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    '"',
    "\\",
    'a\\"]; evil -> evil; x [label="',
    "</TABLE><script>alert(1)</script>",
    "&lt;&#34;&copy;",
    "\\N\\G\\l\\n",
    "{a|b}<c>",
    "node",
    "\x00\x1b[31m\u2028\ufffe\uffff",
    "🤖 ünï",
    "javascript:alert(1)",
    "%%",
    "HREF=x",
]


def programs():
    found = [shutil.which("dot"), Path(sysconfig.get_path("scripts")) / PURE]
    return [str(program) for program in found if program and Path(program).exists()]


@pytest.fixture(params=["dot", PURE])
def program(request):
    found = [path for path in programs() if Path(path).name == request.param]
    if not found:
        pytest.skip(f"{request.param} is not installed: apt-get install graphviz, or pip install graphviz-pure")
    return found[0]


def drawn(program, text):
    """Return how many boxes and arrows the picture has, its elements, and its texts."""
    done = subprocess.run([program, "-Tsvg"], input=text.encode(), capture_output=True, check=True)
    image = ET.fromstring(done.stdout)
    kinds = [element.get("class") for element in image.iter(f"{SVG}g")]
    texts = [element.text for element in image.iter(f"{SVG}text")]
    return kinds.count("node"), kinds.count("edge"), {element.tag for element in image.iter()}, texts


def graph(text):
    states = (
        State("first", initial=True),
        State(text, waits="input", line=SourceLine(text, 3)),
        State("x", machine=text),
    )
    ways = Transition("first", text, guards=(text,)), Transition(text, "first", trigger=text), Transition(text, None)
    return Graph(text, states, ways)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels(program, text):
    made = view(graph(text))

    nodes, edges, tags, _ = drawn(program, write_dot(graph(text)))

    assert (nodes, edges) == (len(made.nodes), len(made.edges))
    # A tooltip is an anchor without an address.
    assert tags <= {
        f"{SVG}{tag}" for tag in ("svg", "g", "title", "text", "polygon", "path", "ellipse", "polyline", "a")
    }


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_label(program, text):
    made = view(graph(text))

    assert drawn(program, dot_of(made))[:2] == (len(made.nodes), len(made.edges))


@pytest.mark.parametrize("text", ["plain", 'a "b" <c> & d', "back\\slash \\n", "&amp;"])
def test_the_words_are_what_the_bot_says(program, text):
    *_, texts = drawn(program, dot_of(view(Graph("", (State(text, waits="input"),)))))

    assert text in [(each or "").replace("\N{NO-BREAK SPACE}", " ") for each in texts]
