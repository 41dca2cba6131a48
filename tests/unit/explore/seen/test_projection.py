"""What counts as the same, and what a search that relies on it may claim."""

import pytest

from chatsim.errors import SetupError
from chatsim.explore import explore
from chatsim.explore.dates import Recurring
from chatsim.explore.seen.projection import Buckets, Own
from chatsim.trace import ChatState, Snapshot, Text, Timer
from chatsim.world.clock import DEFAULT_START


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
            ({"ok": True}, {"ok": 1}, False),
            ({"ok": False}, {"ok": 0}, False),
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

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ({"n": -1}, {"n": 0}, False),
            ({"n": 0}, {"n": 0.5}, False),
            ({"n": 1}, {"n": 1.0}, True),
            ({"n": -1}, {"n": -7}, True),
            ({"a": "", "b": ""}, {"a": "", "b": "x"}, False),
            ({"a": "x", "b": {"c": "x"}}, {"a": "x", "b": {"c": "y"}}, False),
            ({"a": {"c": "x"}, "b": "y"}, {"a": {"c": "x"}, "b": "x"}, False),
            ({"cart": [1]}, {"cart": [1, 2]}, False),
            ({"cart": [1, 2]}, {"cart": {}}, False),
            ({"cart": [{"id": 1}, {"id": 2}]}, {"cart": [{"id": 3}, {"id": 4}]}, True),
            ({"cart": [{"id": 1}, {"id": 2}]}, {"cart": [{"id": 1}, {"no": 2}]}, False),
            ({"cart": [{"a": 1, "b": 2}] * 2}, {"cart": [{"b": 1, "a": 2}] * 2}, True),
            ({"cart": [1] * 8 + ["x"]}, {"cart": [1] * 9}, True),
            ({"cart": [1] * 7 + ["x"]}, {"cart": [1] * 8}, False),
            ({"7": {"n": 2}}, {"8": {"n": 3}}, True),
            ({"7": {"n": 2}}, {"8": {"n": 0}}, False),
            ({"7": 5}, {"7": 5, "8": 6}, False),
            ({"7": 5, "8": 5}, {"7": 5, "8": 6, "9": 7}, True),
            ({"7": "x", "a": "y"}, {"8": "x", "a": "y"}, False),
            ({}, {"7": 5}, False),
            ({"day": "2033-01-01"}, {"day": "2044-05-05"}, True),
            ({"day": "2033-01-01"}, {"day": "1999-01-01"}, False),
            ({"day": "2001-09-09T01:46:40Z"}, {"day": "1999-01-01"}, False),
            ({"day": "2001-09-09T01:46:40Z"}, {"day": "2033-01-01"}, False),
            ({"at": 1_000_000_000.0}, {"at": 1_000_000_001.0}, False),
            ({"at": 1_000_000_000.0}, {"at": 999_999_999.0}, False),
            ({"7": "x", "8": "x"}, {"7": "x", "8": "y"}, False),
            ({"7": 1_000_000_001.0}, {"7": 999_999_999.0}, False),
            ({"at": 1_500_000_000.0}, {"at": 1_000_000_001.0}, True),
            ({"at": 500_000_000.0}, {"at": 499_999_999.0}, False),
            ({"at": 1_500_000_001.0}, {"at": 1_500_000_000.0}, False),
        ],
    )
    def test_kinds_of_values(self, one, other, same):
        buckets = Buckets([10], ["Small"])
        assert (buckets.of(of(one)) == buckets.of(of(other))) is same

    def test_kinds_are_never_the_same(self):
        """Values of different kinds, and of those that are told apart, have different classes."""
        buckets = Buckets([10], ["Small"])
        values = [None, True, False, 5, 10, 11, "", "x", "Small", [], [1], [1, 1], {"a": 1}, {"7": 1},
                  {f"k{n}": 1 for n in range(25)}, "2033-01-01", "1999-01-01"]  # fmt: skip
        classes = [buckets.of(of({"value": value})) for value in values]
        assert [classes.index(each) for each in classes] == list(range(len(values)))

    def test_hours_of_the_clock(self):
        """What comes next of the hours at which the code goes another way counts, and not how late it is."""
        day = 86_400.0
        buckets = Buckets(hours=[Recurring.hour(9), Recurring.hour(17)])
        morning, noon, late, night = (buckets.of(of({}, 20_000 * day + hour * 3600)) for hour in (8, 12, 16.5, 23))
        assert (morning == night, noon == late, morning == noon) == (True, True, False)
        assert buckets.of(of({}, 0.0)) == buckets.of(of({}, DEFAULT_START))
        assert Buckets().of(of({}, 20_000 * day)) == Buckets().of(of({}, 20_000 * day + 50_000))

    def test_without_a_clock_there_are_no_moments(self):
        buckets = Buckets()
        assert buckets.of(of({"n": 0.1}, 0.0)) != buckets.of(of({"n": 0}, 0.0))
        assert buckets.of(of({"day": "2033-01-01"}, 0.0)) == buckets.of(of({"day": "x"}, 0.0))

    def test_texts_are_followed_from_variables_into_what_else_is_kept(self):
        """A text that was met in the variables is the same text in what the framework keeps; elsewhere it is not."""

        def kept(context, extra, shared=None):
            return Snapshot({"user": ChatState("menu", context, extra=extra)}, 1_000_000_000.0, shared=shared)

        buckets = Buckets()
        assert buckets.of(kept({"a": "x"}, ["x"])) == buckets.of(kept({"a": "y"}, ["y"]))
        assert buckets.of(kept({"a": "x"}, {"b": "x"})) != buckets.of(kept({"a": "x"}, {"b": "y"}))
        assert buckets.of(kept({"a": "x"}, {"b": "x"}, "x")) == buckets.of(kept({"a": "x"}, {"b": "x"}, "y"))
        assert buckets.of(kept({}, None, 0)) != buckets.of(kept({}, None, 1))
        assert buckets.of(kept({}, {"at": 1_000_000_001.0})) != buckets.of(kept({}, {"at": 999_999_999.0}))
        assert buckets.of(kept({}, None, "2033-01-01")) != buckets.of(kept({}, None, "1999-01-01"))

    def test_what_a_chat_waits_for_counts_and_who_it_is_with(self):
        buckets = Buckets()
        one = Snapshot({"user": ChatState("menu", waits="callback")}, 1_000_000_000.0)
        other = Snapshot({"else": ChatState("menu")}, 1_000_000_000.0)
        assert len({buckets.of(one), buckets.of(other), buckets.of(of({}))}) == 3
        both = {"user": ChatState("a"), "else": ChatState("b")}
        assert buckets.of(Snapshot(both)) == buckets.of(Snapshot(dict(reversed(both.items()))))

    def test_names_of_timers_count_and_not_when_they_are_due(self):
        buckets = Buckets()
        classes = [buckets.of(of({}, timers=(Timer(*each),))) for each in (("a", 5.0), ("a", 6.0), ("b", 5.0))]
        assert (classes[0] == classes[1], classes[0] == classes[2]) == (True, False)

    def test_keys_of_a_record(self):
        """A record of up to 24 fields is told apart by each of them, in whatever order they are written."""
        buckets = Buckets()
        one = {f"k{n}": 0 for n in range(24)}
        assert buckets.of(of(one)) == buckets.of(of(dict(reversed(one.items()))))
        assert buckets.of(of(one)) != buckets.of(of(one | {"k0": 1}))
        wide = {f"k{n}": 0 for n in range(25)}
        assert buckets.of(of(wide)) == buckets.of(of(wide | {"k0": 1}))
        assert buckets.of(of(wide)) != buckets.of(of(wide | {"k0": "x"}))

    def test_atoms(self):
        """Every value is a fact with its state and place: lengths, and of lists the first eight members."""
        context = {"b": 2, "a": {"c": "x"}, "cart": [5] * 8 + [6]}
        snapshot = Snapshot({"user": ChatState("menu", context), "else": ChatState("shop", {"n": 1})})
        assert list(Buckets().atoms(snapshot)) == [
            ("menu", ("a", "c"), "x"),
            ("menu", ("b",), 2),
            ("menu", ("cart", "#"), 9),
            *[("menu", ("cart", "[]"), 5)] * 8,
            ("shop", ("n",), 1),
        ]

    def test_finer_leaves_other_texts_out(self):
        snapshot = of({"a": "Small", "b": "x", "c": None, "d": True})
        assert Buckets(texts=["Small"]).finer(snapshot) == (
            ("menu", ("a",), "Small"),
            ("menu", ("c",), None),
            ("menu", ("d",), True),
        )


class TestOwn:
    def test_what_the_function_returns(self):
        own = Own(lambda snapshot: snapshot.chats["user"].context["n"])
        assert own.of(of({"n": 7})) == 7
        assert own.of(of({"n": [1, {}]})) == "[1, {}]"
        assert own.of(of({"n": (1, [2])})) == "(1, [2])"

    def test_nothing_more_is_told_apart(self):
        own = Own(lambda snapshot: 0)
        assert (own.finer(of({"n": 1})), tuple(own.atoms(of({"n": 1})))) == (None, ())


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
