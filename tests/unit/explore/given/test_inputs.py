"""A file of inputs: steps as in a scenario, every one a letter."""

import pytest

from chatsim.errors import ScenarioError
from chatsim.explore.given.inputs import read_inputs
from chatsim.trace import Callback, File, Form, Start, Tap, Text, Wait


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "inputs.yaml"
        path.write_text(text)
        return [letter.event for letter in read_inputs(path)]

    return read


class TestReadInputs:
    def test_every_kind(self, read, tmp_path):
        (tmp_path / "photo.png").write_bytes(b"png")
        events = read(
            "- user: hi\n- user: {one_of: [a, b]}\n- user: null\n- tap: Small\n- tap: {id: s}\n- form: {size: 9}\n"
            "- file: photo.png\n- callback: {order: 7}\n- callback: raw\n- wait: 31m\n"
        )
        assert events == [
            Text("hi"),
            Text("a"),
            Text("b"),
            Start(),
            Tap("Small", "Small"),
            Tap("s", "s"),
            Form({"size": 9}),
            File(b"png", "photo.png", "image/png"),
            Callback('{"order":7}'),
            Callback("raw"),
            Wait(31 * 60.0),
        ]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("- usr: hi\n", "1:3: unknown step 'usr'"),
            ("- user: hi\n- silent\n", "2:3: is nothing that reaches the bot"),
            ("- file: nowhere.png\n", "1:3: "),
            ("- user: ${name}\n", "1:3: ${name} is not defined"),
            ("- wait: soon\n", "1:"),
            ("user: hi\n", "1:1: "),
        ],
    )
    def test_what_is_wrong(self, read, text, told):
        with pytest.raises(ScenarioError) as caught:
            read(text)
        assert f"inputs.yaml:{told}" in str(caught.value)


class TestArrivals:
    def test_how_they_arrive(self, tmp_path):
        path = tmp_path / "inputs.yaml"
        path.write_text(
            "- {user: a, deliver: twice}\n- {tap: b, deliver: {with: {user: c}}}\n- {user: d, deliver: {crash: after-send 2}}\n"
        )
        letters = read_inputs(path)
        assert [letter.label for letter in letters] == [
            "text 'a' (twice)",
            "tap 'b' (with text 'c')",
            "text 'd' (crash: after-send 2)",
        ]
        assert [(letter.origin, letter.cost) for letter in letters] == [("given", 1)] * 3

    @pytest.mark.parametrize(
        ("deliver", "told"),
        [
            ("late", "`late` is said of a place in a chat, and here is none"),
            ("twicee", "nothing is delivered 'twicee'"),
            ("{with: {}}", "`with` names nothing that comes"),
        ],
    )
    def test_what_is_wrong(self, read, deliver, told):
        with pytest.raises(ScenarioError) as caught:
            read(f"- user: a\n  deliver: {deliver}\n")
        assert [problem.what for problem in caught.value.problems] == [told]
