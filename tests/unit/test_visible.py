"""Text from outside, safe to print."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.visible import visible


class TestVisible:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("\x1b[2J", "\\x1b[2J"),
            ("\x9b2J", "\\x9b2J"),
            ("\x07\x08\r\x00", "\\x07\\x08\\r\\x00"),
            ("gpj.\u202eexe", "gpj.\\u202eexe"),
            ("\u2028\u2066\ufeff\ud800", "\\u2028\\u2066\\ufeff\\ud800"),
        ],
    )
    def test_what_a_terminal_acts_on_is_escaped(self, text, expected):
        assert visible(text) == expected

    @pytest.mark.parametrize("text", ["two\nlines\t!", "👩‍🔧 né 日本 עברית", "[bold]not markup[/bold]"])
    def test_what_people_read_stays(self, text):
        assert visible(text) == text

    @given(st.text())
    def test_nothing_that_acts_is_left(self, text):
        left = set(visible(text)) - {"\n", "\t"}
        assert not {char for char in left if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}}
