"""``chatsim run`` with tags, marks, phrasings and branches; ``chatsim schema``."""

import json
import xml.etree.ElementTree as ET

import pytest

from chatsim.cli.select import tag_selection
from chatsim.errors import SetupError

BOT = """
from chatsim.trace import Reply, Snapshot, Turn

class Echo:
    def start(self):
        return Snapshot()
    def step(self, snapshot, event):
        print("heard", event.text)
        return Turn(event=event, effects=(Reply(f"You said {event.text}"),), snapshot=snapshot)

bot = Echo()
"""
MARKED = """
bot: echo:bot
scenarios:
  plain: [{user: a}, {bot: You said a}]
  smokes: {tags: [smoke], steps: [{user: a}, {bot: ...}]}
  smokes slowly: {tags: [smoke, slow], steps: [{user: a}, {bot: ...}]}
  is skipped: {skip: not on Sundays, steps: [{user: a}, {bot: never}]}
  fails as expected: {xfail: no coupons yet, steps: [{user: a}, {bot: never}]}
  passes unexpectedly: {xfail: no coupons yet, steps: [{user: a}, {bot: ...}]}
"""


@pytest.fixture
def run(write, chatsim):
    """Run the marked scenarios with these options; return the result and what the JSON report says."""

    def run(*options, text=MARKED):
        write("echo.py", BOT)
        path = write("a.chat.yaml", text)
        result = chatsim("run", "a.chat.yaml", "--report", "json=run.json", "--report", "junit=run.xml", *options)
        return result, json.loads((path.parent / "run.json").read_text("utf-8"))

    return run


class TestMarks:
    def test_outcomes(self, run):
        result, report = run()
        assert result.exit_code == 0
        assert report["summary"] == {"passed": 3, "failed": 0, "errors": 0, "skipped": 1, "xfailed": 1, "xpassed": 1}
        rows = {row["id"]: (row["outcome"], row.get("reason")) for row in report["scenarios"]}
        assert rows["is skipped"] == ("skipped", "not on Sundays")
        assert rows["fails as expected"] == ("xfailed", "no coupons yet")
        assert rows["passes unexpectedly"] == ("xpassed", "no coupons yet")
        assert rows["plain"] == ("passed", None)
        assert "✓ 3 passed, 1 skipped, 1 xfailed, 1 xpassed in " in result.stdout

    def test_junit(self, run, tmp_path):
        run()
        root = ET.parse(tmp_path / "run.xml").getroot()
        assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("6", "0", "2")
        found = {case.get("name"): case.find("skipped") for case in root.iter("testcase")}
        assert {name: (skip.get("type"), skip.get("message")) for name, skip in found.items() if skip is not None} == {
            "is skipped": ("skip", "not on Sundays"),
            "fails as expected": ("xfail", "no coupons yet"),
        }

    def test_verbose(self, run):
        lines = run("-v")[0].stdout.splitlines()
        assert "  - is skipped  skipped: not on Sundays" in lines
        assert "  - fails as expected  xfailed: no coupons yet" in lines
        assert "  ✓ passes unexpectedly  xpassed: no coupons yet" in lines

    def test_strict(self, run):
        result, report = run(
            text=MARKED.replace("xfail: no coupons yet", "xfail: {reason: no coupons yet, strict: true}")
        )
        assert result.exit_code == 1
        assert report["summary"]["failed"] == report["summary"]["xfailed"] == 1
        assert "✗ xfail: it passed, and was expected to fail: no coupons yet" in result.stdout

    def test_only_what_is_skipped(self, run):
        result, _ = run("-k", "skipped")
        assert result.exit_code == 0
        assert "✓ 1 skipped in " in result.stdout


class TestTags:
    @pytest.mark.parametrize(
        ("expression", "chosen"),
        [
            ("smoke", ["smokes", "smokes slowly"]),
            ("smoke and not slow", ["smokes"]),
            ("slow or nothing", ["smokes slowly"]),
        ],
    )
    def test_chooses(self, run, expression, chosen):
        assert [row["id"] for row in run("--tag", expression)[1]["scenarios"]] == chosen

    def test_nothing(self, run):
        result, _ = run("--tag", "smok")
        assert result.exit_code == 2
        assert "no scenario is chosen" in result.stdout + result.stderr

    def test_wrong(self):
        with pytest.raises(SetupError, match=r"--tag 'a b': 'b' stands where 'and' or 'or' should"):
            tag_selection("a b")


class TestExpansion:
    TEXT = """
bot: echo:bot
scenarios:
  s:
  - user: {one_of: [hi, hello]}
  - bot: ...
  - fork: {x: [{user: b}, {bot: ...}], y: [{user: c}, {bot: ...}]}
"""

    def test_rotates(self, run):
        assert [row["id"] for row in run(text=self.TEXT)[1]["scenarios"]] == ["s[x]", "s[y]"]

    def test_all_phrasings(self, run):
        ids = [row["id"] for row in run("--all-phrasings", text=self.TEXT)[1]["scenarios"]]
        assert ids == ["s[hi-x]", "s[hi-y]", "s[hello-x]", "s[hello-y]"]

    def test_one_branch(self, run, chatsim, write):
        run(text=self.TEXT)
        result = chatsim("run", "a.chat.yaml::s[y]", "-v")
        assert (result.exit_code, "  ✓ s[y]" in result.stdout, "s[x]" in result.stdout) == (0, True, False)

    def test_max_cases(self, run):
        result, report = run("--max-cases", "1", text=self.TEXT)
        assert result.exit_code == 2
        assert report["errors"][0]["message"].startswith("the scenario 's' becomes 2 tests, more than 1\n")


class TestSchema:
    def test_prints(self, write, chatsim):
        assert json.loads(chatsim("schema").stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    def test_writes(self, write, chatsim, tmp_path):
        assert chatsim("schema", "-o", "x/schema.json").exit_code == 0
        assert (tmp_path / "x" / "schema.json").read_text("utf-8") == chatsim("schema").stdout

    def test_cannot_write(self, chatsim, write):
        write("x", "")
        result = chatsim("schema", "-o", "x/schema.json")
        assert result.exit_code == 2
        assert result.stderr.startswith("✗ the schema x/schema.json cannot be written: ")
