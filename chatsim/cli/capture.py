"""Keep what a bot prints away from our own output, so that it can neither mix with it nor forge it."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self, TextIO

_DESCRIPTORS = (1, 2)


class Capture:
    """Standard output and error go to a file while a block runs; `take` returns what was written there.

    The descriptors are turned round, too, for what is printed by libraries in C and by other processes.  What
    should be seen all the same is written to `screen`.  Standard input is empty meanwhile: a bot that asks at the
    terminal gets the end of the file, and hangs no run.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed on leaving
        self._stream = self._new_stream()
        self.screen, self._is_own = _own_copy(sys.stdout)
        """What standard output was, out of reach of what runs within a block."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            self.screen.flush()
        finally:
            if self._is_own:
                with contextlib.suppress(BrokenPipeError):  # what could not be flushed is told once, by the flush above
                    self.screen.close()
            self._file.close()

    @contextlib.contextmanager
    def capturing(self) -> Iterator[None]:
        """Capture while the block runs."""
        self.screen.flush()
        kept = {descriptor: os.dup(descriptor) for descriptor in _DESCRIPTORS if _is_open(descriptor)}
        standard = sys.stdin, sys.stdout, sys.stderr
        if self._stream.closed:
            self._stream = self._new_stream()
        for descriptor in kept:
            os.dup2(self._file.fileno(), descriptor)
        sys.stdin, sys.stdout, sys.stderr = io.StringIO(), self._stream, self._stream
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = standard
            for descriptor, copy in kept.items():
                os.dup2(copy, descriptor)
                os.close(copy)

    def take(self) -> str:
        """Return what was written since this was last asked."""
        descriptor = self._file.fileno()
        size = os.lseek(descriptor, 0, os.SEEK_END)
        if not size:
            return ""
        os.lseek(descriptor, 0, os.SEEK_SET)
        data = bytearray()
        while len(data) < size:
            data += os.read(descriptor, size - len(data))
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.ftruncate(descriptor, 0)
        return data.decode(errors="backslashreplace")

    def _new_stream(self) -> io.TextIOWrapper:
        # The bot may close this stream, or keep it in a logging handler: the file below it stays open.
        raw = io.FileIO(self._file.fileno(), "w", closefd=False)
        return io.TextIOWrapper(raw, "utf-8", errors="backslashreplace", write_through=True)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _own_copy(stream: TextIO) -> tuple[TextIO, bool]:
    """Return a stream to where *stream* writes, with a descriptor of its own if it has one, and whether it has."""
    try:
        descriptor = os.dup(stream.fileno())
    except (OSError, ValueError):
        return stream, False
    stream.flush()
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return open(descriptor, "w", encoding=encoding, errors="backslashreplace"), True  # noqa: PTH123 - a descriptor
