"""Expected against came, word by word."""

import pytest

from chatsim.report.difference import comparison
from chatsim.report.document import plain
from chatsim.scenario.verdict import Line


def shown(*lines, width=80):
    return plain(comparison([Line(*line) for line in lines], width)).splitlines()


class TestComparison:
    def test_marks_the_words_that_differ(self):
        assert shown(("expected", "Which size?"), ("came", "Which colour?")) == [
            "  - Which size?",
            "          ^^^^",
            "  + Which colour?",
            "          ^^^^^^",
        ]

    def test_marks_nothing_where_texts_have_little_in_common(self):
        assert shown(("expected", r"/^Receipt r-\d+$/"), ("came", "Order 4")) == [
            r"  - /^Receipt r-\d+$/",
            "  + Order 4",
        ]

    def test_shows_what_held(self):
        assert shown(("held", "Thank you, ...")) == ["  ✓ Thank you, ..."]

    def test_words_are_compared_with_what_came_in_their_place_only(self):
        """An expected reply beside one that held, or under another label, is no pair."""
        assert shown(("expected", "Which size?"), ("held", "Which colour?")) == [
            "  - Which size?",
            "  ✓ Which colour?",
        ]
        assert shown(("expected", "9 x", "vars.a"), ("came", "8 x", "vars.bc")) == [
            "  - vars.a   9 x",
            "  + vars.bc  8 x",
        ]

    def test_labels_stand_in_a_column(self):
        assert shown(("expected", "9", "vars.total"), ("came", "10", "vars.total")) == [
            "  - vars.total  9",
            "  + vars.total  10",
        ]

    def test_long_texts_are_wrapped_and_still_marked(self):
        text = "Which size would you like today, dear {}?"
        assert shown(("expected", text.format("Ann")), ("came", text.format("Bob")), width=40) == [
            "  - Which size would you like today,",
            "  │ dear Ann?",
            "         ^^^",
            "  + Which size would you like today,",
            "  │ dear Bob?",
            "         ^^^",
        ]

    def test_texts_of_several_lines(self):
        assert shown(("expected", "a\nb\nc d e"), ("came", "a\nx\nc d e")) == [
            "  - a",
            "  │ b",
            "    ^",
            "  │ c d e",
            "  + a",
            "  │ x",
            "    ^",
            "  │ c d e",
        ]

    def test_blanks_and_tabs_can_be_told_apart(self):
        assert shown(("expected", "a b c"), ("came", "a\tb c"))[2] == "  + a\\tb c"

    def test_words_that_differ_have_a_style_of_their_own(self):
        row = comparison([Line("expected", "Which size?"), Line("came", "Which colour?")])[0]
        assert [(span.text, span.style) for span in row if span.text] == [
            ("  - ", "expected"),
            ("Which ", "expected"),
            ("size", "expected-word"),
            ("?", "expected"),
        ]

    @pytest.mark.parametrize("lines", [(), (("came", "only"),), (("expected", "only"),)])
    def test_lines_without_a_partner(self, lines):
        assert len(shown(*lines)) == len(lines)
