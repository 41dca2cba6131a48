"""Another day, for Python code."""

# ruff: noqa: DTZ001, DTZ002, DTZ003, DTZ005, DTZ011
import datetime as dt
import pickle
import time

import pytest

from chatsim.cli.tomorrow import AHEAD, another_day

SOON = dt.timedelta(minutes=1)


def near(moment, expected):
    return abs(moment - expected) < SOON


class TestAnotherDay:
    def test_datetime(self):
        now, utc = dt.datetime.now(), dt.datetime.now(dt.UTC)
        with another_day():
            assert near(dt.datetime.now(), now + AHEAD)
            assert near(dt.datetime.today(), now + AHEAD)
            assert near(dt.datetime.now(dt.UTC), utc + AHEAD)
            assert near(dt.datetime.utcnow(), utc.replace(tzinfo=None) + AHEAD)
        assert near(dt.datetime.now(), now)

    def test_date(self):
        with another_day():
            assert dt.date.today() == (dt.datetime.now()).date()

    def test_time(self):
        now = time.time()
        with another_day():
            assert time.time() - now == pytest.approx(AHEAD.total_seconds(), abs=5)
            assert time.time_ns() / 1e9 - now == pytest.approx(AHEAD.total_seconds(), abs=5)
            assert time.strftime("%Y-%m-%d") == time.strftime("%Y-%m-%d", time.localtime()) == str(dt.date.today())
            assert time.gmtime(0).tm_year == 1970
            assert time.ctime(0) != time.ctime()

    def test_values_are_what_they_are(self):
        """Code that asks for the class of a value, or takes it elsewhere, sees no difference."""
        real = dt.datetime(2026, 1, 5)
        with another_day():
            assert isinstance(real, dt.datetime)
            assert isinstance(real, dt.date)
            assert not isinstance("x", dt.date)
            assert dt.datetime(2026, 1, 5) == real
            assert pickle.loads(pickle.dumps(dt.datetime.now())) > real
            assert pickle.loads(pickle.dumps(dt.date.today())) > real.date()

    def test_it_ends_whatever_happens(self):
        real = dt.datetime
        with pytest.raises(ZeroDivisionError), another_day():
            1 / 0  # noqa: B018
        assert dt.datetime is real
