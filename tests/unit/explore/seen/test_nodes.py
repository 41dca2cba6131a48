"""The table of moments: each once, and the shortest way to each."""

from hypothesis import given
from hypothesis import strategies as st

from chatsim.explore.seen import nodes as nodes_module
from chatsim.explore.seen.fingerprint import fingerprint
from chatsim.explore.seen.nodes import NOBODY, Nodes

STEPS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 2), st.integers(0, 7)), max_size=40)


def filled(steps, size=8):
    nodes = Nodes()
    for number in range(size):
        nodes.add(b"%d" % number, 0, 0)
        nodes.queued[number] = 1
    for source, letter, target in steps:
        nodes.note(source, letter, target, 0)
    nodes.is_disordered = True
    return nodes


def distances(steps, turns):
    """Return how far every node is, by the plainest of ways."""
    far = {0: 0}
    for _ in range(10):
        for source, letter, target in steps:
            if source in far:
                far[target] = min(far.get(target, NOBODY), far[source] + turns[letter])
    return far


class TestStraighten:
    @given(STEPS)
    def test_shortest(self, steps):
        """Every way is as long as the shortest path, letters counted by their turns."""
        turns = [1, 2, 3]
        nodes = filled(steps)
        nodes.straighten(turns)
        for node, distance in distances(steps, turns).items():
            assert nodes.depth[node] == distance
            assert sum(turns[letter] for letter in nodes.way_to(node)) == distance

    def test_only_where_needed(self):
        nodes = filled([(0, 0, 1)])
        nodes.is_disordered = False
        nodes.straighten([1])
        assert nodes.parent[1] == NOBODY

    def test_what_leads_there_and_when_it_is_done(self):
        """The steps are in the parents, and nothing is out of order any more."""
        nodes = filled([(0, 2, 2), (0, 0, 1), (1, 0, 2)])
        nodes.straighten([1, 1, 3])
        assert (list(nodes.parent[:3]), list(nodes.via[:3]), list(nodes.depth[:3])) == (
            [NOBODY, 0, 1],
            [0, 0, 0],
            [0, 1, 2],
        )
        assert nodes.is_disordered is False

    def test_a_detour_that_comes_up_again_does_not_hide_what_lies_beside_it(self):
        nodes = filled([(0, 2, 1), (0, 2, 3), (0, 0, 2), (2, 0, 1), (3, 0, 4)])
        nodes.straighten([1, 2, 3])
        assert [nodes.depth[node] for node in (1, 2, 3, 4)] == [2, 1, 3, 4]

    def test_of_ways_of_one_length_the_first(self):
        nodes = filled([(0, 4, 1), (0, 5, 1)])
        nodes.straighten([0, 0, 0, 0, 1, 1])
        assert nodes.way_to(1) == [4]


class TestNodes:
    def test_empty(self):
        nodes = Nodes()
        assert (len(nodes), list(nodes.steps()), nodes.is_disordered) == (0, [], False)

    def test_what_is_kept_of_a_moment(self):
        nodes = Nodes()
        nodes.add(b"a", 3, 4)
        number = nodes.add(b"b", 5, 6)
        assert (len(nodes), number, nodes.packed) == (2, 1, [b"a", b"b"])
        assert (list(nodes.frame), list(nodes.state)) == ([3, 5], [4, 6])
        assert (list(nodes.parent), list(nodes.depth)) == ([NOBODY, NOBODY], [0, 0])
        assert (list(nodes.queued), list(nodes.expanded)) == ([0, 0], [0, 0])
        assert nodes.way_to(1) == []

    def test_a_fingerprint_that_is_known_already(self):
        nodes = Nodes()
        nodes.add(b"a", 1, 0, fingerprint(b"a", 1))
        nodes.add(b"b", 0, 0, 0)
        assert (nodes.find(b"a", 1), nodes.find(b"b", 0), nodes.index[0]) == (0, None, 1)

    def test_steps(self):
        nodes = Nodes()
        nodes.note(1, 2, 3, 4)
        nodes.note(5, 6, 7, 1)
        assert list(nodes.steps()) == [(1, 2, 3, 4), (5, 6, 7, 1)]

    def test_turns_count(self):
        """A letter may come to several turns; of ways of one length the first is kept."""
        nodes = Nodes()
        for number in range(3):
            nodes.add(b"%d" % number, 0, 0)
        nodes.lead(0, 7, 1, 3)
        assert (nodes.depth[1], nodes.parent[1], nodes.via[1]) == (3, 0, 7)
        nodes.lead(0, 8, 1, 3)
        assert nodes.via[1] == 7
        nodes.lead(0, 9, 1, 2)
        assert (nodes.depth[1], nodes.via[1]) == (2, 9)
        nodes.lead(1, 6, 2)
        assert (nodes.depth[2], nodes.way_to(2)) == (3, [9, 6])

    def test_expanded_moments_are_dropped_when_there_are_many(self, monkeypatch):
        monkeypatch.setattr(nodes_module, "KEPT", 2)
        nodes = Nodes()
        for number in range(2):
            nodes.add(b"%d" % number, 0, 0)
        nodes.expand(0)
        assert (list(nodes.expanded), nodes.packed) == ([1, 0], [b"0", b"1"])
        nodes.add(b"2", 0, 0)
        nodes.expand(1)
        assert (list(nodes.expanded), nodes.packed) == ([1, 1, 0], [b"0", None, b"2"])
        assert nodes.find(b"1", 0) == 1

    def test_each_once(self):
        nodes = Nodes()
        assert nodes.add(b"a", 0, 0) == 0
        assert nodes.add(b"a", 1, 0) == 1
        assert (nodes.find(b"a", 0), nodes.find(b"a", 1), nodes.find(b"b", 0)) == (0, 1, None)

    def test_a_shorter_way_is_taken(self):
        nodes = Nodes()
        for number in range(3):
            nodes.add(b"%d" % number, 0, 0)
        nodes.lead(0, 7, 1)
        nodes.lead(1, 8, 2)
        nodes.lead(0, 9, 2)
        assert (nodes.way_to(2), nodes.depth[2], nodes.is_disordered) == ([9], 1, False)

    def test_a_shorter_way_to_what_is_lined_up(self):
        """It is left for the end, because what lies behind it has its depth from the longer one."""
        nodes = Nodes()
        for number in range(3):
            nodes.add(b"%d" % number, 0, 0)
        nodes.lead(0, 7, 1)
        nodes.lead(1, 8, 2)
        nodes.queued[2] = 1
        nodes.lead(0, 9, 2)
        assert (nodes.way_to(2), nodes.is_disordered) == ([7, 8], True)

    def test_nothing_leads_to_the_start(self):
        nodes = Nodes()
        nodes.add(b"a", 0, 0)
        nodes.lead(0, 1, 0)
        assert nodes.way_to(0) == []
