"""What ``chatsim run --update`` does after the run: rewrite the files in which something failed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from chatsim.cli.capture import Capture
from chatsim.report.results import CaseResult, FileResult, RunResult
from chatsim.scenario.expansion import Expansion
from chatsim.scenario.load import load_file
from chatsim.scenario.update.update import FileUpdate, update_file


def update_failed(result: RunResult, capture: Capture, expansion: Expansion) -> tuple[RunResult, list[FileUpdate]]:
    """Update the files in which a scenario failed.

    Returns what the run would have come to with the files as they are now, and what came of each update.  A run that
    was interrupted updates nothing.
    """
    load = partial(load_file, all_phrasings=expansion.all_phrasings, max_cases=expansion.max_cases)
    files: list[FileResult] = []
    updates: list[FileUpdate] = []
    for file in result.files:
        failed = [case.verdict.case.id for case in file.cases if case.verdict.failed]
        if not failed or result.interrupted:
            files.append(file)
            continue
        try:
            with capture.capturing():
                update = update_file(Path(file.file), file.file, chosen=failed, load=load)
        finally:
            capture.take()
        updates.append(update)
        files.append(replace(file, cases=_mended(file.cases)) if update.updated else file)
    return replace(result, files=tuple(files)), updates


def _mended(cases: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """Return *cases* as they are with their file rewritten: those that failed pass."""
    return tuple(
        replace(case, verdict=replace(case.verdict, outcome="passed", mismatch=None)) if case.verdict.failed else case
        for case in cases
    )
