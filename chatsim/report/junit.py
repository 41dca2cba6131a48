"""A run as a JUnit XML file, which CI systems read."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from chatsim.errors import Problem
from chatsim.report.results import CaseResult, FileResult, RunResult, message_of, reason_of
from chatsim.scenario.model import ScenarioCase
from chatsim.visible import visible

_NOT_XML = re.compile("[\ufffe\uffff]")

Details = Callable[[CaseResult], str]


def junit_report(result: RunResult, details: Details | None = None) -> str:
    r"""Return *result* as JUnit XML: a suite for each file, a case for each scenario, with file and line.

    Args:
        result: The run.
        details: Says what stands inside the ``failure`` of a case; by default the message that is also its summary.

    Characters that XML cannot hold are shown as escapes (``\x1b``).

    >>> junit_report(RunResult()).splitlines()[1]
    '<testsuites name="chatsim" tests="0" failures="0" errors="0" skipped="0" time="0.000" />'
    """
    root = Element(
        "testsuites", _counts("chatsim", sum(len(file.cases) + len(file.left) for file in result.files), result)
    )
    for file in result.files:
        _suite(root, file, details or _message)
    if result.problems:
        _suite(root, FileResult("chatsim", problems=result.problems), _message)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _counts(name: str, cases: int, result: RunResult) -> dict[str, str]:
    return {
        "name": _xml(name),
        "tests": str(cases + len(result.errors)),
        "failures": str(result.failed),
        "errors": str(len(result.errors)),
        "skipped": str(result.count("skipped") + result.count("xfailed") + result.left),
        "time": f"{result.seconds:.3f}",
    }


def _suite(root: Element, file: FileResult, details: Details) -> None:
    alone = RunResult((file,), seconds=file.seconds)
    suite = SubElement(root, "testsuite", _counts(file.file, len(file.cases) + len(file.left), alone))
    for problem in file.errors:
        _error(suite, problem)
    for result in file.cases:
        _case(suite, result, details)
    for case in file.left:
        skipped = _element(suite, file.file, case, case.line, 0)
        SubElement(skipped, "skipped", {"message": "the run stopped before it"})


def _case(suite: Element, result: CaseResult, details: Details) -> None:
    verdict = result.verdict
    mismatch = verdict.mismatch
    line = verdict.case.line if mismatch is None else mismatch.position.line
    element = _element(suite, verdict.case.file, verdict.case, line, verdict.seconds)
    if verdict.outcome in {"skipped", "xfailed"}:
        kind = "skip" if verdict.outcome == "skipped" else "xfail"
        SubElement(element, "skipped", {"message": _xml(reason_of(verdict)), "type": kind})
    elif mismatch is not None:
        attributes = {"message": _xml(mismatch.headline), "type": mismatch.kind}
        SubElement(element, "failure", attributes).text = _xml(details(result))
    if result.output:
        SubElement(element, "system-out").text = _xml(result.output)


def _element(suite: Element, file: str, case: ScenarioCase, line: int, seconds: float) -> Element:
    attributes = {"name": case.id, "classname": file, "file": file, "line": str(line), "time": f"{seconds:.3f}"}
    return SubElement(suite, "testcase", {key: _xml(value) for key, value in attributes.items()})


def _error(suite: Element, problem: Problem) -> None:
    attributes = {"name": "load", "classname": problem.file, "file": problem.file, "line": str(problem.line)}
    element = SubElement(suite, "testcase", {key: _xml(value) for key, value in attributes.items()} | {"time": "0.000"})
    summary = {"message": _xml(problem.what.partition("\n")[0]), "type": "load-error"}
    SubElement(element, "error", summary).text = _xml(str(problem))


def _message(result: CaseResult) -> str:
    mismatch = result.verdict.mismatch
    return "" if mismatch is None else message_of(mismatch)


def _xml(text: str) -> str:
    return _NOT_XML.sub(lambda found: f"\\u{ord(found.group()):04x}", visible(text))
