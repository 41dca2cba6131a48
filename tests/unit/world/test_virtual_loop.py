import asyncio
import contextlib
import pickle
import queue
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from chatsim.world import virtual_loop
from chatsim.world.clock import DEFAULT_START, Clock
from chatsim.world.virtual_loop import VirtualLoop, WaitsForEver


@pytest.fixture
def clock():
    with Clock() as clock:
        yield clock


@pytest.fixture
def loop(clock):
    loop = VirtualLoop()
    yield loop
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


class ScheduledReplyBot:
    """An asyncio bot that answers at once, and again after 31 minutes."""

    def __init__(self, say):
        self.say = say
        self.tasks = set()

    async def handle(self, text):
        self.say(f"You said {text}")
        task = asyncio.create_task(self.later())
        self.tasks.add(task)

    async def later(self):
        await asyncio.sleep(31 * 60)
        self.say(f"It is {datetime.now(UTC):%H:%M}, are you still there?")


class TestTime:
    def test_follows_the_clock(self, loop, clock):
        clock.move_to(DEFAULT_START + 5)

        assert loop.time() == DEFAULT_START + 5 == time.time()

    def test_sleep_moves_the_clock(self, loop, clock):
        loop.run_until_complete(asyncio.sleep(86_400 * 3))

        assert clock.now == DEFAULT_START + 86_400 * 3

    def test_sleeps_overlap(self, loop, clock):
        async def both():
            await asyncio.gather(asyncio.sleep(60), asyncio.sleep(40))

        loop.run_until_complete(both())

        assert clock.now == DEFAULT_START + 60

    def test_timers_in_order(self, loop, clock):
        fired = []
        for delay in (30, 10, 20, 10):
            loop.call_later(delay, lambda delay=delay: fired.append((delay, clock.now - DEFAULT_START)))

        loop.run_until_idle(DEFAULT_START + 100)

        assert fired == [(10, 10), (10, 10), (20, 20), (30, 30)]

    def test_timeouts(self, loop, clock):
        async def never():
            await asyncio.wait_for(asyncio.Event().wait(), 7.5)

        with pytest.raises(TimeoutError):
            loop.run_until_complete(never())

        assert clock.now == DEFAULT_START + 7.5

    def test_without_a_clock(self):
        """A loop where no clock is entered lives by one of its own."""
        began = time.monotonic()
        loop = VirtualLoop()
        loop.run_until_complete(asyncio.sleep(3600))

        assert loop.time() == DEFAULT_START + 3600
        assert time.monotonic() - began < 5
        loop.close()

    def test_fractions_end(self, loop):
        """Delays that no float holds exactly are over after one wait."""

        async def many():
            for number in range(1, 200):
                await asyncio.sleep(number / 7e6)

        loop.run_until_complete(many())


class TestRunUntilIdle:
    def test_scheduled_reply(self, loop):
        said = []
        bot = ScheduledReplyBot(said.append)

        loop.run_until_complete(bot.handle("hi"))
        loop.run_until_idle()
        assert said == ["You said hi"]
        assert loop.next_timer() == DEFAULT_START + 31 * 60

        loop.run_until_idle(DEFAULT_START + 30 * 60)
        assert said == ["You said hi"]

        loop.run_until_idle(DEFAULT_START + 32 * 60)
        assert said == ["You said hi", "It is 09:31, are you still there?"]
        assert loop.next_timer() is None
        assert loop.time() == DEFAULT_START + 32 * 60

    def test_what_is_ready_takes_no_time(self, loop, clock):
        async def steps():
            for _ in range(5):
                await asyncio.sleep(0)
            done.append(clock.now)

        done = []
        task = loop.create_task(steps())
        loop.run_until_idle()

        assert done == [DEFAULT_START]
        assert task.done()

    def test_days(self, loop, clock):
        """Longer than the day that asyncio waits at most."""
        fired = []
        loop.call_later(30 * 3600, fired.append, "a")
        loop.call_later(80 * 3600, fired.append, "b")

        loop.run_until_idle(DEFAULT_START + 79 * 3600)

        assert fired == ["a"]
        assert clock.now == DEFAULT_START + 79 * 3600

    def test_never_back(self, loop, clock):
        loop.run_until_idle(DEFAULT_START - 100)

        assert clock.now == DEFAULT_START

    def test_a_cancelled_timer_is_none(self, loop):
        loop.call_later(5, print).cancel()

        assert loop.next_timer() is None


class TestNothingBringsIt:
    def test_raises(self, loop):
        with pytest.raises(WaitsForEver, match="awaits something that nothing brings"):
            loop.run_until_complete(asyncio.Event().wait())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_idle()


class TestThreads:
    def test_executor_work_takes_no_virtual_time(self, loop, clock):
        """A timeout does not run out while a thread works, however long that really takes."""

        async def handler():
            return await asyncio.wait_for(loop.run_in_executor(None, sum, range(3_000_000)), 0.001)

        assert loop.run_until_complete(handler()) == sum(range(3_000_000))
        assert clock.now == DEFAULT_START

    def test_a_thread_that_begins_late(self, loop, clock):
        """Time stands still for work that was handed over, also while its thread still looks as if it had none."""

        class Late(ThreadPoolExecutor):
            def submit(self, function, *args):
                def begin():
                    with contextlib.suppress(queue.Empty):
                        queue.Queue().get(timeout=0.1)
                    return function(*args)

                return super().submit(begin)

        async def handler():
            return await asyncio.wait_for(loop.run_in_executor(executor, pow, 2, 5), 3)

        with Late(1) as executor:
            assert loop.run_until_complete(handler()) == 32
        assert clock.now == DEFAULT_START

    def test_work_that_no_thread_begins(self, loop, clock, monkeypatch):
        """It does not stop time for ever."""
        monkeypatch.setattr(virtual_loop, "EXECUTOR_PATIENCE", 0.05)
        executor, gate = ThreadPoolExecutor(1), threading.Event()
        executor.submit(gate.wait)
        with pytest.raises(TimeoutError):
            loop.run_until_complete(asyncio.wait_for(loop.run_in_executor(executor, pow, 2, 5), 3))
        assert clock.now == DEFAULT_START + 3
        gate.set()
        executor.shutdown()

    def test_an_executor_of_another_kind(self, loop):
        """It gets the function as it is: one that runs elsewhere must be able to pickle it."""

        class Elsewhere(Executor):
            def submit(self, function, *args):
                future = Future()
                future.set_result(pickle.loads(pickle.dumps(function))(*args))
                return future

        assert loop.run_until_complete(loop.run_in_executor(Elsewhere(), pow, 2, 5)) == 32

    def test_sleep_in_an_executor_moves_the_clock(self, loop, clock):
        began = datetime.now(UTC)
        loop.run_until_complete(loop.run_in_executor(None, time.sleep, 60))

        assert datetime.now(UTC) - began == timedelta(minutes=1)

    def test_a_thread_that_waits_for_the_loop(self, loop, clock):
        """The clock moves on, for else both would wait for each other."""

        def work():
            return asyncio.run_coroutine_threadsafe(asyncio.sleep(30, "slept"), loop).result()

        assert loop.run_until_complete(loop.run_in_executor(None, work)) == "slept"
        assert clock.now == DEFAULT_START + 30

    def test_executor_of_an_earlier_step(self):
        """Workers that were begun in one step are the bot's in the next."""
        with ThreadPoolExecutor(1) as executor:
            for _ in range(2):
                with Clock() as clock:
                    executor.submit(time.sleep, 60).result()
                assert clock.now == DEFAULT_START + 60


class TestSockets:
    def test_real_answers_come_before_time(self, loop, clock):
        async def talk():
            async def answer(reader, writer):
                writer.write(await reader.readline())
                writer.close()

            server = await asyncio.start_server(answer, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hi\n")
            line = await asyncio.wait_for(reader.readline(), 60)
            writer.close()
            await writer.wait_closed()
            server.close()
            await server.wait_closed()
            return line

        assert loop.run_until_complete(talk()) == b"hi\n"
        assert clock.now == DEFAULT_START

    def test_silence_lets_time_pass(self, loop, clock):
        async def wait():
            server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
            await asyncio.sleep(60)
            server.close()
            await server.wait_closed()

        loop.run_until_complete(wait())

        assert clock.now == DEFAULT_START + 60


class TestLoopsOfTheBot:
    def test_asyncio_run_in_a_handler(self, clock):
        asyncio.run(asyncio.sleep(3600))

        assert clock.now == DEFAULT_START + 3600

    def test_real_ones_for_the_harness(self):
        go, made = threading.Event(), []

        def harness():
            go.wait()
            made.append(asyncio.new_event_loop())

        thread = threading.Thread(target=harness)
        thread.start()
        with Clock():
            go.set()
            thread.join()
        assert not isinstance(made[0], VirtualLoop)
        made[0].close()

    def test_real_ones_outside(self):
        loop = asyncio.new_event_loop()

        assert not isinstance(loop, VirtualLoop)
        loop.close()
