"""Let Python code believe that it is another day, to find out what a bot says then."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

AHEAD = dt.timedelta(days=33, hours=5, minutes=17, seconds=23)
"""How far ahead the other day is: another hour and minute, weekday and month, and often another part of the day."""


@contextmanager
def another_day(ahead: dt.timedelta = AHEAD) -> Iterator[None]:
    """Move the clock that Python code reads while the block runs.

    It is a best effort, for the recorder: what is imported within the block and asks `datetime`, `date` or `time`
    what time it is gets the other day.  Code that was imported before and holds these names itself, or asks the
    operating system, does not.

    >>> today = dt.date.today()
    >>> with another_day():
    ...     (dt.date.today() - today).days >= 33
    True
    """
    seconds = ahead.total_seconds()
    real_time, real_strftime, real_localtime = time.time, time.strftime, time.localtime

    def shifted(convert: Callable[..., Any]) -> Callable[..., Any]:
        return lambda at=None: convert(real_time() + seconds if at is None else at)

    def strftime(form: str, at: Any = None) -> str:
        return real_strftime(form, real_localtime(real_time() + seconds) if at is None else at)

    moved_datetime, moved_date = _moved_datetime(ahead), _moved_date(ahead)
    with (
        mock.patch.multiple(dt, datetime=moved_datetime, date=moved_date),
        mock.patch.multiple(
            time,
            time=lambda: real_time() + seconds,
            time_ns=lambda: int((real_time() + seconds) * 1e9),
            localtime=shifted(time.localtime),
            gmtime=shifted(time.gmtime),
            ctime=shifted(time.ctime),
            strftime=strftime,
        ),
    ):
        yield


class _AnyOf(type):
    """Every value of the real class is an instance, too: it was made before, or by code in C."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])


def _moved_datetime(ahead: dt.timedelta) -> Any:
    real = dt.datetime

    class Moved(real, metaclass=_AnyOf):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            moment = real.now(tz) + ahead
            return cls.combine(moment.date(), moment.timetz())

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now(dt.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return cls.now()

    return _named(Moved, real)


def _moved_date(ahead: dt.timedelta) -> Any:
    real, clock = dt.date, dt.datetime

    class Moved(real, metaclass=_AnyOf):  # type: ignore[misc, valid-type]
        @classmethod
        def today(cls) -> Any:
            return cls.fromordinal((clock.now() + ahead).toordinal())

    return _named(Moved, real)


def _named(moved: Any, real: type) -> Any:
    """Return *moved* under the name of *real*, where pickle looks for it."""
    moved.__module__, moved.__name__, moved.__qualname__ = real.__module__, real.__name__, real.__qualname__
    return moved
