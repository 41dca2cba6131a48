"""Read and replace the file that is updated, without a moment in which half of it is there."""

from __future__ import annotations

import codecs
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def read(path: Path) -> tuple[bytes, str]:
    """Return the bytes of the file, and its text without a byte order mark."""
    data = path.read_bytes()
    return data, data.decode("utf-8-sig")


def encoded(text: str, like: bytes) -> bytes:
    """Return *text* as bytes, with a byte order mark where *like* has one."""
    mark = codecs.BOM_UTF8 if like.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode()


@contextmanager
def draft_beside(path: Path, data: bytes) -> Iterator[Path]:
    """Write *data* to a hidden file in the folder of *path*, which is removed at the end unless it was moved."""
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(data)
        yield draft
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def put_in_place(draft: Path, path: Path) -> None:
    """Let *draft* take the place of *path*, or of what that is a link to, with its permissions."""
    target = path.resolve()
    shutil.copymode(target, draft)
    draft.replace(target)
