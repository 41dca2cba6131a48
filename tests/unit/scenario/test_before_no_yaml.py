"""A file that is no YAML from some line on: what is wrong before it is said as well, and nothing that is right."""

from pathlib import Path

import pytest

from chatsim.errors import ScenarioError
from chatsim.scenario.load import load_file

SCENARIOS = Path(__file__).parents[3] / "scenarios"
BROKEN = '\n"no": [yaml\n'


def problems_of(path):
    with pytest.raises(ScenarioError) as caught:
        load_file(path, "a.chat.yaml")
    return [(problem.line, problem.what) for problem in caught.value.problems]


def test_the_problems_before(write):
    found = problems_of(
        write("""\
            bot: ./bot.py:bot
            credentails: {A: 1}
            scenarios:
              a:
              - usr: hi
              - bot: /(/
              b:
              - user: hi
              - bot: "never closed
              - bot: fine
            """)
    )
    assert [line for line, _ in found] == [2, 5, 6, 9]
    assert found[0][1] == "unknown key 'credentails' in a scenario file"
    assert found[-1][1] == "a quote is opened here and never closed"


def test_names_and_files(write):
    """They are looked at in scenarios that are whole, unless fragments may follow that take what is named."""
    text = (
        "bot: a:b\nscenarios:\n  a:\n  - user: ${x}\n  - file: no.png\n  b:\n  - bot: hi\n"
        "  c:\n  - user: ${y}\n  - bot: [\n"
    )
    assert [line for line, _ in problems_of(write(text))] == [4, 5, 7, 10]
    assert [line for line, _ in problems_of(write(f"{text}fragments:\n  f: [user: hi]\n"))] == [10]


def test_what_yaml_would_take_in_silence(write):
    found = problems_of(write("bot: a:b\nscenarios:\n  a:\n  - user: hi\n  - bot: Order #41\n  - bot: *x\n"))
    assert [line for line, _ in found] == [5, 6]


def test_a_shared_file_that_is_broken(write):
    """What is wrong with it is said as well, once."""
    write("fragments: [\n", "b.yaml")
    what = "a '[' is opened here and never closed"
    found = problems_of(write("bot: a:b\ninclude: b.yaml\nscenarios:\n  a: [user: hi]\n  b: [\n"))
    assert sorted(found) == [(1, what), (5, what)]


def test_people_that_are_named_further_down(write):
    """Who may speak in a step is known only at the end of the file."""
    text = "bot: a:b\nscenarios:\n  a:\n  - ann: hi\n  b:\n  - user: [\n"
    assert [line for line, _ in problems_of(write(text))][:-1] == [4]
    assert len(problems_of(write(f"{text}users: [ann]\n"))) == 1


def test_nothing_before_that_is_yaml(write):
    assert len(problems_of(write("- [\n- a: [\n"))) == 1


@pytest.mark.parametrize("file", sorted(SCENARIOS.rglob("*.chat.yaml")), ids=lambda path: path.stem)
def test_what_is_right_is_not_called_wrong(write, file, tmp_path):
    """At whatever line a file goes wrong, what precedes is only the beginning of something."""
    for beside in file.parent.iterdir():
        if beside.is_file():
            (tmp_path / beside.name).symlink_to(beside)
    lines = file.read_text("utf-8").splitlines(keepends=True)
    for number in range(1, len(lines)):
        path = write("".join(lines[:number]) + BROKEN)
        assert len(problems_of(path)) == 1, number
