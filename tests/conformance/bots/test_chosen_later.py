"""Bots that were chosen only when the adapters were finished.

contexttypesbot.py of python-telegram-bot keeps its data in an object of its own; it showed that a ``defaultdict`` did
not come back as one.  The superhero of the transitions manual passed as it stands.
"""

import random
import re
from importlib.metadata import metadata

import pytest

from chatsim.bots.loading import load_bot
from chatsim.jsondata import from_json, to_json
from chatsim.session import Session
from chatsim.trace import Hop, Trace


class TestContextTypesBot:
    def test_clicks_are_counted(self, telegram, hold):
        session = telegram("contexttypesbot")
        hold(
            session,
            ("/start", ["This button was clicked <i>0</i> times."], None),
            (lambda chat: chat.tap("Click me!"), ["This button was clicked <i>1</i> times."], None),
            (lambda chat: chat.tap("Click me!"), ["This button was clicked <i>2</i> times."], None),
            ("/print_users", ["The following user IDs have used this bot: 2375276107"], None),
        )
        assert from_json(to_json(session.trace), Trace) == session.trace

    def test_each_message_has_its_own_count(self, telegram):
        session = telegram("contexttypesbot")
        for event in (session.send, lambda: session.tap("Click me!"), session.send):
            event()
        assert session.tap("Click me!").replies[0].text == "This button was clicked <i>1</i> times."


@pytest.fixture
def manual():
    """The manual of the transitions library, as its package carries it."""
    found = metadata("transitions")
    return str(found.get_payload() or found["Description"])


class TestNarcolepticSuperhero:
    @pytest.fixture
    def session(self, manual, tmp_path):
        blocks = re.findall(r"```python\n(.*?)```", manual, re.DOTALL)
        program = next(block for block in blocks if "class NarcolepticSuperhero" in block)
        made = re.search(r">>> (batman = NarcolepticSuperhero\(.*\))", manual)
        (tmp_path / "superhero.py").write_text(f"{program}\n{made[1]}\n")
        return Session(load_bot("superhero:batman", tmp_path))

    def test_a_day_as_the_manual_tells_it(self, session, hold, monkeypatch):
        monkeypatch.setattr(random, "random", lambda: 0.0)
        hold(
            session,
            ("wake up", [], "hanging out"),
            ("nap", [], "asleep"),
            ("wake up", [], "hanging out"),
            ("work out", [], "hungry"),
            ("distress call", ["Beauty, eh?"], "saving the world"),
            ("complete mission", [], "sweaty"),
            ("clean up", [], "asleep"),
        )
        assert session.vars == {"name": "Batman", "kittens_rescued": 1}
        assert session.turns[-1].hops[0].guards[0].name == "is_exhausted"

    def test_what_cannot_be_done(self, session):
        error = session.send("clean up").error
        assert error.message == '"Can\'t trigger event clean_up from state asleep!"'

    def test_guards_that_do_not_hold(self, session, monkeypatch):
        monkeypatch.setattr(random, "random", lambda: 0.9)
        session.snapshot = session.bot.start_at("user", "sweaty", {})
        turn = session.send("clean up")
        assert [(hop.source, hop.target, [guard.value for guard in hop.guards]) for hop in turn.hops] == [
            ("sweaty", "hanging out", [False])
        ]
        assert isinstance(turn.hops[0], Hop)
