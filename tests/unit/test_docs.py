"""Every example in docs/ does what its page says.

A fenced block is an example by its first words (docs/README.md tells readers, CONTRIBUTING.md tells writers):

* a first line ``# name.ext``, or ``file=name`` after the language, makes it a file, which later examples find;
* ``yaml`` that is a list of steps, or has ``steps``, is a scenario of the bot in docs/examples/pizza.py;
* a scenario passes, unless a ``text`` block follows: then that is what ``chatsim run`` prints;
* ``python`` with ``>>>`` is a doctest, which goes on from those before it; a file ``test_*.py`` passes in pytest unless a ``console`` block follows;
* ``console`` is run line by line (``$ command``), and prints what stands there;
* in what is printed ``...`` stands for anything, and times do not count;
* a block that cannot be run says why: ``not-run="…"``.

With CHATSIM_DOCS_UPDATE=1 what is printed is written into the page where it differs (and the test fails): read it
before you commit it.
"""

import doctest
import functools
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatsim.cli.app import app
from chatsim.errors import ScenarioError
from chatsim.scenario.load import load_file

DOCS = Path(__file__).parents[2] / "docs"
NOT_OURS = {"orchestrator.md", "update-and-record.md"}
"""Pages whose examples are held by tests of their own."""

_FENCE = re.compile(r"^( *)```(\w+)([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"\A# ([\w./-]+\.\w+)\n")
_TIMES = re.compile(r"\d+\.\d+ ?s\b")


@dataclass(frozen=True)
class Block:
    """One fenced block: `name` is that of its file, `follows` the block after it where nothing stands between."""

    page: Path
    line: int
    language: str
    info: str
    text: str
    name: str | None
    follows: "Block | None" = None

    @property
    def is_steps(self):
        return (
            self.language == "yaml"
            and self.name is None
            and re.search(r"\A(#.*\n)*(- |steps:)|^steps:", self.text, re.MULTILINE)
        )

    @property
    def runs(self):
        if self.not_run:
            return False
        if self.language in ("yaml", "python") and self.follows is not None and self.follows.language == "console":
            return False
        return bool(
            self.is_steps
            or self.language == "console"
            or (self.name or "").endswith(".chat.yaml")
            or (self.language == "python" and (self.name is None or Path(self.name).name.startswith("test_")))
        )

    @property
    def not_run(self):
        found = re.search(r'not-run="([^"]+)"', self.info)
        return found[1] if found else ""


@functools.cache
def blocks_of(page):
    source = page.read_text("utf-8")
    found = []
    for match in reversed(list(_FENCE.finditer(source))):
        _, language, info, text = match.groups()
        text = textwrap.dedent(text)
        given = re.search(r"file=(\S+)", info)
        named = _NAMED.match(text)
        name = given[1] if given else named[1] if named else None
        after = found[-1][0] if found else None
        gap = source[match.end() : found[-1][1]] if found else ""
        line = source.count("\n", 0, match.start()) + 1
        follows = after if after is not None and "\n#" not in gap else None
        found.append((Block(page, line, language, info, text, name, follows), match.start()))
    return [block for block, _ in reversed(found)]


PAGES = sorted(page for page in DOCS.rglob("*.md") if page.relative_to(DOCS).as_posix() not in NOT_OURS)
EXAMPLES = [
    pytest.param(block, id=f"{page.relative_to(DOCS).as_posix()}:{block.line}")
    for page in PAGES
    for block in blocks_of(page)
    if block.runs
]


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "CI", "FORCE_COLOR", "COLUMNS", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a reader, who has the shared bots of docs/examples."""
    for shared in (DOCS / "examples").iterdir():
        if shared.is_file():
            shutil.copy(shared, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def write_earlier(block, folder):
    """Write the files that stand before *block* on its page, and its own."""
    for other in blocks_of(block.page):
        if other.name and not other.not_run and other.line <= block.line:
            path = folder / other.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(other.text, "utf-8")


def trimmed(text):
    """Return *text* with times that do not change, and without blanks at the ends of lines."""
    lines = [line.rstrip() for line in _TIMES.sub("0.01 s", text).strip("\n").split("\n")]
    return re.sub(r'((?: time="|"seconds": ))[0-9.e-]+', r"\g<1>0.01", "\n".join(lines).rstrip() + "\n")


def agree(wanted, got):
    """Say whether what was printed is what the page shows."""
    wanted, got = trimmed(wanted), trimmed(got)
    return doctest.OutputChecker().check_output(wanted, got, doctest.ELLIPSIS)


def assert_agrees(block, shown, wanted, got):
    """Hold what the block *shown* on the page says against *got*, or write it there where that is asked for."""
    if agree(wanted, got):
        return
    if os.environ.get("CHATSIM_DOCS_UPDATE"):
        page = block.page.read_text("utf-8")
        before, after = (f"```{shown.language}{shown.info}\n{text}```" for text in (shown.text, trimmed(got)))
        assert page.count(before) == 1
        block.page.write_text(page.replace(before, after), "utf-8")
    where = f"{block.page.relative_to(DOCS)}:{shown.line}"
    pytest.fail(f"{where} shows\n\n{wanted}\nand this came\n\n{got}", pytrace=False)


class TestExamples:
    @pytest.mark.parametrize("block", EXAMPLES)
    def test_example(self, block, folder):
        write_earlier(block, folder)
        if block.language == "console":
            run_console(block, folder)
        elif block.language == "yaml":
            run_scenarios(block, folder)
        elif block.name:
            run_pytest(block, folder)
        else:
            run_doctest(block)


def run_scenarios(block, folder):
    name = block.name or "example.chat.yaml"
    if block.name is None:
        inner = block.text if block.text.lstrip().startswith("- ") else textwrap.indent(block.text, "  ")
        head = "bot: pizza:Pizza\nscenarios:\n  example:\n"
        (folder / name).write_text(head + textwrap.indent(inner, "  "), "utf-8")
    result = CliRunner().invoke(app, ["run", "-q", name])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    after = block.follows
    if after is not None and after.language == "text" and not after.not_run:
        assert_agrees(block, after, after.text, result.output)
        assert result.exit_code != 0 or "✗" not in after.text
    else:
        assert result.exit_code == 0, f"{block.page.name}:{block.line}\n{result.output}"


def run_pytest(block, folder):
    result = spawn([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", block.name], folder)
    assert result.returncode == 0, result.stdout


def run_doctest(block):
    assert ">>>" in block.text, f"{block.page.name}:{block.line} is neither a file nor a doctest"
    page = [other for other in blocks_of(block.page) if other.line <= block.line and ">>>" in other.text]
    test = doctest.DocTestParser().get_doctest(
        "\n".join(other.text for other in page), {}, block.page.name, str(block.page), block.line
    )
    said = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


def run_console(block, folder):
    printed = [
        (command, wanted, spawn(["bash", "-c", command], folder).stdout)
        for command, wanted in re.findall(r"^\$ ([^\n]*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE)
    ]
    if not all(agree(wanted, got) for _, wanted, got in printed):
        shown = "\n".join(
            f"$ {command}\n{wanted if agree(wanted, got) else trimmed(got)}" for command, wanted, got in printed
        )
        assert_agrees(block, block, block.text, shown)


def spawn(command, folder):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )


class TestPages:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
    def test_links(self, page):
        """What a page links to is there, the heading as well."""
        prose = _FENCE.sub("", page.read_text("utf-8"))
        for target in re.findall(r"\]\(([^)#\s]*(?:#[^)\s]*)?)\)", prose):
            path, _, heading = target.partition("#")
            if path.startswith(("https:", "http:")):
                continue
            file = (page.parent / path) if path else page
            assert file.exists(), f"{page.name} links to {target}"
            if heading:
                assert heading in headings(file), f"{page.name} links to {target}"

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
    def test_is_reached(self, page):
        """The index leads to every page."""
        assert page.name == "README.md" or page.relative_to(DOCS).as_posix() in (DOCS / "README.md").read_text("utf-8")

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
    def test_nothing_stands_untested(self, page):
        """A block is a file, an example, what an example prints, or says why it cannot be run."""
        known = blocks_of(page)
        shown = {id(block.follows) for block in known if block.runs and block.follows is not None}
        for block in known:
            is_output = block.language == "text" and id(block) in shown
            tested_by_next = block.follows is not None and block.follows.runs
            assert block.runs or block.name or is_output or tested_by_next or block.not_run, (
                f"{page.name}:{block.line} is not tested"
            )


class TestComparison:
    def test_lines(self):
        """The table says how many lines the blocks have, blank ones and comments left out."""
        page = DOCS / "comparison.md"
        counted = Counter()
        for block in blocks_of(page):
            tool = re.search(r'lines-of="([^"]+)"', block.info)
            if tool:
                lines = [line.strip() for line in block.text.splitlines()]
                counted[tool[1]] += sum(bool(line) and not line.startswith("# ") for line in lines)
        rows = re.findall(r"^\| \[([^\]]+)\]\([^)]*\) \| (\d+) \|", page.read_text("utf-8"), re.MULTILINE)
        assert dict(counted) == {tool: int(lines) for tool, lines in rows}


class TestQuotes:
    ROWS = re.findall(
        r"^\| `(bot: .*?)` \| .*? \| `(bot: .*?)` \|$", (DOCS / "words/data.md").read_text("utf-8"), re.MULTILINE
    )

    @pytest.mark.parametrize(("written", "cure"), ROWS, ids=[written for written, _ in ROWS])
    def test_row(self, written, cure, folder):
        """What the table says to write means what was written, and what was written does not."""
        meant = written.removeprefix("bot: ").strip()
        meant = meant[1:-1] if meant[0] in "\"'" else meant
        assert self.loaded(cure, folder) == meant
        assert self.loaded(written, folder) != meant

    @staticmethod
    def loaded(line, folder):
        """Return the text of the step *line*, read as what a person says, or None where it is refused."""
        step = line.replace("bot:", "user:", 1)
        path = folder / "row.chat.yaml"
        path.write_text(f"bot: pizza:Pizza\nscenarios:\n  row:\n  - {step}\n", "utf-8")
        try:
            file = load_file(path)
        except ScenarioError:
            return None
        return file.cases[0].steps[0].text.source


def headings(page):
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
