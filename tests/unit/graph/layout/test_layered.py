"""Laws of the layout: whatever the graph, nothing overlaps, arrows touch what they join, and it is the same each time."""

import random
from itertools import combinations, pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.graph.layout.columns import rising, rising_medians
from chatsim.graph.layout.curves import path_data
from chatsim.graph.layout.layered import lay_out
from chatsim.graph.layout.model import Box, Link, Point, Route

NEAR = 0.01


@st.composite
def graphs(draw):
    groups = draw(st.lists(st.sampled_from(["", "", "pay"]), min_size=1, max_size=12))
    boxes = [Box(draw(st.sampled_from([30, 80, 200])), root=draw(st.booleans()), group=group) for group in groups]
    index = st.integers(0, len(boxes) - 1)
    links = draw(st.lists(st.builds(Link, index, index, st.sampled_from([0, 0, 90])), max_size=24))
    return boxes, [link for link in links if groups[link.source] == groups[link.target]]


def sides(box, middle):
    return middle.x - box.width / 2, middle.y - box.height / 2, middle.x + box.width / 2, middle.y + box.height / 2


def overlap(one, other):
    return min(one[2], other[2]) - max(one[0], other[0]) > NEAR and min(one[3], other[3]) - max(one[1], other[1]) > NEAR


class TestLaws:
    @settings(max_examples=60)
    @given(graphs())
    def test_boxes_keep_clear_of_each_other_and_inside(self, graph):
        boxes, links = graph
        drawing = lay_out(boxes, links)
        placed = [sides(box, middle) for box, middle in zip(boxes, drawing.boxes, strict=True)]
        assert not [pair for pair in combinations(placed, 2) if overlap(*pair)]
        for left, top, right, bottom in placed:
            assert left >= -NEAR
            assert top >= -NEAR
            assert right <= drawing.width + NEAR
            assert bottom <= drawing.height + NEAR

    @settings(max_examples=60)
    @given(graphs())
    def test_arrows_join_what_they_are_to_join(self, graph):
        boxes, links = graph
        drawing = lay_out(boxes, links)
        for link, route in zip(links, drawing.routes, strict=True):
            for end, box in ((route.points[0], link.source), (route.points[-1], link.target)):
                left, top, right, bottom = sides(boxes[box], drawing.boxes[box])
                assert left - NEAR <= end.x <= right + NEAR
                assert top - NEAR <= end.y <= bottom + NEAR
                on_the_edge = min(abs(end.y - top), abs(end.y - bottom), abs(end.x - right))
                assert on_the_edge < NEAR
            assert route.loops == (link.source == link.target)

    @settings(max_examples=30)
    @given(graphs())
    def test_labels_stand_clear_of_boxes(self, graph):
        boxes, links = graph
        drawing = lay_out(boxes, links)
        placed = [sides(box, middle) for box, middle in zip(boxes, drawing.boxes, strict=True)]
        for link, route in zip(links, drawing.routes, strict=True):
            assert (route.label is not None) == bool(link.label)
            if route.label and not route.loops:
                label = sides(Box(link.label, 18), route.label)
                assert not any(overlap(label, box) for box in placed)

    @settings(max_examples=20)
    @given(graphs())
    def test_same_in_same_out(self, graph):
        assert lay_out(*graph) == lay_out(*graph)

    @settings(max_examples=30)
    @given(graphs())
    def test_a_group_is_in_its_frame_and_nobody_else(self, graph):
        boxes, links = graph
        drawing = lay_out(boxes, links)
        assert {frame.group for frame in drawing.frames} == {box.group for box in boxes if box.group}
        for frame in drawing.frames:
            around = (frame.x, frame.y, frame.x + frame.width, frame.y + frame.height)
            for box, middle in zip(boxes, drawing.boxes, strict=True):
                assert overlap(sides(box, middle), around) == (box.group == frame.group)


class TestOrderOfTheConversation:
    def test_down_along_the_way(self):
        """Each state stands below all that lead to it, except for the way back."""
        drawing = lay_out([Box(50)] * 4, [Link(0, 1), Link(1, 2), Link(0, 2), Link(2, 3), Link(3, 0)])
        ys = [middle.y for middle in drawing.boxes]
        assert ys == sorted(set(ys))
        assert drawing.routes[4].points[0].y > drawing.routes[4].points[-1].y

    def test_the_root_is_above_what_is_declared_before_it(self):
        drawing = lay_out([Box(50), Box(50, root=True)], [Link(1, 0), Link(0, 1)])
        assert drawing.boxes[1].y < drawing.boxes[0].y

    def test_without_crossings_where_there_need_be_none(self):
        """Two pairs declared crosswise are put beside each other."""
        boxes = [Box(50, root=True)] + [Box(50)] * 4
        drawing = lay_out(boxes, [Link(0, 1), Link(0, 2), Link(2, 3), Link(1, 4)])
        left_first = drawing.boxes[1].x < drawing.boxes[2].x
        assert (drawing.boxes[4].x < drawing.boxes[3].x) == left_first

    def test_both_ways_between_two_do_not_lie_upon_each_other(self):
        drawing = lay_out([Box(80, root=True), Box(80)], [Link(0, 1), Link(1, 0)])
        there, back = drawing.routes
        assert abs(there.points[0].x - back.points[-1].x) >= 10

    def test_parts_without_links_fill_shelves(self):
        drawing = lay_out([Box(100)] * 400, [])
        assert drawing.width < 4 * drawing.height


def fsm_like(states, transitions, seed=1):
    """A bot as people write them: mostly on to one of the next states, sometimes back or far away."""
    chance = random.Random(seed)
    pairs = {(index, index + 1) for index in range(states - 1)}
    while len(pairs) < transitions:
        source = chance.randrange(states)
        target = source + chance.choice([1, 2, 3, -1, -5, 8, 0, chance.randrange(-30, 30)])
        pairs.add((source, min(max(target, 0), states - 1)))
    return [Box(100, root=index == 0) for index in range(states)], [Link(*pair) for pair in sorted(pairs)]


class TestLarge:
    @pytest.mark.parametrize("shape", ["bot", "random", "chain", "star", "complete", "islands"])
    def test_a_thousand_states(self, shape):
        """Whatever the shape, 1,000 states are laid out in seconds at the very most."""
        chance = random.Random(2)
        boxes, links = fsm_like(1000, 5000)
        links = {
            "bot": links,
            "random": [Link(chance.randrange(1000), chance.randrange(1000)) for _ in range(5000)],
            "chain": [Link(index, index + 1) for index in range(999)],
            "star": [Link(0, index) for index in range(1, 1000)],
            "complete": [Link(one, other) for one in range(70) for other in range(70)],
            "islands": [],
        }[shape]
        began = process_time()
        drawing = lay_out(boxes, links)
        assert process_time() - began < 5
        assert drawing.width < 25_000
        assert all(route.points for route in drawing.routes)
        placed = [sides(box, middle) for box, middle in zip(boxes, drawing.boxes, strict=True)]
        assert not [pair for pair in combinations(placed[:150], 2) if overlap(*pair)]


class TestPathData:
    def test_loop(self):
        route = Route((Point(1, 1), Point(9, 0), Point(9, 4), Point(1, 3)), loops=True)
        assert path_data(route) == "M1 1C9 0 9 4 1 3"

    def test_through_places(self):
        """Where three points are on one line, the curve goes on in that direction."""
        assert path_data(Route((Point(0, 0), Point(10, 10), Point(20, 20)))) == "M0 0C0 4 6 6 10 10C14 14 20 16 20 20"

    def test_beside_each_other(self):
        assert path_data(Route((Point(0, 50), Point(120, 50)))) == "M0 50C0 16 120 16 120 50"

    def test_far_away_is_no_exponent(self):
        assert path_data(Route((Point(123456.7, 0), Point(123456.7, 1234567)))) == "M123457 0V1234567"


class TestRising:
    @given(st.lists(st.integers(-50, 50), min_size=1))
    def test_never_falls_and_keeps_the_mean(self, wanted):
        found = rising(wanted, [1.0] * len(wanted))
        assert all(one <= other + NEAR for one, other in pairwise(found))
        assert sum(found) == pytest.approx(sum(wanted))


class TestRisingMedians:
    @given(st.lists(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 5)), min_size=1, max_size=4), min_size=1))
    def test_nobody_alone_can_do_better(self, wanted):
        """It never falls, and no block of equal numbers comes nearer to what is wanted by moving a little."""
        found = rising_medians(wanted)
        assert all(one <= other for one, other in pairwise(found))
        for value in set(found):
            places = [each for each, at in zip(wanted, found, strict=True) if at == value for each in each]

            def away(at, places=places):
                return sum(weight * abs(place - at) for place, weight in places)

            assert away(value) <= min(away(value - 0.5), away(value + 0.5)) + NEAR


class TestStraight:
    def test_a_chain_is_one_line(self):
        drawing = lay_out([Box(40 + 10 * (index % 3)) for index in range(6)], [Link(i, i + 1) for i in range(5)])
        assert len({round(middle.x, 3) for middle in drawing.boxes}) == 1

    def test_a_long_way_past_others_is_one_line(self):
        drawing = lay_out([Box(60, root=True)] + [Box(60)] * 5, [*(Link(i, i + 1) for i in range(5)), Link(0, 5)])
        passing = drawing.routes[5].points[1:-1]
        assert len({round(point.x, 3) for point in passing}) == 1
