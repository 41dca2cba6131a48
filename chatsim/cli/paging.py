"""The page of ``chatsim run``: keep every conversation while the run goes on, and show them all at the end."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from chatsim.coverage.wish import project_root
from chatsim.page.gather import Gathered, Teller
from chatsim.page.html import page_html
from chatsim.page.story import story_of
from chatsim.report.failure import rerun
from chatsim.report.results import RunResult
from chatsim.scenario.model import ScenarioFile
from chatsim.scenario.verdict import Verdict
from chatsim.stage import Stage


class PagedRun:
    """A run that is shown as a page.

    Args:
        targets: What was run, as it was written.
    """

    def __init__(self, targets: Iterable[str]) -> None:
        root = project_root(Path.cwd())
        self._title = f"chatsim run {' '.join(targets)}"
        self._teller = Teller(root)
        self._gathered = Gathered(root)

    def keep(self, stage: Stage, file: ScenarioFile, verdict: Verdict) -> None:
        """Keep what came of a test; *verdict* is without secrets."""
        story = story_of(verdict, rerun("chatsim run", verdict.case.file, verdict.case.id))
        self._gathered.keep_secret(file.credentials)
        self._gathered.add(self._teller.part(stage, verdict.trace, story))

    def html(self, result: RunResult) -> str:
        """Return the page, as the text of its file."""
        counts = {"passed": result.passed, "failed": result.failed, "not loaded": len(result.errors)}
        summary = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        return page_html(self._gathered.page(self._title, result.errors, f"{summary} in {result.seconds:.2f} s"))
