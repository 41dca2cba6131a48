"""Which words differ, where one side may be a pattern."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.report.words import compare, lookalikes
from chatsim.scenario.text_pattern import as_written


def marked(expected, came):
    """Return both texts with what differs in brackets."""
    alike = compare(expected, came)
    texts = ((expected, alike.expected), (came, alike.came))
    return tuple("".join(f"[{c}]" if flag else c for c, flag in zip(t, f, strict=True)) for t, f in texts)


class TestCompare:
    @given(st.text(), st.text())
    def test_every_character_has_a_flag(self, one, other):
        alike = compare(one, other)
        assert (len(alike.expected), len(alike.came)) == (len(one), len(other))
        assert 0 <= alike.ratio <= 1

    @given(st.text(min_size=1))
    def test_equal_texts_do_not_differ(self, text):
        assert not any(compare(as_written(text), text).came)

    def test_what_a_gap_or_a_capture_takes_does_not_differ(self):
        assert marked("Hi ..., ${n:int} left", "Hi dear Ann, 7 sold") == (
            "Hi ..., ${n:int} [l][e][f][t]",
            "Hi dear Ann, 7 [s][o][l][d]",
        )
        assert not any(compare("on ${d:date} at ${x:float}", "on 2024-05-01 at 9.50").came)

    def test_what_is_not_of_its_type_differs(self):
        alike = compare("no. ${n:int}.", "no. A7.")
        assert [any(alike.expected), alike.came] == [True, [False] * 4 + [True] * 2 + [False]]

    def test_letters_of_scripts_without_blanks_are_words(self):
        assert marked("木曜日です", "金曜日です") == ("[木]曜日です", "[金]曜日です")

    def test_a_regular_expression_has_no_words(self):
        assert not compare("/Receipt r/", "Receipt r")

    def test_texts_that_are_very_long(self):
        text = "word " * 3000
        alike = compare(f"{text}x {text}", f"{text}y {text}")
        assert alike.came.index(True) == len(text)
        assert not compare("a " * 3000, "b " * 3000)


class TestDollars:
    def test_what_is_meant_to_the_letter_is_no_hole(self):
        """It is shown with two dollars, of which the bot says one."""
        alike = compare("Pay $$${x:int} for $${x:int}", "Pay $5 for ${x:int}")
        assert alike.ratio == 1
        assert not any(alike.expected + alike.came)

    def test_and_differs_from_what_a_hole_would_take(self):
        assert marked("Pay $${x:int}", "Pay 5") == ("Pay [$][$][{][x][:][i][n][t][}]", "Pay [5]")

    def test_what_the_bot_says_is_no_hole(self):
        assert marked("Say ${x:word} now", "Say ${y:int} then") == (
            "Say ${x:word} [n][o][w]",
            "Say ${y:int} [t][h][e][n]",
        )


class TestLookalikes:
    @pytest.mark.parametrize(
        ("expected", "came"),
        [("a", "b"), ("a b", "ab"), ("same", "same"), ("é", "x"), ("1", "٢")],
    )
    def test_says_nothing_where_a_person_sees_it(self, expected, came):
        assert lookalikes(expected, came) == ("" if expected != "é" else lookalikes("é", "x"))

    def test_quotes_and_dashes(self):
        assert "EN DASH" in lookalikes("1-2", "1\u20132")
