"""What counts as the same, and what a search that relies on it may claim."""

import pytest

from chatsim.errors import SetupError
from chatsim.explore import explore
from chatsim.explore.projection import Buckets
from chatsim.trace import ChatState, Snapshot, Text, Timer


def of(context, clock=1_000_000_000.0, **more):
    return Snapshot({"user": ChatState("menu", context)}, clock, **more)


class TestBuckets:
    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ({"n": 2}, {"n": 9}, True),
            ({"n": 9}, {"n": 10}, False),  # 10 is compared with
            ({"n": 10}, {"n": 11}, False),
            ({"n": 0}, {"n": 1}, False),
            ({"n": 2}, {"n": 2.5}, True),
            ({"ok": True}, {"ok": False}, False),
            ({"ok": None}, {}, False),
            ({"size": "Small"}, {"size": "Large"}, True),
            ({"size": "Small"}, {"size": "anything"}, False),
            ({"size": "anything"}, {"size": "else"}, True),
            ({"size": ""}, {"size": " "}, True),
            ({"a": "x", "b": "x"}, {"a": "x", "b": "y"}, False),
            ({"a": "x", "b": "y"}, {"a": "p", "b": "q"}, True),
            ({"cart": []}, {"cart": [1]}, False),
            ({"cart": [1, 2]}, {"cart": [1, 2, 3]}, True),
            ({"cart": [1, 2]}, {"cart": [1, "x"]}, False),
            ({"at": 1_000_000_060.0}, {"at": 1_000_009_999.0}, True),
            ({"at": 1_000_000_060.0}, {"at": 999_999_999.0}, False),
        ],
    )
    def test_same_class(self, one, other, same):
        buckets = Buckets([10], ["Small", "Large"])
        assert (buckets.of(of(one)) == buckets.of(of(other))) is same

    def test_many_keys_are_data(self):
        """A table with more keys than a record has is told apart by what it holds, not by its keys."""
        buckets = Buckets()
        one, other = ({"table": {f"{letter}{n}": n for n in range(30)}} for letter in "ab")
        assert buckets.of(of(one)) == buckets.of(of(other))

    def test_state_and_timers_count(self):
        buckets = Buckets()
        assert buckets.of(of({})) != buckets.of(of({}, timers=(Timer("remind", 5.0),)))
        assert buckets.of(of({})) != buckets.of(Snapshot({"user": ChatState("other", {})}, 1_000_000_000.0))

    def test_finer(self):
        """A class that turned out to be several is split by numbers, lengths and known texts."""
        buckets = Buckets(texts=["Small", "Large"])
        assert buckets.finer(of({"n": 5})) != buckets.finer(of({"n": 6}))
        assert buckets.finer(of({"cart": [1, 1]})) != buckets.finer(of({"cart": [1, 1, 1]}))
        assert buckets.finer(of({"size": "Small"})) != buckets.finer(of({"size": "Large"}))
        assert buckets.finer(of({"size": "x"})) == buckets.finer(of({"size": "y"}))


def hidden_bug(at):
    """Return the step of a bot that counts, and that has enough of it *at* a number that no code names."""
    enough = sum([at])

    def counting(chat_id, text, context, sender):
        if context.get("n", 0) == enough:
            raise ValueError("enough")
        sender.send_message(chat_id, "And?")
        return "counting", {"n": context.get("n", 0) + 1, "last": text}

    return counting


class TestOutcome:
    def test_a_bug_inside_a_bucket_forbids_complete(self, bot_of):
        """What the projection leaves out may hold a bug: a search that relies on it is not complete."""
        letters = [Text("x"), Text("y"), Text("z"), Text("qwxyz")]
        found = explore(bot_of(hidden_bug(9_000)), alphabet=letters, faults=False, projection=lambda snapshot: 0)
        assert found.outcome == "projected"
        assert found.unexpanded > 0
        assert not found.errors

    def test_and_is_there(self, bot_of):
        """The same bot, every snapshot for itself: there is the bug."""
        found = explore(bot_of(hidden_bug(40)), alphabet=[Text("x"), Text("y")], faults=False, projection="exact")
        assert found.outcome == "complete"
        assert [error.kind for error in found.errors] == ["bot-raised"]
        assert len(found.errors[0].witness.turns) == 41

    def test_soon_it_is_found_all_the_same(self, bot_of):
        """Numbers that were not seen yet are worth a look, whatever the bucket."""
        found = explore(bot_of(hidden_bug(40)), alphabet=[Text("x"), Text("y")], faults=False)
        assert [error.kind for error in found.errors] == ["bot-raised"]

    def test_complete_where_nothing_was_left_out(self, bot_of):
        def ask(chat_id, text, context, sender):
            sender.send_message(chat_id, "Yes?")
            return "ask", {"n": (context.get("n", 0) + 1) % 30}

        found = explore(bot_of(ask), alphabet=[Text("on")], faults=False)
        assert (found.outcome, found.snapshots) == ("complete", 31)

    def test_unknown_name(self, bot_of):
        with pytest.raises(SetupError, match="write 'buckets', 'exact', or a function"):
            explore(bot_of(hidden_bug(1)), projection="some")
