"""What pytest shows of a failure: chatsim's own report, at the line of the scenario."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

# There is no public name for these.  Reports of another type lose file and line in JUnit and in annotations.
from _pytest._code.code import ExceptionChainRepr, ReprEntry, ReprFileLocation, ReprTraceback
from _pytest._io import TerminalWriter

from chatsim.errors import Problem
from chatsim.report.document import Line, Span, plain
from chatsim.visible import visible
from pytest_chatsim.painting import paint, report_width
from pytest_chatsim.settings import CHATS, SCENARIOS, TRACES


class ChatRepr(ExceptionChainRepr):
    """A report on a file, painted where it is shown.

    Args:
        document: The report.
        crash: Where it points to, the path absolute, with one line that says what went wrong.
        shown: The path as it is shown.
    """

    def __init__(self, document: Sequence[Line], crash: ReprFileLocation, shown: str) -> None:
        text = plain(document)
        # Summaries, annotations and JUnit show this line as it is, whatever the bot said in it.
        crash = ReprFileLocation(crash.path, crash.lineno, visible(crash.message))
        entry = ReprEntry(text.split("\n"), None, None, ReprFileLocation(shown, crash.lineno, crash.message), "value")
        super().__init__([(ReprTraceback([entry], None, "value"), crash, None)])
        self.document = document
        self.shown = shown
        self._same = (text, crash.path, crash.lineno)

    @classmethod
    def restored(cls, sent: ExceptionChainRepr, styles: dict[str, Any]) -> ChatRepr:
        """Return the report that `chatsim_styles` and what pytest itself *sent* with it were taken from."""
        document = [tuple(Span(*span) for span in line) for line in styles["document"]]
        assert sent.reprcrash is not None  # noqa: S101 - ours always has one
        restored = cls(document, sent.reprcrash, styles["shown"])
        restored.sections = [(name, content, sep) for name, content, sep in sent.sections]
        return restored

    @property
    def chatsim_styles(self) -> dict[str, Any]:
        """What pytest does not send from worker to controller, as JSON."""
        return {"document": [[list(span) for span in line] for line in self.document], "shown": self.shown}

    def toterminal(self, tw: TerminalWriter) -> None:
        """Write the report, then what others added to it."""
        paint(tw, self.document)
        for name, content, sep in self.sections:
            tw.sep(sep, name)
            tw.line(content)

    # Every worker of pytest-xdist finds the same broken file; the controller shows equal reports once.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChatRepr) and self._same == other._same

    def __hash__(self) -> int:
        return hash(self._same)


def problems_repr(path: Path, problems: Sequence[Problem]) -> ChatRepr:
    """Return a report on everything that is wrong with a file; it points at the first."""
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    crash = ReprFileLocation(str(path), first.line, visible(first.what.split("\n")[0]) + more)
    return ChatRepr([line for problem in problems for line in _problem(problem)], crash, first.file)


def error_repr(path: Path, problem: Problem, test: str) -> ChatRepr:
    """Return a report on a *test* that could not be run to its end."""
    title = (Span(visible(f"{problem.file}:{problem.line}"), "place"), Span("  "), Span(visible(test), "name"))
    first, *rest = visible(problem.what).split("\n")
    document: list[Line] = [title, (Span(f"✗ {first}", "failure"),), *((Span(f"  {line}"),) for line in rest)]
    return ChatRepr(document, ReprFileLocation(str(path), problem.line, first), problem.file)


def _problem(problem: Problem) -> list[Line]:
    place = Span(visible(f"{problem.file}:{problem.line}:{problem.column}: "), "place")
    first, *rest = visible(problem.what).split("\n")
    lines: list[Line] = [(place, Span(first, "failure")), *((Span(f"    {line}"),) for line in rest)]
    return [*lines, *((Span(f"    {line}", "dim"),) for line in visible(problem.cure).splitlines())]


def complete_report(item: pytest.Item, report: pytest.TestReport) -> None:
    """Complete the *report* of a test that failed.

    That of a scenario is placed at the line that did not hold.  To that of a test in Python is added what was said
    in its chats, unless the failure itself shows it.
    """
    if SCENARIOS in item.stash:
        shown = report.longrepr
        if isinstance(shown, ChatRepr) and shown.reprcrash is not None and shown.reprcrash.path == str(item.path):
            file, _, name = report.location
            report.location = (file, shown.reprcrash.lineno - 1, name)
        return
    width = report_width(item.config)
    for conversation in item.stash[CHATS]:
        if conversation.failed_itself or not conversation.trace.turns:
            continue
        report.sections.append(("the chat", plain(conversation.transcript(width))))


def add_traces(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add to *report* every hop of what *item* ran, unless the report on its failure shows that."""
    if isinstance(report.longrepr, ChatRepr):
        return
    from chatsim.report.transcript import transcript  # noqa: PLC0415 - only where it is asked for

    traces = [*item.stash.get(TRACES, []), *(conversation.trace for conversation in item.stash.get(CHATS, []))]
    width = report_width(item.config)
    report.sections += [("the trace", plain(transcript(trace.turns, width, hops=True))) for trace in traces]


def end_chats(item: pytest.Item) -> None:
    """Fail the test of *item* if the bot said more at its end than it expected."""
    from chatsim.chat.expectations import ExpectationFailed  # noqa: PLC0415 - whoever has chats has imported it

    for conversation in item.stash[CHATS]:
        try:
            conversation.end()
        except ExpectationFailed as failed:
            # There is no line of the test to show: it had ended.
            raise pytest.fail.Exception(f"{failed}", pytrace=False) from None
