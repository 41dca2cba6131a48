"""Locks that last for a time only are renewed while somebody holds them."""

import os
import time

from chatsim.errors import StateStoreError
from chatsim.state_managers.renewal import Renewals


def counted(answers):
    """Return a renewal that gives *answers*, the last one again and again, raising those that are errors; and its calls."""
    calls = []

    def renew():
        answer = answers[min(len(calls), len(answers) - 1)]
        calls.append(answer)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return renew, calls


def wait_for(holds):
    until = time.monotonic() + 5
    while not holds() and time.monotonic() < until:
        time.sleep(0.002)
    assert holds()


def is_over(renewals):
    return renewals._thread is None


class TestRenewals:
    def test_again_and_again_until_released(self):
        renewals, (renew, calls) = Renewals(0.01), counted([True])
        release = renewals.hold(renew)
        wait_for(lambda: len(calls) > 3)
        release()
        wait_for(lambda: is_over(renewals))
        count = len(calls)
        time.sleep(0.02)
        assert len(calls) == count

    def test_one_that_is_lost_is_left_alone(self):
        renewals, (renew, calls) = Renewals(0.01), counted([True, False])
        release = renewals.hold(renew)
        wait_for(lambda: is_over(renewals))
        assert calls == [True, False]
        release()

    def test_a_server_that_is_away_for_a_while(self):
        renew, calls = counted([StateStoreError("away"), True])
        release = Renewals(0.01).hold(renew)
        wait_for(lambda: len(calls) > 2)
        release()

    def test_one_thread_for_all(self):
        renewals = Renewals(0.03)
        held = [counted([True]) for _ in range(5)]
        releases = [renewals.hold(renew) for renew, _ in held]
        first = renewals._thread
        wait_for(lambda: all(calls for _, calls in held))
        assert renewals._thread is first
        for release in releases:
            release()
        wait_for(lambda: is_over(renewals))
        again, calls = counted([False])
        renewals.hold(again)
        wait_for(lambda: calls)

    def test_without_a_time(self):
        renewals = Renewals(-1)
        renewals.hold(counted([True])[0])()
        assert is_over(renewals)

    def test_after_a_fork(self, monkeypatch):
        """The child has a thread of its own, and renews none of the locks of its parent."""
        renewals = Renewals(60)
        renewals.hold(counted([True])[0])
        parents = renewals._thread
        child = os.getpid() + 1
        monkeypatch.setattr(os, "getpid", lambda: child)
        mine, _ = counted([True])
        renewals.hold(mine)
        assert list(renewals._held.values()) == [mine]
        assert renewals._thread is not parents
