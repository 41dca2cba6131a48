import datetime as dt
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from queue import Empty, Queue
from time import monotonic as taken_monotonic
from time import sleep as taken_sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsim.errors import SetupError
from chatsim.world import tellers
from chatsim.world.clock import DEFAULT_START, Clock
from chatsim.world.tellers import current_clock

READERS = {
    "time": time.time,
    "time_ns": lambda: time.time_ns() / 1e9,
    "clock_gettime": lambda: time.clock_gettime(time.CLOCK_REALTIME),
    "now": lambda: dt.datetime.now(dt.UTC).timestamp(),
    "utcnow": lambda: dt.datetime.utcnow().replace(tzinfo=dt.UTC).timestamp(),  # noqa: DTZ003
    "naive now": lambda: dt.datetime.now().timestamp(),  # noqa: DTZ005
    "today": lambda: dt.datetime.today().timestamp(),  # noqa: DTZ002
    "monotonic": lambda: time.monotonic(),  # noqa: PLW0108 - looked up when it is called
    "monotonic_ns": lambda: time.monotonic_ns() / 1e9,
    "perf_counter": lambda: time.perf_counter(),  # noqa: PLW0108 - as above
    "perf_counter_ns": lambda: time.perf_counter_ns() / 1e9,
    "mktime": lambda: time.mktime(time.localtime()),
}
moments = st.floats(0, 4e9)
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture
def clock():
    with Clock() as clock:
        yield clock


class TestEntered:
    @pytest.mark.parametrize("read", READERS.values(), ids=READERS)
    def test_everything_tells_its_time(self, clock, read):
        assert read() == DEFAULT_START
        clock.advance(61)
        assert read() == DEFAULT_START + 61

    def test_dates_and_words(self, clock):
        assert dt.date.today() == dt.date(2026, 1, 5)  # noqa: DTZ011
        assert time.gmtime()[:6] == time.localtime()[:6] == (2026, 1, 5, 9, 0, 0)
        assert time.strftime("%Y-%m-%d %H:%M") == "2026-01-05 09:00"

    @pytest.mark.parametrize("read", READERS.values(), ids=READERS)
    def test_afterwards_as_before(self, read):
        before = read()
        with Clock():
            pass

        assert before <= read() + 1 < before + 60

    def test_afterwards_the_same_functions(self):
        before = {name: getattr(time, name) for name in tellers.TELLERS}
        with pytest.raises(KeyError), Clock():
            raise KeyError("the bot's")

        assert before == {name: getattr(time, name) for name in tellers.TELLERS}
        assert current_clock() is None

    def test_twice(self, clock):
        with pytest.raises(SetupError, match="entered already"), clock:
            pass

    def test_again(self):
        clock = Clock()
        for number in range(3):
            with clock:
                time.sleep(1)
                assert time.time() == DEFAULT_START + number + 1

    def test_within_another(self, clock):
        with Clock(1000.0) as inner:
            assert time.time() == 1000 == time.monotonic()
            assert current_clock() is inner
        assert time.time() == DEFAULT_START == time.monotonic()
        assert current_clock() is clock

    def test_within_freezegun(self, monkeypatch):
        """time-machine refuses, and the message says what to do."""
        fake = type("FakeDatetime", (dt.datetime,), {})
        monkeypatch.setitem(sys.modules, "freezegun", sys)
        monkeypatch.setattr(dt, "datetime", fake)
        with pytest.raises(SetupError, match="freezegun"), Clock():
            pass
        assert not Clock().is_entered


class TestInstalled:
    def test_real_while_not_entered(self):
        clock = Clock()
        before = time.sleep
        clock.install()
        assert time.sleep is not before
        began = time.monotonic()
        time.sleep(0.01)
        assert time.monotonic() - began >= 0.01
        for _ in range(2):
            with clock:
                time.sleep(60)
        assert time.monotonic() != clock.now == DEFAULT_START + 120
        clock.uninstall()
        assert time.sleep is before


class TestSleep:
    def test_takes_no_time(self, clock):
        began = tellers._REAL["monotonic"]()
        time.sleep(7 * 86_400)

        assert tellers._REAL["monotonic"]() - began < 1
        assert clock.now == DEFAULT_START + 7 * 86_400

    def test_negative(self, clock):
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(-1)

    def test_real_outside(self):
        """Who keeps the stand-in of sleep gets the real one when no clock is entered."""
        with Clock():
            from time import monotonic, sleep

        began = monotonic()
        sleep(0.01)
        assert monotonic() - began >= 0.01
        assert began != DEFAULT_START

    def test_taken_out_of_time(self):
        namespace = globals()
        with Clock(namespaces=[namespace]) as clock:
            taken_sleep(60)
            assert taken_monotonic() == clock.now == DEFAULT_START + 60

        assert namespace["taken_sleep"] is time.sleep
        assert namespace["taken_monotonic"] is time.monotonic

    @pytest.mark.parametrize("installed", [False, True])
    def test_of_modules_that_come_later(self, installed):
        """A module that was there before, and is known to be the bot's only now, is reached at once."""
        namespace = {"nap": time.sleep}
        clock = Clock()
        if installed:
            clock.install()
        with clock:
            clock.reach_into([namespace])
            namespace["nap"](60)
            assert clock.now == DEFAULT_START + 60
        if installed:
            clock.uninstall()
        assert namespace["nap"] is time.sleep


class TestMove:
    @given(moments, moments)
    def test_to_the_microsecond(self, first, second):
        clock = Clock(first)
        clock.move_to(second)
        with clock:
            assert abs(clock.now - second) <= 1e-6
            assert time.time_ns() == clock.nanoseconds == round(second * 1_000_000) * 1000
            clock.move_to(first)
            assert time.time_ns() == round(first * 1_000_000) * 1000

    @given(st.lists(st.floats(0, 1e6), max_size=8))
    def test_advancing_adds_up(self, steps):
        clock = Clock(0.0)
        with clock:
            for step in steps:
                time.sleep(step)
        assert clock.now == pytest.approx(sum(steps), abs=1e-5)

    def test_a_snapshot_s_clock_comes_back(self):
        """What a clock says is where a clock can be put, as often as one likes."""
        clock = Clock(1_767_603_600.123457)
        assert Clock(Clock(clock.now).now).now == clock.now

    def test_within_a_second(self):
        """No fraction is cut: a date shows the microsecond that was meant."""
        with Clock(DEFAULT_START + 0.001):
            assert dt.datetime.now(dt.UTC).microsecond == 1000


class TestZone:
    @pytest.mark.parametrize(("zone", "hour"), [("UTC", 9), ("Asia/Kolkata", 14), ("America/New_York", 4)])
    def test_local_time(self, zone, hour):
        with Clock(zone=zone):
            assert dt.datetime.now().hour == hour  # noqa: DTZ005
            assert time.localtime().tm_hour == hour

    @pytest.mark.parametrize("before", [None, "Asia/Tokyo"])
    def test_afterwards_as_before(self, monkeypatch, before):
        monkeypatch.delenv("TZ", raising=False)
        if before:
            monkeypatch.setenv("TZ", before)
        time.tzset()
        names = time.tzname
        with Clock(zone="Asia/Kolkata"):
            assert time.tzname != names

        assert os.environ.get("TZ") == before
        assert time.tzname == names
        monkeypatch.undo()
        time.tzset()

    def test_the_machines(self, monkeypatch):
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        with Clock(zone=None):
            assert time.localtime().tm_hour == 18
        monkeypatch.undo()
        time.tzset()

    def test_where_zones_cannot_change(self, monkeypatch):
        monkeypatch.delattr(time, "tzset")
        with Clock(zone="Asia/Tokyo"):
            assert time.gmtime().tm_hour == 9


class TestThreads:
    def test_the_harness_keeps_its_time(self):
        """A thread that was there before sleeps and counts for real."""
        go, seen = threading.Event(), Queue()

        def harness():
            go.wait()
            began = time.monotonic()
            time.sleep(0.01)
            seen.put((began, time.monotonic() - began))

        thread = threading.Thread(target=harness)
        thread.start()
        with Clock() as clock:
            go.set()
            began, lasted = seen.get(timeout=10)
        thread.join()

        assert began != DEFAULT_START
        assert lasted >= 0.01
        assert clock.now == DEFAULT_START

    def test_threads_of_the_bot(self, clock):
        with ThreadPoolExecutor(2) as executor:
            futures = [executor.submit(time.sleep, 60) for _ in range(2)]
            assert [future.result() for future in as_completed(futures, timeout=10)] == [None, None]

        assert clock.now == DEFAULT_START + 120

    def test_waiting_for_threads_is_real(self, clock):
        """Waiting for a queue ends, though the clock stands still."""
        with pytest.raises(Empty):
            Queue().get(timeout=0.01)

    def test_waiting_for_processes_is_real(self, clock):
        assert subprocess.run([sys.executable, "-c", "pass"], timeout=60, check=True).returncode == 0


class TestImport:
    def test_brings_no_pytest(self):
        """A program that stops a clock does not import pytest for it."""
        code = "import sys\nfrom chatsim.world.clock import Clock\nwith Clock(): pass\nprint('pytest' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

        assert done.stdout.strip() == "False"
