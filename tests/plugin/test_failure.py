"""What people see of a scenario that failed, and what programs read of it."""

import re
import xml.etree.ElementTree as ET

import pytest


class TestReport:
    def test_is_that_of_chatsim(self, project, pytester):
        project.add(wrong=project.wrong)
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(
            [
                "*__ fails __*",
                "wrong.chat.yaml:10  fails",
                "  user      hi",
                "  bot       Welcome!",
                "✗ *",
                "  - Which colour?",
                "  + Which size?",
                "  state     start → size",
                '  again     pytest "wrong.chat.yaml::fails"',
                "FAILED wrong.chat.yaml::fails - *",
            ]
        )

    def test_nothing_of_ours(self, project, pytester):
        project.add(wrong=project.wrong, crash=project.crash)
        result = pytester.runpytest_inprocess()
        for ours in ("*chatsim/*", "*_pytest/*", "*pytest_chatsim*", "*Traceback*"):
            result.stdout.no_fnmatch_line(ours)

    def test_the_bots_own_frames_when_it_raised(self, project, pytester):
        project.add(crash=project.crash)
        result = pytester.runpytest_inprocess()
        result.stdout.fnmatch_lines(
            [
                "crash.chat.yaml:7  crashes",
                "*ValueError: the oven is cold*",
                "  pizzeria.py:19 in size",
                '      raise ValueError(f"the oven is {oven}")',
            ]
        )

    def test_again_runs_that_test(self, project, pytester):
        """What is printed after `again` can be pasted into a shell, from the folder where pytest ran."""
        project.add(**{"shop/wrong": project.wrong.replace("  fails:", "  costs $9 (`now`):")})
        (pytester.path / "shop" / "pizzeria.py").write_text(project.pizzeria)
        output = pytester.runpytest_inprocess().stdout.str()
        command = re.search(r"^  again     (.*)$", output, re.MULTILINE)[1]
        result = pytester.run("sh", "-c", command)
        result.stdout.fnmatch_lines(["shop/wrong.chat.yaml:10  costs $9 (`now`)", "*1 failed*"])

    def test_in_the_width_of_the_terminal(self, project, pytester, monkeypatch):
        long = "word " * 30
        project.add(wrong=project.wrong.replace("Which colour?", long))
        monkeypatch.setenv("COLUMNS", "60")
        lines = pytester.runpytest_inprocess().stdout.lines
        shown = [line for line in lines if "word word" in line and not line.startswith("FAILED")]
        assert len(shown) > 1
        assert max(map(len, shown)) <= 60

    def test_without_pytests_own_terminal_reporter(self, project, pytester):
        """Others may show reports instead of it; then the terminal itself says how wide it is."""
        project.add(wrong=project.wrong)
        pytester.makeconftest(
            "def pytest_runtest_logreport(report):\n    if report.failed:\n        print(report.longreprtext)\n"
        )
        result = pytester.runpytest_inprocess("-p", "no:terminal", "-s")
        result.stdout.fnmatch_lines(["wrong.chat.yaml:10  fails"])

    def test_a_state_without_a_way_on(self, project, pytester):
        """What the runtime finds in the bot was raised by no line of the bot: there are no frames to show."""
        lost = project.pizzeria.replace('return "size", {}', 'return "sice", {}')
        (pytester.path / "pizzeria.py").write_text(lost)
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("-k", "greets")
        result.stdout.fnmatch_lines(["order.chat.yaml:4  greets", "✗ *'sice'*"])
        result.stdout.no_fnmatch_line("*.py:*")

    def test_a_bot_that_wants_to_leave(self, project, pytester):
        """SystemExit ends its scenario, and not the run."""
        (pytester.path / "pizzeria.py").write_text(project.pizzeria.replace("raise ValueError", "raise SystemExit"))
        project.add(crash=project.crash, order=project.order)
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(passed=3, failed=1)
        result.stdout.fnmatch_lines(["*the bot raised SystemExit: the oven is cold"])

    def test_colours_where_the_terminal_has_them(self, project, pytester):
        project.add(wrong=project.wrong)
        assert "\x1b[" in pytester.runpytest_inprocess("--color=yes").stdout.str()
        assert "\x1b[" not in pytester.runpytest_inprocess("--color=no").stdout.str()

    @pytest.mark.parametrize("style", ["short", "long", "native", "auto"])
    def test_tracebacks_in_any_style(self, project, pytester, style):
        """There is no traceback, so its style changes nothing."""
        project.add(wrong=project.wrong)
        result = pytester.runpytest_inprocess(f"--tb={style}")
        result.stdout.fnmatch_lines(["wrong.chat.yaml:10  fails"])

    def test_tb_line(self, project, pytester):
        project.add(wrong=project.wrong)
        pytester.runpytest_inprocess("--tb=line").stdout.fnmatch_lines([f"{pytester.path}/wrong.chat.yaml:10: *"])

    def test_full_trace(self, project, pytester):
        """For those who look for a fault in chatsim itself."""
        project.add(wrong=project.wrong)
        pytester.runpytest_inprocess("--full-trace").stdout.fnmatch_lines(["*ScenarioFailed*"])

    def test_all_turns_when_very_verbose(self, project, pytester):
        steps = "".join(
            "  - user: hi\n  - bot: Welcome!\n  - bot: Which ...\n  - user: Small\n  - bot: Order ...\n  - user: ok\n  - bot: Bye!\n"
            for _ in range(1)
        )
        project.add(long=f"bot: pizzeria:bot\nscenarios:\n  long:\n{steps}  - user: again\n  - bot: no\n")
        assert "1 turn before" in pytester.runpytest_inprocess().stdout.str()
        assert "before" not in pytester.runpytest_inprocess("-vv").stdout.str()

    def test_printed_by_the_bot(self, project, pytester):
        """What the bot prints is captured, and shown with the failure."""
        (pytester.path / "pizzeria.py").write_text(
            project.pizzeria.replace('oven = "cold"', 'oven = "cold"; print("OVEN")')
        )
        project.add(crash=project.crash)
        pytester.runpytest_inprocess().stdout.fnmatch_lines(["*Captured stdout call*", "OVEN"])

    def test_misuse_of_chatsim_while_it_runs(self, project, pytester):
        """What cannot be run to its end is said in a line at the scenario, without a traceback of ours."""
        (pytester.path / "odd.py").write_text(
            "from chatsim.errors import SetupError\n"
            "from chatsim.trace import Snapshot\n\n"
            "class Odd:\n"
            "    def start(self):\n        return Snapshot()\n\n"
            "    def step(self, snapshot, event):\n        raise SetupError('the address is missing\\nset it')\n"
        )
        project.add(odd="bot: odd:Odd\nscenarios:\n  says:\n  - user: hi\n  - bot: x\n")
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["odd.chat.yaml:3  says", "✗ the address is missing", "  set it"])
        result.stdout.no_fnmatch_line("*odd.py*")

    def test_a_fault_of_chatsim_keeps_its_traceback(self, project, pytester):
        """An adapter that raises anything else is broken, and whoever mends it needs to know where."""
        (pytester.path / "odd.py").write_text(
            "from chatsim.trace import Snapshot\n\n"
            "class Odd:\n"
            "    def start(self):\n        return Snapshot()\n\n"
            "    def step(self, snapshot, event):\n        return 1 / 0\n"
        )
        project.add(odd="bot: odd:Odd\nscenarios:\n  says:\n  - user: hi\n  - bot: x\n")
        pytester.runpytest_inprocess().stdout.fnmatch_lines(["*return 1 / 0", "*ZeroDivisionError*"])


class TestPlaces:
    """JUnit and annotations point at the line of the scenario that did not hold."""

    def test_junit(self, project, pytester):
        project.add(wrong=project.wrong)
        pytester.runpytest_inprocess("--junitxml=report.xml", "-o", "junit_family=xunit1")
        (case,) = ET.parse("report.xml").iterfind(".//testcase[failure]")
        failure = case.find("failure")
        assert case.get("file") == "wrong.chat.yaml"
        assert int(case.get("line")) + 1 == 10  # pytest counts from 0 there
        assert case.get("name") == "fails"
        assert failure.text.startswith("wrong.chat.yaml:10  fails")
        assert "Which colour?" in failure.text
        assert "\x1b" not in failure.text
        assert "scenario" not in failure.get("message")

    def test_junit_of_a_file_that_cannot_be_loaded(self, project, pytester):
        project.add(broken=project.broken)
        pytester.runpytest_inprocess("--junitxml=report.xml", "--color=yes")
        error = ET.parse("report.xml").find(".//testcase/error")
        assert error.text.startswith("broken.chat.yaml:4:5: ")
        assert "#x1B" not in error.text

    def test_github(self, project, pytester, monkeypatch):
        pytest.importorskip(
            "pytest_github_actions_annotate_failures", reason="pip install pytest-github-actions-annotate-failures"
        )
        project.add(**{"shop/wrong": project.wrong})
        (pytester.path / "shop" / "pizzeria.py").write_text(project.pizzeria)
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        result = pytester.runpytest_subprocess()
        (command,) = [line for line in result.stderr.lines if line.startswith("::error")]
        assert command.startswith("::error file=shop/wrong.chat.yaml,line=10::fails%0A%0A")

    def test_control_characters_of_bots(self, project, pytester):
        """What a bot says moves no cursor, in the summary and in JUnit as little as in the report."""
        (pytester.path / "pizzeria.py").write_text(
            project.pizzeria.replace("the oven is", "\\x1b[2J\\x9b5mthe oven is")
        )
        project.add(crash=project.crash)
        result = pytester.runpytest_inprocess("--junitxml=report.xml", "-rA")
        text = result.stdout.str()
        assert "\x1b[2J" not in text
        assert "\x9b" not in text
        result.stdout.fnmatch_lines([r"FAILED crash.chat.yaml::crashes - *\x1b[[]2J\x9b5mthe oven is cold*"])
        message = ET.parse("report.xml").find(".//failure").get("message")
        assert "#x1B" not in message
        assert r"\x1b[2J\x9b5mthe oven" in message

    def test_a_scenario_is_where_it_is_written(self, project, pytester):
        """In verbose lists of durations and of skips, too."""
        project.add(wrong=project.wrong)
        items, _ = pytester.inline_genitems()
        assert [item.reportinfo()[1:] for item in items] == [(2, "holds"), (6, "fails")]
        assert items[0].location == ("wrong.chat.yaml", 2, "holds")
