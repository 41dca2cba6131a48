"""What takes too long is interrupted, whatever it is doing, and leaves no trace."""

import asyncio
import contextlib
import signal
import sys
import threading
import time

import pytest

from chatsim.scenario.deadline import AGAIN, TimedOut, deadline, lookout


def spin():
    while True:
        pass


def swallow():
    while True:
        with contextlib.suppress(Exception):
            spin()


def sleep():
    time.sleep(30)


def lock():
    threading.Event().wait(30)


def loop():
    asyncio.run(asyncio.sleep(30))


AT_THE_PROMPT = {"__name__": "pdb", "time": time}
"""The names of a module that passes for the debugger's."""
exec("def wait(seconds):\n    time.sleep(seconds)", AT_THE_PROMPT)

MEASURED = {"__name__": "coverage.collector", "time": time}
"""The names of a module that passes for coverage.py's, which holds a lock while it notes a line."""
exec(
    "def note(held):\n"
    "    held.append('taken')\n"
    "    until = time.monotonic() + 0.3\n"
    "    while time.monotonic() < until: pass\n"
    "    held.append('released')",
    MEASURED,
)


def note_and_go_on(held):
    MEASURED["note"](held)
    spin()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals of this kind are POSIX")
class TestMainThread:
    @pytest.mark.parametrize("hang", [spin, swallow, sleep, lock, loop])
    def test_interrupts(self, hang):
        began = time.monotonic()
        with pytest.raises(TimedOut), deadline(0.05):
            hang()
        assert time.monotonic() - began < 10

    def test_again_for_who_swallows_everything(self):
        swallowed = []

        def hold_out():
            try:
                spin()
            except BaseException as error:  # noqa: BLE001
                swallowed.append(error)
            spin()

        with pytest.raises(TimedOut), deadline(0.05):
            hold_out()
        assert len(swallowed) == 1

    def test_coverage_is_let_finish(self):
        """Else its lock stays taken, and every thread that is measured waits for it."""
        held, began = [], time.monotonic()
        with pytest.raises(TimedOut), deadline(0.05):
            note_and_go_on(held)
        assert held == ["taken", "released"]
        assert time.monotonic() - began < AGAIN

    def test_leaves_the_alarm_of_others(self):
        rung = []
        before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with deadline(60):
                pass
            left, _ = signal.getitimer(signal.ITIMER_REAL)
            assert 0 < left <= 0.2
            while not rung:
                time.sleep(0.01)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def test_an_earlier_alarm_of_others_rings(self):
        """A shorter limit, such as that of pytest-timeout, is not put off until ours has passed."""
        rung = []
        before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with deadline(60):
                until = time.monotonic() + 5
                while not rung and time.monotonic() < until:
                    time.sleep(0.01)
            assert rung
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def test_a_debugger_takes_its_time(self):
        """Who looks at the bot with a debugger is not interrupted."""
        with deadline(0.05):
            AT_THE_PROMPT["wait"](0.2)

    def test_nothing_is_left(self):
        before = signal.getsignal(signal.SIGALRM)
        with deadline(60):
            assert signal.getsignal(signal.SIGALRM) is not before
        assert signal.getsignal(signal.SIGALRM) is before
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


class TestOtherThreads:
    def run(self, work):
        found = []

        def wrapped():
            try:
                work()
            except TimedOut as error:
                found.append(error)

        thread = threading.Thread(target=wrapped)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()
        return found

    @pytest.mark.parametrize("hang", [spin, swallow])
    def test_interrupts(self, hang):
        def work():
            with deadline(0.05):
                hang()

        assert len(self.run(work)) == 1

    def test_coverage_is_let_finish(self):
        held = []

        def work():
            with deadline(0.05):
                note_and_go_on(held)

        assert len(self.run(work)) == 1
        assert held == ["taken", "released"]

    def test_in_time(self):
        def work():
            with deadline(60):
                pass
            time.sleep(0.01)

        assert self.run(work) == []
        assert not any(thread.name == "chatsim-deadline" for thread in threading.enumerate())


def test_without_a_limit():
    with deadline(None):
        pass


class Late(TimedOut):
    """What a lookout raises here."""


def asked_after(times):
    """Return what is asked, and answers so many times that nothing is to be interrupted."""
    left = [times]

    def asked():
        left[0] -= 1
        return Late if left[0] < 0 else None

    return asked


class TestTracing:
    """What the interpreter keeps of an interruption stops all that is traced later, in Python 3.11."""

    @pytest.mark.parametrize(
        "around", [lambda: deadline(60), lambda: deadline(0.05), lambda: lookout(asked_after(2), 0.01)]
    )
    def test_goes_on_after_another_thread_was_watched(self, around):
        def run():
            with contextlib.suppress(TimedOut), around():
                time.sleep(0.2)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
        before = sys.gettrace()
        with deadline(10):
            sys.settrace(lambda *_: None)
            try:
                assert list(map(lambda number: number + 1, [1])) == [2]  # noqa: C417 - a function that is entered
            finally:
                sys.settrace(before)


class TestLookout:
    @pytest.mark.parametrize("hang", [spin, swallow, sleep, lock, loop])
    def test_interrupts_when_it_is_told_to(self, hang):
        with pytest.raises(Late), lookout(asked_after(3), 0.01):
            hang()

    @pytest.mark.parametrize("hang", [spin, swallow])
    def test_in_another_thread(self, hang):
        raised = []

        def run():
            try:
                with lookout(asked_after(3), 0.01):
                    hang()
            except TimedOut as error:
                raised.append(type(error))

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
        assert raised == [Late]

    def test_lets_be(self):
        with lookout(lambda: None, 0.01):
            time.sleep(0.05)

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals of this kind are POSIX")
    def test_an_alarm_around_it_rings(self):
        began = time.monotonic()
        with pytest.raises(TimedOut) as raised, deadline(0.1), lookout(lambda: None, 0.01):
            spin()
        assert (raised.type, time.monotonic() - began < 10) == (TimedOut, True)

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals of this kind are POSIX")
    def test_an_alarm_around_it_goes_on_afterwards(self):
        def go_on():
            with lookout(lambda: None, 0.01):
                time.sleep(0.02)
            spin()

        with pytest.raises(TimedOut), deadline(0.2):
            go_on()

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals of this kind are POSIX")
    def test_leaves_nothing(self):
        before = signal.getsignal(signal.SIGALRM)
        with lookout(lambda: None, 0.01):
            pass
        assert (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)) == (before, (0.0, 0.0))
