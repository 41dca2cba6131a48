"""What will be another thing tomorrow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.scenario.volatile import by_difference, by_looks, merged


def found(parts, text):
    return [(text[part.start : part.end], part.kind, part.name) for part in parts]


class TestByLooks:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("Order 41 comes", [("41", "int", "order")]),
            ("Your order is: #4711.", [("4711", "int", "order")]),
            ("booking no. AB-12", [("AB-12", "word", "booking")]),
            ("Ref: BK20331", [("BK20331", "word", "reference")]),
            ("on 2026-03-01.", [("2026-03-01", "date", "date")]),
            ("at 2026-03-01T10:15:30Z", [("2026-03-01T10:15:30Z", "date", "date")]),
            ("Monday, 5 January 2026", [("Monday, 5 January 2026", "text", "date")]),
            ("on Jan 5th!", [("Jan 5th", "text", "date")]),
            ("5.1.2026 or 5/1/2026", [("5.1.2026", "text", "date"), ("5/1/2026", "text", "date")]),
            ("at 10:30:05", [("10:30:05", "text", "time")]),
            ("<x at 0x7f12ab34>", [("0x7f12ab34", "word", "address")]),
            ("550e8400-e29b-41d4-a716-446655440000", [("550e8400-e29b-41d4-a716-446655440000", "word", "id")]),
            ("commit deadbeef01", [("deadbeef01", "word", "id")]),
            ("call 12345678", [("12345678", "int", "number")]),
        ],
    )
    def test_volatile(self, text, parts):
        assert found(by_looks(text), text) == parts

    @pytest.mark.parametrize(
        "text",
        [
            "2 pizzas, $23.00",
            "$12345678",
            "at 10:30",
            "order 2 pizzas",
            "May I help?",
            "24 hours",
            "AB12 CDE",
            "",
            "in order to",
        ],
    )
    def test_not_volatile(self, text):
        assert by_looks(text) == []


class TestByDifference:
    @pytest.mark.parametrize(
        ("text", "other", "parts"),
        [
            ("same", "same", []),
            ("Table 12.", "Table 7.", [("12", "int", "number")]),
            ("Order 7.", "Order 12.", [("7", "int", "order")]),
            ("at 10:30", "at 10:45", [("10:30", "text", "time")]),
            ("Pay 12.50 €", "Pay 13.50 €", [("12.50", "text", "amount")]),
            ("on 2026-01-05", "on 2026-01-06", [("2026-01-05", "date", "date")]),
            ("Happy Monday!", "Happy Tuesday!", [("Monday", "word", "word")]),
            ("at 10:30, 2.5 km", "by foot", [("at", "word", "word"), ("10:30, 2.5 km", "text", "text")]),
            ("Hello", "Hello Ann", [("", "text", "text")]),
            ("a b c d", "x y c z", [("a", "word", "word"), ("b", "word", "word"), ("d", "word", "word")]),
        ],
    )
    def test_parts(self, text, other, parts):
        assert found(by_difference(text, other), text) == parts

    @given(st.text(), st.text())
    def test_what_is_left_is_the_same(self, text, other):
        """Outside the parts, *text* is found in *other*, in order."""
        place = 0
        for start, end in _outside(by_difference(text, other), len(text)):
            place = other.index(text[start:end], place) + end - start


def _outside(parts, length):
    start = 0
    for part in parts:
        yield start, part.start
        start = part.end
    yield start, length


class TestMerged:
    def test_of_parts_that_overlap_the_first_and_longest(self):
        text = "Order 2026-01-05"
        parts = merged(by_difference(text, "Order 2026-01-06"), by_looks(text))
        assert found(parts, text) == [("2026-01-05", "date", "date")]
