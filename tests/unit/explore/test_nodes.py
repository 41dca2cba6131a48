"""The table of moments: each once, and the shortest way to each."""

from hypothesis import given
from hypothesis import strategies as st

from chatsim.explore.nodes import NOBODY, Nodes

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


class TestNodes:
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
