"""What people see of each kind of failure, as they see it: in chatsim run and in pytest, at 80 and 120 columns.

(Of a scenario that passes, and was strictly expected to fail, pytest itself speaks.)

``CHATSIM_UPDATE_GOLDEN=1 pytest tests/golden`` writes the files anew; what changed is then for the author to read.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chatsim.kinds import SEEN, WHERE_IT_LEADS
from chatsim.scenario.verdict import MISMATCH_KINDS

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"
EXPECTED = HERE / "expected"
UPDATE = bool(os.environ.get("CHATSIM_UPDATE_GOLDEN"))
NAMES = sorted(path.name.removesuffix(".chat.yaml") for path in SCENARIOS.glob("*.chat.yaml"))
WAYS = [
    *(("chatsim", width, colour) for width in (80, 120) for colour in ("plain", "colour")),
    ("pytest", 80, "plain"),
    ("pytest", 80, "colour"),
]
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
COMMANDS = {
    "chatsim": ["-m", "chatsim", "run", "scenarios"],
    "pytest": ["-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", "scenarios"],
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Return the reports of each scenario file, for each way of looking at them; each way is run once."""
    folder = tmp_path_factory.mktemp("golden")
    shutil.copytree(SCENARIOS, folder / "scenarios", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pytest.ini").write_text("[pytest]\n")
    found = {}

    def reports(way):
        if way not in found:
            found[way] = split(run(folder, *way))
        return found[way]

    return reports


def run(folder, program, width, colour):
    """Run all scenarios and return what is written."""
    chosen = {"FORCE_COLOR": "1", "TERM": "xterm-256color"} if colour == "colour" else {"NO_COLOR": "1"}
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "CI"}}
    kept = {name: value for name, value in kept.items() if not name.startswith(("PYTEST_", "GITHUB_", "COV"))}
    env = {**kept, "COLUMNS": str(width), "PYTHONIOENCODING": "utf-8", **chosen}
    command = [sys.executable, *COMMANDS[program]]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr.decode()
    return done.stdout.decode()


def split(output):
    """Cut the reports out of *output*, each from its title to the command that runs it again."""
    reports = {}
    current = None
    for line in output.split("\n"):
        bare = ESCAPE.sub("", line)
        title = re.match(r"scenarios/(\w+)\.chat\.yaml:\d+  ", bare)
        if title:
            current = reports.setdefault(title.group(1), [])
            if current:
                current.append("")
        if current is not None:
            current.append(line)
            if bare.startswith("  again     "):
                current = None
    return {name: "\n".join(lines) + "\n" for name, lines in reports.items()}


@pytest.mark.parametrize(
    ("name", "way"),
    [(name, way) for name in NAMES for way in WAYS if way[0] == "chatsim" or name != "passed_unexpectedly"],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value)),
)
def test_report(reports, name, way):
    """A report is what it was when somebody last read it."""
    path = EXPECTED / "-".join(map(str, way)) / f"{name}.txt"
    report = reports(way)[name]
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report, encoding="utf-8")
    assert report == path.read_text(encoding="utf-8"), "CHATSIM_UPDATE_GOLDEN=1 writes it anew: read it then"


@pytest.mark.parametrize("way", [way for way in WAYS if way[2] == "plain"], ids=lambda way: "-".join(map(str, way)))
def test_what_is_coloured_says_the_same(reports, way):
    program, width, _ = way
    if (program, width, "colour") in WAYS:
        coloured = reports((program, width, "colour"))
        assert {name: bare(text) for name, text in coloured.items()} == {
            name: bare(text) for name, text in reports(way).items()
        }


def bare(text):
    return [line.rstrip() for line in ESCAPE.sub("", text).split("\n")]


def test_every_kind_is_there(reports, tmp_path):
    """Each kind of mismatch that a person can come to see has a golden file."""
    from chatsim.scenario.branches import Branches
    from chatsim.scenario.load import load_file, ready
    from chatsim.scenario.outcome import judged

    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    seen = set()
    for path in (tmp_path / "scenarios").glob("*.chat.yaml"):
        file = load_file(path)
        branches = Branches(ready(file).stage)
        seen |= {judged(branches.run(case)).mismatch.kind for case in file.cases}
    findings = {*SEEN, *WHERE_IT_LEADS}  # what `never` asks for: these differ in a word
    assert set(MISMATCH_KINDS) - findings <= seen
    assert seen & findings
