"""Where threads are, asked for without anything being collected meanwhile."""

import gc
import sys
import threading

import pytest

from chatsim.world.threads import BotThreads, frames


@pytest.mark.parametrize("enabled", [True, False])
def test_collection_is_as_before(enabled):
    before = gc.isenabled()
    try:
        gc.enable() if enabled else gc.disable()
        assert threading.get_ident() in frames()
        assert gc.isenabled() is enabled
    finally:
        gc.enable() if before else gc.disable()


def test_nothing_is_collected_while_it_is_asked(monkeypatch):
    """What a finalizer does could wait for the lock that Python holds meanwhile."""
    asked = []
    monkeypatch.setattr(sys, "_current_frames", lambda: asked.append(gc.isenabled()) or {})
    assert frames() == {}
    assert asked == [False]


def test_nothing_is_left_to_the_collector():
    """A frame that holds where all threads are holds itself, and with it whatever those hold that called it."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(10):
            BotThreads().close()
        assert gc.collect() == 0
    finally:
        gc.enable() if enabled else gc.disable()
