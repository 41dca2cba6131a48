"""What pytest and its plugins do with scenarios: workers, the cache, the debugger."""

import re
import sys

import pytest


class TestLastFailed:
    def test_runs_what_failed(self, project, pytester):
        project.add(order=project.order, wrong=project.wrong)
        pytester.runpytest_inprocess().assert_outcomes(passed=4, failed=1)
        result = pytester.runpytest_inprocess("--lf", "-v")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["wrong.chat.yaml::fails FAILED*"])

    def test_runs_all_again_once_it_holds(self, project, pytester):
        project.add(wrong=project.wrong)
        pytester.runpytest_inprocess()
        project.add(wrong=project.wrong.replace("colour", "size"))
        pytester.runpytest_inprocess("--lf").assert_outcomes(passed=1)
        pytester.runpytest_inprocess("--lf").assert_outcomes(passed=2)

    def test_a_bot_that_could_not_be_loaded(self, project, pytester):
        project.add(wrong=project.wrong.replace("pizzeria:bot", "pizzeria:bto"), order=project.order)
        pytester.runpytest_inprocess().assert_outcomes(passed=3, errors=1)
        project.add(wrong=project.wrong.replace("colour", "size"))
        pytester.runpytest_inprocess("--lf").assert_outcomes(passed=2)


class TestWorkers:
    """With pytest-xdist, everything looks as it does without."""

    @pytest.fixture(autouse=True)
    def _xdist(self):
        pytest.importorskip("xdist", reason="pip install pytest-xdist")

    def test_run_all(self, project, pytester):
        project.add(order=project.order, wrong=project.wrong)
        pytester.runpytest_inprocess("-n2").assert_outcomes(passed=4, failed=1)

    def test_the_report_is_the_same(self, project, pytester, monkeypatch):
        monkeypatch.setenv("COLUMNS", "60")
        project.add(wrong=project.wrong.replace("Which colour?", "word " * 30), crash=project.crash)

        def reports(*options):
            output = pytester.runpytest_inprocess("--color=yes", *options).stdout.str()
            return sorted(
                re.findall(r"^[^\n]*\w+\.chat\.yaml:\d+\S*  .*?  again [^\n]*$", output, re.DOTALL | re.MULTILINE)
            )

        alone = reports()
        assert len(alone) == 2
        assert all("\x1b[" in report for report in alone)
        assert reports("-n2") == alone

    def test_load_errors_are_shown_once(self, project, pytester):
        misspelt = project.order.replace("pizzeria:bot", "pizzeria:bto")
        project.add(order=project.order, broken=project.broken, misspelt=misspelt)
        result = pytester.runpytest_inprocess("-n2")
        result.assert_outcomes(passed=3, errors=2)
        output = result.stdout.str()
        assert output.count("ERROR collecting broken.chat.yaml") == 1
        assert output.count("broken.chat.yaml:4:5: ") == 1
        assert output.count("ERROR collecting misspelt.chat.yaml") == 1

    def test_sections_of_others_survive(self, project, pytester):
        """What a plugin adds to a report is there after the way from the worker, too."""
        project.add(wrong=project.wrong)
        pytester.makeconftest(
            """
            import pytest

            @pytest.hookimpl(wrapper=True)
            def pytest_runtest_makereport(item):
                report = yield
                if report.failed:
                    report.longrepr.addsection("weather", "it rains")
                return report
            """
        )
        pytester.runpytest_inprocess("-n1").stdout.fnmatch_lines(["*--- weather ---*", "it rains"])


class TestDebugger:
    """``--pdb`` opens where the bot raised."""

    @pytest.fixture(autouse=True)
    def _pexpect(self):
        pytest.importorskip("pexpect", reason="pip install pexpect")
        if sys.platform == "win32":
            pytest.skip("pexpect needs a terminal of POSIX")

    def debug(self, pytester, *commands):
        """Run pytest with --pdb, type *commands*, and return what was answered to each."""
        child = pytester.spawn_pytest("--pdb -p no:cacheprovider --color=no")
        child.expect(r"\(Pdb\)")
        answers = [child.before.decode()]
        for command in commands:
            child.sendline(command)
            child.expect(r"\(Pdb\)")
            answers.append(child.before.decode())
        child.sendline("q")
        child.expect("failed")
        child.wait()
        return answers

    def test_in_the_bots_own_frame(self, project, pytester):
        project.add(crash=project.crash)
        report, oven, where = self.debug(pytester, "p oven, user_input", "p __name__")
        assert "crash.chat.yaml:7  crashes" in report
        assert "pizzeria.py(19)size()" in report
        assert "('cold', 'crash')" in oven
        assert "pizzeria" in where

    def test_not_in_the_library_that_the_bot_called(self, project, pytester):
        crash = "import json; json.loads('{')"
        (pytester.path / "pizzeria.py").write_text(project.pizzeria.replace('oven = "cold"', f'oven = "cold"; {crash}'))
        project.add(crash=project.crash)
        _, oven, below = self.debug(pytester, "p oven", "down")
        assert "'cold'" in oven
        assert "loads()" in below

    def test_a_scenario_that_does_not_hold(self, project, pytester):
        """Nothing raised: the debugger has the verdict, and the trace in it."""
        project.add(wrong=project.wrong)
        _, replies = self.debug(pytester, "p [reply.text for reply in verdict.trace.turns[-1].replies]")
        assert "['Welcome!', 'Which size?']" in replies

    def test_a_test_in_python(self, project, pytester):
        pytester.makepyfile(
            test_it="""
            import pytest

            @pytest.mark.chatsim("pizzeria:bot")
            def test_crash(chat):
                chat.send("hi")
                chat.send("crash")
            """
        )
        _, oven = self.debug(pytester, "p oven")
        assert "'cold'" in oven


class TestUnused:
    """Where nobody uses chatsim, it is not there."""

    def test_nothing_is_imported(self, pytester):
        pytester.makepyfile(
            """
            import sys

            def test_it():
                ours = {"pytest_chatsim", "pytest_chatsim.plugin", "pytest_chatsim.fixtures", "pytest_chatsim.settings"}
                assert {name for name in sys.modules if name.startswith(("chatsim", "pytest_chatsim"))} == ours
            """
        )
        pytester.runpytest_subprocess().assert_outcomes(passed=1)

    def test_every_option_and_setting_has_our_name(self, pytester):
        text = pytester.runpytest_inprocess("--help").stdout.str()
        group = text.partition("conversations as tests")[2].partition("\n\n")[0]
        assert "--chatsim-backends=NAMES" in text
        assert all(
            line.split()[0].startswith("--chatsim") for line in group.splitlines() if line.strip().startswith("-")
        )
        for setting in ("chatsim_files (args)", "chatsim_bot (string)", "chatsim_backends (args)"):
            assert setting in text

    def test_it_can_be_left_out(self, project, pytester):
        project.add(wrong=project.wrong)
        assert pytester.runpytest_subprocess("-p", "no:chatsim").ret == pytest.ExitCode.NO_TESTS_COLLECTED
