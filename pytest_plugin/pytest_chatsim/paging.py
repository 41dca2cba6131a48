"""What ``--chatsim-report html=FILE`` does: send every conversation with its test's report, and show them all on a page."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chatsim.chat.expectations import ExpectationFailed
from chatsim.errors import Problem, ScenarioError, SetupError
from chatsim.page.gather import Gathered, Part, Teller
from chatsim.page.html import page_html
from chatsim.page.story import Story, beats_of, story_of
from chatsim.report.failure import rerun
from chatsim.report.masked import masked
from chatsim.scenario.load import load_file
from chatsim.scenario.outcome import judged
from chatsim.scenario.verdict import Outcome
from chatsim.visible import visible
from pytest_chatsim.settings import CHATS, VERDICTS, is_scenario_file, options_again

PARTS = "chatsim_parts"
"""The attribute of a report that holds the conversations of its test, as JSON; pytest-xdist sends it along."""

FORMAT = "html"

_EXPECTED = f"{ExpectationFailed.__module__}.{ExpectationFailed.__qualname__}: "

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Part]).decode


def register_paging(config: pytest.Config) -> None:
    """Let *config*'s run write the pages that it is asked for; raise `pytest.UsageError` for what is no such wish."""
    paths = [_path_of(wish) for wish in config.option.chatsim_report]
    config.stash[VERDICTS] = []
    config.pluginmanager.register(Telling(config), "chatsim-telling")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Showing(config, paths), "chatsim-page")


def _path_of(wish: str) -> Path:
    format_, equals, file = wish.partition("=")
    if format_ != FORMAT or not equals or not file:
        raise pytest.UsageError(
            f"--chatsim-report {wish}: write html=FILE; pytest's own reports are --junitxml and others"
        )
    if Path(file).is_dir():
        raise pytest.UsageError(f"--chatsim-report {wish}: {file} is a folder; name a file")
    return Path(file).absolute()


class Telling:
    """Puts the conversations of a test into its report, in the process that runs it."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.teller = Teller(config.rootpath)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add the conversations to the report on the test itself."""
        report = yield
        if report.when == "call":
            parts = [*self._scenarios(), *self._chats(item, report)]
            if parts:
                setattr(report, PARTS, _encode(parts).decode())
        return report

    def _scenarios(self) -> Iterator[Part]:
        verdicts = self.config.stash[VERDICTS]
        for file, verdict in verdicts:
            known = judged(masked(verdict, file.masking))
            again = rerun(f"pytest{options_again(self.config)}", known.case.file, known.case.id)
            yield self.teller.part(file.stage, known.trace, story_of(known, again))
        verdicts.clear()

    def _chats(self, item: pytest.Item, report: pytest.TestReport) -> Iterator[Part]:
        file, line, name = report.location
        why = _headline(report)
        chats = item.stash.get(CHATS, [])
        for number, conversation in enumerate(chats, 1):
            trace = conversation.trace
            story = Story(
                name if number == 1 else f"{name} ({number})",
                file,
                (line or 0) + 1,
                _outcome(report),
                beats_of(trace),
                turn=len(trace.turns) - 1 if why and trace.turns else None,
                headline=why,
                again=rerun(f"pytest{options_again(self.config)}", file, item.nodeid.partition("::")[2]),
            )
            yield self.teller.part(conversation.stage, trace, story)


def _headline(report: pytest.TestReport) -> str:
    """Return in one line why a test in Python failed, or nothing."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if not report.failed or crash is None:
        return ""
    return visible(str(crash.message).partition("\n")[0].removeprefix(_EXPECTED))


def _outcome(report: pytest.TestReport) -> Outcome:
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    return report.outcome


class Showing:
    """Gathers the conversations of all processes, and writes the page at the end."""

    def __init__(self, config: pytest.Config, paths: list[Path]) -> None:
        self.config = config
        self.paths = paths
        self.gathered = Gathered(config.rootpath)
        self.files: set[Path] = set()
        self.problems: dict[str, Problem] = {}
        self.counts: dict[str, int] = {}
        self.refusal = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the conversations of a test in."""
        parts = getattr(report, PARTS, None)
        if parts is None:
            return
        for part in _decode(parts):
            self.gathered.add(part)
            self.counts[part.story.outcome] = self.counts.get(part.story.outcome, 0) + 1
        self.files.add(self.config.rootpath / report.nodeid.partition("::")[0])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take note of a scenario file that could not be loaded."""
        if report.failed and hasattr(report.longrepr, "chatsim_styles"):
            text = str(report.longrepr)
            self.problems[text] = Problem(report.nodeid, 0, 0, text)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the page."""
        if self.config.option.collectonly:
            return
        for file in sorted(self.files):
            self._keep_its_secrets(file)
        summary = ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())
        title = f"pytest {' '.join(self.config.invocation_params.args)}"
        try:
            text = page_html(self.gathered.page(title, self.problems.values(), summary))
            for path in self.paths:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        except (SetupError, OSError) as error:
            self.refusal = str(error)
            if session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the page is, or why it is nowhere."""
        if self.refusal:
            terminalreporter.write_sep("-", f"chatsim page: {self.refusal}", red=True)
        elif not self.config.option.collectonly:
            for path in self.paths:
                terminalreporter.write_sep("-", f"chatsim page: {path}")

    def _keep_its_secrets(self, file: Path) -> None:
        """Keep the credentials of a scenario file out of the source that the page shows."""
        if is_scenario_file(file, self.config):
            try:
                self.gathered.keep_secret(load_file(file).credentials)
            except ScenarioError:  # it was changed, or is gone, since its tests ran
                return
