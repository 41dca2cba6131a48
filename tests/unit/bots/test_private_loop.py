"""Coroutines run to their end, whether or not a loop runs already."""

import asyncio
import threading

import pytest

from chatsim.bots.private_loop import PrivateLoop


async def where():
    await asyncio.sleep(0)
    return threading.current_thread().name


@pytest.fixture
def loop():
    loop = PrivateLoop()
    yield loop
    loop.close()


class TestPrivateLoop:
    def test_one_loop_for_all_runs(self, loop):
        async def running():
            return asyncio.get_running_loop()

        assert loop.run(running()) is loop.run(running())

    def test_within_a_running_loop(self, loop):
        async def outer():
            return loop.run(where())

        assert loop.run(where()) == threading.current_thread().name
        assert asyncio.run(outer()).startswith("chatsim-loop")

    def test_errors_come_out(self, loop):
        async def fail():
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            loop.run(fail())

    def test_close_cancels_what_still_runs(self):
        loop, seen = PrivateLoop(), []

        async def forever():
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("cancelled")

        async def begin():
            task = asyncio.create_task(forever())
            await asyncio.sleep(0)
            return task

        task = loop.run(begin())
        loop.close()
        loop.close()
        assert (seen, task.cancelled()) == (["cancelled"], True)

    def test_is_closed_when_it_is_no_longer_used(self):
        """Also while another loop runs."""

        async def outer():
            inner = PrivateLoop()
            inner.run(where())
            return inner._loop

        assert asyncio.run(outer()).is_closed()
