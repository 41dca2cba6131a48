"""Moments that a bot remembers and that are still to come."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from chatsim.explore import explore
from chatsim.explore.dates import moment_of
from chatsim.explore.play.moment import Moment
from chatsim.explore.seen.projection import Buckets
from chatsim.explore.sources.deadlines import Deadlines, deadlines
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import ChatState, Snapshot, Tap, Wait
from chatsim.world.clock import DEFAULT_START

DOCS = Path(__file__).parents[4] / "docs"
DAY = 24 * 60 * 60


def remembering(clock=DEFAULT_START, **context):
    return Moment(Snapshot({"user": ChatState("a", context)}, clock))


class TestDeadlines:
    def test_kinds(self):
        """Dates, times of day, with a zone or without, and seconds since the epoch, however deep they lie."""
        assert deadlines(remembering(a="2026-01-06")) == (15 * 60 * 60,)
        assert deadlines(remembering(a={"b": [{"c": "2026-01-05 09:00:05"}]})) == (5,)
        assert deadlines(remembering(a="2026-01-05T10:00:00+01:00", b="2026-01-05T10:00:30+01:00")) == (30,)
        assert deadlines(remembering(a=DEFAULT_START + 7.5)) == (7.5,)

    def test_no_moments(self):
        """What has passed, lies far ahead, or is no moment, is not waited for."""
        context = {"past": "2026-01-04", "now": DEFAULT_START, "far": "2036-01-01", "no": "2026-13-01", "yes": True}
        assert deadlines(remembering(**context, price=9, text="2026-01-06 is fine")) == ()
        assert deadlines(Moment(Snapshot())) == ()

    def test_soonest(self):
        ahead = {str(day): DEFAULT_START + day * DAY for day in range(1, 6)}
        assert deadlines(remembering(**ahead)) == (DAY, 2 * DAY)

    def test_letters(self):
        """To the second, and past it: that tells `<` from `<=`."""
        letters = list(Deadlines().letters(remembering(a=DEFAULT_START + 60)))
        assert [letter.event for letter in letters] == [Wait(60.0), Wait(61.0)]

    def test_so_long_after(self):
        """From a moment that has passed, the code counts on: what lies ahead of that is waited for."""
        asked = remembering(DEFAULT_START + 60, ordered=DEFAULT_START, paid=DEFAULT_START - 1000)
        assert deadlines(asked, [30.0, 600.0]) == (540.0,)
        assert [letter.event for letter in Deadlines([600.0]).letters(asked)] == [Wait(540.0), Wait(541.0)]
        assert deadlines(remembering(until=DEFAULT_START + 60), [600.0]) == (60.0,)

    def test_an_order_that_expires(self):
        """What only the code of a later state counts is waited for where the bot waits."""
        found = explore(
            "pizza:Pizza", folder=DOCS / "examples", faults=False, max_time=20, scenarios=False, until_covered=True
        )
        assert "expired" in found.states
        assert "unreachable" not in {each.kind for each in found.findings}

    def test_clock_that_was_not_set(self):
        assert deadlines(remembering(clock=0.0, a="2026-01-06")) == (15 * 60 * 60,)


class TestMoments:
    @given(st.datetimes())
    def test_round_trip(self, at):
        assert moment_of(at.isoformat()) is not None

    @given(st.text())
    def test_any_text(self, text):
        """No text breaks it."""
        moment_of(text)
        moment_of(f"2026-01-01{text}")


class TestClasses:
    def test_passed_or_not(self):
        """A moment that was kept as text counts as another one once it has passed."""
        buckets = Buckets()
        classes = [
            buckets.of(remembering(DEFAULT_START + after, until="2026-01-05T09:01:00").snapshot)
            for after in (0, 30, 60, 61)
        ]
        assert classes[0] == classes[1]
        assert len(set(classes)) == 3

    def test_ids_as_keys(self):
        """Mappings whose keys are data count by how many there are, and of what."""
        buckets = Buckets()
        classes = [
            buckets.of(remembering(loans=loans).snapshot)
            for loans in ({"101": 0}, {"102": 0}, {"101": 0, "102": 0}, {"101": 1})
        ]
        assert classes[0] == classes[1]
        assert len(set(classes)) == 3
        assert buckets.of(remembering(a={"b": 0}).snapshot) != buckets.of(remembering(a={"c": 0}).snapshot)


def shop(*, takes_old, gone_words="That is gone."):
    """Return a bot that holds an offer for a minute, and then offers less; *takes_old* lets it sell what is gone."""
    orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())

    @orchestrator.register_step("start")
    def start(chat_id, text, context, sender):
        from datetime import datetime, timedelta

        sender.send_message(chat_id, "Which?", options=["Last one", "Other"])
        return "choose", {"until": (datetime.now() + timedelta(minutes=1)).isoformat()}  # noqa: DTZ005 - as bots do

    @orchestrator.register_step("choose")
    def choose(chat_id, text, context, sender):
        from datetime import datetime

        gone = datetime.now() > datetime.fromisoformat(context["until"])  # noqa: DTZ005 - as bots do
        if text == "Other" or (text == "Last one" and (takes_old or not gone)):
            sender.send_message(chat_id, f"{text} it is")
            return "done", {}
        sender.send_message(
            chat_id,
            gone_words if text == "Last one" else "Which?",
            options=["Other"] if gone else ["Last one", "Other"],
        )
        return "choose", context

    @orchestrator.register_step("done")
    def done(chat_id, text, context, sender):
        sender.send_message(chat_id, "We are done")
        return "done", context

    return orchestrator


class TestStaleButtons:
    def test_what_the_same_question_offered(self):
        """A button that this question offered before time passed is tapped, and taken by a bot that does not look."""
        (found,) = [each for each in explore(shop(takes_old=True), max_depth=5).findings if each.kind == "stale-option"]
        assert [type(turn.event) for turn in found.witness.turns][-1] is Tap
        assert found.witness.turns[-1].event.title == "Last one"
        assert any(isinstance(turn.event, Wait) for turn in found.witness.turns)
        assert [
            each.kind for each in explore(shop(takes_old=False), max_depth=5).findings if each.kind == "stale-option"
        ] == []

    def test_what_has_expired(self):
        """What was on offer before time passed may be refused like any other word."""
        found = explore(shop(takes_old=False, gone_words="Which?"), max_depth=5).findings
        assert [each.kind for each in found if each.kind == "option-refused"] == []
