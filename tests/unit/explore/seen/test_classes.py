"""Which moments of a class are expanded, and when a class is split."""

import pytest

from chatsim.explore.seen import classes as classes_module
from chatsim.explore.seen.classes import Classes
from chatsim.explore.seen.fingerprint import pack
from chatsim.explore.seen.nodes import Nodes
from chatsim.explore.seen.projection import Buckets, Own
from chatsim.trace import ChatState, Snapshot


def alike(snapshot):
    """Return the class of a snapshot: the variable `kind`, whatever the others are."""
    return snapshot.chats["user"].context.get("kind", 0)


@pytest.fixture
def many():
    """Return what makes classes over as many moments as there are contexts."""

    def make(contexts, projection=None, frames=None, **more):
        nodes = Nodes()
        for number, context in enumerate(contexts):
            nodes.add(pack(Snapshot({"user": ChatState("menu", context)})), (frames or {}).get(number, 0), 0)
        return Classes(projection or Own(alike), nodes, lambda frame: (frame, 0), **more)

    return make


class Finer(Own):
    """A projection that tells moments of a class apart by their variable `n`."""

    def finer(self, snapshot):
        return snapshot.chats["user"].context["n"]


class TestClasses:
    def test_three_of_a_class(self, many):
        classes = many([{"n": n} for n in range(5)])
        assert [classes.admits(node) for node in range(5)] == [True, True, True, False, False]
        assert list(classes.waiting) == [3, 4]

    def test_so_many_as_it_is_told(self, many):
        classes = many([{"n": n} for n in range(3)], concrete=1)
        assert [classes.admits(node) for node in range(3)] == [True, False, False]

    def test_each_class_for_itself(self, many):
        classes = many([{"kind": n % 2} for n in range(4)], concrete=1)
        assert [classes.admits(node) for node in range(4)] == [True, True, False, False]

    def test_frames_count(self, many):
        """What is on offer, and what is spent, tells moments apart as well."""
        classes = many([{}, {}], frames={1: 7}, concrete=1)
        assert (classes.of(0), classes.of(1)) == ((0, 0, 0), (7, 0, 0))
        assert [classes.admits(0), classes.admits(1)] == [True, True]

    def test_a_class_is_known_when_the_moment_is_dropped(self, many):
        classes = many([{"kind": 5}])
        known = classes.of(0)
        classes.nodes.packed[0] = None
        assert classes.of(0) == known == (0, 0, 5)


class TestSplit:
    def led(self, classes, *steps):
        for source, letter, target in steps:
            classes.of(source)
            classes.led(source, letter, target)

    def test_one_letter_that_leads_to_two_classes(self, many):
        classes = many([{}, {}, {"kind": 1}, {"kind": 2}])
        self.led(classes, (0, 9, 2), (1, 9, 2))
        assert classes.split == set()
        self.led(classes, (1, 9, 3))
        assert classes.split == {(0, 0, 0)}

    def test_two_letters_may_lead_to_two_classes(self, many):
        classes = many([{}, {}, {"kind": 1}, {"kind": 2}])
        self.led(classes, (0, 8, 2), (1, 9, 3))
        assert classes.split == set()

    def test_what_has_no_class_yet_splits_none(self, many):
        classes = many([{}, {}, {"kind": 1}, {"kind": 2}])
        classes.led(0, 9, 2)
        classes.led(1, 9, 3)
        assert classes.split == set()

    def test_members_of_a_split_class_are_expanded_when_they_differ(self, many):
        contexts = [{"n": n} for n in (0, 0, 1, 1, 2)] + [{"kind": 1, "n": 0}, {"kind": 2, "n": 0}]
        classes = many(contexts, Finer(alike), concrete=1)
        assert [classes.admits(node) for node in range(4)] == [True, False, False, False]
        assert list(classes.reconsider()) == []
        self.led(classes, (0, 9, 5), (1, 9, 6))
        assert list(classes.reconsider()) == [1, 2]  # the values 0 and 1, each once
        assert list(classes.waiting) == [3]
        assert classes.admits(4) is True  # and 2, as soon as it comes up
        assert list(classes.reconsider()) == []

    def test_twelve_of_a_split_class_at_most(self, many):
        contexts = [{"n": n} for n in range(20)] + [{"kind": 1, "n": 0}, {"kind": 2, "n": 0}]
        classes = many(contexts, Finer(alike), concrete=1)
        self.led(classes, (0, 9, 20), (1, 9, 21))
        assert sum(classes.admits(node) for node in range(20)) == 13
        assert len(classes.waiting) == 7

    def test_only_members_of_what_was_split_are_looked_at_once_more(self, many):
        contexts = [
            {"n": 0},
            {"n": 0},
            {"kind": 3, "n": 0},
            {"kind": 3, "n": 0},
            {"kind": 1, "n": 0},
            {"kind": 2, "n": 0},
        ]
        classes = many(contexts, Finer(alike), concrete=1)
        assert [classes.admits(node) for node in range(4)] == [True, False, True, False]
        assert list(classes.reconsider()) == []
        self.led(classes, (0, 9, 4), (1, 9, 5))
        assert list(classes.reconsider()) == [1]
        assert list(classes.waiting) == [3]


class TestNews:
    def test_a_value_that_was_not_seen_yet(self, many):
        classes = many([{"n": 5}, {"n": 5}, {"n": 6}, {"n": 6}], Buckets(), concrete=1)
        assert [classes.admits(node) for node in range(4)] == [True, False, False, False]
        assert list(classes.reconsider()) == [2]
        assert list(classes.waiting) == [1, 3]
        assert list(classes.reconsider()) == []

    def test_what_was_no_news_once_is_not_asked_again(self, many):
        classes = many([{"n": 5}, {"n": 5}, {"n": 6}], Buckets(), concrete=1)
        assert [classes.admits(0), classes.admits(1)] == [True, False]
        assert list(classes.reconsider()) == []
        assert classes.admits(2) is False
        assert list(classes.reconsider()) == [2]

    @pytest.mark.parametrize(("values", "most"), [(range(5, 105), 64), ([f"t{n}" for n in range(20)], 6)])
    def test_so_many_values_of_a_variable(self, many, values, most):
        """Of numbers many are news, of texts a few; the first is expanded for its class."""
        contexts = [{"v": value} for value in values]
        classes = many(contexts, Buckets(), concrete=1)
        assert [node for node in range(len(contexts)) if classes.admits(node)] == [0]
        assert list(classes.reconsider()) == list(range(1, most))

    def test_values_in_another_variable_are_counted_for_themselves(self, many, monkeypatch):
        monkeypatch.setattr(classes_module, "_MOST_NUMBERS", 2)
        contexts = [{"a": 5, "b": 5}, {"a": 6, "b": 5}, {"a": 7, "b": 5}, {"a": 5, "b": 6}]
        classes = many(contexts, Buckets(), concrete=1)
        assert [classes.admits(node) for node in range(4)] == [True, False, False, False]
        assert list(classes.reconsider()) == [1, 3]

    def test_values_of_what_is_expanded_at_once_are_no_news_later(self, many):
        classes = many([{"n": 5}, {"n": 6}, {"n": 6}], Buckets(), concrete=2)
        assert [classes.admits(node) for node in range(3)] == [True, True, False]
        assert list(classes.reconsider()) == []

    def test_what_is_not_kept_is_no_news(self, many):
        classes = many([{"n": 5}, {"n": 6}], Buckets(), concrete=1)
        assert [classes.admits(0), classes.admits(1)] == [True, False]
        classes.nodes.packed[1] = None
        assert list(classes.reconsider()) == []
