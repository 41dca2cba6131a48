"""What goes into a text or data, and the errors of a text that is not in the language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.scenario.words import GAP, BrokenText, Capture, DataTemplate, Insert, Template, Value, named, parse

VALUES = {"x": Value("007", 7), "cart": Value('{"a": 1}', {"a": [1]}), "größe": Value("L", "L")}


class TestParse:
    @pytest.mark.parametrize(
        ("text", "pieces"),
        [
            ("", ()),
            ("a", ("a",)),
            ("a...b", ("a", GAP, "b")),
            ("......", (GAP,)),
            ("....", (GAP, ".")),
            ("$", ("$",)),
            ("$$", ("$",)),
            ("$$$$", ("$$",)),
            ("$5$a$", ("$5$a$",)),
            ("$${x}", ("${x}",)),
            ("$$${x}", ("$", Insert("x"))),
            ("${ x }", (Insert("x"),)),
            ("${ x : int }", (Capture("x", "int"),)),
            ("${größe}${a-b}", (Insert("größe"), Insert("a-b"))),
        ],
    )
    def test_pieces(self, text, pieces):
        assert parse(text) == pieces

    def test_dots_are_plain_without_gaps(self):
        assert parse("a....${x}", gaps=False) == ("a....", Insert("x"))

    @pytest.mark.parametrize("text", ["${", "${}", "${1}", "${a b}", "${x", "${x:}", "${x\n}", "${x:int:}"])
    def test_broken(self, text):
        with pytest.raises(BrokenText):
            parse(text)

    def test_no_name(self):
        with pytest.raises(BrokenText) as caught:
            parse("a ${1} b")
        assert caught.value.what == "'${1}' holds no name"
        assert caught.value.cure == "write ${name} or ${name:int}; for a dollar and a brace, $${"

    def test_unknown_type(self):
        with pytest.raises(BrokenText) as caught:
            named("${x:integer}")
        assert caught.value.what == "unknown type 'integer' in '${x:integer}'"
        assert caught.value.cure == "did you mean 'int'?"

    @given(st.text())
    def test_escaped_text_is_plain(self, text):
        """Every text can be written: with each dollar doubled it has no names."""
        assert "".join(parse(text.replace("$", "$$"), gaps=False)) == text


class TestTemplate:
    def test_values_go_in_as_they_were_written(self):
        template = Template.of("no. ${x}, for $$5 ...")
        assert template.render(VALUES) == "no. 007, for $5 ..."
        assert template.names == ("x",)

    def test_slashes_are_plain(self):
        assert Template.of("/start/").render({}) == "/start/"

    def test_to_the_letter(self):
        assert Template.literal("${x}$$").render({}) == "${x}$$"
        assert Template.literal("").render({}) == ""

    def test_nothing_is_taken_out(self):
        with pytest.raises(BrokenText) as caught:
            Template.of("${x:int}")
        assert caught.value.what == "'${x:int}' takes a value out, and nothing can be taken out of what goes in"
        assert caught.value.cure == "write ${x}; values are taken out of what the bot says"


class TestDataTemplate:
    def test_type_is_kept_where_the_text_is_only_a_name(self):
        template = DataTemplate.of({"a": "${x}", "b": "no. ${x}", "c": ["${cart}", None, 1.5, "$$", "plain"]})
        assert template.names == ("x", "x", "cart")
        assert template.render(VALUES) == {"a": 7, "b": "no. 007", "c": [{"a": [1]}, None, 1.5, "$", "plain"]}

    def test_keys_stay_as_they_are(self):
        assert DataTemplate.of({"${x}": 1}).render(VALUES) == {"${x}": 1}

    def test_result_shares_nothing(self):
        template = DataTemplate.of({"a": "${cart}", "b": [1]})
        first = template.render(VALUES)
        first["a"]["a"].append(2)
        first["b"].append(2)
        assert template.render(VALUES) == {"a": {"a": [1]}, "b": [1]}

    def test_broken(self):
        with pytest.raises(BrokenText):
            DataTemplate.of(["${"])
