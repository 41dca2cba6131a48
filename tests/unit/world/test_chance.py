import os
import random
import secrets
import sys
import uuid

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.world.chance import Chance
from chatsim.world.clock import Clock

SOURCES = {
    "random": random.random,
    "choice": lambda: random.choice(range(10**9)),
    "shuffle": lambda: random.sample(range(10**6), 5),
    "unseeded generator": lambda: random.Random().random(),
    "reseeded": lambda: (random.seed(), random.random())[1],
    "system": lambda: random.SystemRandom().random(),
    "urandom": lambda: os.urandom(8),
    "uuid4": uuid.uuid4,
    "uuid1": uuid.uuid1,
    "token_hex": secrets.token_hex,
    "randbelow": lambda: secrets.randbelow(2**60),
    "secret choice": lambda: secrets.choice(range(10**9)),
    "numpy": np.random.random,
    "numpy generator": lambda: np.random.default_rng().random(),
}


def draw(source, seed=0, index=0, count=3):
    with Clock(), Chance(seed) as chance:
        chance.turn(index)
        return [source() for _ in range(count)]


@pytest.fixture(params=SOURCES.values(), ids=SOURCES)
def source(request):
    return request.param


class TestTurn:
    def test_same_again(self, source):
        assert draw(source) == draw(source)

    def test_other_in_another_turn(self, source):
        if source is not uuid.uuid1:
            assert draw(source, count=1) != draw(source, index=1, count=1)

    def test_other_with_another_seed(self, source):
        assert draw(source) != draw(source, seed=1)

    def test_values_differ_within_a_turn(self, source):
        one, two, three = draw(source)
        assert one != two != three

    @given(st.integers(0, 2**32), st.integers(0, 2**32), st.binary(max_size=40))
    def test_depends_on_seed_and_index_alone(self, seed, index, before):
        """Whatever was drawn in turns before: a branch goes on with the same values."""
        with Chance(seed) as chance:
            chance.turn(index)
            expected = random.random(), os.urandom(4)
            random.seed(before)
            os.urandom(len(before))
            chance.turn(index)
            assert (random.random(), os.urandom(4)) == expected

    @given(st.tuples(st.integers(0, 99), st.integers(0, 99)), st.tuples(st.integers(0, 99), st.integers(0, 99)))
    def test_no_two_turns_are_alike(self, one, two):
        if one != two:
            assert draw(random.random, *one, count=2) != draw(random.random, *two, count=2)


class TestAfterwards:
    def test_random_goes_on(self):
        random.seed(5)
        expected = [random.random() for _ in range(4)]
        random.seed(5)
        found = [random.random(), random.random()]
        draw(random.random)
        found += [random.random(), random.random()]

        assert found == expected

    def test_numpy_goes_on(self):
        np.random.seed(5)  # noqa: NPY002
        expected = np.random.random(4).tolist()  # noqa: NPY002
        np.random.seed(5)  # noqa: NPY002
        found = np.random.random(2).tolist()  # noqa: NPY002
        draw(np.random.random)
        assert found + np.random.random(2).tolist() == expected  # noqa: NPY002

    def test_nothing_stays_patched(self):
        before = (os.urandom, random._urandom, random.Random.seed, uuid._node)
        with pytest.raises(KeyError), Chance():
            raise KeyError("the bot's")

        assert (os.urandom, random._urandom, random.Random.seed, uuid._node) == before
        assert random.seed == random._inst.seed

    def test_real_again(self):
        """Who keeps the stand-in of urandom gets real bytes outside."""
        with Chance():
            from os import urandom

        assert urandom(16) != urandom(16)
        assert random.Random().random() != random.Random().random()

    def test_within_another(self):
        with Chance(1) as outer:
            outer.turn(3)
            first = os.urandom(4)
            with Chance(2):
                os.urandom(4)
            second = os.urandom(4)
            outer.turn(3)
            assert (os.urandom(4), os.urandom(4)) == (first, second)

    def test_without_numpy(self, monkeypatch):
        monkeypatch.delitem(sys.modules, "numpy.random")
        assert draw(random.random) == draw(random.random)
