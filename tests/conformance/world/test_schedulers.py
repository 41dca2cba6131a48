"""Schedulers of bots, unmodified, under the virtual loop."""

import time
from datetime import UTC, datetime

import pytest

from chatsim.world.clock import DEFAULT_START, Clock
from chatsim.world.virtual_loop import VirtualLoop


@pytest.fixture
def loop():
    with Clock():
        loop = VirtualLoop()
        yield loop
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


class TestAPScheduler:
    def test_fires_in_order(self, loop):
        """Jobs at a moment, every hour, and by the calendar: each at its time, and in 0 s of ours."""
        asyncio_schedulers = pytest.importorskip("apscheduler.schedulers.asyncio", reason="pip install apscheduler")
        fired = []

        def note(what):
            fired.append((what, f"{datetime.now(UTC):%a %H:%M}"))

        async def begin():
            scheduler = asyncio_schedulers.AsyncIOScheduler(timezone=UTC)
            scheduler.add_job(note, "interval", hours=1, args=["hourly"])
            scheduler.add_job(note, "cron", day_of_week="wed", hour=8, args=["on Wednesday"])
            scheduler.add_job(note, "date", run_date=datetime(2026, 1, 5, 9, 31, tzinfo=UTC), args=["once"])
            scheduler.start()
            return scheduler

        scheduler = loop.run_until_complete(begin())
        loop.run_until_idle(DEFAULT_START + 3 * 3600)
        assert fired == [
            ("once", "Mon 09:31"),
            ("hourly", "Mon 10:00"),
            ("hourly", "Mon 11:00"),
            ("hourly", "Mon 12:00"),
        ]

        fired.clear()
        loop.run_until_idle(DEFAULT_START + 3 * 86_400)
        assert ("on Wednesday", "Wed 08:00") in fired
        assert len(fired) == 70
        scheduler.shutdown(wait=False)
        loop.run_until_idle()


class TestJobQueue:
    def test_of_python_telegram_bot(self, loop):
        """What a timer bot does: a job once after some minutes, which speaks by itself."""
        ext = pytest.importorskip("telegram.ext", reason="pip install 'python-telegram-bot[job-queue]'")
        said = []

        async def alarm(context):
            said.append((context.job.data, f"{datetime.now(UTC):%H:%M:%S}"))

        async def begin():
            application = ext.ApplicationBuilder().token("1:test").build()
            await application.job_queue.start()
            application.job_queue.run_once(alarm, 31 * 60, chat_id=7, name="7", data="Beep!")
            return application

        application = loop.run_until_complete(begin())
        loop.run_until_idle(DEFAULT_START + 30 * 60)
        assert said == []
        assert loop.next_timer() == pytest.approx(DEFAULT_START + 31 * 60, abs=0.01)

        loop.run_until_idle(DEFAULT_START + 40 * 60)
        assert said == [("Beep!", "09:31:00")]
        loop.run_until_complete(application.job_queue.stop(wait=False))
        loop.run_until_idle()


class TestSuiteOfDays:
    def test_takes_no_time(self):
        """A hundred waits of three days each."""
        import asyncio

        real = time.monotonic()
        for _ in range(100):
            with Clock() as clock:
                asyncio.run(asyncio.sleep(3 * 86_400))
                assert clock.now == DEFAULT_START + 3 * 86_400
        assert time.monotonic() - real < 5
