"""Text and data as YAML: what is read is what was written."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chatsim.scenario.nodes import Source
from chatsim.scenario.write_yaml import yaml_block, yaml_data, yaml_key, yaml_text, yaml_title
from chatsim.scenario.yaml_data import read_data

texts = st.one_of(st.text(), st.text(" \n\t:#-?,[]{}&*!|>'\"%@`~=<.$\\/0e+_nullyYNo", max_size=8))
data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)


def read(source):
    """Return the node that the loader reads, found right by it."""

    def check(tmp_path):
        path = tmp_path / "a.yaml"
        path.write_text(source, "utf-8", newline="\n")
        reading = Source("a.yaml", path)
        root = reading.read()
        assert reading.problems == []
        return root, reading

    return check


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("yaml")


class TestText:
    @given(text=texts)
    def test_in_a_block(self, folder, text):
        root, _ = read(f"- bot: {yaml_text(text)}\n  state: x\n")(folder)
        (_, node), _ = root.value[0].value
        assert node.value == text

    @given(first=texts, second=texts)
    def test_in_a_list(self, folder, first, second):
        root, _ = read(f"options: [{yaml_text(first, flow=True)}, {yaml_text(second, flow=True)}]\n")(folder)
        assert [node.value for node in root.value[0][1].value] == [first, second]

    @given(text=st.text("ab \n\t-#:", max_size=12))
    def test_several_lines(self, folder, text):
        block = yaml_block(text, "    ")
        if block is not None:
            root, _ = read(f"- bot: {block}\n- user: x\n")(folder)
            assert root.value[0].value[0][1].value == text

    @pytest.mark.parametrize("text", ["one line", "a\n b", "a \nb", "\na", "a\n", "a\n\x1b", "\ta\nb"])
    def test_what_no_block_holds(self, text):
        assert yaml_block(text, "  ") is None

    @given(text=texts)
    def test_a_title(self, folder, text):
        root, _ = read(f"scenarios:\n  {yaml_title(text)}:\n  - user: hi\n")(folder)
        assert root.value[0][1].value[0][0].value == text


class TestData:
    @given(value=data)
    def test_any_json(self, folder, value):
        root, reading = read(f"form: {{x: {yaml_data(value)}}}\n")(folder)
        assert read_data(root.value[0][1], reading) == {"x": value}
        assert reading.problems == []

    @given(value=data)
    def test_types_stay(self, folder, value):
        root, reading = read(f"form: {{x: {yaml_data(value)}}}\n")(folder)
        assert json.dumps(read_data(root.value[0][1], reading)["x"]) == json.dumps(value)

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_what_json_has_not(self, value):
        with pytest.raises(ValueError, match="JSON has no"):
            yaml_data(value)

    def test_other_readers_agree(self):
        """What this writes is plain for readers of YAML 1.1 as well: their yes and no are quoted."""
        value = {"yes": "no", "on": "off", "n": "1:30", "a": "2026-01-05", "b": "null", "c": [1, 2.5, True, None]}
        assert yaml.safe_load(yaml_data(value).replace("yes:", '"yes":').replace("on:", '"on":')) == value | {
            "n": "1:30"
        }


class TestKey:
    @pytest.mark.parametrize(
        ("key", "written"),
        [("size", "size"), ("a-b", "a-b"), ("a b", '"a b"'), ("7", '"7"'), ("", '""'), ("null", '"null"')],
    )
    def test_quotes_only_where_needed(self, key, written):
        assert yaml_key(key) == written
