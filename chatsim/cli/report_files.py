"""Report files that the command line asks for: ``junit=FILE``, ``json=FILE``, ``html=FILE``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from chatsim.errors import SetupError, did_you_mean
from chatsim.report.document import plain
from chatsim.report.results import CaseResult, RunResult


def _junit(result: RunResult) -> str:
    from chatsim.report.junit import junit_report  # noqa: PLC0415 - only for those who want one

    return junit_report(result, _failure)


def _json(result: RunResult) -> str:
    from chatsim.report.json_file import json_report  # noqa: PLC0415 - as above

    return json_report(result)


def _failure(case: CaseResult) -> str:
    from chatsim.report.failure import failure_report  # noqa: PLC0415 - only where something failed

    return plain(failure_report(case.verdict))


PAGE = "html"
"""The format that shows all conversations, those that passed as well: they have to be kept while the run goes on."""

Format: TypeAlias = Callable[[RunResult], str]

FORMATS: dict[str, Format] = {"junit": _junit, "json": _json}


class ReportFile(msgspec.Struct, frozen=True):
    """A report to be written: in which format, to which file."""

    format: str
    path: Path

    @classmethod
    def of(cls, text: str) -> ReportFile:
        """Read ``FORMAT=FILE``; raise `SetupError` for an unknown format or a file that can never be written.

        >>> ReportFile.of("json=out/run.json").format
        'json'
        """
        format_, equals, file = text.partition("=")
        if not equals or not file:
            raise SetupError(f"--report {text}: write FORMAT=FILE, for example --report junit=report.xml")
        if format_ not in (known := (*FORMATS, PAGE)):
            raise SetupError(f"--report {text}: there is no format {format_!r}. {did_you_mean(format_, known)}")
        path = Path(file)
        if path.is_dir():
            raise SetupError(f"--report {text}: {file} is a folder; name a file")
        return cls(format_, path)

    def write(self, result: RunResult, others: Mapping[str, Format]) -> None:
        """Write the report, with the folders that it needs; *others* are the formats beside `FORMATS`.

        Raises `SetupError` where that is not possible.
        """
        text = {**FORMATS, **others}[self.format](result)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(text, "utf-8")
        except OSError as error:
            raise SetupError(f"the report {self.path} cannot be written: {error.strerror or error}") from None
