"""Styled lines, laid out to a width."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chatsim.report.document import Span, labelled, longest, plain, wrap

lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60)


class TestWrap:
    @given(lines, st.integers(5, 40))
    def test_loses_nothing(self, text, width):
        assert "".join(wrap(text, width)) == text

    @given(lines, st.integers(5, 40))
    def test_keeps_to_the_width(self, text, width):
        """Blanks at the end of a piece may stick out: nobody sees them."""
        assert max(cell_len(piece.rstrip()) for piece in wrap(text, width)) <= width

    def test_breaks_after_blanks(self):
        assert wrap("one two  three", 7) == ["one two  ", "three"]

    def test_breaks_a_word_that_is_longer_than_a_line(self):
        assert wrap("ab cdefghijk", 5) == ["ab ", "cdefg", "hijk"]
        assert wrap("cdefghijk", 5) == ["cdefg", "hijk"]

    def test_counts_cells_rather_than_characters(self):
        assert wrap("日本 語", 5) == ["日本 ", "語"]


class TestLabelled:
    def test_further_lines_have_a_bar(self):
        """Nothing that a bot says stands at the start of a line, where a CI system takes it for a command."""
        shown = plain(labelled("bot", "Welcome!\n::error::forged", 80))
        assert shown == "  bot       Welcome!\n          │ ::error::forged"

    def test_wraps_to_the_width(self):
        shown = plain(labelled("bot", "one two three four five six", 32))
        assert shown == "  bot       one two three four\n          │ five six"

    def test_control_characters_are_shown(self):
        assert plain(labelled("bot", "a\x1b[2Jb", 80)) == "  bot       a\\x1b[2Jb"

    def test_never_narrower_than_twenty_columns(self):
        assert plain(labelled("bot", "a" * 20, 10)) == f"  bot       {'a' * 20}"


def test_plain_drops_styles_and_trailing_blanks():
    assert plain([(Span("a ", "bot"), Span("b", "dim"), Span("  "))]) == "a b"


def test_label_column_grows_with_its_labels():
    assert (longest(["bot"]), longest(["bot>kitchen"])) == (8, 11)
