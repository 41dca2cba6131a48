"""A run in which everything happens."""

from pathlib import Path

import pytest

from chatsim.errors import Problem
from chatsim.report.results import CaseResult, FileResult, RunResult
from chatsim.scenario.model import Position, ScenarioCase
from chatsim.scenario.verdict import Line, Mismatch, Verdict
from chatsim.trace import Trace


@pytest.fixture
def make_case():
    def make_case(name, line, file="a.chat.yaml", case=None):
        id_ = f"{name}[{case}]" if case else name
        return ScenarioCase(id_, name, Position(file, line, 3), (), case)

    return make_case


@pytest.fixture
def failing(make_case):
    """Return a case that failed, of a bot that said *text*."""

    def failing(text, output="", name="pays"):
        case = make_case(name, 3)
        lines = (Line("expected", "Paid"), Line("came", text), Line("held", "x", "options"))
        mismatch = Mismatch("wrong-text", Position(case.file, 7, 5), f"bot: {text}", lines)
        return CaseResult(Verdict(case, "failed", mismatch, Trace(), 0.5), output)

    return failing


@pytest.fixture
def run(make_case, failing):
    passed = CaseResult(Verdict(make_case("greets", 2, case="small"), "passed", None, Trace(), 0.25), "hello\n")
    return RunResult(
        files=(
            FileResult("a.chat.yaml", (passed, failing("Oh no")), (make_case("waits", 9),)),
            FileResult(
                "b.chat.yaml", problems=(Problem("b.chat.yaml", 3, 5, "unknown key 'usr'", "did you mean 'user'?"),)
            ),
        ),
        problems=(Problem(str(Path("nope")), 0, 0, "there is no such file or folder"),),
        seconds=1.5,
    )
