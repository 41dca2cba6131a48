"""``chatsim run``."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pexpect
import pytest

from chatsim.cli.runner import Runner

BOT = """
from chatsim.trace import Reply, Snapshot, Turn

class Echo:
    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        return Turn(event=event, effects=(Reply(event.text),), snapshot=snapshot)
"""


def lines(result):
    return result.stdout.splitlines()


class TestExitCodes:
    def test_all_held(self, shop, chatsim):
        assert chatsim("run", "good.chat.yaml").exit_code == 0

    def test_a_scenario_failed(self, shop, chatsim):
        assert chatsim("run", "bad.chat.yaml").exit_code == 1

    @pytest.mark.parametrize("target", ["nope", "good.chat.yaml::nope", "good.chat.yaml::talks[nope]", "nope::talks"])
    def test_no_such_target(self, shop, chatsim, target):
        result = chatsim("run", target)
        assert result.exit_code == 2
        assert "✗ there is no" in result.stdout

    def test_an_empty_folder(self, write, chatsim):
        result = chatsim("run")
        assert result.exit_code == 2
        assert "there is no file *.chat.yaml in this folder" in result.stdout

    def test_a_bad_file_runs_nothing_and_the_others_run(self, shop, write, chatsim):
        write("broken.chat.yaml", "bot: bot:bot\nscenarios:\n  a:\n  - usr: hi\n  b:\n  - user: hi\n")
        result = chatsim("run", "good.chat.yaml", "broken.chat.yaml")
        assert result.exit_code == 2
        assert "broken.chat.yaml:4:5\n✗ unknown step 'usr'\n  did you mean 'user'?" in result.stdout
        assert lines(result)[-1].startswith("✗ 1 file cannot be loaded, 3 passed in ")

    def test_no_such_bot(self, shop, write, chatsim):
        write("other.chat.yaml", "bot: bot:nobody\nscenarios:\n  a:\n  - user: hi\n")
        result = chatsim("run", "other.chat.yaml")
        assert result.exit_code == 2
        assert "other.chat.yaml:1:6\n✗ bot 'bot:nobody'" in result.stdout

    def test_a_bot_that_raises_while_it_is_imported(self, write, chatsim):
        """The bot's own lines are shown, and what it printed."""
        write("bot.py", "print('here')\n1 / 0\n")
        write("a.chat.yaml", "bot: bot:bot\nscenarios:\n  a:\n  - user: hi\n")
        result = chatsim("run")
        assert result.exit_code == 2
        assert "bot.py:2 in <module>: 1 / 0\n  ZeroDivisionError: division by zero\n  printed   here\n" in result.stdout
        assert "Traceback" not in result.stdout

    def test_a_failure_and_a_bad_file(self, shop, write, chatsim):
        write("broken.chat.yaml", "bot: [")
        assert chatsim("run").exit_code == 2

    def test_fixtures_are_for_pytest_alone(self, shop, write, chatsim):
        """A scenario that asks for them is an error at its place with the command that runs it; the others run."""
        steps = "    steps: [{user: hi}, {bot: ...}]\n"
        cases = "    cases: {a: {x: 1}, b: {x: 2}}\n"
        write(
            "saved.chat.yaml",
            f"bot: bot:bot\nscenarios:\n  plain:\n{steps}  saves:\n    fixtures: [db, shop]\n{steps}"
            f"  both:\n    fixtures: db\n{cases}{steps}  closed:\n    skip: on Sundays\n    fixtures: db\n{steps}",
        )
        result = chatsim("run", "saved.chat.yaml", "--report", "json=report.json")
        assert result.exit_code == 2
        assert lines(result)[0] == "saved.chat.yaml  ✓ 1  ✗ 2 for pytest alone  1 skipped"
        assert (
            "saved.chat.yaml:5:3\n"
            "✗ 'saves' asks for `fixtures: [db, shop]`, which pytest alone can give\n"
            '  run it with: pytest "saved.chat.yaml::saves"\n'
            "  or leave it out here, with -k or --tag\n"
        ) in result.stdout
        assert '  run it with: pytest "saved.chat.yaml"\n' in result.stdout
        assert lines(result)[-1].startswith("✗ 2 for pytest alone, 1 passed, 1 skipped in ")
        report = json.loads((shop / "report.json").read_text())
        assert report["summary"]["errors"] == 2
        assert [error["line"] for error in report["errors"]] == [5, 10]
        assert chatsim("run", "saved.chat.yaml", "-k", "plain").exit_code == 0

    def test_nothing_chosen(self, shop, chatsim):
        result = chatsim("run", "-k", "nowhere")
        assert result.exit_code == 2
        assert "✗ no scenario is chosen\n  loosen what stands after -k" in result.stdout


class TestOutput:
    def test_when_all_is_well(self, shop, chatsim):
        first, empty, last = lines(chatsim("run", "good.chat.yaml"))
        assert first == "good.chat.yaml  ✓ 3"
        assert empty == ""
        assert last.startswith("✓ 3 passed in 0.")

    def test_columns(self, shop, chatsim):
        (shop / "sub").mkdir()
        (shop / "good.chat.yaml").rename(shop / "sub" / "good.chat.yaml")
        (shop / "sub" / "bot.py").write_text((shop / "bot.py").read_text())
        assert lines(chatsim("run"))[:2] == ["bad.chat.yaml       ✓ 1  ✗ 2", "sub/good.chat.yaml  ✓ 3"]

    def test_a_failure(self, shop, chatsim):
        text = chatsim("run", "bad.chat.yaml::says more").stdout
        assert text.startswith("bad.chat.yaml  ✓ 0  ✗ 1\n\nbad.chat.yaml:6  says more\n  user      hi\n")
        assert '  again     chatsim run "bad.chat.yaml::says more"\n' in text
        assert "\n✗ 1 failed in 0." in text

    def test_the_command_to_run_again_works(self, shop, chatsim):
        result = chatsim("run", "good.chat.yaml::talks[ho]")
        assert result.exit_code == 0
        assert lines(result)[-1].startswith("✓ 1 passed")

    def test_all_cases_of_a_scenario(self, shop, chatsim):
        assert lines(chatsim("run", "good.chat.yaml::talks"))[-1].startswith("✓ 2 passed")

    def test_a_file_that_a_link_leads_to_runs_once(self, write, chatsim):
        write("bot.py", BOT)
        file = write("chats/a.chat.yaml", "bot: ../bot:Echo\nscenarios:\n  a: [{user: hi}, {bot: hi}]\n")
        (file.parent / "b.chat.yaml").symlink_to(file.name)
        (file.parent.parent / "elsewhere").symlink_to("chats", target_is_directory=True)
        assert lines(chatsim("run", "chats", "elsewhere"))[-1].startswith("✓ 1 passed")

    def test_a_file_named_twice_runs_once(self, shop, chatsim):
        result = chatsim("run", "good.chat.yaml::talks", "./good.chat.yaml", "good.chat.yaml::talks")
        assert lines(result)[-1].startswith("✓ 3 passed")

    def test_verbose(self, shop, chatsim):
        assert lines(chatsim("run", "-v", "good.chat.yaml"))[:4] == [
            "good.chat.yaml", "  ✓ talks[hi]", "  ✓ talks[ho]", "  ✓ orders tea",
        ]  # fmt: skip

    def test_verbose_names_what_failed_and_what_is_broken(self, shop, write, chatsim):
        write("broken.chat.yaml", "bot: [")
        shown = lines(chatsim("run", "-v", "bad.chat.yaml", "broken.chat.yaml"))
        assert shown[:6] == [
            "bad.chat.yaml", "  ✗ says more", "  ✓ passes", "  ✗ breaks", "broken.chat.yaml", "  ✗ cannot be loaded",
        ]  # fmt: skip

    def test_quiet(self, shop, chatsim):
        (summary,) = lines(chatsim("run", "-q", "good.chat.yaml"))
        assert summary.startswith("✓ 3 passed in ")
        assert lines(chatsim("run", "-q", "bad.chat.yaml"))[0] == "bad.chat.yaml:6  says more"

    def test_what_a_bot_prints_is_shown_below_its_failure_only(self, shop, chatsim):
        assert "forged" not in chatsim("run", "good.chat.yaml").stdout
        assert "\n  printed   ::error::forged by hi\n" in chatsim("run", "bad.chat.yaml").stdout

    def test_much_output_is_cut(self, shop, chatsim):
        (shop / "bot.py").write_text("print('\\n'.join(f'line {n}.' for n in range(100)))\n1 / 0\n")
        text = chatsim("run", "good.chat.yaml").stdout
        assert "  printed   … 60 lines before\n          │ line 60.\n" in text
        assert "line 59." not in text

    def test_a_bot_that_asks_at_the_terminal(self, shop, write, chatsim):
        write("ask.chat.yaml", "bot: bot:bot\nscenarios:\n  a:\n  - user: ask\n  - bot: nobody there\n")
        assert chatsim("run", "ask.chat.yaml").exit_code == 0

    def test_a_slow_scenario_has_its_time(self, shop, chatsim):
        text = (shop / "bot.py").read_text()
        (shop / "bot.py").write_text(
            text.replace(
                'if user_input == "boom"', 'import threading; threading.Event().wait(1.1)\n    if user_input == "boom"'
            )
        )
        result = chatsim("run", "-v", "good.chat.yaml::orders tea")
        assert "  ✓ orders tea  1.1 s\n" in result.stdout
        assert lines(chatsim("run", "good.chat.yaml::orders tea"))[0] == "good.chat.yaml  ✓ 1  1.1 s"

    def test_folders_that_are_not_searched(self, shop, write, chatsim):
        for folder in (".git", "node_modules/x", "venv"):
            write(f"{folder}/broken.chat.yaml", "bot: [")
        write("venv/pyvenv.cfg", "")
        write(".hidden.chat.yaml", "bot: [")
        assert chatsim("run").exit_code == 1


class TestSelection:
    def test_by_words(self, shop, chatsim):
        assert lines(chatsim("run", "-k", "tea or 'talks[ho]'"))[-1].startswith("✓ 2 passed")

    def test_by_file(self, shop, chatsim):
        assert lines(chatsim("run", "-k", "good and not tea"))[-1].startswith("✓ 2 passed")

    def test_a_broken_expression(self, shop, chatsim):
        result = chatsim("run", "-k", "a and")
        assert (result.exit_code, result.stderr) == (2, "✗ -k 'a and': a word is missing at the end\n")

    @pytest.mark.parametrize("option", [["-x"], ["--maxfail", "1"]])
    def test_stop_after_a_failure(self, shop, chatsim, option):
        result = chatsim("run", *option)
        assert result.exit_code == 1
        assert lines(result)[0] == "bad.chat.yaml   ✓ 0  ✗ 1  2 not run"
        assert lines(result)[-1].startswith("✗ 1 failed, 5 not run in ")


class TestReports:
    def test_both(self, shop, chatsim):
        result = chatsim("run", "-x", "--report", "json=out/run.json", "--report", "junit=run.xml")
        assert result.exit_code == 1
        report = json.loads((shop / "out" / "run.json").read_text("utf-8"))
        assert report["summary"] == {"passed": 0, "failed": 1, "errors": 0, "skipped": 5, "xfailed": 0, "xpassed": 0}
        assert {**report["scenarios"][0], "seconds": 0, "message": ""} == {
            "id": "says more", "file": "bad.chat.yaml", "line": 6, "outcome": "failed", "seconds": 0, "message": "",
        }  # fmt: skip
        root = ET.parse(shop / "run.xml").getroot()
        assert root.get("tests") == "6"
        failure = next(root.iter("failure"))
        assert failure.text.startswith("bad.chat.yaml:6  says more\n  user      hi\n")
        assert next(root.iter("system-out")).text == "::error::forged by hi\n"

    def test_errors_are_reported(self, write, chatsim):
        write("broken.chat.yaml", "bot: [\n")
        assert chatsim("run", "nope", "broken.chat.yaml", "--report", "json=run.json").exit_code == 2
        report = json.loads(Path("run.json").read_text("utf-8"))
        assert report["summary"]["errors"] == 2
        assert [error["file"] for error in report["errors"]] == ["nope", "broken.chat.yaml"]

    @pytest.mark.parametrize(
        ("report", "message"),
        [
            ("junit", "✗ --report junit: write FORMAT=FILE, for example --report junit=report.xml\n"),
            ("xunit=a", "✗ --report xunit=a: there is no format 'xunit'. Did you mean 'junit'?\n"),
            ("json=.", "✗ --report json=.: . is a folder; name a file\n"),
        ],
    )
    def test_refusals_come_before_the_run(self, shop, chatsim, report, message):
        result = chatsim("run", "--report", report)
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", message)

    def test_a_file_that_cannot_be_written(self, shop, chatsim):
        result = chatsim("run", "good.chat.yaml", "--report", "json=bot.py/x.json")
        assert result.exit_code == 2
        assert "the report bot.py/x.json cannot be written" in result.stderr


class TestGithub:
    def test_annotations(self, shop, chatsim, monkeypatch):
        """What a bot says is between two commands that stop commands; ours stand after them."""
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        shown = lines(chatsim("run", "bad.chat.yaml"))
        word = shown[0].removeprefix("::stop-commands::")
        at = shown.index(f"::{word}::")
        assert shown[at + 1].startswith("::error file=bad.chat.yaml,line=6,col=5,title=says more::bot: the reply says")
        assert shown[-2:] == [f"::stop-commands::{word}", f"::{word}::"]
        assert not any(line.startswith("::") for line in shown[1:at])

    def test_not_elsewhere(self, shop, chatsim):
        assert not any(line.startswith("::") for line in lines(chatsim("run", "bad.chat.yaml")))


class TestInterrupt:
    def test_what_is_known_is_shown(self, shop, chatsim, monkeypatch):
        done = Runner._run_case

        def interrupted(runner, plan, case, bot):
            if case.name == "breaks":
                raise KeyboardInterrupt
            done(runner, plan, case, bot)

        monkeypatch.setattr(Runner, "_run_case", interrupted)
        result = chatsim("run", "--report", "json=run.json")
        assert result.exit_code == 130
        assert "bad.chat.yaml:6  says more" in result.stdout
        assert lines(result)[-1].startswith("✗ interrupted: 1 failed, 1 passed, 4 not run in ")
        assert json.loads((shop / "run.json").read_text("utf-8"))["summary"]["skipped"] == 4

    def test_a_real_one(self, shop, write):
        text = (shop / "bot.py").read_text()
        (shop / "bot.py").write_text(
            text.replace(
                'if user_input == "boom"',
                'import threading; open("here", "w"); threading.Event().wait(50)\n    if user_input == "boom"',
            )
        )
        running = subprocess.Popen(
            [sys.executable, "-m", "chatsim", "run", "good.chat.yaml"], cwd=shop, stdout=subprocess.PIPE, text=True,
            encoding="utf-8",
        )  # fmt: skip
        while not (shop / "here").exists():
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate(timeout=20)
        assert running.returncode == 130
        assert output.splitlines()[-1].startswith("✗ interrupted: 3 not run in ")


class TestProcess:
    @pytest.mark.parametrize("options", [["run"], ["run", "-v"], ["run", "-q"], ["schema"], ["--help"]])
    @pytest.mark.parametrize("env", [{}, {"PYTHONUNBUFFERED": "1"}, {"GITHUB_ACTIONS": "true"}])
    def test_a_reader_that_has_gone(self, shop, options, env):
        """``chatsim run | head -1`` ends without a word on standard error."""
        with subprocess.Popen(
            [sys.executable, "-m", "chatsim", *options],
            cwd=shop, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            process.stdout.close()
            assert process.stderr.read() == b""

    def test_plain_when_piped(self, shop, process):
        result = process("run")
        assert result.returncode == 1
        assert "\x1b" not in result.stdout
        assert result.stderr == ""

    def test_prints_of_all_kinds_are_captured(self, shop, process):
        text = (shop / "bot.py").read_text()
        loud = (
            'import os; os.write(1, b"raw one\\n"); os.system("echo from a child"); print("err", file=sys.__stderr__)'
        )
        (shop / "bot.py").write_text(text.replace('if user_input == "boom"', f'{loud}\n    if user_input == "boom"'))
        passing = process("run", "good.chat.yaml")
        assert passing.stdout.splitlines()[0] == "good.chat.yaml  ✓ 3"
        assert (passing.stdout.count("\n"), passing.stderr) == (3, "")
        assert "          │ from a child\n" in process("run", "bad.chat.yaml").stdout

    def test_a_stdout_that_holds_no_marks(self, shop, process):
        result = process("run", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
        assert result.returncode == 1
        assert result.stdout.startswith("bad.chat.yaml   \\u2713 1  \\u2717 2\n")

    def test_at_a_terminal(self, shop):
        text = (shop / "bot.py").read_text()
        slow = 'import threading; threading.Event().wait(0.7)\n    if user_input == "boom"'
        (shop / "bot.py").write_text(text.replace('if user_input == "boom"', slow))
        terminal = pexpect.spawn(
            sys.executable, ["-m", "chatsim", "run"], cwd=str(shop), encoding="utf-8", dimensions=(30, 100),
            env={**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1"}, timeout=30,
        )  # fmt: skip
        terminal.expect("━")  # the bar
        terminal.expect("4/6")
        terminal.expect("2 failed")
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 1
