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
    real = time.time

    def shifted(convert: Callable[..., Any]) -> Callable[..., Any]:
        return lambda at=None: convert(real() + seconds if at is None else at)

    def strftime(form: str, at: Any = None) -> str:
        return _strftime(form, shifted(time_localtime)() if at is None else at)

    _strftime, time_localtime = time.strftime, time.localtime
    with (
        mock.patch.object(dt, "datetime", _moved_datetime(ahead)),
        mock.patch.object(dt, "date", _moved_date(ahead)),
        mock.patch.multiple(
            time,
            time=lambda: real() + seconds,
            time_ns=lambda: int((real() + seconds) * 1e9),
            localtime=shifted(time.localtime),
            gmtime=shifted(time.gmtime),
            ctime=shifted(time.ctime),
            strftime=strftime,
        ),
    ):
        yield


class _AnyOf(type):
    """Every datetime is an instance, whether it was made here or by the C code that knows only the real class."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])


def _moved_datetime(ahead: dt.timedelta) -> type[dt.datetime]:
    real = dt.datetime

    class Moved(real, metaclass=_AnyOf):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real.now(tz) + ahead

        @classmethod
        def utcnow(cls) -> Any:
            return real.now(dt.UTC).replace(tzinfo=None) + ahead

        @classmethod
        def today(cls) -> Any:
            return real.now() + ahead

    return Moved


def _moved_date(ahead: dt.timedelta) -> type[dt.date]:
    real, clock = dt.date, dt.datetime

    class Moved(real, metaclass=_AnyOf):  # type: ignore[misc, valid-type]
        @classmethod
        def today(cls) -> Any:
            return (clock.now() + ahead).date()

    return Moved
