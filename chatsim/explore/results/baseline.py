"""What was found before: a later run shows only what is new."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import msgspec

from chatsim.errors import SetupError
from chatsim.explore.results.result import Finding

Known: TypeAlias = frozenset[tuple[str, str | None, str]]


class _Finding(msgspec.Struct):
    kind: str
    state: str | None = None
    key: str = ""


class _Result(msgspec.Struct):
    findings: list[_Finding]


def read_baseline(path: Path) -> Known:
    """Return what the result in *path*, which ``--json`` wrote, has found.  Raises `SetupError` if it holds none."""
    try:
        result = msgspec.json.decode(path.read_bytes(), type=_Result)
    except OSError as error:
        raise SetupError(f"--baseline {path}: cannot be read: {error.strerror or error}") from None
    except msgspec.MsgspecError as error:
        raise SetupError(
            f"--baseline {path}: {error}. It must be a file that `chatsim explore --json FILE` wrote"
        ) from None
    return frozenset((found.kind, found.state, found.key) for found in result.findings)


def new_findings(findings: Iterable[Finding], known: Known) -> tuple[Finding, ...]:
    """Return those of *findings* that are not *known*.

    >>> new = Finding("dead-end", "error", "menu", "no way on")
    >>> new_findings([new], frozenset()) == (new,), new_findings([new], frozenset({("dead-end", "menu", "")}))
    (True, ())
    """
    return tuple(found for found in findings if (found.kind, found.state, found.key) not in known)
