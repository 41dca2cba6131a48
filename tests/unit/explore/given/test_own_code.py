"""What a user marks in a file of their own is read from it: properties, and what to try."""

import pytest

from chatsim.errors import SetupError
from chatsim.explore import explore
from chatsim.explore.given.inputs import read_inputs
from chatsim.explore.given.property_file import read_properties

MARKED = """
from chatsim.explore import alphabet, property_always, property_sometimes
from chatsim.trace import Text
from words import WORDS

@alphabet
def said(moment):
    return [Text(word) for word in WORDS]

@property_sometimes
def counts(view):
    return view.vars.n == 2

@property_always
def stays_small(view):
    return view.vars.n < 3

again = stays_small
"""


def counting(chat_id, text, context, sender):
    sender.send_message(chat_id, "And?")
    return "counting", {"n": min(context.get("n", 0) + (text == "more"), 3)}


@pytest.fixture
def marked(tmp_path):
    (tmp_path / "words.py").write_text("WORDS = ['more', 'stop']")
    (tmp_path / "marked.py").write_text(MARKED)
    return tmp_path / "marked.py"


class TestMarked:
    def test_properties(self, marked):
        """Each once, in their order, whatever else it is called."""
        assert [(each.when, each.name) for each in read_properties(marked)] == [
            ("sometimes", "counts"),
            ("always", "stays_small"),
        ]

    def test_alone(self, marked, bot_of):
        """What is marked may be all that is tried."""
        found = explore(
            bot_of(counting),
            alphabet=read_inputs(marked),
            properties=read_properties(marked),
            faults=False,
            projection="exact",
        )
        assert {event for _, event, _ in found.transitions} <= {"text 'more'", "text 'stop'"}
        assert [(each.kind, each.key) for each in found.findings] == [("property", "stays_small")]
        assert [turn.event.text for turn in found.errors[0].witness.turns] == ["more"] * 3

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("x = 1", "holds nothing that is marked with @alphabet"),
            ("import nowhere_at_all", "importing it raised"),
            ("def f(:", "importing it raised"),
            (None, "there is no such file"),
        ],
    )
    def test_refused(self, tmp_path, text, told):
        path = tmp_path / "broken.py"
        if text is not None:
            path.write_text(text)
        with pytest.raises(SetupError, match=told):
            read_inputs(path)
