"""Keep what was read of a scenario file, as Python keeps compiled modules: what did not change is not read again.

Reading takes most of the time of a run: pydantic and PyYAML are imported, and every value is checked.  What comes of it
lies in the ``__pycache__`` of the file's folder (or where ``PYTHONPYCACHEPREFIX`` says), beside the bot's bytecode, and
is trusted as that is.  It holds whatever was looked at, contents and not dates, and counts only while all of that is as
it was.  ``PYTHONDONTWRITEBYTECODE`` keeps it from being written.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
import zlib
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from chatsim.scenario.collector import collector_paused
from chatsim.scenario.expansion import Expansion
from chatsim.scenario.looks import Answers, Found, still_so
from chatsim.scenario.model import NO_CHECKS, NO_MARKS, ScenarioFile

_SINGLE = {"no-checks": NO_CHECKS, "no-marks": NO_MARKS}
"""Objects that are told by their identity, and that thousands of others hold."""
_NAMES = {id(value): name for name, value in _SINGLE.items()}


class Kept:
    """The place where what was read of the file at *path* is kept; it depends on how positions *name* it, and *how*."""

    def __init__(self, path: Path, name: str, how: Expansion) -> None:
        written = str(path)
        self._key = (os.path.abspath(written), written, name, how.all_phrasings, how.max_cases, _reader())  # noqa: PTH100 - for every file of a run
        beside = cache_from_source(f"{written}.py")
        self._place = f"{beside.removesuffix('.pyc')}-{zlib.crc32(repr(self._key).encode()):08x}"

    def read(self, just_now: Answers | None = None) -> ScenarioFile | None:
        """Return what was read of the file, or None where it was not, or where anything has changed since.

        *just_now* is for `still_so`.
        """
        try:
            with open(self._place, "rb", buffering=0) as file:  # noqa: PTH123 - for every file of a run
                stream = io.BytesIO(file.read())
            key, found = pickle.load(stream)  # noqa: S301 - as the bytecode beside it
            if key != self._key or not still_so(found, just_now):
                return None
            with collector_paused():
                kept: ScenarioFile = _Reader(stream).load()
        except Exception:  # noqa: BLE001 - whatever it is that lies there, it is no more than a copy
            return None
        return kept

    def write(self, file: ScenarioFile, found: Found) -> None:
        """Keep *file*, and what was *found* while it was read.  Where nothing can be written, nothing is kept."""
        if sys.dont_write_bytecode:
            return
        stream = io.BytesIO()
        pickle.dump((self._key, dict(found)), stream, pickle.HIGHEST_PROTOCOL)
        _Writer(stream, pickle.HIGHEST_PROTOCOL).dump(file)
        with suppress(OSError):
            os.makedirs(os.path.dirname(self._place), exist_ok=True)  # noqa: PTH103, PTH120 - the place is a text
            _replace(self._place, stream.getvalue())


class _Writer(pickle.Pickler):
    def persistent_id(self, obj: Any) -> str | None:
        return _NAMES.get(id(obj))


class _Reader(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> Any:
        return _SINGLE[pid]


def _replace(place: str, data: bytes) -> None:
    """Write *data* to *place* in one go, for other processes read there, and for its owner alone: it holds credentials."""
    beside = f"{place}.{os.getpid()}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(data)
        os.replace(beside, place)  # noqa: PTH105 - as above
    except OSError:
        os.unlink(beside)  # noqa: PTH108 - as above
        raise


@cache
def _reader() -> int:
    """Return a number that is another one as soon as the modules that read scenarios are others."""
    with os.scandir(os.path.dirname(__file__)) as found:  # noqa: PTH120 - once in every run
        modules = [(each.name, each.stat().st_mtime_ns, each.stat().st_size) for each in found if each.is_file()]
    return zlib.crc32(repr((sys.version, sorted(modules))).encode())
