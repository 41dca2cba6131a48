"""Files and bots that the tests of scenarios share."""

import textwrap

import pytest

from chatsim.errors import ScenarioError
from chatsim.scenario.load import load_file


@pytest.fixture
def write(tmp_path):
    """Write a scenario file and return its path."""

    def write(text, name="a.chat.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
        return path

    return write


@pytest.fixture
def load(write):
    """Load a scenario file with this text."""
    return lambda text: load_file(write(text), "a.chat.yaml")


@pytest.fixture
def steps(load):
    """Load the steps of one scenario."""

    def steps(text, *, cases=""):
        body = textwrap.indent(textwrap.dedent(text).strip("\n"), "    ")
        return load(f"bot: a:b\nscenarios:\n  s:\n{cases}    steps:\n{body}\n").cases[0].steps

    return steps


@pytest.fixture
def problems(load):
    """Return what is wrong with a file with this text: (line, column, what, cure) for each problem."""

    def problems(text):
        with pytest.raises(ScenarioError) as caught:
            load(text)
        assert {problem.file for problem in caught.value.problems} == {"a.chat.yaml"}
        return [(problem.line, problem.column, problem.what, problem.cure) for problem in caught.value.problems]

    return problems
