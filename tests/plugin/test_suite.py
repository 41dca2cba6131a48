"""What scenarios say of themselves to a suite, and what the suite is told of them."""

import re
import xml.etree.ElementTree as ET

import pytest

MARKED = """\
bot: pizzeria:bot
scenarios:
  greets:
    tags: [smoke, slow]
    steps: &steps
    - user: hi
    - bot: Welcome!
    - bot: Which size?
  closed:
    skip: the shop is closed
    steps: *steps
  foreseen:
    xfail: it says size
    steps: &wrong
    - user: hi
    - bot: Welcome!
    - bot: Which colour?
  better than foreseen:
    xfail: {reason: it was broken, strict: false}
    steps: *steps
"""

FORK = """\
bot: pizzeria:bot
scenarios:
  orders:
  - user: hi
  - bot: Welcome!
  - bot: Which size?
  - fork:
      small:
      - tap: Small
      - bot: "Order 45: Small"
      large:
      - tap: Large
      - bot: "Order 45: Large"
      wrong:
      - tap: Large
      - bot: "Order 45: Small"
"""


def scenario(head, steps="- user: hi\n    - bot: Welcome!\n    - bot: Which size?"):
    return f"bot: pizzeria:bot\nscenarios:\n  greets:\n    {head}\n    steps:\n    {steps}\n"


class TestMarks:
    def test_outcomes(self, project, pytester):
        project.add(marked=MARKED)
        result = pytester.runpytest_inprocess("-rsxX")
        result.assert_outcomes(passed=1, skipped=1, xfailed=1, xpassed=1)
        result.stdout.fnmatch_lines(
            ["SKIPPED*the shop is closed", "XFAIL*foreseen*it says size", "XPASS*it was broken"]
        )

    @pytest.mark.parametrize(("expression", "passed"), [("smoke", 1), ("slow and chatsim", 1), ("not smoke", 0)])
    def test_tags(self, project, pytester, expression, passed):
        """A tag is a mark that pytest knows: nothing need be declared."""
        project.add(marked=MARKED)
        result = pytester.runpytest_inprocess("-m", expression, "--strict-markers", "-k", "greets", "-Werror")
        assert result.parseoutcomes().get("passed", 0) == passed

    def test_a_tag_that_the_project_has_declared(self, project, pytester):
        project.add(marked=MARKED)
        pytester.makeini("[pytest]\nmarkers = smoke: what is looked at first\n")
        result = pytester.runpytest_inprocess("-m", "smoke", "--strict-markers")
        result.assert_outcomes(passed=1, deselected=3)

    @pytest.mark.parametrize("tag", ["skip", "parametrize", "_mine"])
    def test_a_tag_that_pytest_cannot_take(self, project, pytester, tag):
        project.add(wrong=scenario(f"tags: [{tag}]"))
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"wrong.chat.yaml:3:*the tag '{tag}'*"])

    def test_strict(self, project, pytester):
        project.add(strict=scenario("xfail: {reason: it is broken, strict: true}"))
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*XPASS(strict)*it is broken*"])

    def test_strict_by_the_projects_setting(self, project, pytester):
        project.add(lax=scenario("xfail: it is broken"))
        pytester.runpytest_inprocess().assert_outcomes(xpassed=1)
        pytester.makeini("[pytest]\nxfail_strict = true\n")
        pytester.runpytest_inprocess().assert_outcomes(failed=1)

    @pytest.mark.parametrize(("error", "outcome"), [("ValueError", "xfailed"), ("KeyError", "failed")])
    def test_the_error_that_is_foreseen(self, project, pytester, error, outcome):
        steps = "- user: hi\n    - bot: Welcome!\n    - bot: Which size?\n    - user: crash"
        project.add(crash=scenario(f"xfail: {{reason: cold, raises: {error}}}", steps))
        pytester.runpytest_inprocess().assert_outcomes(**{outcome: 1})

    def test_runxfail(self, project, pytester):
        project.add(marked=MARKED)
        pytester.runpytest_inprocess("--runxfail").assert_outcomes(passed=2, skipped=1, failed=1)

    def test_timeout(self, project, pytester):
        endless = project.pizzeria.replace('oven = "cold"', "\n        while True: pass")
        (pytester.path / "pizzeria.py").write_text(endless)
        steps = "- user: hi\n    - bot: Welcome!\n    - bot: Which size?\n    - user: crash"
        project.add(endless=scenario("timeout: 1s", steps))
        result = pytester.runpytest_subprocess()
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*timeout: the test takes longer than 1s"])

    def test_repeat(self, project, pytester):
        """All must agree; the report has both ways."""
        fickle = project.pizzeria.replace('"Welcome!"', 'f"Welcome {len(seen)}!"').replace(
            "    sender.send_message", "    seen.append(1)\n    sender.send_message", 1
        )
        (pytester.path / "pizzeria.py").write_text("seen = []\n" + fickle)
        project.add(fickle=scenario("repeat: 3", "- user: hi\n    - bot: Welcome ...\n    - bot: Which size?"))
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*not deterministic*"])


class TestFixtures:
    CONFTEST = """
import pytest

log = []

@pytest.fixture
def db():
    log.append("db")
    yield
    log.append("no db")

@pytest.fixture(scope="module")
def server(request):
    log.append(f"server {request.path.name}")
    yield
    log.append("no server")

@pytest.fixture(scope="session", autouse=True)
def whole():
    log.append("whole")
    yield
    print("log:", *log, sep=" | ")
"""

    def test_of_every_scope(self, project, pytester):
        pytester.makeconftest(self.CONFTEST)
        two = scenario("fixtures: [db, server]") + scenario("fixtures: db").partition("scenarios:\n")[2].replace(
            "greets", "again"
        )
        project.add(two=two)
        result = pytester.runpytest_inprocess("-s")
        result.assert_outcomes(passed=2)
        result.stdout.fnmatch_lines(["*log: | whole | server two.chat.yaml | db | no db | db | no db | no server"])

    def test_autouse_alone(self, project, pytester):
        pytester.makeconftest(self.CONFTEST)
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("-s")
        result.assert_outcomes(passed=3)
        result.stdout.fnmatch_lines(["*log: | whole"])

    def test_missing(self, project, pytester):
        pytester.makeconftest(self.CONFTEST)
        project.add(two=scenario("fixtures: [srver]"))
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["two.chat.yaml:3:*there is no fixture 'srver'. Did you mean 'server'?"])

    def test_parametrized(self, project, pytester):
        pytester.makeconftest(
            "import pytest\n@pytest.fixture(params=[1, 2])\ndef db(request):\n    return request.param\n"
        )
        project.add(two=scenario("fixtures: [db]"))
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*the fixture 'db' has parameters*"])

    def test_one_that_fails(self, project, pytester):
        pytester.makeconftest("import pytest\n@pytest.fixture\ndef db():\n    assert 0, 'no database'\n")
        project.add(two=scenario("fixtures: [db]"))
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*no database*"])

    def test_branches_share_nothing_that_is_set_up_anew(self, project, pytester):
        """What a fixture set up for one branch is gone in the next: the steps before the fork are run again."""
        counting = project.pizzeria.replace(
            '    sender.send_message(chat_id, "Welcome!")',
            '    print("begun")\n    sender.send_message(chat_id, "Welcome!")',
        )
        (pytester.path / "pizzeria.py").write_text(counting)
        project.add(fork=FORK)
        assert pytester.runpytest_inprocess("-s").stdout.str().count("begun") == 1
        pytester.makeconftest("import pytest\n@pytest.fixture(autouse=True)\ndef db():\n    pass\n")
        assert pytester.runpytest_inprocess("-s").stdout.str().count("begun") == 3


class TestBranches:
    def test_are_tests(self, project, pytester):
        project.add(fork=FORK)
        result = pytester.runpytest_inprocess("-v")
        result.assert_outcomes(passed=2, failed=1)
        result.stdout.fnmatch_lines([r"*::orders[[]small] PASSED*", r"*::orders[[]wrong] FAILED*"])

    def test_on_workers(self, project, pytester):
        """Branches of one fork on different workers come to what they come to in one process."""
        pytest.importorskip("xdist", reason="pip install pytest-xdist")
        project.add(fork=FORK)

        def reports(*options):
            output = pytester.runpytest_inprocess("-rA", "--chatsim-seed=3", *options).stdout.str()
            shown = re.findall(r"^fork\.chat\.yaml:\d+  .*?  again [^\n]*$", output, re.DOTALL | re.MULTILINE)
            return sorted(shown), sorted(re.findall(r"^(?:PASSED|FAILED) \S+", output, re.MULTILINE))

        assert reports("-n3", "--dist=load", "--maxschedchunk=1") == reports()

    def test_phrasings(self, project, pytester):
        project.add(
            many=scenario(
                "tags: [x]", "- user: {one_of: [hi, hello, hey]}\n    - bot: Welcome!\n    - bot: Which size?"
            )
        )
        pytester.runpytest_inprocess().assert_outcomes(passed=1)
        result = pytester.runpytest_inprocess("--chatsim-all-phrasings", "-v")
        result.assert_outcomes(passed=3)
        result.stdout.fnmatch_lines([r"*::greets[[]hello] PASSED*"])
        pytester.makeini("[pytest]\nchatsim_max_cases = 2\n")
        result = pytester.runpytest_inprocess("--chatsim-all-phrasings")
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*becomes 3 tests, more than 2*"])

    def test_a_bound_that_is_no_number(self, project, pytester):
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("-o", "chatsim_max_cases=many")
        result.stdout.fnmatch_lines(["*chatsim_max_cases = many: write a number*"])


class TestSeed:
    @pytest.fixture(autouse=True)
    def _chance(self, project, pytester):
        (pytester.path / "pizzeria.py").write_text(
            project.pizzeria.replace('"Welcome!"', 'f"Welcome {random.random()}!"').replace(
                "\nfrom", "\nimport random\nfrom", 1
            )
        )
        project.add(order=scenario("tags: [x]", "- user: hi\n    - bot: never"))

    def said(self, pytester, *options):
        output = pytester.runpytest_inprocess(*options).stdout.str()
        return re.search(r"Welcome [\d.]+!", output)[0], output

    def test_decides(self, pytester):
        assert self.said(pytester)[0] == self.said(pytester)[0]
        assert self.said(pytester)[0] != self.said(pytester, "--chatsim-seed=7")[0]

    def test_is_told_where_it_is_not_the_usual_one(self, pytester):
        _, output = self.said(pytester, "--chatsim-seed=7")
        assert "\nchatsim: seed 7\n" in output
        assert '  again     pytest --chatsim-seed 7 "order.chat.yaml::greets"' in output
        assert "seed" not in self.said(pytester)[1]


class TestTrace:
    def test_of_failures(self, project, pytester):
        project.add(wrong=project.wrong)
        result = pytester.runpytest_inprocess("--chatsim-trace")
        result.stdout.fnmatch_lines(
            ["wrong.chat.yaml:10  fails", "  user      hi", "  hop       start → size", "  bot       Welcome!"]
        )
        result.stdout.no_fnmatch_line("*--- the trace ---*")

    def test_of_what_passes(self, project, pytester):
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("--chatsim-trace", "-rP", "-k", "greets")
        result.stdout.fnmatch_lines(["*--- the trace ---*", "  hop       start → size"])

    def test_of_a_test_in_python(self, project, pytester):
        pytester.makepyfile('def test_it(chat):\n    chat.send("hi")\n    assert 0\n')
        result = pytester.runpytest_inprocess("--chatsim-trace", "-o", "chatsim_bot=pizzeria:bot")
        result.stdout.fnmatch_lines(["*--- the trace ---*", "  hop       start → size"])


class TestProperties:
    def test_junit(self, project, pytester):
        project.add(marked=MARKED)
        pytester.runpytest_inprocess("--junitxml=report.xml", "--chatsim-seed=4", "-k", "greets")
        found = {each.get("name"): each.get("value") for each in ET.parse("report.xml").iterfind(".//property")}
        assert found == {
            "bot": "pizzeria:bot",
            "scenario": "greets",
            "tags": "smoke slow",
            "seed": "4",
            "states": "start → size",
        }


class TestJobPage:
    def page(self, pytester, monkeypatch, *options):
        path = pytester.path / "summary.md"
        path.unlink(missing_ok=True)
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
        pytester.runpytest_inprocess(*options)
        return path.read_text("utf-8") if path.exists() else ""

    def test_counts_and_failures(self, project, pytester, monkeypatch):
        project.add(marked=MARKED, wrong=project.wrong, broken=project.broken)
        page = self.page(pytester, monkeypatch)
        assert "| passed | failed | skipped | xfailed | xpassed | errors |" in page
        assert "| 2 | 1 | 1 | 1 | 1 | 1 |" in page
        assert "```text\nwrong.chat.yaml:10  fails" in page
        assert "broken.chat.yaml:4:5: " in page

    def test_the_same_with_workers(self, project, pytester, monkeypatch):
        pytest.importorskip("xdist", reason="pip install pytest-xdist")
        project.add(wrong=project.wrong, broken=project.broken)
        blocks = re.compile(r"(?s)#### .*?\n```\n")

        def parts(*options):
            page = self.page(pytester, monkeypatch, *options)
            return page.partition("####")[0], sorted(blocks.findall(page))

        assert parts("-n2") == parts()

    def test_nothing_of_other_tests(self, pytester, monkeypatch):
        pytester.makepyfile("def test_it():\n    assert 0\n")
        assert self.page(pytester, monkeypatch) == ""
