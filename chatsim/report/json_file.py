"""A run as a JSON file, for other programs."""

from __future__ import annotations

import json
from typing import Any

from chatsim.report.results import FileResult, RunResult, message_of, reason_of
from chatsim.scenario.verdict import Verdict
from chatsim.visible import visible

_SURROGATES = (0xD800, 0xDFFF)


def json_report(result: RunResult) -> str:
    r"""Return *result* as JSON text.

    ``line`` of a scenario that failed is where it failed, of any other where it is written.

    >>> print(json_report(RunResult()).replace("\n", ""))
    {  "summary": {    "passed": 0,    "failed": 0,    "errors": 0,    "skipped": 0,    "xfailed": 0,    "xpassed": 0  },  "scenarios": [],  "errors": []}
    """
    data = {
        "summary": {
            "passed": result.passed,
            "failed": result.failed,
            "errors": len(result.errors),
            "skipped": result.count("skipped") + result.left,
            "xfailed": result.count("xfailed"),
            "xpassed": result.count("xpassed"),
        },
        "scenarios": [row for file in result.files for row in _scenarios(file)],
        "errors": [
            {
                "file": problem.file,
                "line": problem.line,
                "column": problem.column,
                "message": f"{problem.what}\n{problem.cure}" if problem.cure else problem.what,
            }
            for problem in result.errors
        ],
    }
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return "".join(visible(char) if _SURROGATES[0] <= ord(char) <= _SURROGATES[1] else char for char in text)


def _scenarios(file: FileResult) -> list[dict[str, Any]]:
    ran = [_row(case.verdict) for case in file.cases]
    skipped = [
        {
            "id": case.id,
            "file": case.file,
            "line": case.line,
            "outcome": "skipped",
            "seconds": 0.0,
            "message": "the run stopped before it",
        }
        for case in file.left
    ]
    return ran + skipped


def _row(verdict: Verdict) -> dict[str, Any]:
    where = verdict.case.position if verdict.mismatch is None else verdict.mismatch.position
    row = {
        "id": verdict.case.id,
        "file": where.file,
        "line": where.line,
        "outcome": verdict.outcome,
        "seconds": round(verdict.seconds, 6),
        "message": "" if verdict.mismatch is None else message_of(verdict.mismatch),
    }
    reason = reason_of(verdict)
    return {**row, "reason": reason} if reason else row
