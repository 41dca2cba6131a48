"""The words for faults: each is read and written alike, and what is none says how to write one."""

import pytest

from chatsim.delivery.faults import (
    CRASH_POINTS,
    PLAIN,
    NoSuchFault,
    crash,
    fault_words,
    plain_fault,
    store_trouble,
)
from chatsim.trace import Fault, Text


class TestWords:
    @pytest.mark.parametrize("word", PLAIN)
    def test_plain(self, word):
        assert fault_words(plain_fault(word)) == word

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("before-send", "crash: before-send 1"),
            ("before-send 2", "crash: before-send 2"),
            ("after-send  12", "crash: after-send 12"),
            (" before-save ", "crash: before-save"),
            ("after-save", "crash: after-save"),
        ],
    )
    def test_crash(self, written, read):
        assert fault_words(crash(written)) == read

    @pytest.mark.parametrize("word", ["timeout", "stale"])
    def test_store(self, word):
        assert fault_words(store_trouble(word)) == f"store: {word}"

    def test_event_that_comes_at_once_is_written_elsewhere(self):
        assert fault_words(Fault("with", other=Text("hi"))) == "with"

    def test_every_crash_point_has_words(self):
        assert {crash(point).at for point in CRASH_POINTS} == set(CRASH_POINTS)


class TestNoFault:
    @pytest.mark.parametrize(
        ("read", "written", "what", "cure"),
        [
            (plain_fault, "twicee", "nothing is delivered 'twicee'", "Did you mean 'twice'?"),
            (plain_fault, "crash", "`crash` says too little", "write deliver: {crash: after-send 1}"),
            (plain_fault, "with", "`with` says too little", "write deliver: {with: {user: hi}}"),
            (plain_fault, "store", "`store` says too little", "write deliver: {store: timeout}"),
            (crash, "befor-send", "a process cannot crash 'befor-send'", "Did you mean 'before-send'?"),
            (crash, "after-save 2", "a turn saves once, so `after-save` takes no number", "write crash: after-save"),
            (
                crash,
                "after-send 0",
                "'0' is no number of a send",
                "sends are counted from 1: write crash: after-send 1",
            ),
            (
                crash,
                "after-send x",
                "'x' is no number of a send",
                "sends are counted from 1: write crash: after-send 1",
            ),
            (
                crash,
                "after-send ²",
                "'²' is no number of a send",
                "sends are counted from 1: write crash: after-send 1",
            ),
            (
                crash,
                "after-send 1000",
                "'1000' is no number of a send",
                "sends are counted from 1: write crash: after-send 1",
            ),
            (store_trouble, "time-out", "a store is never 'time-out'", "Did you mean 'timeout'?"),
        ],
    )
    def test_says_what_is_wrong_and_how_to_write_it(self, read, written, what, cure):
        with pytest.raises(NoSuchFault) as caught:
            read(written)
        assert (caught.value.what, caught.value.cure) == (what, cure)
        assert str(caught.value) == f"{what}. {cure}"
