"""The turns of one delivery as one."""

from chatsim.delivery.turns import as_one, by_step, one_per_step
from chatsim.trace import ChatState, Delivery, Failure, Fault, Hop, Reply, Snapshot, Text, Turn


def turn(said, fault=None, part=0, **more):
    delivery = Delivery(Fault(fault), part) if fault else None
    return Turn(event=Text(said), effects=(Reply(said),), snapshot=Snapshot(), delivery=delivery, **more)


def test_groups():
    turns = [
        turn("a"),
        turn("b", "twice"),
        turn("b", "twice", 1),
        turn("c"),
        turn("d", "reordered"),
        turn("e", "dropped"),
        turn("f", "with"),
        turn("g", "with", 1),
        turn("g", "with", 2),
        turn("h", "late"),
    ]
    said = ["".join(one.event.text for one in group) for group in by_step(turns)]
    assert said == ["a", "bb", "cd", "e", "fgg", "h"]
    assert [len(one.effects) for one in one_per_step(turns)] == [1, 2, 2, 1, 3, 1]


def test_none():
    assert by_step([]) == []


def test_one_is_itself():
    one = turn("a", "twice", 1)
    assert as_one([one]) is one


def test_all_that_was_done_how_it_ended_and_the_first_error():
    failed = turn(
        "a", "twice", hops=(Hop("x", "y"),), error=Failure("bot-raised", "A", "1"), exception=ValueError(), seconds=1.0
    )
    last = turn("a", "twice", 1, hops=(Hop("y", "z"),), ended=ChatState("z"), seconds=2.0)
    one = as_one([failed, last])
    assert [effect.text for effect in one.effects] == ["a", "a"]
    assert (one.hops, one.ended, one.error, one.seconds) == ((*failed.hops, *last.hops), last.ended, failed.error, 3.0)
    assert one.exception is failed.exception
    assert as_one([last, last]).error is None
