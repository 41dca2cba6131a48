"""``-k``."""

import pytest

from chatsim.cli.select import selection
from chatsim.errors import SetupError

NAME = "shop.chat.yaml::Orders a Pizza[small]"


class TestSelection:
    @pytest.mark.parametrize(
        ("expression", "chosen"),
        [
            ("", True),
            ("  ", True),
            ("pizza", True),
            ("PIZZA", True),
            ("pasta", False),
            ("not pasta", True),
            ("not not pizza", True),
            ("pizza and small", True),
            ("pizza and large", False),
            ("pasta or small", True),
            ("pasta and x or small", True),
            ("pasta and (x or small)", False),
            ("not (pasta or large)", True),
            ("'a pizza'", True),
            ('"a pasta"', False),
            ("pizza[small]", True),
            ("shop.chat", True),
        ],
    )
    def test_chooses(self, expression, chosen):
        assert selection(expression)(NAME) is chosen

    @pytest.mark.parametrize(
        ("expression", "why"),
        [
            ("a b", "'b' stands where 'and' or 'or' should; phrases need quotes"),
            ("and", "a word is missing before 'and'"),
            ("a or", "a word is missing at the end"),
            ("(a", r"'\)' is missing"),
            ("a)", r"'\)' stands where"),
            ("()", r"a word is missing before '\)'"),
            ("'a", "a quote is not closed"),
        ],
    )
    def test_broken(self, expression, why):
        with pytest.raises(SetupError, match=why):
            selection(expression)
