"""JSON objects that a bot may be looking for."""

from chatsim.explore.mining.hints import Hints
from chatsim.explore.mining.objects import objects_of
from chatsim.explore.play.moment import Moment
from chatsim.explore.sources.offers import NONSENSE
from chatsim.trace import Snapshot

NOWHERE = Moment(Snapshot())


def test_left_out_where_the_code_does_without():
    hints = Hints()
    hints.add_key("id")
    hints.add_key("status", ["paid"])
    hints.spared["status"] = None
    found = objects_of(hints, NOWHERE)
    assert {"id": 1} in found
    assert all("id" in data for data in found)


def test_numbers_just_beside():
    hints = Hints()
    hints.add_key("score", [300])
    assert [data["score"] for data in objects_of(hints, NOWHERE)] == [300, 299, 301, NONSENSE]


def test_another_type_where_the_code_asks_for_it():
    hints = Hints()
    hints.add_key("score")
    assert NONSENSE not in [data["score"] for data in objects_of(hints, NOWHERE)]
    hints.whole["score"] = None
    assert NONSENSE in [data["score"] for data in objects_of(hints, NOWHERE)]


def test_whole_numbers_at_the_bounds_that_the_code_names():
    """A loop over several keys compares none of them by name."""
    hints = Hints()
    hints.add_key("adults")
    hints.whole["adults"] = None
    for number in (0, 6, 2.5):
        hints.add_value(number)
    assert [data["adults"] for data in objects_of(hints, NOWHERE)] == [1, 0, 6, NONSENSE]
    hints.whole.clear()
    assert [data["adults"] for data in objects_of(hints, NOWHERE)] == [1, "1", 0, 6]
