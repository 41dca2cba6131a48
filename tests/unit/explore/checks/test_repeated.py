"""Turns that come out differently when they are played again."""

import random

import pytest

from chatsim.explore.checks.base import Seen
from chatsim.explore.checks.repeated import Repeated
from chatsim.explore.letters import Letter
from chatsim.explore.play.moment import Moment
from chatsim.trace import Reply, Snapshot, Text, Turn


def seen(salt, draws):
    """A turn at whose place in a conversation chance is seeded, and *draws*, seldom, for what is said."""

    def play(moment, letter):
        random.seed(1000 * salt + moment.depth)
        said = "Sold out!" if draws and random.random() < 0.4 else "Tea!"
        return (Turn(event=letter.event, effects=(Reply(said),), snapshot=Snapshot()),)

    before, letter = Moment(Snapshot()), Letter(Text("tea"), "literal")
    return Seen(before, letter, play(before, letter), before, play)


@pytest.fixture(autouse=True)
def _same_chance_afterwards():
    state = random.getstate()
    yield
    random.setstate(state)


@pytest.mark.parametrize("salt", range(20))
def test_what_draws_is_tried_with_many_chances(salt):
    """With three, 0.6 ** 3 of these would be missed."""
    (found,) = Repeated().look(seen(salt, draws=True))
    assert (found.kind, found.severity, found.key) == ("nondeterministic", "warning", "None words")


def test_what_draws_nothing_is_the_same_with_any():
    assert list(Repeated().look(seen(0, draws=False))) == []
