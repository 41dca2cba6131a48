"""Who draws a picture: Graphviz, in time; else chatsim's own layout."""

import shutil
import stat
import sys
import textwrap

import pytest

from chatsim.errors import SetupError
from chatsim.graph import draw as drawing
from chatsim.graph.draw import PURE, draw
from chatsim.graph.model import Graph, State, Transition
from chatsim.graph.view import view

DRAWN = view(Graph("shop:Bot", (State("ask", initial=True, waits="input"), State("pay")), (Transition("ask", "pay"),)))


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Let `dot` be a Python program that is given."""

    def make(source, name="dot"):
        path = tmp_path / name
        path.write_text(f"#!{sys.executable}\n{textwrap.dedent(source)}", "utf-8")
        path.chmod(path.stat().st_mode | stat.S_IEXEC)
        monkeypatch.setattr(drawing, "_programs", lambda: [str(path)])

    return make


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setattr(drawing, "_programs", list)


class TestGraphviz:
    def test_it_is_handed_the_drawing_as_dot(self, program):
        program("import sys; print(*sys.argv[1:], sys.stdin.read())")

        picture = draw(DRAWN, "svg")

        assert picture.data.startswith(b"-Tsvg digraph chatsim {")
        assert picture.notes == ()

    def test_a_small_png_is_sharp(self, program):
        program("import sys; print(*sys.argv[1:])")
        many = view(Graph(states=tuple(State(str(n)) for n in range(120))))

        assert draw(DRAWN, "png").data == b"-Tpng -Gdpi=144\n"
        assert draw(many, "png").data == b"-Tpng -Gdpi=72\n"

    def test_it_fails(self, program):
        program("import sys; sys.exit('Error: out of paper')")

        with pytest.raises(SetupError, match="dot failed: Error: out of paper"):
            draw(DRAWN, "svg")

    @pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz: apt-get install graphviz")
    @pytest.mark.parametrize(("kind", "begin"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
    def test_the_systems_own(self, kind, begin):
        assert draw(DRAWN, kind).data.startswith(begin)

    def test_the_one_of_the_extra(self, monkeypatch):
        """With nothing on the system, the program of the package graphviz-pure is found beside Python."""
        monkeypatch.setenv("PATH", "")

        [program] = drawing._programs()

        assert PURE in program
        assert draw(DRAWN, "svg").data.startswith(b"<?xml")
        assert draw(DRAWN, "png").data.startswith(b"\x89PNG")
        with pytest.raises(SetupError, match=r"as pdf needs Graphviz: .*https://graphviz.org"):
            draw(DRAWN, "pdf")


class TestWithoutGraphviz:
    def test_an_svg_is_drawn_all_the_same(self, nothing_installed):
        picture = draw(DRAWN, "svg")

        assert picture.data.startswith(b"<svg ")
        assert picture.notes == ('drawn by chatsim\'s own layout; Graphviz draws it nicer: pip install "chatsim[svg]"',)

    def test_other_images_say_what_to_install(self, nothing_installed):
        with pytest.raises(
            SetupError, match=r'as png needs Graphviz: pip install "chatsim\[svg\]"\. Or write it as svg'
        ):
            draw(DRAWN, "png")

    def test_without_the_package_that_runs_it(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "graphviz", None)
        monkeypatch.setitem(sys.modules, "graphviz.backend.execute", None)

        assert drawing._programs() == []


class TestTimeLimit:
    def test_an_svg_is_laid_out_by_chatsim(self, program):
        program("import time; time.sleep(60)")

        picture = draw(DRAWN, "svg", time_limit=0.2)

        assert picture.data.startswith(b"<svg ")
        assert picture.notes == (
            "Graphviz did not come to an end within 0.2 s (--time-limit): laid out by chatsim itself",
        )

    def test_other_images_are_painted_by_graphviz(self, program):
        program(
            """
            import sys, time
            if "-n2" not in sys.argv:
                time.sleep(60)
            print(*sys.argv[1:], sys.stdin.read())
            """
        )

        picture = draw(DRAWN, "png", time_limit=0.5)

        assert picture.data.startswith(b"-Tpng -Gdpi=144 -Kneato -n2 -Gsplines=line digraph")
        assert b'pos="' in picture.data
        assert "laid out by chatsim itself" in picture.notes[0]

    def test_what_is_sure_to_take_too_long_is_not_tried(self, program):
        program("import sys; print('laid out by', *sys.argv[1:])")
        names = [f"s{n}" for n in range(25)]
        dense = view(Graph("", tuple(map(State, names)), tuple(Transition(a, b) for a in names for b in names)))

        picture = draw(dense, "svg")

        assert picture.data.startswith(b"<svg ")
        assert picture.notes == (
            "more arrows than Graphviz lays out in 20 s (give it more: --time-limit): laid out by chatsim itself",
        )
        assert draw(dense, "svg", time_limit=21).data == b"laid out by -Tsvg\n"

    def test_if_even_that_takes_too_long(self, program, monkeypatch):
        program("import time; time.sleep(60)")
        monkeypatch.setattr(drawing, "TIME_LIMIT", 0.2)

        with pytest.raises(SetupError, match=r"does not even paint this within 0.2 s. Draw fewer boxes"):
            draw(DRAWN, "png", time_limit=0.1)
