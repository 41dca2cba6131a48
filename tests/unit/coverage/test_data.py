"""Recordings add up in any order, and come back from their file as they were."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.coverage.data import BotId, Coverage, Declared, Recorded, combined, decoded, encoded
from chatsim.coverage.facts import CalledBack, Chosen, Ended, Followed, Hopped, Moved, Offered, WasIn
from chatsim.graph.model import Graph, SourceLine, State, Transition
from chatsim.trace import Guard

names = st.sampled_from(["ask", "pay", "", "ünï"])
guards = st.lists(st.builds(Guard, names, st.booleans()), max_size=2).map(tuple)
hops = st.builds(Hopped, st.none() | names, st.none() | names, guards, names)
facts = st.one_of(
    hops,
    st.builds(Moved, names, names),
    st.builds(Followed, hops, hops),
    st.builds(WasIn, names, st.sampled_from(["input", "callback", "end"])),
    st.builds(Offered, names, names),
    st.builds(Chosen, names, names),
    st.builds(CalledBack, names, names),
    st.builds(Ended, names),
)
conversations = st.frozensets(st.sampled_from(["a.chat.yaml::x", "b.chat.yaml::y", "test_z"]), min_size=1)


def graph(state, source):
    return Graph("shop:Bot", (State(state, line=SourceLine("bot.py", 3)),), (Transition(source, state),))


lines = st.dictionaries(names, st.lists(st.integers(1, 9)).map(tuple), max_size=1)
declared = st.builds(Declared, st.builds(graph, names, names), lines, st.sampled_from(["1", "2"]))
recorded = st.builds(
    Recorded,
    st.sampled_from(["", "shop:Bot", "shop.bots:Bot"]),
    st.dictionaries(facts, conversations, max_size=4),
    st.none() | declared,
)
coverages = st.dictionaries(st.builds(BotId, names, names), recorded, max_size=3).map(
    lambda bots: Coverage(dict(sorted(bots.items())))
)


class TestMerging:
    @settings(max_examples=40)
    @given(coverages, coverages, coverages)
    def test_associative(self, one, two, three):
        assert (one | two) | three == one | (two | three)

    @settings(max_examples=40)
    @given(coverages, coverages)
    def test_commutative(self, one, two):
        assert one | two == two | one

    @settings(max_examples=40)
    @given(coverages)
    def test_idempotent(self, one):
        """What is added twice counts once."""
        assert one | one == one

    @settings(max_examples=40)
    @given(coverages)
    def test_identity(self, one):
        assert one | Coverage() == one == Coverage() | one

    @settings(max_examples=40)
    @given(coverages, coverages)
    def test_nothing_is_lost(self, one, two):
        both = one | two
        for bot, known in one.bots.items():
            assert all(by <= both.bots[bot].seen[fact] for fact, by in known.seen.items())

    def test_conversations_are_gathered(self):
        bot, fact = BotId("Bot"), Ended("paid")
        parts = [Coverage({bot: Recorded("shop:Bot", {fact: frozenset({name})})}) for name in "abc"]
        assert combined(parts).bots[bot].seen == {fact: frozenset("abc")}

    def test_looked_at_last(self):
        """Of two graphs, that of the bot as it is now."""
        old, new = (Declared(Graph(states=(State(name),)), at=at) for name, at in (("a", "2026-01"), ("b", "2026-02")))
        bot = BotId("Bot")
        for parts in ((old, new), (new, old)):
            merged = combined(Coverage({bot: Recorded("x:Bot", {}, part)}) for part in parts)
            assert merged.bots[bot].declared == new


class TestFile:
    @settings(max_examples=40)
    @given(coverages)
    def test_round_trip(self, coverage):
        assert decoded(encoded(coverage)) == coverage

    @settings(max_examples=40)
    @given(coverages, coverages)
    def test_one_form(self, one, two):
        """Equal ones are equal bytes, however they came about."""
        assert encoded(one | two) == encoded(two | one)

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"", "truncated"),
            (b"[]", "Expected `object`"),
            (b'{"coverage": 2}', "format 2, and this chatsim reads 1"),
            (b'{"coverage": 1, "bots": [{"name": "x", "seen": [[{"fact": "flew"}, [0]]]}]}', "Invalid value 'flew'"),
            (
                b'{"coverage": 1, "bots": [{"name": "x", "seen": [[{"fact": "end", "state": "a"}, [0]]]}]}',
                "stands for none",
            ),
        ],
    )
    def test_refused(self, data, why):
        with pytest.raises(ValueError, match=why):
            decoded(data)
