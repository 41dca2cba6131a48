"""Annotations for GitHub Actions: a failure is shown beside the line of the scenario."""

from __future__ import annotations

from chatsim.report.results import RunResult, message_of
from chatsim.visible import visible


def github_annotations(result: RunResult) -> list[str]:
    """Return a workflow command for each scenario that failed, and for each file that could not be loaded.

    >>> from chatsim.errors import Problem
    >>> github_annotations(RunResult(problems=(Problem("a,b.chat.yaml", 3, 5, "unknown key 'usr'"),)))
    ["::error file=a%2Cb.chat.yaml,line=3,col=5,title=cannot be loaded::unknown key 'usr'"]
    """
    lines = [
        _error(
            problem.file, problem.line, problem.column, "cannot be loaded", f"{problem.what}\n{problem.cure}".strip()
        )
        for problem in result.errors
    ]
    for case in result.cases():
        mismatch = case.verdict.mismatch
        if mismatch is not None and case.verdict.failed:
            lines.append(_error(*mismatch.position, case.verdict.case.id, message_of(mismatch)))
    return lines


def _error(file: str, line: int, column: int, title: str, message: str) -> str:
    place = f"line={line},col={column}" if line else "line=1"
    return f"::error file={_property(file)},{place},title={_property(title)}::{_text(message)}"


def _text(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
