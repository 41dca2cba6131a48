"""What was seen is in memory, and in a file that a crash leaves behind."""

import pytest

from chatsim.coverage.data import BotId, Coverage, Declared, Recorded
from chatsim.coverage.facts import Ended, Hopped, Moved, WasIn
from chatsim.coverage.recorder import Recorder, is_part, read_part
from chatsim.graph.model import Graph, State
from chatsim.trace import ChatState, Hop, Snapshot, Text, Trace, Turn

SHOP, CLINIC = BotId("Shop", "shop.py"), BotId("Clinic", "clinic.py")
DECLARED = Declared(Graph(states=(State("menu", declared=True),)), {"shop.py": (3,)}, "2026")
MENU = Snapshot({"user": ChatState("menu")})


def trace(*targets, ended=None):
    turns = [Turn(event=Text("x"), hops=(Hop("menu", target),), snapshot=MENU) for target in targets]
    if ended:
        turns.append(Turn(event=Text("x"), snapshot=Snapshot(), ended=ChatState(ended)))
    return Trace(tuple(turns), MENU)


@pytest.fixture
def part(tmp_path):
    return tmp_path / "part"


@pytest.fixture
def recorder(part):
    recorder = Recorder(part)
    recorder.declares(SHOP, "shop:Shop", DECLARED)
    recorder.note(SHOP, "one", trace("menu"))
    recorder.note(SHOP, "two", trace("menu", ended="bye"))
    recorder.declares(CLINIC, "clinic:Clinic", None)
    recorder.note(CLINIC, "three", trace("menu"))
    return recorder


EXPECTED = Coverage(
    {
        CLINIC: Recorded(
            "clinic:Clinic", {Hopped("menu", "menu"): frozenset({"three"}), WasIn("menu"): frozenset({"three"})}
        ),
        SHOP: Recorded(
            "shop:Shop",
            {
                Hopped("menu", "menu"): frozenset({"one", "two"}),
                WasIn("menu"): frozenset({"one", "two"}),
                Moved("menu", "bye"): frozenset({"two"}),
                Ended("bye"): frozenset({"two"}),
            },
            DECLARED,
        ),
    }
)


def test_in_memory(recorder):
    assert recorder.coverage() == EXPECTED


def test_in_the_file(recorder, part):
    """The file says the same, before the recorder is closed."""
    assert read_part(part) == EXPECTED


def test_without_a_file():
    recorder = Recorder()
    recorder.declares(SHOP, "shop:Shop", None)
    recorder.note(SHOP, "one", trace("menu"))
    assert recorder.coverage().bots[SHOP].seen[WasIn("menu")] == {"one"}


@pytest.mark.parametrize("left", [b'{"fact":"showed","by":"fo', b"\xff\xfe\n", b'{"fact":"flew"}\n'])
def test_half_a_line(recorder, part, left):
    """Who died while writing leaves half a line, which is not read, and neither is what comes after it."""
    recorder.close()
    with part.open("ab") as file:
        file.write(left + b'{"fact":"showed","by":"later","bot":0,"facts":[0]}\n')
    assert read_part(part) == EXPECTED


def test_cut_anywhere(recorder, part):
    """However much of the file is there, what is read of it is true."""
    whole = part.read_bytes()
    for length in range(len(whole)):
        part.write_bytes(whole[:length])
        assert read_part(part) | EXPECTED == EXPECTED


def test_a_folder_that_cannot_be_written_to(tmp_path):
    """What is in memory counts all the same."""
    recorder = Recorder(tmp_path / "nowhere" / "part")
    recorder.declares(SHOP, "shop:Shop", None)
    recorder.note(SHOP, "one", trace("menu"))
    assert recorder.coverage().bots[SHOP].seen[WasIn("menu")] == {"one"}
    assert recorder.path is None


def test_closed(recorder, part):
    recorder.close()
    recorder.close()
    size = part.stat().st_size
    recorder.note(SHOP, "four", trace("menu"))
    assert part.stat().st_size == size
    assert "four" in recorder.coverage().bots[SHOP].seen[WasIn("menu")]


def test_known_by_its_first_line(recorder, part):
    assert is_part(part.read_bytes())
    assert not is_part(b'{"coverage":1}')
