"""`any_order` is a true matching: it agrees with trying every permutation."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from chatsim.scenario.pairing import pair_all, pair_most

squares = st.integers(0, 5).flatmap(
    lambda size: st.lists(st.lists(st.booleans(), min_size=size, max_size=size), min_size=size, max_size=size)
)
tables = st.integers(1, 5).flatmap(
    lambda members: st.lists(st.lists(st.booleans(), min_size=members, max_size=members), max_size=5)
)


def all_pairings(fits):
    """Every way to give each member (by position) a reply."""
    size = range(len(fits))
    return [order for order in permutations(size) if all(fits[order[member]][member] for member in size)]


@given(squares)
def test_pair_all_agrees_with_brute_force(fits):
    """There is a pairing exactly where some permutation is one, and it is the first of these."""
    possible = all_pairings(fits)
    assert pair_all(fits) == (dict(enumerate(min(possible))) if possible else None)


@given(tables)
def test_pair_most_takes_the_earliest_replies(fits):
    """A reply is paired exactly where it can be together with those paired before it."""
    pairs = pair_most(fits)
    assert all(fits[reply][member] for member, reply in pairs.items())
    assert len(set(pairs.values())) == len(pairs)
    paired = []
    for reply in range(len(fits)):
        if possible_together(fits, [*paired, reply]):
            paired.append(reply)
    assert sorted(pairs.values()) == paired


def possible_together(fits, replies):
    members = range(len(fits[0]))
    return any(
        all(fits[reply][member] for reply, member in zip(replies, chosen, strict=True))
        for chosen in permutations(members, len(replies))
    )


def test_a_pattern_and_a_text_that_overlap():
    """The greedy choice would give the first reply to the pattern, and leave none for the second."""
    assert pair_all([[True, True], [True, False]]) == {0: 1, 1: 0}


def test_another_number_of_replies_is_no_pairing():
    assert pair_all([[True, True]]) is None
    assert pair_most([]) == {}
